//! Sums of 8-bit weights: see [`Kernel`](crate::kernels::run::Kernel).
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// A pair of inputs, to r2 and r3.
#[cfg(feature = "fast")]
macro_rules! inputs {
    () => {
        "ldmia r1!, {{r2, r3}}\n"
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! inputs {
    () => {
        "ldmia r1!, {{r3}}\nsxth r2, r3\nasrs r3, r3, #16\n"
    };
}

/// Bytes that the quads in r2 take, to r2.
#[cfg(feature = "fast")]
macro_rules! bytes_of_quads {
    () => {
        "lsls r2, r2, #4\n"
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! bytes_of_quads {
    () => {
        "lsls r2, r2, #3\n"
    };
}

/// One pair of inputs, with all columns of a panel of 8.
macro_rules! pair8 {
    () => {
        concat!(
            inputs!(),
            word!("ldmia r0!, {{r4}}", "r6", "r7"),
            word!("ldmia r0!, {{r4}}", "r8", "r9"),
            word!("ldmia r0!, {{r4}}", "r10", "r11"),
            word!("ldmia r0!, {{r4}}", "r12", "lr"),
        )
    };
}

/// The quads of a panel, until the end of the inputs is in r4: four a round; the first round begins
/// where a whole number of rounds is left.
#[cfg(feature = "fast")]
macro_rules! quads8 {
    () => {
        concat!(
            // 16 bytes of inputs a quad.
            "ldr r4, [sp, #4]\n",
            "subs r4, r4, r1\n",
            "lsls r4, r4, #26\n",
            "beq 3f\n",
            "lsrs r4, r4, #30\n",
            "cmp r4, #2\n",
            "bhi 7f\n",
            "beq 8f\n",
            "b 11f\n",
            "8:\n",
            "b 10f\n",
            "7:\n",
            "b 9f\n",
            "3:\n",
            pair8!(),
            pair8!(),
            "9:\n",
            pair8!(),
            pair8!(),
            "10:\n",
            pair8!(),
            pair8!(),
            "11:\n",
            pair8!(),
            pair8!(),
            "ldr r4, [sp, #4]\n",
            "cmp r1, r4\n",
            "beq 5f\n",
            "b 3b\n",
            "5:\n",
        )
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! quads8 {
    () => {
        concat!(
            "3:\n",
            pair8!(),
            pair8!(),
            "ldr r4, [sp, #4]\n",
            "cmp r1, r4\n",
            "bne 3b\n",
        )
    };
}

/// r0 weights, r1 inputs, r2 and r3 a pair of inputs, r4 weights, r5 a weight; r6 to r12 and lr sums
/// (even columns, and 256 times the odd column plus it). On the stack: the inputs, their end,
/// bytes between panels, the saved registers, then what was passed there.
#[unsafe(naked)]
pub unsafe extern "C" fn bytes8(
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
        enter!(),
        bytes_of_quads!(),
        "adds r2, r2, r1",
        "push {{r1, r2}}",
        // A panel.
        "2:",
        "ldr r6, [sp, #48]",
        "ldr r7, [sp, #52]",
        "mov r8, r6",
        "mov r9, r7",
        "mov r10, r6",
        "mov r11, r7",
        "mov r12, r6",
        "mov lr, r7",
        "ldr r1, [sp]",
        quads8!(),
        "ldr r1, [sp, #56]",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r8",
        "mov r7, r9",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r10",
        "mov r7, r11",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r12",
        "mov r7, lr",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "str r1, [sp, #56]",
        "ldr r4, [sp, #8]",
        "adds r0, r0, r4",
        "ldr r4, [sp, #60]",
        "subs r4, r4, #1",
        "str r4, [sp, #60]",
        "beq 6f",
        "b 2b",
        "6:",
        "pop {{r1-r3}}",
        leave!(),
    )
}

/// As [`bytes8`], one panel: r6 to r9 sums, r12 the end of the inputs.
#[unsafe(naked)]
pub unsafe extern "C" fn bytes4(
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
        enter!(),
        bytes_of_quads!(),
        "adds r2, r2, r1",
        "mov r12, r2",
        "ldr r6, [sp, #40]",
        "ldr r7, [sp, #44]",
        "mov r8, r6",
        "mov r9, r7",
        "2:",
        inputs!(),
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        inputs!(),
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        "cmp r1, r12",
        "bne 2b",
        "ldr r1, [sp, #48]",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r8",
        "mov r7, r9",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "pop {{r3}}",
        leave!(),
    )
}

/// As [`bytes4`]: r6 and r7 sums.
#[unsafe(naked)]
pub unsafe extern "C" fn bytes2(
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
        enter!(),
        bytes_of_quads!(),
        "adds r2, r2, r1",
        "mov r12, r2",
        "ldr r6, [sp, #40]",
        "ldr r7, [sp, #44]",
        "2:",
        inputs!(),
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        inputs!(),
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        "cmp r1, r12",
        "bne 2b",
        "ldr r1, [sp, #48]",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "pop {{r3}}",
        leave!(),
    )
}
