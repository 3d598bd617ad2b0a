//! Windows of two columns.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::narrow::{ROWS_END, Work};

/// The next word of a row's matrix, with the pair in r8 and its correction in r9.
macro_rules! narrow_word {
    ($weights:literal, $even:literal, $odd:literal) => {
        concat!(
            "ldm ",
            $weights,
            "!, {{r3}}\n",
            word!("r3", "r8", "r9", $even, $odd, "lr", "r10"),
        )
    };
}

/// A pair of inputs, of which the first is in lr and the second in r8, with both rows' matrices.
macro_rules! narrow_pair {
    () => {
        concat!(
            "add r8, r8, lr, lsl #16\n",
            "sub r9, r10, r8, lsl #7\n",
            "sub r9, r9, r8, lsl #23\n",
            narrow_word!("r0", "r4", "r5"),
            narrow_word!("r1", "r6", "r7"),
        )
    };
}

/// A quad of inputs with both rows' matrices.
macro_rules! narrow_quad {
    () => {
        concat!(
            "ldr r11, [r2], #4\n",
            "sxtb lr, r11\n",
            "sxtb r8, r11, ror #16\n",
            narrow_pair!(),
            "sxtb lr, r11, ror #8\n",
            "asr r8, r11, #24\n",
            narrow_pair!(),
        )
    };
}

/// r0 and r1 weights, r2 inputs, r3 weights; r4 to r7 sums (even and odd column of each row), r8 a pair
/// of inputs and r9 its correction, r10 what they have in common, r11 inputs, r12 quads left, lr at work.
/// On the stack: the work, the next tap's row, taps left, the window's offset.
///
/// r10 is `0x0080_8080`. It makes weights of odd columns ones with 128 added, whatever its second
/// byte; in a correction, it is half a unit (and a little) of the lower half, and 128 more than that:
/// so much is taken off what the sums begin with for every pair.
#[unsafe(naked)]
pub unsafe extern "C" fn narrow_windows(_: &mut Work) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "sub sp, sp, #16",
        "str r0, [sp]",
        "movw r10, #0x8080",
        "movt r10, #0x0080",
        "ldr r3, [r0, #8]",
        "ldrd r1, r2, [r0, #28]",
        "mul r3, r3, r1",
        "sub r2, r2, r3, lsl #8",
        "str r2, [r0, #32]",
        "movs r2, #0",
        // A window.
        "2:",
        "str r2, [sp, #12]",
        "ldr r12, [sp]",
        "ldrd r3, r4, [r12, #28]",
        "add r2, r12, #{rows}",
        "sub r2, r2, r3, lsl #2",
        "strd r2, r3, [sp, #4]",
        "ldrd r0, r1, [r12]",
        "mov r5, r4",
        "mov r6, r4",
        "mov r7, r4",
        // A tap.
        "3:",
        "ldr r12, [sp]",
        "ldrd r2, r9, [sp, #4]",
        "ldr r11, [r2], #4",
        "subs r9, r9, #1",
        "strd r2, r9, [sp, #4]",
        "ldr r2, [sp, #12]",
        "ldr r12, [r12, #8]",
        "add r2, r2, r11",
        "4:",
        narrow_quad!(),
        "subs r12, r12, #1",
        "bne 4b",
        "ldr r3, [sp, #8]",
        "cmp r3, #0",
        "bne 3b",
        "ldr r12, [sp]",
        "ldrd r8, r9, [r12, #16]",
        "strd r4, r5, [r8], #8",
        "strd r6, r7, [r9], #8",
        "strd r8, r9, [r12, #16]",
        "ldr r2, [sp, #12]",
        "ldr r3, [r12, #12]",
        "add r2, r2, r3",
        "ldr r3, [r12, #24]",
        "cmp r8, r3",
        "bne 2b",
        "add sp, sp, #16",
        "pop {{r4-r11, pc}}",
        rows = const ROWS_END,
    )
}
