//! The kernels for cores with nothing but a 32-bit multiplication: Cortex-M0, M0+, M1.
//!
//! Inputs are gathered as one word each, in the order of their use: `k0 k2 k1 k3`. A word of weights
//! is `256 * odd + even` of one pair of columns, twice; its halves and their lower bytes are taken
//! apart by one extension each, and the odd column's sum is what is left of the halves' sum without
//! the even one's. Sums stay in registers, most of them in the high ones, which only `MOV`, `ADD`
//! and `CMP` can reach.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use super::portable::crossed;
use super::{Narrow, Panels, portable};
use crate::requantize::{Run, Scale, TANH_LAST, Table};

/// Words that a gathered quad takes.
pub const fn words_per_quad(bits: u8) -> usize {
    if bits == 4 { 2 } else { 4 }
}

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min(words.len() / words_per_quad(bits));
    if bits == 4 || !quads.as_ptr().cast::<u32>().is_aligned() {
        return expand_any(bits, quads, words);
    }
    if count == 0 {
        return (0, 0);
    }
    // SAFETY: `count` is not zero; there are as many quads, at an address for words, and four times
    // as many words.
    let total = unsafe { expand_quads(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    (count, total)
}

#[inline(never)]
fn expand_any(bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let mut total = 0i32;
    let mut count = 0;
    for (&quad, words) in quads
        .iter()
        .zip(words.chunks_exact_mut(words_per_quad(bits)))
    {
        let [a, b, c, d] = quad.map(|byte| i32::from(byte as i8));
        match words {
            [ac, bd] => [*ac, *bd] = [crossed(a, c), crossed(b, d)],
            [w, x, y, z] => [*w, *x, *y, *z] = [a as u32, c as u32, b as u32, d as u32],
            _ => {}
        }
        total = total.wrapping_add(a + b + c + d);
        count += 1;
    }
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
    let inputs = &panels.inputs;
    let used = inputs.quads * W;
    let first = panels.first.wrapping_sub(inputs.total.wrapping_mul(128));
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        if used == 0 || weights.len() < used || inputs.words.len() < 4 * inputs.quads {
            return;
        }
        // SAFETY: the number of quads is not zero; there are `W` words of weights and four words of
        // inputs for each, and `W` sums.
        unsafe {
            kernel(
                weights.as_ptr(),
                inputs.words.as_ptr(),
                inputs.quads,
                sums.as_mut_ptr(),
            );
        }
        for pair in sums.chunks_exact_mut(2) {
            if let [even, odd] = pair {
                *even = even.wrapping_add(first);
                *odd = odd.wrapping_add(panels.first);
            }
        }
        weights = weights.get(used + panels.gap..).unwrap_or_default();
    }
}

/// [`super::panels`] for weights of 4 bits.
#[inline(always)]
pub fn nibbles<const W: usize>(panels: &Panels, sums: &mut [i32]) {
    if W != 8 {
        return portable::nibbles::<W>(panels, sums);
    }
    let inputs = &panels.inputs;
    let used = inputs.quads * (W / 2);
    let first = panels.first.wrapping_sub(inputs.total.wrapping_mul(8));
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        if used == 0 || weights.len() < used || inputs.words.len() < 2 * inputs.quads {
            return;
        }
        sums.fill(first);
        // SAFETY: the number of quads is not zero; there are `W / 2` words of weights and two words
        // of inputs for each, and `W` sums.
        unsafe {
            nibbles8(
                weights.as_ptr(),
                inputs.words.as_ptr(),
                inputs.quads,
                sums.as_mut_ptr(),
            );
        }
        weights = weights.get(used + panels.gap..).unwrap_or_default();
    }
}

