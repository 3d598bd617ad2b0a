//! The kernels for cores with the DSP extension: Cortex-M4, M7, M33, M55.
//!
//! A word of weights is `256 * odd + even` of one pair of columns, for both inputs of a pair.
//! `SMLAD` of the word, and of its even bytes alone (`UXTB16`), each with the pair of inputs, gives
//! two sums whose difference is 256 times the odd column's: exact while that sum has 24 bits.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use super::portable::{crossed, unpair};
use super::{Narrow, Panels};
use crate::requantize::{Run, Scale, TANH_LAST, Table};

pub use super::portable::words_per_quad;

/// Armv8-M's target does not assume the DSP extension, so the assembler must be told.
#[cfg(pocketgan_armv8m)]
macro_rules! cpu {
    () => {
        ".cpu cortex-m33"
    };
}
#[cfg(not(pocketgan_armv8m))]
macro_rules! cpu {
    () => {
        ""
    };
}

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(_bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min(words.len() / 2);
    if count == 0 {
        return (0, 0);
    }
    // SAFETY: `count` is not zero; there are as many quads and twice as many words.
    let total = unsafe { expand_quads(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    (count, total)
}

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

/// [`super::panels`] for weights of 4 bits.
#[inline(always)]
pub fn nibbles<const W: usize>(panels: &Panels, sums: &mut [i32]) {
    if W != 8 {
        return super::portable::nibbles_of::<W>(panels, sums, |pair| {
            let (first, second) = unpair(pair);
            crossed(first, second)
        });
    }
    run(nibbles8, W, W / 2, panels, sums, -8);
}

/// A kernel: weights, inputs, quads, first value of even columns' sums; first value of the odd
/// ones', times 256, plus that; sums, panels, bytes between panels.
type Kernel = unsafe extern "C" fn(*const u32, *const u32, usize, i32, i32, *mut i32, usize, usize);

/// Runs `kernel`, which takes `words` words of weights for each quad and `width` columns.
#[inline(always)]
fn run(kernel: Kernel, width: usize, words: usize, panels: &Panels, sums: &mut [i32], code: i32) {
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

/// A quad of inputs.
macro_rules! expand_quad {
    () => {
        concat!(
            "ldr r3, [r0], #4\n",
            "sxtb16 r12, r3\n",
            "sxtb16 r4, r3, ror #8\n",
            "smlad lr, r12, r5, lr\n",
            "smlad lr, r4, r5, lr\n",
            "strd r12, r4, [r1], #8\n",
        )
    };
}

/// r0 quads, r1 words, r2 number of quads; r3 quad, r12 and r4 its pairs, lr sum, r5 two ones.
#[unsafe(naked)]
unsafe extern "C" fn expand_quads(_: *const u8, _: *mut u32, _: usize) -> i32 {
    naked_asm!(
        cpu!(),
        "push {{r4, r5, lr}}",
        "mov r5, #0x00010001",
        "mov lr, #0",
        // Two quads a round; an odd number begins in its middle.
        "lsrs r3, r2, #1",
        "bcs 3f",
        "2:",
        expand_quad!(),
        "3:",
        expand_quad!(),
        "subs r2, r2, #2",
        "bhi 2b",
        "mov r0, lr",
        "pop {{r4, r5, pc}}",
    )
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

/// One word, so four columns, of nibbles with one pair of inputs in r11.
macro_rules! nibble_word {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldr r12, [r0], #4\n",
            "and lr, r2, r12\n",
            "smlad ",
            $a,
            ", lr, r11, ",
            $a,
            "\n",
            "and lr, r2, r12, lsr #4\n",
            "smlad ",
            $b,
            ", lr, r11, ",
            $b,
            "\n",
            "and lr, r2, r12, lsr #8\n",
            "smlad ",
            $c,
            ", lr, r11, ",
            $c,
            "\n",
            "and lr, r2, r12, lsr #12\n",
            "smlad ",
            $d,
            ", lr, r11, ",
            $d,
            "\n",
        )
    };
}

/// As [`bytes8`]: r2 is the mask of a pair of nibbles, r3 to r10 sums, r11 a pair of inputs, r12
/// weights, lr a pair of weights.
#[unsafe(naked)]
unsafe extern "C" fn nibbles8(
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
        // The end of the inputs in the place of the number of quads.
        "add r2, r1, r2, lsl #3",
        "push {{r1-r11, lr}}",
        "mov r2, #0x000f000f",
        // A panel.
        "2:",
        "mov r4, r3",
        "mov r5, r3",
        "mov r6, r3",
        "mov r7, r3",
        "mov r8, r3",
        "mov r9, r3",
        "mov r10, r3",
        "3:",
        "ldr r11, [r1], #4",
        nibble_word!("r3", "r4", "r5", "r6"),
        nibble_word!("r7", "r8", "r9", "r10"),
        "ldr r11, [r1], #4",
        nibble_word!("r3", "r4", "r5", "r6"),
        nibble_word!("r7", "r8", "r9", "r10"),
        "ldr lr, [sp, #4]",
        "cmp r1, lr",
        "bne 3b",
        "ldrd r1, r12, [sp, #52]",
        "stm r1!, {{r3-r10}}",
        "subs r12, r12, #1",
        "strd r1, r12, [sp, #52]",
        "ldr r12, [sp, #60]",
        "add r0, r0, r12",
        "ldr r1, [sp]",
        "ldr r3, [sp, #8]",
        "bne 2b",
        "add sp, sp, #12",
        "pop {{r4-r11, pc}}",
    )
}

/// Scales the sums of `run` as [`crate::requantize`] does for activations without a table; `leaky`
/// says whether there is a slope. Returns whether it did.
#[inline(always)]
pub fn scale_all(scale: &Scale, leaky: bool, run: &mut Run) -> bool {
    let count = run.sums.len().min(run.outputs.len());
    let period = run.multipliers.len();
    let biases = if run.bias_by_output { count } else { period };
    // Short periods cost more than they gain.
    if count == 0 || period < 4 || run.channel >= period || run.bias.len() < biases {
        return false;
    }
    let kernel: ScaleKernel = if leaky { scale_leaky } else { scale_plain };
    // Back by this much at the end of a period.
    let back = if run.bias_by_output { 0 } else { 2 * period };
    let bias = run
        .bias
        .get(if run.bias_by_output { 0 } else { run.channel }..);
    let multipliers = run.multipliers.get(run.channel..);
    let (Some(bias), Some(multipliers)) = (bias, multipliers) else {
        return false;
    };
    // SAFETY: `count` is not zero; there are as many outputs; multipliers, and biases if they go
    // back with them, last to the end of the period; else there are `count` biases.
    unsafe {
        kernel(
            run.sums.as_ptr(),
            bias.as_ptr(),
            multipliers.as_ptr(),
            run.outputs.as_mut_ptr(),
            scale,
            count,
            multipliers.len(),
            period,
            back,
        );
    }
    true
}

type ScaleKernel = unsafe extern "C" fn(
    *const i32,
    *const i16,
    *const i16,
    *mut u8,
    *const Scale,
    usize,
    usize,
    usize,
    usize,
);

/// One output: r0 sums, r1 biases, r2 multipliers, r3 outputs; r4 to r8 the scale, r9 and r10 at
/// work, r11 a half in Q15.
macro_rules! scale_one {
    ($negative:expr) => {
        concat!(
            "ldr r9, [r0], #4\n",
            "ldrsh r10, [r1], #2\n",
            "mla r9, r10, r4, r9\n",
            "asr r9, r9, r5\n",
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
        /// Runs up to the end of the period, or of all outputs: one if their number is odd, then
        /// two a round. On the stack: the scale, outputs left, outputs left in the period, outputs
        /// in a period, bytes that the biases go back.
        #[unsafe(naked)]
        unsafe extern "C" fn $name(
            _: *const i32,
            _: *const i16,
            _: *const i16,
            _: *mut u8,
            _: *const Scale,
            _: usize,
            _: usize,
            _: usize,
            _: usize,
        ) {
            naked_asm!(
                cpu!(),
                "push {{r4-r11, lr}}",
                "ldr r12, [sp, #36]",
                "ldm r12, {{r4-r8}}",
                "mov r11, #0x4000",
                "4:",
                "ldrd r9, r12, [sp, #40]",
                "cmp r12, r9",
                "it hi",
                "movhi r12, r9",
                "sub r9, r9, r12",
                "str r9, [sp, #40]",
                "lsrs r9, r12, #1",
                "bcs 3f",
                "2:",
                scale_one!($negative),
                "3:",
                scale_one!($negative),
                "subs r12, r12, #2",
                "bhi 2b",
                "ldrd r12, r9, [sp, #48]",
                "str r12, [sp, #44]",
                "sub r1, r1, r9",
                "sub r2, r2, r12, lsl #1",
                "ldr r9, [sp, #40]",
                "cmp r9, #0",
                "bne 4b",
                "pop {{r4-r11, pc}}",
            )
        }
    };
}

scale_kernel!(scale_plain, "");
scale_kernel!(
    scale_leaky,
    "cmp r9, #0\nitt mi\nmlami r9, r9, r8, r11\nasrmi r9, r9, #15\n"
);

/// As [`scale_all`] for activations by `table`, of the magnitude, where all outputs have one
/// multiplier; the results differ by `flip`.
#[inline(always)]
pub fn tabulate_all(scale: &Scale, table: &Table, flip: u8, run: &mut Run) -> bool {
    let count = run.sums.len().min(run.outputs.len());
    let (Some(&bias), &[multiplier]) = (run.bias.first(), run.multipliers) else {
        return false;
    };
    let step = if run.bias_by_output {
        size_of_val(&bias)
    } else {
        0
    };
    if count == 0 || (run.bias_by_output && run.bias.len() < count) {
        return false;
    }
    // SAFETY: `count` is not zero; there are as many sums, outputs and, if the step is not zero,
    // biases.
    unsafe {
        tabulate(
            run.sums.as_ptr(),
            run.bias.as_ptr(),
            i32::from(multiplier),
            run.outputs.as_mut_ptr(),
            scale,
            count,
            step,
            table,
            flip.into(),
        );
    }
    true
}

/// r0 sums, r1 biases, r2 multiplier, r3 outputs, r4 to r7 the scale, r8 the table, r9 and r10 at
/// work, r11 what results differ by, r12 outputs left, lr bytes from one bias to the next.
#[unsafe(naked)]
unsafe extern "C" fn tabulate(
    _: *const i32,
    _: *const i16,
    _: i32,
    _: *mut u8,
    _: *const Scale,
    _: usize,
    _: usize,
    _: &Table,
    _: u32,
) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "ldr r12, [sp, #36]",
        "ldm r12, {{r4-r7}}",
        "ldrd r12, lr, [sp, #40]",
        "ldrd r8, r11, [sp, #48]",
        "2:",
        "ldr r9, [r0], #4",
        "ldrsh r10, [r1]",
        "add r1, r1, lr",
        "mla r9, r10, r4, r9",
        "asr r9, r9, r5",
        "mla r9, r9, r2, r6",
        "asrs r9, r9, r7",
        "asr r10, r9, #31",
        "eor r9, r9, r10",
        "sub r9, r9, r10",
        "cmp r9, #{last}",
        "it hi",
        "movhi r9, #{last}",
        "ldrb r9, [r8, r9]",
        "eor r10, r10, r11",
        "eor r9, r9, r10",
        "strb r9, [r3], #1",
        "subs r12, r12, #1",
        "bne 2b",
        "pop {{r4-r11, pc}}",
        last = const TANH_LAST,
    )
}

