//! Sums of 8-bit weights, and how any panels are summed.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::Panels;

/// [`super::panels`] for weights of 8 bits.
#[inline(always)]
pub fn bytes<const W: usize>(panels: &Panels, sums: &mut [i32]) {
    let kernel = match W {
        8 => bytes8,
        4 => bytes4,
        _ => bytes2,
    };
    run(kernel, W, W, panels, sums, -128);
}

/// A kernel: weights, inputs, quads, first value of even columns' sums; first value of the odd
/// ones', times 256, plus that; sums, panels, bytes between panels.
pub type Kernel =
    unsafe extern "C" fn(*const u32, *const u32, usize, i32, i32, *mut i32, usize, usize);

/// Runs `kernel`, which takes `words` words of weights for each quad and `width` columns.
#[inline(always)]
pub fn run(
    kernel: Kernel,
    width: usize,
    words: usize,
    panels: &Panels,
    sums: &mut [i32],
    code: i32,
) {
    let inputs = &panels.inputs;
    let count = sums.len() / width;
    let used = inputs.quads * words;
    let needed = count * (used + panels.gap);
    if count == 0
        || used == 0
        || needed > panels.weights.len() + panels.gap
        || inputs.quads * 2 > inputs.words.len()
    {
        return;
    }
    let first = panels.first.wrapping_add(inputs.total.wrapping_mul(code));
    // SAFETY: there are `count` panels of `used` words, `gap` words apart, two words of inputs for
    // each quad and `width` sums for each panel; none of these numbers is zero but the gap.
    unsafe {
        kernel(
            panels.weights.as_ptr(),
            inputs.words.as_ptr(),
            inputs.quads,
            first,
            first.wrapping_add(panels.first << 8),
            sums.as_mut_ptr(),
            count,
            panels.gap * size_of::<u32>(),
        );
    }
}

/// Two words, so two pairs of columns, with one pair of inputs in r11.
macro_rules! two_words {
    ($even0:literal, $odd0:literal, $even1:literal, $odd1:literal) => {
        concat!(
            "ldrd r12, lr, [r0], #8\n",
            "smlad ",
            $odd0,
            ", r12, r11, ",
            $odd0,
            "\n",
            "smlad ",
            $odd1,
            ", lr, r11, ",
            $odd1,
            "\n",
            "uxtb16 r12, r12\n",
            "uxtb16 lr, lr\n",
            "smlad ",
            $even0,
            ", r12, r11, ",
            $even0,
            "\n",
            "smlad ",
            $even1,
            ", lr, r11, ",
            $even1,
            "\n",
        )
    };
}

/// One quad of a panel of 8 columns.
macro_rules! quad8 {
    () => {
        concat!(
            "ldr r11, [r1], #4\n",
            two_words!("r3", "r4", "r5", "r6"),
            two_words!("r7", "r8", "r9", "r10"),
            "ldr r11, [r1], #4\n",
            two_words!("r3", "r4", "r5", "r6"),
            two_words!("r7", "r8", "r9", "r10"),
        )
    };
}

/// r0 weights, r1 inputs, r2 quads; r3 to r10 sums (even columns, and 256 times the odd column
/// plus it), r11 a pair of inputs, r12 and lr weights. On the stack: inputs, quads, first values of
/// the sums, the saved registers, then what was passed there.
#[unsafe(naked)]
unsafe extern "C" fn bytes8(
    _: *const u32,
    _: *const u32,
    _: usize,
    _: i32,
    _: i32,
    _: *mut i32,
    _: usize,
    _: usize,
) {
    naked_asm!(
        cpu!(),
        "push {{r1-r11, lr}}",
        "ldr r4, [sp, #48]",
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
        "subs r2, r2, #4",
        "bhi 4b",
        "subs r4, r4, r3",
        "asrs r4, r4, #8",
        "subs r6, r6, r5",
        "asrs r6, r6, #8",
        "sub r8, r8, r7",
        "asr r8, r8, #8",
        "sub r10, r10, r9",
        "asr r10, r10, #8",
        "ldrd r1, r2, [sp, #52]",
        "stm r1!, {{r3-r10}}",
        "subs r2, r2, #1",
        "strd r1, r2, [sp, #52]",
        "ldr r12, [sp, #60]",
        "add r0, r0, r12",
        "ldr r3, [sp, #8]",
        "ldr r4, [sp, #48]",
        "ldrd r1, r2, [sp]",
        "bne 2b",
        "add sp, sp, #12",
        "pop {{r4-r11, pc}}",
    )
}

/// As [`bytes8`], one panel: r3 to r6 sums, r7 and r12 pairs of inputs, r8 to r11 weights.
#[unsafe(naked)]
unsafe extern "C" fn bytes4(
    _: *const u32,
    _: *const u32,
    _: usize,
    _: i32,
    _: i32,
    _: *mut i32,
    _: usize,
    _: usize,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldr r4, [sp, #36]",
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
        "ldr r0, [sp, #40]",
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
unsafe extern "C" fn bytes2(
    _: *const u32,
    _: *const u32,
    _: usize,
    _: i32,
    _: i32,
    _: *mut i32,
    _: usize,
    _: usize,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r7, lr}}",
        "ldr r4, [sp, #20]",
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
        "ldr r0, [sp, #24]",
        "subs r4, r4, r3",
        "asrs r4, r4, #8",
        "stm r0, {{r3, r4}}",
        "pop {{r4-r7, pc}}",
    )
}