/// Scales the sums of `run` as [`crate::requantize`] does for activations without a table; `leaky`
/// says whether there is a slope. Returns whether it did.
#[inline(always)]
pub fn scale_all(scale: &Scale, leaky: bool, run: &mut Run) -> bool {
    let period = run.multipliers.len();
    // Short periods cost more than they gain.
    if period < 4 || run.channel >= period || run.bias.is_empty() {
        return false;
    }
    let kernel: ScaleKernel = if leaky { scale_leaky } else { scale_plain };
    let (mut sums, mut outputs) = (run.sums, &mut *run.outputs);
    let (mut channel, mut place) = (run.channel, 0);
    while !sums.is_empty() {
        let multipliers = run.multipliers.get(channel..).unwrap_or_default();
        let bias = run
            .bias
            .get(if run.bias_by_output { place } else { channel }..);
        let bias = bias.unwrap_or_default();
        let count = sums
            .len()
            .min(multipliers.len())
            .min(bias.len())
            .min(outputs.len());
        if count == 0 {
            return true;
        }
        // SAFETY: `count` is not zero, and there are as many of everything.
        unsafe {
            kernel(
                sums.as_ptr(),
                bias.as_ptr(),
                multipliers.as_ptr(),
                outputs.as_mut_ptr(),
                scale,
                count,
            );
        }
        sums = sums.get(count..).unwrap_or_default();
        outputs = outputs.get_mut(count..).unwrap_or_default();
        place += count;
        channel = 0;
    }
    true
}

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

type ScaleKernel =
    unsafe extern "C" fn(*const i32, *const i16, *const i16, *mut u8, *const Scale, usize);

/// r0 quads, r1 words, r2 end of the quads; r3 quad, r4 to r7 inputs, r8 their sum.
#[unsafe(naked)]
unsafe extern "C" fn expand_quads(_: *const u32, _: *mut u32, _: usize) -> i32 {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "mov r4, r8",
        "push {{r4}}",
        "lsls r2, r2, #2",
        "adds r2, r2, r0",
        "movs r3, #0",
        "mov r8, r3",
        "2:",
        "ldmia r0!, {{r3}}",
        "sxtb r4, r3",
        "lsls r5, r3, #8",
        "asrs r5, r5, #24",
        "lsls r6, r3, #16",
        "asrs r6, r6, #24",
        "asrs r7, r3, #24",
        "stmia r1!, {{r4-r7}}",
        "adds r4, r4, r5",
        "adds r6, r6, r7",
        "adds r4, r4, r6",
        "add r8, r4",
        "cmp r0, r2",
        "bne 2b",
        "mov r0, r8",
        "pop {{r4}}",
        "mov r8, r4",
        "pop {{r4-r7, pc}}",
    )
}

/// One word of weights, in r4, with a pair of inputs in r2 and r3; r5 is at work. Sums in low
/// registers are added to by `adds`, with three operands.
macro_rules! word {
    ($load:literal, $even:literal, $odd:literal) => {
        concat!(
            $load,
            "\n",
            "uxtb r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $even,
            ", r5\n",
            "sxth r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $odd,
            ", r5\n",
            "asrs r4, r4, #16\n",
            "uxtb r5, r4\n",
            "muls r5, r3, r5\n",
            "add ",
            $even,
            ", r5\n",
            "muls r4, r3, r4\n",
            "add ",
            $odd,
            ", r4\n",
        )
    };
}

/// One pair of inputs, with all columns of a panel of 8.
macro_rules! pair8 {
    () => {
        concat!(
            "ldmia r1!, {{r2, r3}}\n",
            word!("ldmia r0!, {{r4}}", "r6", "r7"),
            word!("ldmia r0!, {{r4}}", "r8", "r9"),
            word!("ldmia r0!, {{r4}}", "r10", "r11"),
            word!("ldmia r0!, {{r4}}", "r12", "lr"),
        )
    };
}

/// Saves r4 to r11 and lr, and r3 below them.
macro_rules! enter {
    () => {
        concat!(
            "push {{r4-r7, lr}}\n",
            "mov r4, r8\n",
            "mov r5, r9\n",
            "mov r6, r10\n",
            "mov r7, r11\n",
            "push {{r3-r7}}\n",
        )
    };
}

