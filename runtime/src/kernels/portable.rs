//! The kernels in plain Rust, for every target.

use super::{Constants, Narrow, Run};
use crate::layout::{PANEL, is_nibble};
use crate::requantize::{Rule, Scale, clamp, squash};
use crate::slices::{after, after_mut, first};

/// Words that a gathered quad takes: its pairs of inputs `k0 k2` and `k1 k3`. For weights of 8 bits
/// the first input is in the lower half of a word, for weights of 4 bits the pair is [`crossed`].
pub const fn words_per_quad(_bits: u8) -> usize {
    2
}

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    match is_nibble(bits) {
        true => expand_crossed(quads, words),
        false => expand_by(quads, words, pair),
    }
}

/// [`expand`] to pairs that are [`crossed`].
#[inline(never)]
pub fn expand_crossed(quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    expand_by(quads, words, crossed)
}

#[inline(always)]
fn expand_by(quads: &[[u8; 4]], words: &mut [u32], pair: impl Fn(i32, i32) -> u32) -> (usize, i32) {
    let (words, _) = words.as_chunks_mut::<2>();
    let mut total = 0i32;
    for (&quad, words) in quads.iter().zip(&mut *words) {
        let [a, b, c, d] = quad.map(|byte| i32::from(byte as i8));
        *words = [pair(a, c), pair(b, d)];
        total = total.wrapping_add(a + b + c + d);
    }
    (quads.len().min(words.len()), total)
}

fn pair(first: i32, second: i32) -> u32 {
    first as u32 & 0xffff | (second << 16) as u32
}

/// The first input of a pair in the upper half of a word, plus the second.
#[inline(always)]
pub fn crossed(first: i32, second: i32) -> u32 {
    (first << 16).wrapping_add(second) as u32
}

/// The two inputs of a pair.
#[inline(always)]
pub fn unpair(pair: u32) -> (i32, i32) {
    (i32::from(pair as i16), pair as i32 >> 16)
}

/// The sums of panels of `width` columns: several of 8, or one of 4 or 2.
pub fn run(width: usize, bits: u8, run: &Run, sums: &mut [i32]) {
    match (is_nibble(bits), width) {
        (true, 8) => nibbles_of::<8>(run, sums, |crossed| crossed),
        (true, width) if cfg!(not(feature = "fast")) => {
            nibbles_by_column(width, run, sums, |crossed| crossed)
        }
        (true, 4) => nibbles_of::<4>(run, sums, |crossed| crossed),
        (true, _) => nibbles_of::<2>(run, sums, |crossed| crossed),
        (false, 8) => bytes::<8>(run, sums),
        (false, 4) => bytes::<4>(run, sums),
        (false, _) => bytes::<2>(run, sums),
    }
}

/// Sums of 8-bit weights.
#[inline(never)]
fn bytes<const W: usize>(panels: &Run, sums: &mut [i32]) {
    let inputs = &panels.inputs;
    let first = panels.first.wrapping_sub(inputs.total.wrapping_mul(128));
    let used = inputs.quads * W;
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        let (mut even, mut odd) = ([first; PANEL / 2], [panels.first; PANEL / 2]);
        let panel = weights.get(..used).unwrap_or_default();
        let bytes: &[u8] = bytemuck::try_cast_slice(panel).unwrap_or_default();
        let (blocks, _) = bytes.as_chunks::<4>();
        for (&pair, block) in inputs.words.iter().zip(blocks.chunks_exact(W / 2)) {
            let (first, second) = unpair(pair);
            for ((even, odd), &[a, b, c, d]) in even.iter_mut().zip(&mut odd).zip(block) {
                *even = even
                    .wrapping_add(i32::from(a).wrapping_mul(first))
                    .wrapping_add(i32::from(c).wrapping_mul(second));
                *odd = odd
                    .wrapping_add(i32::from(b as i8).wrapping_mul(first))
                    .wrapping_add(i32::from(d as i8).wrapping_mul(second));
            }
        }
        let (pairs, _) = sums.as_chunks_mut::<2>();
        for ((pair, even), odd) in pairs.iter_mut().zip(even).zip(odd) {
            *pair = [even, odd];
        }
        weights = weights.get(used + panels.gap..).unwrap_or_default();
    }
}

