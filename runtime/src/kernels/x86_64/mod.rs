//! The kernels for x86-64 with SSE2: `PMADDWD` multiplies the two inputs of a pair with
//! their weights of one column and adds both products, for four columns at a time.
//!
//! A word of weights ([`crate::layout`]) has the even column's in the lower bytes of its halves and the
//! odd column's in the upper ones; of 4 bits, those of four columns. So one mask or shift of a
//! vector of words makes four pairs of weights.

mod words;

use super::{Narrow, Run};
use crate::layout::is_nibble;
use crate::slices::{after, first};
use words::Words;

pub use super::portable::activate;

/// Words that a gathered quad takes: its pairs of inputs `k0 k2` and `k1 k3`, the first input in the
/// lower half.
pub const fn words_per_quad(_bits: u8) -> usize {
    2
}

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(_bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min(words.len() / 2);
    let quads = first(quads, count);
    let mut total = Words::zero();
    let ones = Words::from([0x0001_0001; 4]);
    let (pairs, last) = quads.as_chunks::<2>();
    let (outputs, left) = words.as_chunks_mut::<4>();
    for (&[a, b], output) in pairs.iter().zip(&mut *outputs) {
        let inputs = pairs_of(a, b);
        total = total.plus(inputs.dot(ones));
        *output = words_of(inputs);
    }
    if let &[quad] = last {
        let inputs = pairs_of(quad, [0; 4]);
        total = total.plus(inputs.dot(ones));
        let output = outputs
            .get_mut(pairs.len())
            .map_or(left, |all| &mut all[..]);
        for (word, pair) in output.iter_mut().zip(words_of(inputs)).take(2) {
            *word = pair;
        }
    }
    (count, total.sum())
}

/// The sums of panels of `width` columns: several of 8, or one of 4 or 2.
pub fn run(width: usize, bits: u8, run: &Run, sums: &mut [i32]) {
    match (is_nibble(bits), width) {
        (true, 8) => nibbles::<8>(run, sums),
        (true, 4) => nibbles::<4>(run, sums),
        (true, _) => nibbles::<2>(run, sums),
        (false, 8) => bytes::<8>(run, sums),
        (false, 4) => bytes::<4>(run, sums),
        (false, _) => bytes::<2>(run, sums),
    }
}

/// Sums of 8-bit weights.
#[inline(never)]
fn bytes<const W: usize>(panels: &Run, sums: &mut [i32]) {
    let inputs = &panels.inputs;
    let start = panels.first.wrapping_sub(inputs.total.wrapping_mul(128));
    let used = inputs.quads * W;
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        let (mut even, mut odd) = (Words::zero(), Words::zero());
        each_four::<W>(first(weights, used), inputs.words, |weights, inputs| {
            even = even.plus(even_columns(weights).dot(inputs));
            odd = odd.plus(weights.upper_bytes().dot(inputs));
        });
        let (pairs, _) = sums.as_chunks_mut::<2>();
        let columns = columns_of::<W>(even).into_iter().zip(columns_of::<W>(odd));
        for (pair, (even, odd)) in pairs.iter_mut().zip(columns) {
            *pair = [start.wrapping_add(even), panels.first.wrapping_add(odd)];
        }
        weights = after(weights, used + panels.gap);
    }
}

/// Sums of 4-bit weights.
#[inline(never)]
fn nibbles<const W: usize>(panels: &Run, sums: &mut [i32]) {
    let inputs = &panels.inputs;
    let start = panels.first.wrapping_sub(inputs.total.wrapping_mul(8));
    let used = inputs.quads * (W / 2);
    let mask = Words::from([0x000f_000f; 4]);
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        // One of four columns, or in a panel of two columns one of two for each pair of a quad.
        let mut all = [Words::zero(); 4];
        let mut add = |weights: Words, inputs: Words| {
            let columns = [
                weights,
                weights.shifted::<4>(),
                weights.shifted::<8>(),
                weights.shifted::<12>(),
            ];
            for (sum, column) in all.iter_mut().zip(columns) {
                *sum = sum.plus(column.and(mask).dot(inputs));
            }
        };
        let panel = first(weights, used);
        if W == 2 {
            // Both pairs of a quad are in one word.
            let (quads, _) = inputs.words.as_chunks::<2>();
            for (&word, &[k02, k13]) in panel.iter().zip(quads) {
                add(
                    Words::from([word, word >> 8, 0, 0]),
                    Words::from([k02, k13, 0, 0]),
                );
            }
        } else {
            // As an 8-bit panel of half the width lies.
            match W {
                8 => each_four::<4>(panel, inputs.words, &mut add),
                _ => each_four::<2>(panel, inputs.words, &mut add),
            }
        }
        let all = all.map(|sum| words_of(sum).map(|word| word as i32));
        for (column, sum) in sums.iter_mut().enumerate() {
            let [a, b, c, d] = all[column % 4];
            let total = match W {
                // Words of columns 0 to 3 and of 4 to 7 take turns.
                8 if column < 4 => a.wrapping_add(c),
                8 => b.wrapping_add(d),
                _ => a.wrapping_add(b).wrapping_add(c).wrapping_add(d),
            };
            *sum = start.wrapping_add(total);
        }
        weights = after(weights, used + panels.gap);
    }
}

