//! Where the emulated boards have memory.

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = env::var("TARGET").expect("cargo sets TARGET");
    // Flash, RAM, and where in flash `mcu-bench` puts the model (`tests/src/mcu/board.rs` agrees).
    let (flash, ram, model) = match target.split('-').next() {
        Some("thumbv6m") => (
            "0x00000000, LENGTH = 64K",
            "0x20000000, LENGTH = 16K",
            0x1_0000,
        ),
        Some("thumbv8m.main") => (
            "0x10000000, LENGTH = 1M",
            "0x38000000, LENGTH = 1M",
            0x1010_0000u32,
        ),
        Some("riscv32imac") => (
            "0x80000000, LENGTH = 1M",
            "0x80200000, LENGTH = 1M",
            0x8010_0000,
        ),
        _ => (
            "0x00000000, LENGTH = 1M",
            "0x20000000, LENGTH = 1M",
            0x0010_0000,
        ),
    };
    let mut memory = format!(
        "MEMORY {{ FLASH : ORIGIN = {flash}\nRAM : ORIGIN = {ram} }}\nmodel_start = {model:#x};\n"
    );
    if target.starts_with("riscv") {
        for (alias, region) in [
            ("TEXT", "FLASH"),
            ("RODATA", "FLASH"),
            ("DATA", "RAM"),
            ("BSS", "RAM"),
            ("HEAP", "RAM"),
            ("STACK", "RAM"),
        ] {
            memory += &format!("REGION_ALIAS(\"REGION_{alias}\", {region});\n");
        }
    }
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    fs::write(out.join("memory.x"), memory).expect("the build folder can be written");
    println!("cargo::rustc-link-search={}", out.display());
    if target.starts_with("riscv") {
        println!("cargo::rustc-link-arg-bins=-Tmemory.x");
    }
    println!("cargo::rustc-link-arg-bins=-Tlink.x");
}