/// Restores what [`enter`] has saved, but for the word below, and returns.
macro_rules! leave {
    () => {
        concat!(
            "pop {{r4-r7}}\n",
            "mov r8, r4\n",
            "mov r9, r5\n",
            "mov r10, r6\n",
            "mov r11, r7\n",
            "pop {{r4-r7, pc}}\n",
        )
    };
}

/// r0 weights, r1 inputs, r2 and r3 a pair of inputs, r4 weights, r5 a weight; r6 to r12 and lr sums
/// (even columns, and 256 times the odd column plus it). On the stack: the end of the inputs, the
/// sums' place.
#[unsafe(naked)]
unsafe extern "C" fn bytes8(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "push {{r4}}",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, r6",
        "mov r9, r6",
        "mov r10, r6",
        "mov r11, r6",
        "mov r12, r6",
        "mov lr, r6",
        // Two quads a round; an odd number begins in its middle.
        "lsrs r2, r2, #1",
        "bcc 2f",
        "b 3f",
        "2:",
        pair8!(),
        pair8!(),
        "3:",
        pair8!(),
        pair8!(),
        "ldr r4, [sp]",
        "cmp r1, r4",
        "beq 4f",
        "b 2b",
        "4:",
        "pop {{r0, r1}}",
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
        leave!(),
    )
}

/// As [`bytes8`]: r6 to r9 sums, r12 the end of the inputs.
#[unsafe(naked)]
unsafe extern "C" fn bytes4(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "mov r12, r4",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, r6",
        "mov r9, r6",
        "2:",
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        "cmp r1, r12",
        "bne 2b",
        "pop {{r1}}",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r8",
        "mov r7, r9",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        leave!(),
    )
}

/// As [`bytes4`]: r6 and r7 sums.
#[unsafe(naked)]
unsafe extern "C" fn bytes2(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "mov r12, r4",
        "movs r6, #0",
        "movs r7, #0",
        "2:",
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        "cmp r1, r12",
        "bne 2b",
        "pop {{r1}}",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        leave!(),
    )
}

/// Adds to one sum the products of a masked word of nibbles, in r4, with a crossed pair in r2; r3
/// is the mask, r5 at work.
macro_rules! nibble {
    ($sum:literal) => {
        concat!(
            "mov r5, r3\n",
            "ands r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $sum,
            ", r5\n",
        )
    };
}

macro_rules! nibble_word {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldmia r0!, {{r4}}\n",
            nibble!($a),
            "lsrs r4, r4, #4\n",
            nibble!($b),
            "lsrs r4, r4, #4\n",
            nibble!($c),
            "lsrs r4, r4, #4\n",
            "ands r4, r3\n",
            "muls r4, r2, r4\n",
            "add ",
            $d,
            ", r4\n",
        )
    };
}

/// One crossed pair of inputs, with all columns of a panel of 8.
macro_rules! nibble_pair {
    () => {
        concat!(
            "ldmia r1!, {{r2}}\n",
            nibble_word!("r6", "r7", "r8", "r9"),
            nibble_word!("r10", "r11", "r12", "lr"),
        )
    };
}

/// Adds what is in two sums' upper halves to the sums in memory, at r2.
macro_rules! flush {
    ($first:literal, $second:literal) => {
        concat!(
            "mov r4, ",
            $first,
            "\n",
            "mov r5, ",
            $second,
            "\n",
            "asrs r4, r4, #16\n",
            "asrs r5, r5, #16\n",
            "ldr r6, [r2]\n",
            "ldr r7, [r2, #4]\n",
            "adds r4, r4, r6\n",
            "adds r5, r5, r7\n",
            "stmia r2!, {{r4, r5}}\n",
        )
    };
}

