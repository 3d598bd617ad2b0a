//! Sums of 8-bit weights: see [`Kernel`](crate::kernels::run::Kernel).
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// Two words, so two pairs of columns, with one pair of inputs.
macro_rules! two_words {
    ($inputs:literal, $even0:literal, $odd0:literal, $even1:literal, $odd1:literal) => {
        concat!(
            "ldrd r12, lr, [r0], #8\n",
            "smlad ",
            $odd0,
            ", r12, ",
            $inputs,
            ", ",
            $odd0,
            "\n",
            "smlad ",
            $odd1,
            ", lr, ",
            $inputs,
            ", ",
            $odd1,
            "\n",
            "uxtb16 r12, r12\n",
            "uxtb16 lr, lr\n",
            "smlad ",
            $even0,
            ", r12, ",
            $inputs,
            ", ",
            $even0,
            "\n",
            "smlad ",
            $even1,
            ", lr, ",
            $inputs,
            ", ",
            $even1,
            "\n",
        )
    };
}

/// One quad of a panel of 8 columns.
macro_rules! quad8 {
    () => {
        concat!(
            "ldrd r2, r11, [r1], #8\n",
            two_words!("r2", "r3", "r4", "r5", "r6"),
            two_words!("r2", "r7", "r8", "r9", "r10"),
            two_words!("r11", "r3", "r4", "r5", "r6"),
            two_words!("r11", "r7", "r8", "r9", "r10"),
        )
    };
}

/// r0 weights, r1 inputs, r2 and r11 pairs of inputs; r3 to r10 sums (even columns, and 256 times the
/// odd column plus it), r12 and lr weights. On the stack: inputs, their end, bytes between panels, the
/// saved registers, then what was passed there; at last, in the place of the panels, four times those
/// after this one, plus what four quads a round leave of the quads.
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
        cpu!(),
        "add r12, r1, r2, lsl #3",
        "push {{r3-r11, lr}}",
        "sub sp, sp, #8",
        "strd r1, r12, [sp]",
        "ldr r12, [sp, #60]",
        "and r2, r2, #3",
        "sub r12, r12, #1",
        "orr r2, r2, r12, lsl #2",
        "str r2, [sp, #60]",
        "ldrd r3, r4, [sp, #48]",
        // A panel.
        "2:",
        "mov r5, r3",
        "mov r6, r4",
        "mov r7, r3",
        "mov r8, r4",
        "mov r9, r3",
        "mov r10, r4",
        // Four quads a round; the first round begins where a whole number of rounds is left.
        "ands r12, r2, #3",
        "beq 4f",
        "cmp r12, #2",
        "beq 6f",
        "bhi 5f",
        "b 7f",
        "4:",
        quad8!(),
        "5:",
        quad8!(),
        "6:",
        quad8!(),
        "7:",
        quad8!(),
        "ldr r12, [sp, #4]",
        "cmp r1, r12",
        "bne 4b",
        "subs r4, r4, r3",
        "asrs r4, r4, #8",
        "subs r6, r6, r5",
        "asrs r6, r6, #8",
        "sub r8, r8, r7",
        "asr r8, r8, #8",
        "sub r10, r10, r9",
        "asr r10, r10, #8",
        "ldrd r1, r2, [sp, #56]",
        "stm r1!, {{r3-r10}}",
        "ldr r12, [sp, #8]",
        "subs r2, r2, #4",
        "strd r1, r2, [sp, #56]",
        "add r0, r0, r12",
        "ldr r1, [sp]",
        "ldrd r3, r4, [sp, #48]",
        "bcs 2b",
        "add sp, sp, #12",
        "pop {{r4-r11, pc}}",
    )
}

/// As [`bytes8`], one panel: r3 to r6 sums, r7 and r12 pairs of inputs, r8 to r11 weights.
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
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldrd r3, r4, [sp, #36]",
        "mov r5, r3",
        "mov r6, r4",
        "2:",
        "ldrd r7, r12, [r1], #8",
        "ldm r0!, {{r8-r11}}",
        "smlad r4, r8, r7, r4",
        "smlad r6, r9, r7, r6",
        "uxtb16 r8, r8",
        "uxtb16 r9, r9",
        "smlad r3, r8, r7, r3",
        "smlad r5, r9, r7, r5",
        "smlad r4, r10, r12, r4",
        "smlad r6, r11, r12, r6",
        "uxtb16 r10, r10",
        "uxtb16 r11, r11",
        "smlad r3, r10, r12, r3",
        "smlad r5, r11, r12, r5",
        "subs r2, r2, #1",
        "bne 2b",
        "ldr r0, [sp, #44]",
        "subs r4, r4, r3",
        "asrs r4, r4, #8",
        "subs r6, r6, r5",
        "asrs r6, r6, #8",
        "stm r0, {{r3-r6}}",
        "pop {{r4-r11, pc}}",
    )
}

/// As [`bytes4`]: r3 and r4 sums, r7 and r12 pairs of inputs, r5 and r6 weights.
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
        cpu!(),
        "push {{r4-r7, lr}}",
        "ldrd r3, r4, [sp, #20]",
        "2:",
        "ldrd r7, r12, [r1], #8",
        "ldrd r5, r6, [r0], #8",
        "smlad r4, r5, r7, r4",
        "uxtb16 r5, r5",
        "smlad r3, r5, r7, r3",
        "smlad r4, r6, r12, r4",
        "uxtb16 r6, r6",
        "smlad r3, r6, r12, r3",
        "subs r2, r2, #1",
        "bne 2b",
        "ldr r0, [sp, #28]",
        "subs r4, r4, r3",
        "asrs r4, r4, #8",
        "stm r0, {{r3, r4}}",
        "pop {{r4-r7, pc}}",
    )
}
