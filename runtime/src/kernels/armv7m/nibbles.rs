//! Sums of 4-bit weights: see [`Kernel`](crate::kernels::run::Kernel).
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// Pairs of inputs are gathered crossed.
pub fn cross(pair: u32) -> u32 {
    pair
}

/// A pair of inputs with a word of weights, so four columns, of a panel of 8.
macro_rules! nibble_pair {
    () => {
        concat!(
            "ldm r1!, {{r2}}\n",
            "ldr r11, [r0], #8\n",
            "and r12, r11, #0x000f000f\n",
            "mla r7, r12, r2, r7\n",
            "and r12, lr, r11, lsr #4\n",
            "mla r8, r12, r2, r8\n",
            "and r12, lr, r11, lsr #8\n",
            "mla r9, r12, r2, r9\n",
            "and r12, lr, r11, lsr #12\n",
            "mla r10, r12, r2, r10\n",
        )
    };
}

/// Half a unit of the upper halves that products are summed in: the lower halves' sum never borrows.
macro_rules! nibble_start {
    () => {
        "mov r7, #0x8000\nmov r8, #0x8000\nmov r9, #0x8000\nmov r10, #0x8000\n"
    };
}

/// Adds the upper halves, which have room for four quads, to the sums.
macro_rules! nibble_flush {
    () => {
        concat!(
            "add r3, r3, r7, asr #16\n",
            "add r4, r4, r8, asr #16\n",
            "add r5, r5, r9, asr #16\n",
            "add r6, r6, r10, asr #16\n",
            nibble_start!(),
        )
    };
}

// r7 to r10 are sums of products in their upper halves, r11 weights, r2 a crossed pair of inputs, r12 a
// pair of weights, lr the mask of one: only of shifted words, whose upper four bits are zeros.
halves!(
    nibbles8,
    "0x000f000f",
    "4",
    concat!(
        nibble_start!(),
        rounds!(concat!(nibble_pair!(), nibble_pair!()), nibble_flush!()),
    )
);
