//! Thumb instructions of Cortex-M0, M3 and M4.
//!
//! Where a manual gives a range, the model takes: 2 cycles (of 1 to 3) to refill the pipeline of an
//! M3 or M4, 12 (of 2 to 12) for a division, 4 (of 3 to 5) for a long multiplication on an M3. Loads
//! and stores that follow each other are not overlapped, as an M3 or M4 could.

use crate::core::{Core, Cost};

/// A 16-bit instruction.
pub fn narrow(core: Core, code: u16) -> Cost {
    let registers = (code & 0xff).count_ones();
    let cycles = match code >> 11 {
        // Load literal; loads and stores of all sizes.
        0b01001..=0b10011 => 2,
        // Push, and pop.
        0b10110 | 0b10111 if code >> 9 & 0b11 == 0b10 => 1 + registers + u32::from(code >> 8 & 1),
        // Store and load multiple.
        0b11000 | 0b11001 => 1 + registers,
        _ => 1,
    };
    let pops_pc = code >> 8 == 0xbd;
    Cost {
        cycles,
        branch: match core {
            Core::CortexM0 if pops_pc => 3,
            _ => 2,
        },
    }
}

/// A 32-bit instruction.
pub fn wide(core: Core, first: u16, second: u16) -> Cost {
    let cycles = match first >> 9 {
        // Load and store multiple, dual, exclusive; table branch.
        0b111_0100 if first >> 6 & 1 == 0 => 1 + second.count_ones(),
        0b111_0100 if first >> 4 == 0xe8d && second >> 5 & 0x7ff == 0x780 => 2,
        0b111_0100 => 3,
        // Load and store single.
        0b111_1100 => 2,
        // Multiply.
        0b111_1101 if first >> 7 & 0b11 == 0b10 => {
            let accumulates = second >> 12 != 0xf;
            match first >> 4 & 0b111 {
                0b000 if accumulates && core == Core::CortexM3 => 2,
                _ => 1,
            }
        }
        // Long multiply and divide.
        0b111_1101 if first >> 7 & 0b11 == 0b11 => match first >> 4 & 0b111 {
            0b001 | 0b011 => 12,
            _ if core == Core::CortexM3 => 4,
            _ => 1,
        },
        // Branch with link on a Cortex-M0, with the refill: 4.
        0b111_1000..=0b111_1011 if second >> 14 == 0b11 && core == Core::CortexM0 => 2,
        _ => 1,
    };
    Cost { cycles, branch: 2 }
}
