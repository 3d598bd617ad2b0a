//! The kernels for cores with the DSP extension: Cortex-M4, M7, M33, M55.
//!
//! A word of weights is `256 * odd + even` of one pair of columns, for both inputs of a pair.
//! `SMLAD` of the word, and of its even bytes alone (`UXTB16`), each with the pair of inputs, gives
//! two sums whose difference is 256 times the odd column's: exact while that sum has 24 bits.

/// Armv8-M's target does not assume the DSP extension, so the assembler must be told.
#[cfg(pocketgan_armv8m)]
macro_rules! cpu {
    () => {
        ".cpu cortex-m33"
    };
}
#[cfg(not(pocketgan_armv8m))]
macro_rules! cpu {
    () => {
        ""
    };
}

mod expand;
mod narrow;
mod nibbles;
mod panels;

pub use super::armv7::{TABLE, Table, scale_leaky, scale_plain, tabulate};
pub use super::portable::words_per_quad;
pub use expand::expand;
pub use narrow::narrow_windows;
pub use nibbles::{cross, nibbles8};
pub use panels::{bytes2, bytes4, bytes8};