/// Quads over which the sum of two nibbles' products certainly stays within 16 bits.
const NIBBLE_QUADS: usize = 4;

/// Sums of 4-bit weights, of inputs that `cross` makes [`crossed`]: one 32-bit multiplication for two
/// products. Both halves of a masked word times both inputs of a pair add in the upper half.
#[inline(never)]
pub fn nibbles_of<const W: usize>(panels: &Run, sums: &mut [i32], cross: impl Fn(u32) -> u32) {
    let inputs = &panels.inputs;
    let first = panels.first.wrapping_sub(inputs.total.wrapping_mul(8));
    let used = inputs.quads * (W / 2);
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        sums.fill(first);
        let panel = weights.get(..used).unwrap_or_default();
        let rounds = inputs.words.chunks(2 * NIBBLE_QUADS);
        for (pairs, words) in rounds.zip(panel.chunks(W / 2 * NIBBLE_QUADS)) {
            // Half of the upper half's unit: the lower halves' sum, of either sign, never borrows.
            let mut halves = [0x8000u32; PANEL];
            if W == 2 {
                let (quads, _) = pairs.as_chunks::<2>();
                for (&[first, second], &word) in quads.iter().zip(words) {
                    add_products(&mut halves, word, cross(first), 2);
                    add_products(&mut halves, word >> 8, cross(second), 2);
                }
            } else {
                for (&pair, words) in pairs.iter().zip(words.chunks_exact((W / 4).max(1))) {
                    for (halves, &word) in halves.chunks_exact_mut(4).zip(words) {
                        add_products(halves, word, cross(pair), 4);
                    }
                }
            }
            for (sum, half) in sums.iter_mut().zip(halves) {
                *sum = sum.wrapping_add(half as i32 >> 16);
            }
        }
        weights = weights.get(used + panels.gap..).unwrap_or_default();
    }
}

/// [`nibbles_of`] a panel of 4 or 2 columns in little code and memory: one column after another.
#[inline(always)]
pub fn nibbles_by_column(width: usize, panel: &Run, sums: &mut [i32], cross: impl Fn(u32) -> u32) {
    let inputs = &panel.inputs;
    let start = panel.first.wrapping_sub(inputs.total.wrapping_mul(8));
    let pairs = first(inputs.words, 2 * inputs.quads);
    columns(width, panel.weights, pairs, start, sums, cross);
}

/// Apart, and with what it needs alone, so that its caller keeps no [`Run`] on the stack.
#[inline(never)]
fn columns(
    width: usize,
    weights: &[u32],
    pairs: &[u32],
    start: i32,
    sums: &mut [i32],
    cross: impl Fn(u32) -> u32,
) {
    for (column, sum) in sums.iter_mut().enumerate() {
        *sum = start;
        let mut words = weights.iter();
        let (mut word, mut starts_word) = (0, true);
        for &pair in pairs {
            if starts_word {
                word = words.next().map_or(0, |word| word >> (4 * column));
            } else {
                word >>= 8;
            }
            // Of two columns, both pairs of a quad are in one word.
            starts_word = width == 4 || !starts_word;
            // Half of the upper half's unit: the lower half, of either sign, never borrows.
            let products = (word & 0x000f_000f).wrapping_mul(cross(pair));
            *sum = sum.wrapping_add(products.wrapping_add(0x8000) as i32 >> 16);
        }
    }
}

/// Adds the products of the lowest `columns` pairs of nibbles of `word`.
#[inline(always)]
fn add_products(halves: &mut [u32], word: u32, crossed: u32, columns: usize) {
    for (half, shift) in halves.iter_mut().take(columns).zip([0, 4, 8, 12]) {
        *half = half.wrapping_add((word >> shift & 0x000f_000f).wrapping_mul(crossed));
    }
}

