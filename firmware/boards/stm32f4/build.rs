//! Embeds the model and tells the linker about the chip.

use std::env;

fn main() {
    embed::build_script();

    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    println!("cargo::rustc-link-search={folder}");
    println!("cargo::rerun-if-changed=memory.x");
    // Here and not in `.cargo/config.toml`, whose flags a RUSTFLAGS in the environment replaces.
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
    println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
}
