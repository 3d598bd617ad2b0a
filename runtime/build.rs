//! Chooses the kernels: `pocketgan_kernels` is `armv6m`, `armv7em`, `armv7m`, `x86_64` or
//! `portable`. Those of the first three are assembly, which `pocketgan_assembly` says; `pocketgan_two`
//! says that there are some for two windows at a time.
//!
//! Stable Rust does not show the DSP extension as a target feature, so it is read off the target:
//! `thumbv7em` always has it. Armv8-M Mainline has it on most cores (Cortex-M33 as built by most
//! vendors, Cortex-M55), but its Rust target does not assume it: the feature `dsp` says so. Without it,
//! the core has all that Armv7-M has.
//!
//! The environment variable `POCKETGAN_KERNELS=pointers` asks for those that stand in for assembly, so
//! that Miri can check what calls it.

use std::env;

fn main() {
    println!(
        "cargo::rustc-check-cfg=cfg(pocketgan_kernels, values(\"armv6m\", \"armv7em\", \"armv7m\", \"pointers\", \"portable\", \"x86_64\"))"
    );
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-check-cfg=cfg(pocketgan_armv8m)");
    println!("cargo::rustc-check-cfg=cfg(pocketgan_assembly)");
    let target = env::var("TARGET").unwrap_or_default();
    let dsp = env::var_os("CARGO_FEATURE_DSP").is_some();
    let portable = env::var_os("CARGO_FEATURE_PORTABLE").is_some();
    println!("cargo::rerun-if-env-changed=POCKETGAN_KERNELS");
    let pointers = env::var_os("POCKETGAN_KERNELS").is_some_and(|name| name == "pointers");
    // Kernels of operating systems do without it.
    let features = env::var("CARGO_CFG_TARGET_FEATURE").unwrap_or_default();
    let sse2 = features.split(',').any(|feature| feature == "sse2");
    let kernels = match target.split('-').next() {
        _ if portable => "portable",
        _ if pointers => "pointers",
        Some("thumbv6m") => "armv6m",
        Some("thumbv7em") => "armv7em",
        Some("thumbv8m.main") if dsp => "armv7em",
        Some("thumbv7m" | "thumbv8m.main") => "armv7m",
        Some("x86_64") if sse2 => "x86_64",
        _ => "portable",
    };
    if target.starts_with("thumbv8m") {
        println!("cargo::rustc-cfg=pocketgan_armv8m");
    }
    if kernels.starts_with("arm") || pointers && !portable {
        println!("cargo::rustc-cfg=pocketgan_assembly");
    }
    println!("cargo::rustc-check-cfg=cfg(pocketgan_two)");
    let fast = env::var_os("CARGO_FEATURE_FAST").is_some();
    if fast && matches!(kernels, "armv7em" | "armv7m" | "pointers") {
        println!("cargo::rustc-cfg=pocketgan_two");
    }
    println!("cargo::rustc-cfg=pocketgan_kernels=\"{kernels}\"");
}