/// Most taps that [`narrow`] takes.
const MOST_TAPS: usize = 8;

/// What [`narrow_windows`] works on, in the order in which it reads it.
#[repr(C)]
struct NarrowWork {
    weights: [*const u32; 2],
    quads: usize,
    step: usize,
    sums: [*mut i32; 2],
    windows: usize,
    taps: usize,
    first: i32,
    rows: [*const u8; MOST_TAPS],
}

/// [`super::narrow`].
#[inline(always)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let windows = sums.len() / 4;
    let (quads, taps) = (work.segment / 4, work.rows.len());
    let Some((first_row, second_row)) = sums.split_at_mut_checked(2 * windows) else {
        return;
    };
    let row_len = windows.saturating_sub(1) * work.step + 4 * quads;
    if windows == 0
        || quads == 0
        || taps == 0
        || taps > MOST_TAPS
        || work.rows.iter().any(|row| row.len() < row_len)
        || work
            .weights
            .iter()
            .any(|weights| weights.len() < 2 * quads * taps)
    {
        return;
    }
    let mut rows = [core::ptr::null(); MOST_TAPS];
    for (pointer, row) in rows.iter_mut().zip(work.rows) {
        *pointer = row.as_ptr();
    }
    let mut work = NarrowWork {
        weights: work.weights.map(|weights| weights.as_ptr()),
        quads,
        step: work.step,
        sums: [first_row.as_mut_ptr(), second_row.as_mut_ptr()],
        windows,
        taps,
        first: work.first,
        rows,
    };
    // SAFETY: no number is zero; there are two words of weights in each matrix for each quad of a
    // tap, the last window's bytes are in every row, and each row has two sums a window.
    unsafe { narrow_windows(&mut work) }
}