/// r0 weights, r1 inputs, r2 a crossed pair of inputs, r3 the mask, r4 weights, r5 a pair of
/// weights; r6 to r12 and lr sums in their upper halves, which are full after four quads. On the
/// stack: the end of these quads, the end of the inputs, the sums' place.
#[unsafe(naked)]
unsafe extern "C" fn nibbles8(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #3",
        "adds r4, r4, r1",
        "push {{r3, r4}}",
        "movs r3, #15",
        "lsls r4, r3, #16",
        "orrs r3, r4",
        // Up to four quads.
        "2:",
        "ldr r4, [sp, #4]",
        "mov r5, r1",
        "adds r5, #32",
        "cmp r5, r4",
        "bls 3f",
        "mov r5, r4",
        "3:",
        "str r5, [sp]",
        // Half a unit of the upper half: the lower halves' sum never borrows.
        "movs r6, #1",
        "lsls r6, r6, #15",
        "mov r7, r6",
        "mov r8, r6",
        "mov r9, r6",
        "mov r10, r6",
        "mov r11, r6",
        "mov r12, r6",
        "mov lr, r6",
        "4:",
        nibble_pair!(),
        nibble_pair!(),
        "ldr r4, [sp]",
        "cmp r1, r4",
        "bne 4b",
        "ldr r2, [sp, #8]",
        "mov r4, r6",
        "mov r5, r7",
        "asrs r4, r4, #16",
        "asrs r5, r5, #16",
        "ldr r6, [r2]",
        "ldr r7, [r2, #4]",
        "adds r4, r4, r6",
        "adds r5, r5, r7",
        "stmia r2!, {{r4, r5}}",
        flush!("r8", "r9"),
        flush!("r10", "r11"),
        flush!("r12", "lr"),
        "ldr r4, [sp, #4]",
        "cmp r1, r4",
        "beq 5f",
        "b 2b",
        "5:",
        "pop {{r1-r3}}",
        leave!(),
    )
}

/// [`super::narrow`].
#[inline(always)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let quads = work.segment / 4;
    let aligned = |row: &&[u8]| row.as_ptr().cast::<u32>().is_aligned();
    if quads == 0 || !work.step.is_multiple_of(4) || !work.rows.iter().all(aligned) {
        return portable::narrow(work, sums);
    }
    let (first_row, second_row) = sums.split_at_mut(sums.len() / 2);
    let (first_row, _) = first_row.as_chunks_mut::<2>();
    let (second_row, _) = second_row.as_chunks_mut::<2>();
    for (window, sums) in first_row.iter_mut().zip(second_row).enumerate() {
        let mut all = [0; 5];
        for (tap, row) in work.rows.iter().enumerate() {
            let inputs = row.get(window * work.step..).unwrap_or_default();
            let [first, second] = work.weights.map(|weights| {
                let weights = weights.get(tap * 2 * quads..).unwrap_or_default();
                weights.get(..2 * quads).unwrap_or_default()
            });
            if first.is_empty() || second.is_empty() || inputs.len() < 4 * quads {
                return;
            }
            // SAFETY: the number of quads is not zero; there are two words of weights in each
            // matrix and four bytes of inputs, at an address for words, for each.
            unsafe {
                narrow_tap(
                    first.as_ptr(),
                    second.as_ptr(),
                    inputs.as_ptr().cast(),
                    quads,
                    &mut all,
                );
            }
        }
        let [a, b, c, d, inputs] = all;
        let even = work.first.wrapping_sub(inputs.wrapping_mul(128));
        let odd = |even: i32, both: i32| (both.wrapping_sub(even) >> 8).wrapping_add(work.first);
        *sums.0 = [a.wrapping_add(even), odd(a, b)];
        *sums.1 = [c.wrapping_add(even), odd(c, d)];
    }
}

