//! RV32IMAC instructions of Hazard3: one cycle each, but two for a load, one more for a taken branch
//! or jump, and 18 for a division.
//!
//! That is the most that they take: a load whose next instruction does not need it takes one, and so
//! does a branch backwards that was the last one taken. What is left out makes little of it: one more
//! for a jump to a 32-bit instruction that is not aligned to its size, and for a division with signs.

use crate::core::Cost;

/// A compressed instruction.
pub fn compressed(code: u16) -> Cost {
    // Loads: C.LW and C.LWSP.
    let load = matches!((code & 0b11, code >> 13), (0b00 | 0b10, 0b010));
    Cost {
        cycles: if load { 2 } else { 1 },
        branch: 1,
    }
}

/// A 32-bit instruction.
pub fn full(code: u32) -> Cost {
    let divides = code >> 25 == 1 && code >> 14 & 1 == 1;
    let cycles = match code & 0x7f {
        0x03 => 2,
        0x33 if divides => 18,
        _ => 1,
    };
    Cost { cycles, branch: 1 }
}
