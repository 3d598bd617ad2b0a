//! Sums of 4-bit weights.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::portable::{crossed, unpair};

/// A gathered pair of inputs, crossed.
pub fn cross(pair: u32) -> u32 {
    let (first, second) = unpair(pair);
    crossed(first, second)
}

/// One word, so four columns, of nibbles with one pair of inputs in r11.
macro_rules! nibble_word {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldr r12, [r0], #4\n",
            "and lr, r2, r12\n",
            "smlad ",
            $a,
            ", lr, r11, ",
            $a,
            "\n",
            "and lr, r2, r12, lsr #4\n",
            "smlad ",
            $b,
            ", lr, r11, ",
            $b,
            "\n",
            "and lr, r2, r12, lsr #8\n",
            "smlad ",
            $c,
            ", lr, r11, ",
            $c,
            "\n",
            "and lr, r2, r12, lsr #12\n",
            "smlad ",
            $d,
            ", lr, r11, ",
            $d,
            "\n",
        )
    };
}

/// A quad of inputs with a panel of 8.
macro_rules! nibble_quad {
    () => {
        concat!(
            "ldr r11, [r1], #4\n",
            nibble_word!("r3", "r4", "r5", "r6"),
            nibble_word!("r7", "r8", "r9", "r10"),
            "ldr r11, [r1], #4\n",
            nibble_word!("r3", "r4", "r5", "r6"),
            nibble_word!("r7", "r8", "r9", "r10"),
        )
    };
}

/// The quads of a panel, 8 bytes of inputs each: four a round; the first round begins where a whole
/// number of rounds is left.
#[cfg(feature = "fast")]
macro_rules! nibble_quads {
    () => {
        concat!(
            "ldr lr, [sp, #4]\n",
            "sub lr, lr, r1\n",
            "ands lr, lr, #24\n",
            "beq 3f\n",
            "cmp lr, #16\n",
            "beq 5f\n",
            "bhi 4f\n",
            "b 6f\n",
            "3:\n",
            nibble_quad!(),
            "4:\n",
            nibble_quad!(),
            "5:\n",
            nibble_quad!(),
            "6:\n",
            nibble_quad!(),
            "ldr lr, [sp, #4]\n",
            "cmp r1, lr\n",
            "bne 3b\n",
        )
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! nibble_quads {
    () => {
        concat!(
            "3:\n",
            nibble_quad!(),
            "ldr lr, [sp, #4]\n",
            "cmp r1, lr\n",
            "bne 3b\n",
        )
    };
}

/// As [`bytes8`]: r2 is the mask of a pair of nibbles, r3 to r10 sums, r11 a pair of inputs, r12
/// weights, lr a pair of weights.
#[unsafe(naked)]
pub unsafe extern "C" fn nibbles8(
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
        cpu!(),
        // The end of the inputs in the place of the number of quads.
        "add r2, r1, r2, lsl #3",
        "push {{r1-r11, lr}}",
        "mov r2, #0x000f000f",
        "ldr r3, [sp, #48]",
        // A panel.
        "2:",
        "mov r4, r3",
        "mov r5, r3",
        "mov r6, r3",
        "mov r7, r3",
        "mov r8, r3",
        "mov r9, r3",
        "mov r10, r3",
        nibble_quads!(),
        "ldrd r1, r12, [sp, #56]",
        "stm r1!, {{r3-r10}}",
        "subs r12, r12, #1",
        "strd r1, r12, [sp, #56]",
        "ldr r12, [sp, #8]",
        "add r0, r0, r12",
        "ldr r1, [sp]",
        "ldr r3, [sp, #48]",
        "bne 2b",
        "add sp, sp, #12",
        "pop {{r4-r11, pc}}",
    )
}
