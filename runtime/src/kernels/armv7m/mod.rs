//! The kernels for Armv7-M and Armv8-M Mainline without the DSP extension: Cortex-M3.
//!
//! One 32-bit multiplication makes two products of a column. Of a word of weights, the even (or odd)
//! column's two are masked out, so that they are the halves of a word `u`, each with 128 added.
//! Inputs are gathered as two words a pair: `x`, the pair crossed, and a correction `c` of
//! `0x8000 - 0x0080_0080 * x`. Then `u * x + c` has the sum of both products in its upper half, of 16
//! bits, because weights are at least -127; the lower half, in which the half unit of `c` keeps the
//! other product from borrowing, is shifted out. That is three instructions and four cycles for two
//! products, where two multiplications with one weight each take four and six.
//!
//! With a pair's two words in registers there is room for the sums of four columns: panels of eight
//! are summed in two passes. With those of two windows there is room for two columns of each, in four
//! passes, and what is done to a word of weights alone, four of eight instructions, is done for both.

// What all kernels have in common.

/// Adds the products of a word of weights and the pair `$x`, of correction `$c`, to the sums of an
/// even and an odd column. `$t` is at work, and `$signs` holds `0x0080_0080`, which makes odd columns'
/// weights ones with 128 added.
macro_rules! word {
    ($word:literal, $x:literal, $c:literal, $even:literal, $odd:literal, $t:literal, $signs:literal) => {
        concat!(
            "and ",
            $t,
            ", ",
            $word,
            ", #0x00ff00ff\n",
            "eor ",
            $word,
            ", ",
            $signs,
            ", ",
            $word,
            ", lsr #8\n",
            "mla ",
            $t,
            ", ",
            $t,
            ", ",
            $x,
            ", ",
            $c,
            "\n",
            "and ",
            $word,
            ", ",
            $word,
            ", #0x00ff00ff\n",
            "mla ",
            $word,
            ", ",
            $word,
            ", ",
            $x,
            ", ",
            $c,
            "\n",
            "add ",
            $even,
            ", ",
            $even,
            ", ",
            $t,
            ", asr #16\n",
            "add ",
            $odd,
            ", ",
            $odd,
            ", ",
            $word,
            ", asr #16\n",
        )
    };
}

/// Rounds of two quads and `$flush`, the first of which begins in its middle if the number of quads is
/// odd. r2 is their number less 1, at most 31, then at work; the rounds are counted in the upper
/// four bits of lr, which nothing else looks at.
macro_rules! rounds {
    ($quad:expr, $flush:expr) => {
        concat!(
            "lsrs r2, r2, #1\n",
            "bfi lr, r2, #28, #4\n",
            "bcc 4f\n",
            "3:\n",
            $quad,
            "4:\n",
            $quad,
            $flush,
            "subs lr, lr, #0x10000000\n",
            "bcs 3b\n",
        )
    };
}

/// A kernel for panels of eight columns, in two passes of four: `$quads` makes the sums of half a panel
/// in r3 to r6. The second pass's weights begin `$half` bytes after the first one's.
///
/// r0 weights, r1 inputs, r2 number of quads less 1; lr is `$constant`. On the stack: weights, inputs,
/// number of quads less 1, bytes between panels, the saved registers, then what was passed there; in
/// the place of the odd columns' first value, the panels of the second pass while it is still to come.
macro_rules! halves {
    ($name:ident, $constant:literal, $half:literal, $quads:expr) => {
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name(
            _: *const u32,
            _: *const u32,
            _: usize,
            _: usize,
            _: i32,
            _: i32,
            _: *mut i32,
            _: usize,
        ) {
            naked_asm!(
                "subs r2, r2, #1",
                "push {{r0-r11, lr}}",
                concat!("mov lr, #", $constant),
                "ldr r7, [sp, #64]",
                "str r7, [sp, #56]",
                // Half a panel.
                "2:",
                "ldr r3, [sp, #52]",
                "mov r4, r3",
                "mov r5, r3",
                "mov r6, r3",
                "ldrd r1, r2, [sp, #4]",
                $quads,
                "ldrd r1, r2, [sp, #60]",
                "stm r1, {{r3-r6}}",
                "adds r1, r1, #32",
                "subs r2, r2, #1",
                "strd r1, r2, [sp, #60]",
                "ldr r7, [sp, #12]",
                "add r0, r0, r7",
                "bne 2b",
                // All of them, once more for the other half.
                "ldr r7, [sp, #56]",
                "cbz r7, 8f",
                "str r2, [sp, #56]",
                "sub r1, r1, r7, lsl #5",
                "adds r1, r1, #16",
                "strd r1, r7, [sp, #60]",
                "ldr r0, [sp]",
                concat!("adds r0, r0, #", $half),
                "b 2b",
                "8:",
                "add sp, sp, #16",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

/// All assemblers know the instructions.
macro_rules! cpu {
    () => {
        ""
    };
}

/// Adds their biases to `$first` and `$second`.
macro_rules! two_biases {
    ($first:literal, $second:literal) => {
        concat!(
            "ldrsh lr, [r1], #2\nmla ",
            $first,
            ", lr, r4, ",
            $first,
            "\nldrsh lr, [r1], #2\nmla ",
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

#[cfg(pocketgan_two)]
pub use expand::expand_of_two;
pub use expand::{expand, words_per_quad};
pub use narrow::narrow_windows;
pub use nibbles::{cross, nibbles8};
pub use panels::{bytes2, bytes4, bytes8};
#[cfg(feature = "fast")]
pub use scale::grey_kernel;
pub use scale::{FLIPS, ONLY, scale_kernel};
#[cfg(pocketgan_two)]
pub use two::two8;
