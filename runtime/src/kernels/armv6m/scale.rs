//! From sums to activations.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::requantize::{Scale, TANH_LAST, Table};

/// One output, to r3 and `$place`.
macro_rules! scale_one {
    ($negative:expr, $place:literal) => {
        concat!(
            "ldmia r0!, {{r4}}\n",
            "ldrsh r5, [r1, r6]\n",
            "mov r7, r8\n",
            "muls r5, r7, r5\n",
            "mov r7, r9\n",
            "adds r4, r4, r5\n",
            "asrs r4, r7\n",
            $negative,
            "ldrsh r5, [r2, r6]\n",
            "muls r4, r5, r4\n",
            "mov r7, r11\n",
            "add r4, r10\n",
            "asrs r4, r7\n",
            "sxtb r5, r4\n",
            "cmp r5, r4\n",
            "beq 3f\n",
            // The nearest limit.
            "asrs r4, r4, #31\n",
            "movs r5, #127\n",
            "eors r4, r5\n",
            "3:\n",
            "strb r4, [r3, #",
            $place,
            "]\n",
            "adds r6, r6, #2\n",
        )
    };
}

/// All outputs, whose number is in r4 and whose end is in lr: one if it is odd, then two a round.
#[cfg(feature = "fast")]
macro_rules! scale_all {
    ($negative:expr) => {
        concat!(
            "lsrs r4, r4, #1\n",
            "bcc 2f\n",
            scale_one!($negative, "0"),
            "adds r3, r3, #1\n",
            "cmp r3, lr\n",
            "beq 4f\n",
            "2:\n",
            scale_one!($negative, "0"),
            scale_one!($negative, "1"),
            "adds r3, r3, #2\n",
            "cmp r3, lr\n",
            "bne 2b\n",
            "4:\n",
        )
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! scale_all {
    ($negative:expr) => {
        concat!(
            "2:\n",
            scale_one!($negative, "0"),
            "adds r3, r3, #1\n",
            "cmp r3, lr\n",
            "bne 2b\n",
        )
    };
}

macro_rules! scale_kernel {
    ($name:ident, $negative:expr) => {
        /// r0 sums, r1 biases, r2 multipliers,
        /// r3 outputs, r4, r5 and r7 at work, r6 index of the bias and multiplier; r8 factor of the
        /// bias, r9 first shift, r10 rounding and r11 amount of the second, r12 slope, lr end of the
        /// outputs.
        #[unsafe(naked)]
        pub unsafe extern "C" fn $name(
            _: *const i32,
            _: *const i16,
            _: *const i16,
            _: *mut u8,
            _: *const Scale,
            _: usize,
            _: usize,
            _: &Table,
        ) {
            naked_asm!(
                enter!(),
                "ldr r7, [sp, #40]",
                "ldmia r7!, {{r4-r6}}",
                "mov r8, r4",
                "mov r9, r5",
                "mov r10, r6",
                "ldmia r7!, {{r4, r5}}",
                "mov r11, r4",
                "mov r12, r5",
                "ldr r4, [sp, #44]",
                "adds r5, r4, r3",
                "mov lr, r5",
                "movs r6, #0",
                scale_all!($negative),
                "pop {{r3}}",
                leave!(),
            )
        }
    };
}

scale_kernel!(scale_plain, "");
scale_kernel!(
    scale_leaky,
    "bpl 5f\nmov r7, r12\nmuls r4, r7, r4\nmovs r5, #1\nlsls r5, r5, #14\nadds r4, r4, r5\nasrs r4, r4, #15\n5:\n"
);

/// Of sums, biases, multipliers, outputs, the scale, their number, bytes from one bias to the next
/// and, in the upper half, from one multiplier to the next, and the table.
///
/// r0 sums, r1 biases, r2 multipliers, r3 outputs, r4, r5 and r7 at work, r6 zero; r8 factor of the
/// bias, r9 first shift, r10 rounding and r11 amount of the second, r12 the table, lr bytes from one
/// bias to the next. On the stack: the end of the outputs, the saved registers, the scale, outputs
/// and then what they differ by, bytes between multipliers, the table.
#[unsafe(naked)]
pub unsafe extern "C" fn tabulate(
    _: *const i32,
    _: *const i16,
    _: *const i16,
    _: *mut u8,
    _: *const Scale,
    _: usize,
    _: usize,
    _: &Table,
) {
    naked_asm!(
        enter!(),
        "ldr r7, [sp, #40]",
        "ldmia r7!, {{r4-r6}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "ldr r4, [r7]",
        "mov r11, r4",
        "ldr r4, [sp, #44]",
        "adds r4, r4, r3",
        "str r4, [sp]",
        "ldr r4, [r7, #8]",
        "str r4, [sp, #44]",
        "ldr r4, [sp, #48]",
        "uxth r5, r4",
        "mov lr, r5",
        "lsrs r4, r4, #16",
        "str r4, [sp, #48]",
        "ldr r4, [sp, #52]",
        "mov r12, r4",
        "movs r6, #0",
        "2:",
        "ldmia r0!, {{r4}}",
        "ldrsh r5, [r1, r6]",
        "add r1, lr",
        "mov r7, r8",
        "muls r5, r7, r5",
        "mov r7, r9",
        "adds r4, r4, r5",
        "asrs r4, r7",
        "ldrsh r5, [r2, r6]",
        "ldr r7, [sp, #48]",
        "adds r2, r2, r7",
        "muls r4, r5, r4",
        "mov r7, r11",
        "add r4, r10",
        "asrs r4, r7",
        "asrs r5, r4, #31",
        "eors r4, r5",
        "subs r4, r4, r5",
        "cmp r4, #{last}",
        "bls 3f",
        "movs r4, #{last}",
        "3:",
        "mov r7, r12",
        "ldrb r4, [r7, r4]",
        "eors r4, r5",
        "ldr r7, [sp, #44]",
        "eors r4, r7",
        "strb r4, [r3]",
        "adds r3, r3, #1",
        "ldr r7, [sp]",
        "cmp r3, r7",
        "bne 2b",
        "pop {{r3}}",
        leave!(),
        last = const TANH_LAST,
    )
}
