//! The cores, and the boards that QEMU emulates with them.

/// A core to measure on.
pub struct Core {
    /// Name in the results, and for the plugin's cycle model.
    pub name: &'static str,
    /// Rust target.
    pub target: &'static str,
    /// For `-C target-cpu`, and the feature of the firmware that it allows.
    pub cpu: Option<(&'static str, &'static str)>,
    /// QEMU's program.
    pub qemu: &'static str,
    /// QEMU's machine, and options that go with it.
    pub machine: &'static [&'static str],
    /// Where the model goes: `tests/mcu/bench/build.rs` agrees.
    pub model_at: u32,
}

/// All cores.
pub const CORES: [Core; 5] = [
    Core {
        name: "cortex-m0",
        target: "thumbv6m-none-eabi",
        cpu: None,
        qemu: "qemu-system-arm",
        machine: &["microbit"],
        model_at: 0x1_0000,
    },
    Core {
        name: "cortex-m3",
        target: "thumbv7m-none-eabi",
        cpu: None,
        qemu: "qemu-system-arm",
        machine: &["mps2-an385"],
        model_at: 0x0010_0000,
    },
    Core {
        name: "cortex-m4",
        target: "thumbv7em-none-eabi",
        cpu: None,
        qemu: "qemu-system-arm",
        machine: &["mps2-an386"],
        model_at: 0x0010_0000,
    },
    Core {
        name: "cortex-m33",
        target: "thumbv8m.main-none-eabi",
        cpu: Some(("cortex-m33", "dsp")),
        qemu: "qemu-system-arm",
        machine: &["mps2-an505"],
        model_at: 0x1010_0000,
    },
    Core {
        name: "riscv32",
        target: "riscv32imac-unknown-none-elf",
        cpu: None,
        qemu: "qemu-system-riscv32",
        machine: &["virt", "-bios", "none"],
        model_at: 0x8010_0000,
    },
];