/// One word of a row's matrix, with a pair of inputs in `$x`.
macro_rules! narrow_word {
    ($even:literal, $odd:literal, $word:literal, $x:literal) => {
        concat!(
            "smlad ", $odd, ", ", $word, ", ", $x, ", ", $odd, "\n", "uxtb16 ", $word, ", ", $word,
            "\n", "smlad ", $even, ", ", $word, ", ", $x, ", ", $even, "\n",
        )
    };
}

/// A quad of inputs with both rows' matrices.
macro_rules! narrow_quad {
    () => {
        concat!(
            "ldr r11, [r2], #4\n",
            "sxtb16 r10, r11\n",
            "sxtb16 r11, r11, ror #8\n",
            "smlad r8, r10, r9, r8\n",
            "smlad r8, r11, r9, r8\n",
            "ldrd r12, lr, [r0], #8\n",
            narrow_word!("r4", "r5", "r12", "r10"),
            narrow_word!("r4", "r5", "lr", "r11"),
            "ldrd r12, lr, [r1], #8\n",
            narrow_word!("r6", "r7", "r12", "r10"),
            narrow_word!("r6", "r7", "lr", "r11"),
        )
    };
}

/// r0 and r1 weights, r2 inputs, r3 quads; r4 to r7 sums (even and odd column of each row), r8 sum
/// of the inputs, r9 two ones, r10 and r11 pairs of inputs, r12 and lr words of weights. On the
/// stack: the work, the next tap's row, taps left, the window's offset.
#[unsafe(naked)]
unsafe extern "C" fn narrow_windows(_: &mut NarrowWork) {
    naked_asm!(
        cpu!(),
        "push {{r4-r11, lr}}",
        "sub sp, sp, #16",
        "str r0, [sp]",
        "mov r9, #0x00010001",
        "movs r2, #0",
        // A window.
        "2:",
        "str r2, [sp, #12]",
        "ldr r12, [sp]",
        "ldr r3, [r12, #28]",
        "add r2, r12, #36",
        "strd r2, r3, [sp, #4]",
        "ldrd r0, r1, [r12]",
        "movs r4, #0",
        "movs r5, #0",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, #0",
        // A tap.
        "3:",
        "ldr r12, [sp]",
        "ldrd r2, r10, [sp, #4]",
        "ldr r11, [r2], #4",
        "subs r10, r10, #1",
        "strd r2, r10, [sp, #4]",
        "ldr r2, [sp, #12]",
        "ldr r3, [r12, #8]",
        "add r2, r2, r11",
        // Two quads a round; an odd number begins in its middle.
        "lsrs r10, r3, #1",
        "bcs 5f",
        "4:",
        narrow_quad!(),
        "5:",
        narrow_quad!(),
        "subs r3, r3, #2",
        "bhi 4b",
        "ldr r10, [sp, #8]",
        "cmp r10, #0",
        "bne 3b",
        "ldr r12, [sp]",
        "subs r5, r5, r4",
        "subs r7, r7, r6",
        "ldr r10, [r12, #32]",
        "sub r8, r10, r8, lsl #7",
        "add r4, r4, r8",
        "add r5, r10, r5, asr #8",
        "add r6, r6, r8",
        "add r7, r10, r7, asr #8",
        "ldrd r10, r11, [r12, #16]",
        "strd r4, r5, [r10], #8",
        "strd r6, r7, [r11], #8",
        "strd r10, r11, [r12, #16]",
        "ldr r2, [sp, #12]",
        "ldr r3, [r12, #12]",
        "add r2, r2, r3",
        "ldr r3, [r12, #24]",
        "subs r3, r3, #1",
        "str r3, [r12, #24]",
        "bne 2b",
        "add sp, sp, #16",
        "pop {{r4-r11, pc}}",
    )
}
