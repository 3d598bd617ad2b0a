//! Sums of two windows.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::two::Work;

/// Two words of weights, so four columns, with a pair of inputs of each window. From one pair's words of
/// weights to the next are 16 bytes.
macro_rules! pair2 {
    () => {
        concat!(
            "ldrd r2, r11, [r1], #8\n",
            "ldrd r12, lr, [r0], #16\n",
            "smlad r4, r12, r2, r4\n",
            "smlad r8, r12, r11, r8\n",
            "smlad r6, lr, r2, r6\n",
            "smlad r10, lr, r11, r10\n",
            "uxtb16 r12, r12\n",
            "uxtb16 lr, lr\n",
            "smlad r3, r12, r2, r3\n",
            "smlad r7, r12, r11, r7\n",
            "smlad r5, lr, r2, r5\n",
            "smlad r9, lr, r11, r9\n",
        )
    };
}

/// A quad of inputs of each window.
macro_rules! quad2 {
    () => {
        concat!(pair2!(), pair2!())
    };
}

/// In two passes a panel, of four columns each. r0 weights, r1 inputs; r3 to r6 sums of the first window
/// (even columns, and 256 times the odd column plus it), r7 to r10 those of the second, r2 and r11 a pair
/// of inputs of each, r12 and lr weights. On the stack: where in a round of quads a pass begins, the
/// inputs' end, the work, in which passes take the place of the panels.
#[unsafe(naked)]
pub unsafe extern "C" fn two8(_: &mut Work) {
    naked_asm!(
        cpu!(),
        "push {{r0, r4-r11, lr}}",
        "sub sp, sp, #8",
        "ldrd r1, r2, [r0, #4]",
        "add r1, r1, r2, lsl #4",
        // Four quads a round; the first round begins where a whole number of rounds is left.
        "and r2, r2, #3",
        "adr r3, 13f",
        "ldrh r2, [r3, r2, lsl #1]",
        "add r3, r3, r2, lsl #1",
        "adds r3, r3, #1",
        "str r3, [sp]",
        "str r1, [sp, #4]",
        "ldr r1, [r0, #40]",
        "lsls r1, r1, #1",
        "str r1, [r0, #40]",
        "mov r12, r0",
        "ldr r0, [r0]",
        // A pass of the work in r12.
        "2:",
        "ldr r2, [sp]",
        "ldr r1, [r12, #4]",
        "ldrd r3, r7, [r12, #16]",
        "ldrd r4, r8, [r12, #24]",
        "mov r5, r3",
        "mov r6, r4",
        "mov r9, r7",
        "mov r10, r8",
        "bx r2",
        ".p2align 2",
        "13:",
        ".short (4f - 13b) / 2",
        ".short (7f - 13b) / 2",
        ".short (6f - 13b) / 2",
        ".short (5f - 13b) / 2",
        "4:",
        quad2!(),
        "5:",
        quad2!(),
        "6:",
        quad2!(),
        "7:",
        quad2!(),
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
        "ldr r12, [sp, #8]",
        "ldrd r1, r2, [r12, #32]",
        "adds r2, r2, r1",
        "stm r1!, {{r3-r6}}",
        "stm r2, {{r7-r10}}",
        "str r1, [r12, #32]",
        // The other half of the panel is behind the first half of this one's first words; or else the
        // next panel is behind its last.
        "ldrd r3, r4, [r12, #8]",
        "ldr r2, [r12, #40]",
        "subs r2, r2, #1",
        "str r2, [r12, #40]",
        "beq 8f",
        "tst r2, #1",
        "itee ne",
        "rsbne r4, r3, #0",
        "subeq r0, r0, #16",
        "lsreq r4, r4, #5",
        "adds r0, r0, #8",
        "add r0, r0, r4, lsl #5",
        "b 2b",
        "8:",
        "add sp, sp, #12",
        "pop {{r4-r11, pc}}",
    )
}
