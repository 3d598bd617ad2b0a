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

/// One word, so one pair of columns, with the first pair of inputs: sums begin with what is in r3 and
/// r4.
macro_rules! first_word {
    ($word:literal, $even:literal, $odd:literal) => {
        concat!(
            "smlad ",
            $odd,
            ", ",
            $word,
            ", r2, r4\n",
            "uxtb16 ",
            $word,
            ", ",
            $word,
            "\n",
            "smlad ",
            $even,
            ", ",
            $word,
            ", r2, r3\n",
        )
    };
}

/// r0 weights, r1 inputs, r2 and r11 pairs of inputs; r3 to r10 sums (even columns, and 256 times the
/// odd column plus it), r12 and lr weights. On the stack: inputs, their end, bytes between panels, the
/// saved registers, then what was passed there; at last, in the place of the panels, eight times those
/// after this one, plus what is left of the quads after the first one when eight at a time are taken.
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
        "subs r2, r2, #1",
        "and r2, r2, #7",
        "sub r12, r12, #1",
        "orr r2, r2, r12, lsl #3",
        "str r2, [sp, #60]",
        "ldrd r3, r4, [sp, #48]",
        // A panel, and its first quad. A sum's register is free until the sum begins.
        "2:",
        "ldrd r2, r11, [r1], #8",
        "ldrd lr, r10, [r0], #8",
        "ldrd r12, r8, [r0], #8",
        first_word!("r10", "r5", "r6"),
        first_word!("r8", "r9", "r10"),
        first_word!("r12", "r7", "r8"),
        first_word!("lr", "r3", "r4"),
        two_words!("r11", "r3", "r4", "r5", "r6"),
        two_words!("r11", "r7", "r8", "r9", "r10"),
        // Eight quads a round; the first round begins where a whole number of rounds is left.
        "ldr r12, [sp, #60]",
        "and r12, r12, #7",
        "tbh [pc, r12, lsl #1]",
        "3:",
        ".short (12f - 3b) / 2",
        ".short (11f - 3b) / 2",
        ".short (10f - 3b) / 2",
        ".short (9f - 3b) / 2",
        ".short (8f - 3b) / 2",
        ".short (7f - 3b) / 2",
        ".short (6f - 3b) / 2",
        ".short (5f - 3b) / 2",
        "4:",
        quad8!(),
        "5:",
        quad8!(),
        "6:",
        quad8!(),
        "7:",
        quad8!(),
        "8:",
        quad8!(),
        "9:",
        quad8!(),
        "10:",
        quad8!(),
        "11:",
        quad8!(),
        "12:",
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
        "subs r2, r2, #8",
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
