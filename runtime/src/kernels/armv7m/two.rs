//! Sums of two windows.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::two::Work;

/// A word of weights, so two columns, with a pair of inputs of each window. From one pair's words of
/// weights to the next are 16 bytes.
macro_rules! pair2 {
    () => {
        concat!(
            "ldr r11, [r0], #16\n",
            "ldm r1!, {{r7-r10}}\n",
            "and r12, r11, #0x00ff00ff\n",
            "eor r11, lr, r11, lsr #8\n",
            "mla r2, r12, r7, r8\n",
            "and r11, r11, #0x00ff00ff\n",
            "mla r12, r12, r9, r10\n",
            "mla r8, r11, r7, r8\n",
            "mla r10, r11, r9, r10\n",
            "add r3, r3, r2, asr #16\n",
            "add r5, r5, r12, asr #16\n",
            "add r4, r4, r8, asr #16\n",
            "add r6, r6, r10, asr #16\n",
        )
    };
}

/// In four passes a panel, of two columns each. r0 weights, r1 inputs, r2 number of quads less 1; r3 to
/// r6 sums (even and odd column of each window), r7 to r10 pairs of inputs and their corrections, r11
/// weights, r2 and r12 at work, lr `0x0080_0080` and what `rounds` counts. On the stack the work, in
/// which passes take the place of the panels.
#[unsafe(naked)]
pub unsafe extern "C" fn two8(_: &mut Work) {
    naked_asm!(
        "push {{r0, r4-r11, lr}}",
        "mov lr, #0x00800080",
        "ldr r1, [r0, #40]",
        "lsls r1, r1, #2",
        "str r1, [r0, #40]",
        "mov r12, r0",
        "ldr r0, [r0]",
        // A pass of the work in r12.
        "2:",
        "ldrd r1, r2, [r12, #4]",
        "ldrd r3, r5, [r12, #16]",
        "mov r4, r3",
        "mov r6, r5",
        "subs r2, r2, #1",
        rounds!(concat!(pair2!(), pair2!()), ""),
        "ldr r12, [sp]",
        "ldrd r1, r2, [r12, #32]",
        "strd r3, r4, [r1]",
        "adds r2, r2, r1",
        "strd r5, r6, [r2]",
        "adds r1, r1, #8",
        "str r1, [r12, #32]",
        // The next pass of the panel is behind the first word of this one; or else the next panel is
        // behind its last.
        "ldrd r3, r4, [r12, #8]",
        "ldr r2, [r12, #40]",
        "subs r2, r2, #1",
        "str r2, [r12, #40]",
        "beq 8f",
        "tst r2, #3",
        "itee ne",
        "rsbne r4, r3, #0",
        "subeq r0, r0, #16",
        "lsreq r4, r4, #5",
        "adds r0, r0, #4",
        "add r0, r0, r4, lsl #5",
        "b 2b",
        "8:",
        "pop {{r0, r4-r11, pc}}",
    )
}
