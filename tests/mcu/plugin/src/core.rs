//! The cores whose cycles are modelled.

use crate::{riscv, thumb};

/// A core. Memory has no wait states, and nothing ever waits for a bus.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// Arm Cortex-M0 with the single-cycle multiplier: Technical Reference Manual (DDI 0432C), 3.3.
    CortexM0,
    /// Arm Cortex-M3: Technical Reference Manual (DDI 0337I), 3.3.1.
    CortexM3,
    /// Arm Cortex-M4: Technical Reference Manual r0p1 (100166), 3.3.1. Arm publishes no such table of
    /// the Cortex-M33, for which this one stands in.
    CortexM4,
    /// Hazard3, the RISC-V core of the RP2350: "Instruction Cycle Counts" of its documentation
    /// (github.com/Wren6991/Hazard3, doc/sections/instruction_timings.adoc).
    Hazard3,
}

/// What an instruction costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Cycles if the next instruction in memory follows.
    pub cycles: u32,
    /// Cycles more if another one does.
    pub branch: u32,
}

impl Core {
    /// The core that models `name`, as in the column `core` of the benchmark.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "cortex-m0" => Self::CortexM0,
            "cortex-m3" => Self::CortexM3,
            "cortex-m4" | "cortex-m33" => Self::CortexM4,
            "riscv32" => Self::Hazard3,
            _ => return None,
        })
    }

    /// What the instruction of these bytes costs.
    pub fn cost(self, bytes: &[u8]) -> Cost {
        let half = |at: usize| u16::from_le_bytes([bytes[at], bytes[at + 1]]);
        match (self, bytes.len()) {
            (Self::Hazard3, 2) => riscv::compressed(half(0)),
            (Self::Hazard3, _) => riscv::full(u32::from(half(0)) | u32::from(half(2)) << 16),
            (_, 2) => thumb::narrow(self, half(0)),
            _ => thumb::wide(self, half(0), half(2)),
        }
    }
}
