//! Windows of two columns.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::narrow::Work;

/// A pair of inputs, at `$first` and `$second` of a quad, with both rows' matrices.
macro_rules! narrow_pair {
    ($first:literal, $second:literal) => {
        concat!(
            "ldrb r2, [r6, ",
            $first,
            "]\n",
            "ldrb r3, [r6, ",
            $second,
            "]\n",
            "sxtb r2, r2\n",
            "sxtb r3, r3\n",
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

/// r0 and r1 weights, r2 and r3 a pair of inputs, r4 weights, r5 a weight, r6 inputs, r7 the work; r8
/// to r11 sums (even and odd column of each row), r12 the inputs' sum, lr the end of the inputs. On
/// the stack: the work, the next tap's row, taps left, the window's offset.
#[unsafe(naked)]
pub unsafe extern "C" fn narrow_windows(_: &mut Work) {
    naked_asm!(
        enter!(),
        "sub sp, sp, #12",
        "mov r7, r0",
        "movs r2, #0",
        // A window.
        "2:",
        "str r2, [sp, #12]",
        "str r7, [sp]",
        "ldr r3, [r7, #28]",
        "str r3, [sp, #8]",
        "movs r2, #36",
        "adds r2, r2, r7",
        "str r2, [sp, #4]",
        "ldmia r7!, {{r0, r1}}",
        "movs r3, #0",
        "mov r8, r3",
        "mov r9, r3",
        "mov r10, r3",
        "mov r11, r3",
        "mov r12, r3",
        // A tap.
        "3:",
        "ldr r7, [sp]",
        "ldr r2, [sp, #4]",
        "ldmia r2!, {{r6}}",
        "str r2, [sp, #4]",
        "ldr r2, [sp, #12]",
        "adds r6, r6, r2",
        "ldr r3, [r7, #8]",
        "lsls r3, r3, #2",
        "adds r3, r3, r6",
        "mov lr, r3",
        "4:",
        narrow_pair!("#0", "#2"),
        narrow_pair!("#1", "#3"),
        "adds r6, r6, #4",
        "cmp r6, lr",
        "bne 4b",
        "ldr r2, [sp, #8]",
        "subs r2, r2, #1",
        "str r2, [sp, #8]",
        "bne 3b",
        "ldr r6, [r7, #32]",
        "mov r2, r12",
        "lsls r2, r2, #7",
        "subs r2, r6, r2",
        store!("r8", "r9", "#16"),
        store!("r10", "r11", "#20"),
        "ldr r2, [sp, #12]",
        "ldr r3, [r7, #12]",
        "adds r2, r2, r3",
        "ldr r3, [r7, #24]",
        "subs r3, r3, #1",
        "str r3, [r7, #24]",
        "beq 5f",
        "b 2b",
        "5:",
        "add sp, sp, #16",
        leave!(),
    )
}
