//! The kernels for cores with nothing but a 32-bit multiplication: Cortex-M0, M0+, M1.
//!
//! Inputs are gathered as one word each, in the order of their use: `k0 k2 k1 k3`, or without the
//! feature `fast`, for half the memory, as pairs that are taken apart for each panel. A word of weights
//! is `256 * odd + even` of one pair of columns, twice; its halves and their lower bytes are taken
//! apart by one extension each, and the odd column's sum is what is left of the halves' sum without
//! the even one's. Sums stay in registers, most of them in the high ones, which only `MOV`, `ADD`
//! and `CMP` can reach.

// What all kernels have in common.

/// One word of weights, in r4, with a pair of inputs in r2 and r3; r5 is at work. Sums in low
/// registers are added to by `adds`, with three operands.
macro_rules! word {
    ($load:literal, $even:literal, $odd:literal) => {
        concat!(
            $load,
            "\n",
            "uxtb r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $even,
            ", r5\n",
            "sxth r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $odd,
            ", r5\n",
            "asrs r4, r4, #16\n",
            "uxtb r5, r4\n",
            "muls r5, r3, r5\n",
            "add ",
            $even,
            ", r5\n",
            "muls r4, r3, r4\n",
            "add ",
            $odd,
            ", r4\n",
        )
    };
}

/// Saves r4 to r11 and lr, and r3 below them.
macro_rules! enter {
    () => {
        concat!(
            "push {{r4-r7, lr}}\n",
            "mov r4, r8\n",
            "mov r5, r9\n",
            "mov r6, r10\n",
            "mov r7, r11\n",
            "push {{r3-r7}}\n",
        )
    };
}

/// Restores what [`enter`] has saved, but for the word below, and returns.
macro_rules! leave {
    () => {
        concat!(
            "pop {{r4-r7}}\n",
            "mov r8, r4\n",
            "mov r9, r5\n",
            "mov r10, r6\n",
            "mov r11, r7\n",
            "pop {{r4-r7, pc}}\n",
        )
    };
}

mod expand;
mod narrow;
mod nibbles;
mod panels;
mod scale;

pub use expand::{expand, words_per_quad};
pub use narrow::narrow_windows;
pub use nibbles::{cross, nibbles8};
pub use panels::{bytes2, bytes4, bytes8};
#[cfg(feature = "fast")]
pub use scale::grey_kernel;
pub use scale::{FLIPS, ONLY, scale_kernel};