/// Adds to the sums (even and odd column of each row, and the inputs') one tap of a window.
///
/// r0 and r1 weights, r6 inputs, r7 a quad of them, r2 and r3 a pair, r4 weights, r5 a weight; r8 to
/// r11 sums, r12 the inputs' sum, lr the end of the inputs.
#[unsafe(naked)]
unsafe extern "C" fn narrow_tap(
    _: *const u32,
    _: *const u32,
    _: *const u32,
    _: usize,
    _: &mut [i32; 5],
) {
    naked_asm!(
        enter!(),
        "mov r6, r2",
        "lsls r3, r3, #2",
        "adds r3, r3, r2",
        "mov lr, r3",
        "ldr r7, [sp, #40]",
        "ldmia r7!, {{r2-r5}}",
        "mov r8, r2",
        "mov r9, r3",
        "mov r10, r4",
        "mov r11, r5",
        "ldr r2, [r7]",
        "mov r12, r2",
        "2:",
        "ldmia r6!, {{r7}}",
        "sxtb r2, r7",
        "lsls r3, r7, #8",
        "asrs r3, r3, #24",
        "add r12, r2",
        "add r12, r3",
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        word!("ldmia r1!, {{r4}}", "r10", "r11"),
        "lsls r2, r7, #16",
        "asrs r2, r2, #24",
        "asrs r3, r7, #24",
        "add r12, r2",
        "add r12, r3",
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        word!("ldmia r1!, {{r4}}", "r10", "r11"),
        "cmp r6, lr",
        "bne 2b",
        "ldr r7, [sp, #40]",
        "mov r2, r8",
        "mov r3, r9",
        "mov r4, r10",
        "mov r5, r11",
        "stmia r7!, {{r2-r5}}",
        "mov r2, r12",
        "str r2, [r7]",
        "pop {{r3}}",
        leave!(),
    )
}

macro_rules! scale_kernel {
    ($name:ident, $negative:expr) => {
        /// r0 sums, r1 biases, r2 multipliers, r3 outputs, r4, r5 and r7 at work, r6 index of the
        /// bias and multiplier; r8 factor of the bias, r9 first shift, r10 rounding and r11 amount
        /// of the second, r12 slope, lr end of the outputs.
        #[unsafe(naked)]
        unsafe extern "C" fn $name(
            _: *const i32,
            _: *const i16,
            _: *const i16,
            _: *mut u8,
            _: *const Scale,
            _: usize,
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
                "adds r4, r4, r3",
                "mov lr, r4",
                "movs r6, #0",
                "2:",
                "ldmia r0!, {{r4}}",
                "ldrsh r5, [r1, r6]",
                "mov r7, r8",
                "muls r5, r7, r5",
                "mov r7, r9",
                "adds r4, r4, r5",
                "asrs r4, r7",
                $negative,
                "ldrsh r5, [r2, r6]",
                "muls r4, r5, r4",
                "mov r7, r11",
                "add r4, r10",
                "asrs r4, r7",
                "sxtb r5, r4",
                "cmp r5, r4",
                "bne 4f",
                "3:",
                "strb r4, [r3]",
                "adds r3, r3, #1",
                "adds r6, r6, #2",
                "cmp r3, lr",
                "bne 2b",
                "pop {{r3}}",
                leave!(),
                // The nearest limit.
                "4:",
                "asrs r4, r4, #31",
                "movs r5, #127",
                "eors r4, r5",
                "b 3b",
            )
        }
    };
}

scale_kernel!(scale_plain, "");
scale_kernel!(
    scale_leaky,
    "bpl 5f\nmov r7, r12\nmuls r4, r7, r4\nmovs r5, #1\nlsls r5, r5, #14\nadds r4, r4, r5\nasrs r4, r4, #15\n5:\n"
);

/// r0 sums, r1 biases, r2 multiplier, r3 outputs, r4, r5 and r7 at work, r6 zero; r8 factor of the
/// bias, r9 first shift, r10 rounding and r11 amount of the second, r12 the table, lr bytes from one
/// bias to the next. On the stack: the end of the outputs, the saved registers, the scale, outputs,
/// bytes between biases, the table, what results differ by.
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
        "ldr r4, [sp, #48]",
        "mov lr, r4",
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
        "muls r4, r2, r4",
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
        "ldr r7, [sp, #56]",
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