/// Gives `add` four words of a panel that has `W / 2` words for each pair of inputs, and with each word
/// the inputs that it is for.
#[inline(always)]
fn each_four<const W: usize>(panel: &[u32], inputs: &[u32], mut add: impl FnMut(Words, Words)) {
    let (fours, rest) = panel.as_chunks::<4>();
    let mut pairs = inputs;
    let spread = |pairs: &[u32]| match (W, pairs) {
        (8, &[a, ..]) => Words::from([a; 4]),
        (4, &[a, b, ..]) => Words::from([a, a, b, b]),
        (_, &[a, b, c, d, ..]) => Words::from([a, b, c, d]),
        (_, &[a, b, ..]) => Words::from([a, b, 0, 0]),
        _ => Words::zero(),
    };
    for &four in fours {
        add(Words::from(four), spread(pairs));
        pairs = after(pairs, 8 / W);
    }
    // Half a vector: the only pairs of a last quad.
    if let &[a, b] = rest {
        let &[k02, k13, ..] = pairs else { return };
        add(Words::from([a, b, 0, 0]), Words::from([k02, k13, 0, 0]));
    }
}

/// The sums of all columns of one parity: the words of a vector take turns.
#[inline(always)]
fn columns_of<const W: usize>(sums: Words) -> [i32; 4] {
    let [a, b, c, d] = words_of(sums).map(|word| word as i32);
    match W {
        8 => [a, b, c, d],
        4 => [a.wrapping_add(c), b.wrapping_add(d), 0, 0],
        _ => [a.wrapping_add(b).wrapping_add(c).wrapping_add(d), 0, 0, 0],
    }
}

/// [`super::narrow`].
#[inline(never)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let (first_row, second_row) = sums.split_at_mut(sums.len() / 2);
    let (first_row, _) = first_row.as_chunks_mut::<2>();
    let (second_row, _) = second_row.as_chunks_mut::<2>();
    let ones = Words::from([0x0001_0001; 4]);
    for (window, sums) in first_row.iter_mut().zip(second_row).enumerate() {
        let zero = Words::zero();
        let (mut all, mut total) = ([[zero; 2]; 2], zero);
        let mut weights = work.weights;
        for &row in work.rows.iter().take(work.taps) {
            let inputs = first(after(work.memory, row + window * work.step), work.segment);
            let (quads, _) = inputs.as_chunks::<4>();
            for pair in quads.chunks(2) {
                let inputs = match *pair {
                    [a, b] => pairs_of(a, b),
                    [a] => pairs_of(a, [0; 4]),
                    _ => break,
                };
                total = total.plus(inputs.dot(ones));
                for ([even, odd], weights) in all.iter_mut().zip(&mut weights) {
                    let words = match (pair.len(), *weights) {
                        (2, [a, b, c, d, ..]) => Words::from([*a, *b, *c, *d]),
                        (1, [a, b, ..]) => Words::from([*a, *b, 0, 0]),
                        _ => return,
                    };
                    *even = even.plus(even_columns(words).dot(inputs));
                    *odd = odd.plus(words.upper_bytes().dot(inputs));
                    *weights = after(weights, 2 * pair.len());
                }
            }
        }
        let start = work.first.wrapping_sub(total.sum().wrapping_mul(128));
        let [first, second] = all.map(|[even, odd]| {
            [
                start.wrapping_add(even.sum()),
                work.first.wrapping_add(odd.sum()),
            ]
        });
        (*sums.0, *sums.1) = (first, second);
    }
}

/// The weights of even columns, plus 128, in pairs.
#[inline(always)]
fn even_columns(words: Words) -> Words {
    words.and(Words::from([0x00ff_00ff; 4]))
}

/// The pairs `k0 k2` and `k1 k3` of two quads of inputs.
#[inline(always)]
fn pairs_of(a: [u8; 4], b: [u8; 4]) -> Words {
    Words::from([u32::from_le_bytes(a), u32::from_le_bytes(b), 0, 0]).pairs()
}

fn words_of(words: Words) -> [u32; 4] {
    words.into()
}
