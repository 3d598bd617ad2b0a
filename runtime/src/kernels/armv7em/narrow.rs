//! Windows of two columns.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::narrow::{ROWS_END, Work};

/// One word of a row's matrix, with a pair of inputs in `$x`.
macro_rules! narrow_word {
    ($even:literal, $odd:literal, $word:literal, $x:literal) => {
        concat!(
            "smlad ", $odd, ", ", $word, ", ", $x, ", ", $odd, "\n", "uxtb16 ", $word, ", ", $word,
            "\n", "smlad ", $even, ", ", $word, ", ", $x, ", ", $even, "\n",
        )
    };
}

/// A quad of inputs with both rows' matrices.
macro_rules! narrow_quad {
    () => {
        concat!(
            "ldr r11, [r2], #4\n",
            "sxtb16 r10, r11\n",
            "sxtb16 r11, r11, ror #8\n",
            "smlad r8, r10, r9, r8\n",
            "smlad r8, r11, r9, r8\n",
            "ldrd r12, lr, [r0], #8\n",
            narrow_word!("r4", "r5", "r12", "r10"),
            narrow_word!("r4", "r5", "lr", "r11"),
            "ldrd r12, lr, [r1], #8\n",
            narrow_word!("r6", "r7", "r12", "r10"),
            narrow_word!("r6", "r7", "lr", "r11"),
        )
    };
}

/// r0 and r1 weights, r2 inputs, r3 quads; r4 to r7 sums (even and odd column of each row), r8 sum
/// of the inputs, r9 two ones, r10 and r11 pairs of inputs, r12 and lr words of weights. On the
/// stack: quads of a tap, where in a round of them it begins, bytes of weights left out between taps,
/// bytes from one window to the next, the next tap's place among the rows, the end of those.
#[unsafe(naked)]
pub unsafe extern "C" fn narrow_windows(_: &mut Work) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "sub sp, sp, #24",
        // Eight quads a round; the first round begins where a whole number of rounds is left.
        "ldrd r2, r3, [r0, #8]",
        "and r9, r2, #7",
        "adr r10, 13f",
        "ldrh r9, [r10, r9, lsl #1]",
        "add r10, r10, r9, lsl #1",
        "adds r10, r10, #1",
        "strd r2, r10, [sp]",
        "ldrd r10, r2, [r0, #16]",
        "strd r3, r10, [sp, #8]",
        "mov r9, #0x00010001",
        "mov r12, r0",
        "add r3, r0, #{rows}",
        "str r3, [sp, #20]",
        // The first tap's place in the place of their number.
        "sub r3, r3, r2, lsl #2",
        "str r3, [r0, #20]",
        // A window of the work in r12.
        "2:",
        "ldr r3, [r12, #20]",
        "ldrd r0, r1, [r12]",
        "str r3, [sp, #16]",
        "movs r4, #0",
        "movs r5, #0",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, #0",
        // A tap, whose row goes on to the next window.
        "3:",
        "ldm sp, {{r3, r10, r11, r12, lr}}",
        "add r0, r0, r11",
        "add r1, r1, r11",
        "ldr r2, [lr]",
        "add r12, r12, r2",
        "str r12, [lr], #4",
        "str lr, [sp, #16]",
        "bx r10",
        ".p2align 2",
        "13:",
        ".short (4f - 13b) / 2",
        ".short (11f - 13b) / 2",
        ".short (10f - 13b) / 2",
        ".short (9f - 13b) / 2",
        ".short (8f - 13b) / 2",
        ".short (7f - 13b) / 2",
        ".short (6f - 13b) / 2",
        ".short (5f - 13b) / 2",
        "4:",
        narrow_quad!(),
        "5:",
        narrow_quad!(),
        "6:",
        narrow_quad!(),
        "7:",
        narrow_quad!(),
        "8:",
        narrow_quad!(),
        "9:",
        narrow_quad!(),
        "10:",
        narrow_quad!(),
        "11:",
        narrow_quad!(),
        "subs r3, r3, #8",
        "bhi 4b",
        "ldrd r12, r11, [sp, #16]",
        "cmp r12, r11",
        "bne 3b",
        "sub r12, r12, #{rows}",
        "ldrd r3, r10, [r12, #32]",
        "subs r5, r5, r4",
        "subs r7, r7, r6",
        "sub r8, r10, r8, lsl #7",
        "add r4, r4, r8",
        "add r5, r10, r5, asr #8",
        "add r6, r6, r8",
        "add r7, r10, r7, asr #8",
        "ldrd r10, r11, [r12, #24]",
        "strd r4, r5, [r10], #8",
        "strd r6, r7, [r11], #8",
        "strd r10, r11, [r12, #24]",
        "cmp r10, r3",
        "bne 2b",
        "add sp, sp, #24",
        "pop {{r4-r11, pc}}",
        rows = const ROWS_END,
    )
}
