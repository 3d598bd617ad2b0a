//! The kernels for cores with the DSP extension: Cortex-M4, M7, M33, M55.
//!
//! A word of weights is `256 * odd + even` of one pair of columns, for both inputs of a pair.
//! `SMLAD` of the word, and of its even bytes alone (`UXTB16`), each with the pair of inputs, gives
//! two sums whose difference is 256 times the odd column's: exact while that sum has 24 bits. Where two
//! windows are summed at a time, the word and its even bytes serve both.

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

/// Adds their biases to `$first` and `$second`, two at a time.
macro_rules! two_biases {
    ($first:literal, $second:literal) => {
        concat!(
            "ldr lr, [r1], #4\nsmlabb ",
            $first,
            ", lr, r4, ",
            $first,
            "\nsmlatb ",
            $second,
            ", lr, r4, ",
            $second,
            "\n",
        )
    };
}

mod expand;
mod narrow;
mod nibbles;
mod panels;
#[path = "../armv7.rs"]
mod scale;
#[cfg(pocketgan_two)]
mod two;

pub use super::portable::words_per_quad;
pub use expand::expand;
#[cfg(pocketgan_two)]
pub use expand::expand_of_two;
pub use narrow::narrow_windows;
pub use nibbles::{cross, nibbles8};
pub use panels::{bytes2, bytes4, bytes8};
#[cfg(feature = "fast")]
pub use scale::grey_kernel;
pub use scale::{FLIPS, ONLY, scale_kernel};
#[cfg(pocketgan_two)]
pub use two::two8;
