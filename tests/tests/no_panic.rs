//! Loading a model and drawing with it reaches no panic: `no-panic` links only then.

use std::path::Path;
use std::process::{Command, Output};

/// Builds the package `no-panic`, with a panic that can be reached if `reachable`.
fn link(target: &str, profile: &str, reachable: bool) -> Output {
    let mut command = Command::new(env!("CARGO"));
    command
        .args([
            "build",
            "--quiet",
            "--locked",
            "--target",
            target,
            "--profile",
            profile,
        ])
        .arg("--target-dir")
        .arg(Path::new(env!("CARGO_TARGET_TMPDIR")).join("no-panic"))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("no-panic"))
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if reachable {
        command.args(["--features", "reachable"]);
    }
    command
        .output()
        .unwrap_or_else(|error| panic!("cannot run cargo: {error}"))
}

#[test]
fn no_panic_is_reachable() {
    for target in [
        "thumbv6m-none-eabi",
        "thumbv7m-none-eabi",
        "thumbv7em-none-eabi",
        "thumbv8m.main-none-eabi",
        "riscv32imac-unknown-none-elf",
    ] {
        for profile in ["release", "small"] {
            let linked = link(target, profile, false);
            let errors = String::from_utf8_lossy(&linked.stderr);
            assert!(
                linked.status.success(),
                "{profile} for {target}; if the target is missing: rustup target add {target}\n{errors}"
            );
        }
    }
}

#[test]
fn a_reachable_panic_does_not_link() {
    let linked = link("thumbv7m-none-eabi", "release", true);
    let errors = String::from_utf8_lossy(&linked.stderr);
    assert!(!linked.status.success(), "it links nevertheless");
    assert!(errors.contains("a_panic_is_reachable"), "{errors}");
}
