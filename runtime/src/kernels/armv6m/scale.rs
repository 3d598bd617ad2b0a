//! From sums to activations: see [`Kernel`] and, of an only channel without a bias, [`Grey`].
#![allow(unsafe_code)]

use core::arch::naked_asm;

#[cfg(feature = "fast")]
use crate::kernels::scale::Grey;
use crate::kernels::scale::Kernel;
use crate::requantize::{Rule, Scale, TANH, TANH_LAST};

/// Only codes from the table are flipped by the kernels.
pub const FLIPS: bool = false;
/// An only multiplier is for all outputs only with the table.
pub const ONLY: bool = false;

/// The kernel of a rule.
#[inline(always)]
pub fn scale_kernel(_: Rule) -> Kernel {
    scale_all
}

/// Shifts r4 by what is in `$high`, by way of r7.
macro_rules! shift {
    ($high:literal) => {
        concat!("mov r7, ", $high, "\nasrs r4, r7\n")
    };
}

/// r4 becomes a sum and its bias after the first shift.
macro_rules! first_shift {
    () => {
        concat!(
            "ldmia r0!, {{r4}}\n",
            "ldrsh r5, [r1, r6]\n",
            "mov r7, r8\n",
            "muls r5, r7, r5\n",
            "adds r4, r4, r5\n",
            shift!("r9"),
        )
    };
}

/// r4 times r5, after the second shift.
macro_rules! second_shift {
    () => {
        concat!("muls r4, r5, r4\n", "add r4, r10\n", shift!("r11"))
    };
}

/// One output, to r3 and `$place`.
macro_rules! scale_one {
    ($negative:expr, $place:literal) => {
        concat!(
            first_shift!(),
            $negative,
            "ldrsh r5, [r2, r6]\n",
            second_shift!(),
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

/// Outputs whose channels follow each other: one if their number is odd, then two a round.
#[cfg(feature = "fast")]
macro_rules! scale_stretch {
    ($negative:expr) => {
        concat!(
            "lsls r4, r4, #30\n",
            "bpl 2f\n",
            scale_one!($negative, "0"),
            "adds r3, r3, #1\n",
            "cmp r6, lr\n",
            "beq 4f\n",
            "2:\n",
            scale_one!($negative, "0"),
            scale_one!($negative, "1"),
            "adds r3, r3, #2\n",
            "cmp r6, lr\n",
            "bne 2b\n",
            "4:\n",
        )
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! scale_stretch {
    ($negative:expr) => {
        concat!(
            "2:\n",
            scale_one!($negative, "0"),
            "adds r3, r3, #1\n",
            "cmp r6, lr\n",
            "bne 2b\n",
        )
    };
}

/// r0 sums, r1 biases, r2 multipliers, r3 outputs, r4, r5 and r7 at work, r6 index of the bias and
/// multiplier; r8 factor of the bias, r9 first shift, r10 rounding and r11 amount of the second, r12
/// slope or table, lr where the index of the last channel ends. On the stack: the rule, a mask of the
/// multiplier's index, the saved registers, what codes from the table differ by, and then what was
/// passed there.
#[unsafe(naked)]
unsafe extern "C" fn scale_all(
    _: *const i32,
    _: *const i16,
    _: *const i16,
    _: *mut u8,
    _: &Scale,
    _: usize,
    _: usize,
    _: usize,
) {
    naked_asm!(
        enter!(),
        "sub sp, sp, #4",
        "ldr r7, [sp, #44]",
        "ldmia r7!, {{r4-r6}}",
        "mov r8, r4",
        "mov r9, r5",
        "mov r10, r6",
        "ldmia r7!, {{r4-r6}}",
        "mov r11, r4",
        "mov r12, r5",
        "uxtb r4, r6",
        "str r4, [sp, #44]",
        "lsrs r6, r6, #8",
        "uxtb r6, r6",
        "str r6, [sp]",
        "cmp r6, #2",
        "bne 11f",
        "ldr r7, 16f",
        "mov r12, r7",
        // No bits if the multiplier is for all.
        "ldr r4, [sp, #56]",
        "rsbs r4, r4, #0",
        "sbcs r4, r4",
        "str r4, [sp, #4]",
        // As many as have channels that follow each other.
        "11:",
        "ldr r4, [sp, #52]",
        "ldr r5, [sp, #48]",
        "cmp r4, r5",
        "bls 12f",
        "mov r4, r5",
        "12:",
        "subs r5, r5, r4",
        "str r5, [sp, #48]",
        "lsls r4, r4, #1",
        "mov lr, r4",
        "movs r6, #0",
        "ldr r7, [sp]",
        "cmp r7, #1",
        "bhi 13f",
        "beq 14f",
        scale_stretch!(""),
        "b 15f",
        "13:",
        first_shift!(),
        "ldr r7, [sp, #4]",
        "ands r7, r6",
        "ldrsh r5, [r2, r7]",
        second_shift!(),
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
        "adds r6, r6, #2",
        "cmp r6, lr",
        "bne 13b",
        "b 15f",
        "14:",
        scale_stretch!(
            "bpl 5f\nmov r7, r12\nmuls r4, r7, r4\nmovs r5, #1\nlsls r5, r5, #14\nadds r4, r4, r5\nasrs r4, r4, #15\n5:\n"
        ),
        "15:",
        "ldr r4, [sp, #48]",
        "cmp r4, #0",
        "beq 5f",
        "add r1, lr",
        "add r2, lr",
        "ldr r4, [sp, #56]",
        "lsrs r5, r4, #1",
        "str r5, [sp, #52]",
        "lsls r5, r5, #1",
        "subs r2, r2, r5",
        "lsls r4, r4, #31",
        "beq 2f",
        "subs r1, r1, r5",
        "2:",
        "b 11b",
        "5:",
        "add sp, sp, #8",
        leave!(),
        ".p2align 2",
        "16:",
        ".word {table}",
        last = const TANH_LAST,
        table = sym TANH,
    )
}

/// The kernel of a scale of pixels, if there is one.
#[cfg(feature = "fast")]
pub fn grey_kernel(scale: &Scale) -> Option<Grey> {
    (scale.rule == Rule::PLAIN && scale.flip != 0).then_some(grey_plain as Grey)
}

/// r0 sums, r1 outputs, r2 and r3 at work, r4 the multiplier, r5 first shift, r6 rounding and r7
/// amount of the second, lr the end of the outputs.
#[cfg(feature = "fast")]
#[unsafe(naked)]
unsafe extern "C" fn grey_plain(_: *const i32, _: *mut u8, _: usize, _: &Scale, _: i32) {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "adds r2, r2, r1",
        "mov lr, r2",
        "ldmia r3!, {{r4-r7}}",
        "ldr r4, [sp, #20]",
        "2:",
        "ldmia r0!, {{r2}}",
        "asrs r2, r5",
        "muls r2, r4, r2",
        "adds r2, r2, r6",
        "asrs r2, r7",
        "adds r2, r2, #128",
        "uxtb r3, r2",
        "cmp r3, r2",
        "beq 3f",
        // The nearest limit.
        "asrs r2, r2, #31",
        "mvns r3, r2",
        "3:",
        "strb r3, [r1]",
        "adds r1, r1, #1",
        "cmp r1, lr",
        "bne 2b",
        "pop {{r4-r7, pc}}",
    )
}
