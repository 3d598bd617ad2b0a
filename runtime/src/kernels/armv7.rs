//! From sums to activations, on Armv7-M with and without the DSP extension.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::requantize::{Scale, squash};

/// Activations from -256 to 255.
pub type Table = [u8; 512];

/// [`squash`] without its branches: it is constant long before both ends.
pub static TABLE: Table = {
    let mut table = [0; 512];
    let mut index = 0;
    while index < table.len() {
        table[index] = squash(index as i32 - 256);
        index += 1;
    }
    table
};

/// One output: r0 sums, r1 biases, r2 multipliers, r3 outputs; r4 to r8 the scale, r9 and r10 at
/// work, r11 a half in Q15.
macro_rules! scale_one {
    ($negative:expr) => {
        concat!(
            "ldr r9, [r0], #4\n",
            "ldrsh r10, [r1], #2\n",
            "mla r9, r10, r4, r9\n",
            "asrs r9, r9, r5\n",
            $negative,
            "ldrsh r10, [r2], #2\n",
            "mla r9, r10, r9, r6\n",
            "asr r9, r9, r7\n",
            "ssat r9, #8, r9\n",
            "strb r9, [r3], #1\n",
        )
    };
}

macro_rules! scale_kernel {
    ($name:ident, $negative:expr) => {
        /// Of sums, biases, multipliers, outputs, the scale and their number: one if it is odd, then
        /// two a round.
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
                "push {{r4-r11, lr}}",
                "ldr r12, [sp, #36]",
                "ldm r12, {{r4-r8}}",
                "mov r11, #0x4000",
                "ldr r12, [sp, #40]",
                "lsrs r9, r12, #1",
                "bcs 3f",
                "2:",
                scale_one!($negative),
                "3:",
                scale_one!($negative),
                "subs r12, r12, #2",
                "bhi 2b",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

scale_kernel!(scale_plain, "");
scale_kernel!(
    scale_leaky,
    "itt mi\nmlami r9, r9, r8, r11\nasrmi r9, r9, #15\n"
);

/// Of sums, biases, multipliers, outputs, the scale, their number, bytes from one bias to the next
/// and, in the upper half, from one multiplier to the next, and the table.
///
/// r0 sums, r1 biases, r2 multipliers, r3 outputs, r4 to r7 the scale, r8 the middle of the table, r9
/// and r10 at work, r11 what results differ by, r12 outputs left, lr
/// steps, which are 0 or 2: the bias's in the upper two bits, half of the multiplier's in the lowest.
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
        "push {{r4-r11, lr}}",
        "ldr r12, [sp, #36]",
        "ldm r12, {{r4-r7}}",
        "ldr r11, [r12, #20]",
        "ldrd r12, r9, [sp, #40]",
        "lsrs lr, r9, #17",
        "orr lr, lr, r9, lsl #30",
        "ldr r8, [sp, #48]",
        "add r8, r8, #256",
        "2:",
        "ldr r9, [r0], #4",
        "ldrsh r10, [r1]",
        "add r1, r1, lr, lsr #30",
        "mla r9, r10, r4, r9",
        "ldrsh r10, [r2]",
        "add r2, r2, lr, lsl #1",
        "asr r9, r9, r5",
        "mla r9, r9, r10, r6",
        "asr r9, r9, r7",
        "ssat r9, #9, r9",
        "ldrb r9, [r8, r9]",
        "eor r9, r9, r11",
        "strb r9, [r3], #1",
        "subs r12, r12, #1",
        "bne 2b",
        "pop {{r4-r11, pc}}",
    )
}
