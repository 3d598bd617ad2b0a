//! Windows of two columns.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::narrow::{ROWS_END, Work};

/// A pair of inputs, at r7 and two behind, with both rows' matrices.
macro_rules! narrow_pair {
    () => {
        concat!(
            "ldrsb r2, [r6, r7]\n",
            "adds r7, r7, #2\n",
            "ldrsb r3, [r6, r7]\n",
            "add r12, r2\n",
            "add r12, r3\n",
            word!("ldmia r0!, {{r4}}", "r8", "r9"),
            word!("ldmia r1!, {{r4}}", "r10", "r11"),
        )
    };
}

/// Of `$even` and `$odd`, which has 256 times the odd column plus the even one: the sums, stored at
/// the work's `$sums`. r2 is what the even sum begins with, r6 what the odd one does, r7 the work.
macro_rules! store {
    ($even:literal, $odd:literal, $sums:literal) => {
        concat!(
            "mov r3, ",
            $even,
            "\n",
            "mov r4, ",
            $odd,
            "\n",
            "subs r4, r4, r3\n",
            "asrs r4, r4, #8\n",
            "adds r3, r3, r2\n",
            "adds r4, r4, r6\n",
            "ldr r5, [r7, ",
            $sums,
            "]\n",
            "stmia r5!, {{r3, r4}}\n",
            "str r5, [r7, ",
            $sums,
            "]\n",
        )
    };
}

/// r0 and r1 weights, r2 and r3 a pair of inputs, r4 weights, r5 a weight, r6 the end of a tap's
/// inputs, r7 the place before it; r8 to r11 sums (even and odd column of each row), r12 the inputs'
/// sum. On the stack: the next tap's place among the rows, the end of those, bytes of a tap, bytes
/// from one window to the next, bytes of weights left out between taps.
#[unsafe(naked)]
pub unsafe extern "C" fn narrow_windows(_: &mut Work) {
    naked_asm!(
        enter!(),
        "sub sp, sp, #16",
        "mov r7, r0",
        "ldr r2, [r7, #8]",
        "lsls r2, r2, #2",
        "str r2, [sp, #8]",
        "ldr r2, [r7, #16]",
        "str r2, [sp, #12]",
        "ldr r2, [r7, #12]",
        "str r2, [sp, #16]",
        "adds r0, r0, #{rows}",
        "str r0, [sp, #4]",
        // The first tap's place in the place of their number.
        "ldr r2, [r7, #20]",
        "lsls r2, r2, #2",
        "subs r0, r0, r2",
        "str r0, [r7, #20]",
        // A window of the work in r7.
        "2:",
        "ldr r3, [r7, #20]",
        "str r3, [sp]",
        "ldmia r7!, {{r0, r1}}",
        "movs r3, #0",
        "mov r8, r3",
        "mov r9, r3",
        "mov r10, r3",
        "mov r11, r3",
        "mov r12, r3",
        // A tap, whose row goes on to the next window.
        "3:",
        "ldr r2, [sp, #16]",
        "adds r0, r0, r2",
        "adds r1, r1, r2",
        "ldr r7, [sp]",
        "ldr r6, [r7]",
        "ldr r2, [sp, #12]",
        "adds r2, r2, r6",
        "stmia r7!, {{r2}}",
        "str r7, [sp]",
        "ldr r3, [sp, #8]",
        "adds r6, r6, r3",
        "rsbs r7, r3, #0",
        "4:",
        narrow_pair!(),
        "subs r7, r7, #1",
        narrow_pair!(),
        "adds r7, r7, #1",
        "bne 4b",
        "ldr r7, [sp]",
        "ldr r3, [sp, #4]",
        "cmp r7, r3",
        "bne 3b",
        "subs r7, r7, #{rows}",
        "ldr r6, [r7, #36]",
        "mov r2, r12",
        "lsls r2, r2, #7",
        "subs r2, r6, r2",
        store!("r10", "r11", "#28"),
        store!("r8", "r9", "#24"),
        "ldr r3, [r7, #32]",
        "cmp r5, r3",
        "beq 5f",
        "b 2b",
        "5:",
        "add sp, sp, #20",
        leave!(),
        rows = const ROWS_END,
    )
}
