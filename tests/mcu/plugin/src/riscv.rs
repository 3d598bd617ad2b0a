//! RV32IMAC instructions of Hazard3: one cycle each, but two for a load (the data is there one
//! later than the next instruction could ask for it), one more for a taken branch or jump, and 18
//! for a division.

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
