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
            "ldr r12, [r2], #4\n",
            "sxtb lr, r12\n",
            "sxtb r8, r12, ror #16\n",
            narrow_pair!(),
            "sxtb lr, r12, ror #8\n",
            "asr r8, r12, #24\n",
            narrow_pair!(),
        )
    };
}

/// r0 and r1 weights, r2 inputs, r3 weights; r4 to r7 sums (even and odd column of each row), r8 a pair
/// of inputs and r9 its correction, r10 what they have in common, r11 quads left, r12 inputs, lr at work.
/// On the stack: bytes of weights left out between taps, bytes from one window to the next, quads of a
/// tap, the next tap's place among the rows, the end of those.
///
/// r10 is `0x0080_8080`. It makes weights of odd columns ones with 128 added, whatever its second
/// byte; in a correction, it is half a unit (and a little) of the lower half, and 128 more than that:
/// so much is taken off what the sums begin with for every pair.
#[unsafe(naked)]
pub unsafe extern "C" fn narrow_windows(_: &mut Work) {
    naked_asm!(
        "push {{r4-r11, lr}}",
        "sub sp, sp, #20",
        "movw r10, #0x8080",
        "movt r10, #0x0080",
        "ldrd r2, r3, [r0, #8]",
        "ldrd r4, r5, [r0, #16]",
        "strd r3, r4, [sp]",
        "add r3, r0, #{rows}",
        "str r2, [sp, #8]",
        "str r3, [sp, #16]",
        // The first tap's place in the place of their number.
        "sub r3, r3, r5, lsl #2",
        "str r3, [r0, #20]",
        "ldr r3, [r0, #36]",
        "mul r2, r2, r5",
        "sub r3, r3, r2, lsl #8",
        "str r3, [r0, #36]",
        "mov r12, r0",
        // A window of the work in r12.
        "2:",
        "ldr r3, [r12, #20]",
        "ldr r4, [r12, #36]",
        "ldrd r0, r1, [r12]",
        "str r3, [sp, #12]",
        "mov r5, r4",
        "mov r6, r4",
        "mov r7, r4",
        // A tap, whose row goes on to the next window.
        "3:",
        "ldm sp, {{r3, r8, r11, r12}}",
        "add r0, r0, r3",
        "add r1, r1, r3",
        "ldr r2, [r12]",
        "add r8, r8, r2",
        "str r8, [r12], #4",
        "str r12, [sp, #12]",
        // Two quads a round; an odd number begins in its middle.
        "lsrs r3, r11, #1",
        "bcs 5f",
        "4:",
        narrow_quad!(),
        "5:",
        narrow_quad!(),
        "subs r11, r11, #2",
        "bhi 4b",
        "ldrd r12, r3, [sp, #12]",
        "cmp r12, r3",
        "bne 3b",
        "sub r12, r12, #{rows}",
        "ldrd r8, r9, [r12, #24]",
        "strd r4, r5, [r8], #8",
        "strd r6, r7, [r9], #8",
        "strd r8, r9, [r12, #24]",
        "ldr r3, [r12, #32]",
        "cmp r8, r3",
        "bne 2b",
        "add sp, sp, #20",
        "pop {{r4-r11, pc}}",
        rows = const ROWS_END,
    )
}