/// [`super::narrow`].
#[inline(never)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let weights = work.weights.map(bytemuck::cast_slice::<u32, u8>);
    let (first_row, second_row) = sums.split_at_mut(sums.len() / 2);
    let (first_row, _) = first_row.as_chunks_mut::<2>();
    let (second_row, _) = second_row.as_chunks_mut::<2>();
    for (window, sums) in first_row.iter_mut().zip(second_row).enumerate() {
        let mut all = [[work.first; 2]; 2];
        for (tap, &row) in work.rows.iter().enumerate().take(work.taps) {
            let from = row + window * work.step;
            let inputs = work.memory.get(from..).unwrap_or_default();
            let inputs = inputs.get(..work.segment).unwrap_or_default();
            for (sums, weights) in all.iter_mut().zip(weights) {
                let (quads, _) = weights.as_chunks::<8>();
                let quads = quads.get(tap * work.segment / 4..).unwrap_or_default();
                for (&weights, &inputs) in quads.iter().zip(inputs.as_chunks::<4>().0) {
                    let [a, b, c, d] = inputs.map(|byte| i32::from(byte as i8));
                    for (index, input) in [a, a, c, c, b, b, d, d].into_iter().enumerate() {
                        let weight = match index % 2 {
                            0 => i32::from(weights[index]) - 128,
                            _ => i32::from(weights[index] as i8),
                        };
                        let sum = &mut sums[index % 2];
                        *sum = sum.wrapping_add(weight.wrapping_mul(input));
                    }
                }
            }
        }
        (*sums.0, *sums.1) = (all[0], all[1]);
    }
}

/// Stands for the biases of a layer that has none.
static ZEROS: [i16; if cfg!(feature = "fast") { 32 } else { 8 }] = [0; _];

/// Makes activations of `sums`, which have the rounding of the first shift: as many as there are sums,
/// outputs and, where each output has its own, biases. The first one is of channel `channel`.
#[inline(always)]
pub fn activate(
    scale: &Scale,
    constants: &Constants,
    mut channel: usize,
    mut sums: &[i32],
    mut outputs: &mut [u8],
) {
    let Constants {
        multipliers,
        mut bias,
        bias_by_output,
    } = *constants;
    loop {
        // As many at a time as have constants that follow each other.
        let biases = if bias.is_empty() && !bias_by_output {
            &ZEROS
        } else if bias_by_output {
            bias
        } else {
            after(bias, channel)
        };
        let most = sums.len().min(outputs.len()).min(biases.len());
        let count = match *multipliers {
            [only] => {
                let all = biases.iter().map(|&bias| (bias, only));
                stretch(scale, first(sums, most), all, outputs);
                most
            }
            _ => {
                let multipliers = after(multipliers, channel);
                let all = biases.iter().copied().zip(multipliers.iter().copied());
                stretch(scale, first(sums, most), all, outputs);
                most.min(multipliers.len())
            }
        };
        if count == 0 {
            return;
        }
        sums = after(sums, count);
        outputs = after_mut(outputs, count);
        if bias_by_output {
            bias = after(bias, count);
        }
        channel += count;
        if channel >= multipliers.len() {
            channel = 0;
        }
    }
}

/// Writes an output for each sum, with its bias and multiplier.
#[inline(always)]
fn stretch(
    scale: &Scale,
    sums: &[i32],
    constants: impl Iterator<Item = (i16, i16)>,
    outputs: &mut [u8],
) {
    let flip = scale.flip;
    let all = outputs.iter_mut().zip(sums).zip(constants);
    // A loop for each, so that they are made of vector instructions where there are any.
    match scale.rule {
        Rule::PLAIN => {
            for ((output, &sum), (bias, multiplier)) in all {
                *output = clamp(scale.apply(false, sum, bias, multiplier)) ^ flip;
            }
        }
        Rule::LEAKY => {
            for ((output, &sum), (bias, multiplier)) in all {
                *output = clamp(scale.apply(true, sum, bias, multiplier)) ^ flip;
            }
        }
        _ => {
            for ((output, &sum), (bias, multiplier)) in all {
                *output = squash(scale.apply(false, sum, bias, multiplier)) ^ flip;
            }
        }
    }
}
