//! The same pixels on emulated microcontrollers and in WebAssembly as on this machine: the hashes
//! of `runtime/tests/vectors/hashes.csv` and `models.csv`, which `cargo test -p runtime` checks here.

#[path = "../../runtime/tests/common/mod.rs"]
mod common;
#[path = "../src/bin/mcu-bench/core.rs"]
mod cores;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::aligned::Aligned;
use common::models::{COMMITTED, SEEDS, committed, models};
use cores::{CORES, Core};
use runtime::Model;

const HASHES: &str = concat!(
    include_str!("../../runtime/tests/vectors/hashes.csv"),
    include_str!("../../runtime/tests/vectors/models.csv"),
);

/// Name and file of each model: those with random weights, and the committed ones.
fn files() -> impl Iterator<Item = (&'static str, Vec<u8>)> {
    let random = models().into_iter().map(|(name, net)| (name, net.encode()));
    random.chain(COMMITTED.map(|name| (name, committed(name))))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Runs a command to its end. If the program is missing, `advice` says how to get it.
fn output(command: &mut Command, advice: &str) -> Output {
    let program = command.get_program().to_string_lossy().into_owned();
    command
        .output()
        .unwrap_or_else(|error| panic!("cannot run {program}: {error}; {advice}"))
}

/// Builds a package in `folder` for `target` and returns the target folder.
fn build(folder: &Path, target: &str, arguments: &[&str], cpu: Option<&str>) -> PathBuf {
    let target_folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("same-bytes");
    let mut command = Command::new(env!("CARGO"));
    command
        .args([
            "build",
            "--release",
            "--quiet",
            "--locked",
            "--target",
            target,
        ])
        .args(arguments)
        .arg("--target-dir")
        .arg(&target_folder)
        .current_dir(folder)
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(cpu) = cpu {
        command.env("RUSTFLAGS", format!("-C target-cpu={cpu}"));
    }
    let built = output(&mut command, "install Rust from https://rustup.rs");
    let errors = String::from_utf8_lossy(&built.stderr);
    assert!(
        built.status.success(),
        "{} does not build for {target}; if the target is missing: rustup target add {target}\n{errors}",
        folder.display()
    );
    target_folder.join(target).join("release")
}

/// The committed lines of a model, without its name.
fn expected(name: &str) -> Vec<&'static str> {
    HASHES
        .lines()
        .filter_map(|line| line.strip_prefix(name)?.strip_prefix(','))
        .collect()
}

/// What the firmware prints on `core` with a model.
fn emulate(core: &Core, firmware: &Path, model: &Path) -> String {
    let mut command = Command::new(core.qemu);
    command
        .arg("-M")
        .args(core.machine)
        .args(["-display", "none", "-serial", "none", "-monitor", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(firmware)
        .arg("-device")
        .arg(format!(
            "loader,file={},addr={:#x},force-raw=on",
            model.display(),
            core.model_at
        ));
    let run = output(
        &mut command,
        "on Debian: apt-get install qemu-system-arm qemu-system-misc",
    );
    let said = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(run.status.success(), "{} says: {said}", core.name);
    said
}

fn check(core: &Core, features: &[&str], cpu: Option<&str>) {
    let arguments = [&["-p", "bench", "--bin", "digest"], features].concat();
    let firmware = build(&folder("mcu"), core.target, &arguments, cpu).join("digest");
    let scratch = tempfile::tempdir().expect("a folder for scratch files");
    for (name, file) in files() {
        // The firmware finds the length of the file before the file.
        let mut image = (file.len() as u32).to_le_bytes().to_vec();
        image.extend(file);
        let path = scratch.path().join(name);
        fs::write(&path, image).expect("a scratch file");
        let said = emulate(core, &firmware, &path);
        let drawn: Vec<&str> = said.lines().collect();
        assert_eq!(drawn, expected(name), "{name} on {}", core.name);
    }
}

fn check_core(name: &str) {
    let core = CORES
        .iter()
        .find(|core| core.name == name)
        .expect("a known core");
    match core.cpu {
        Some((cpu, feature)) => check(core, &["--features", feature], Some(cpu)),
        None => check(core, &[], None),
    }
}

#[test]
fn cortex_m0_draws_the_same() {
    check_core("cortex-m0");
}

#[test]
fn cortex_m3_draws_the_same() {
    check_core("cortex-m3");
}

#[test]
fn cortex_m4_draws_the_same() {
    check_core("cortex-m4");
}

#[test]
fn cortex_m33_draws_the_same() {
    check_core("cortex-m33");
}

#[test]
fn cortex_m33_without_its_dsp_extension_draws_the_same() {
    let core = CORES.iter().find(|core| core.name == "cortex-m33");
    check(core.expect("a known core"), &[], None);
}

#[test]
fn riscv32_draws_the_same() {
    check_core("riscv32");
}

#[test]
fn webassembly_draws_the_same() {
    let target = "wasm32-unknown-unknown";
    let wasm = folder("wasm");
    let module = build(&wasm, target, &[], None).join("wasm.wasm");
    let scratch = tempfile::tempdir().expect("a folder for scratch files");
    for (name, file) in files() {
        let path = scratch.path().join(name);
        let aligned = Aligned::new(&file);
        let model = Model::from_bytes(&aligned).expect("a model");
        let classes = u32::from(model.classes().max(1));
        fs::write(&path, &file).expect("a scratch file");
        let mut command = Command::new("node");
        command.arg(wasm.join("digest.mjs")).arg(&module).arg(&path);
        command.args(SEEDS.map(|seed| seed.to_string()));
        let run = output(&mut command, "install Node.js from https://nodejs.org");
        let errors = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "{name}: {errors}");
        let said = String::from_utf8_lossy(&run.stdout);
        let drawn: Vec<String> = SEEDS
            .iter()
            .zip(said.lines())
            .map(|(&seed, hash)| format!("{seed},{},{hash}", seed % classes))
            .collect();
        assert_eq!(drawn, expected(name), "{name}");
    }
}
