//! Sums of two windows at a time, by a target's kernel in assembly: every word of weights is loaded and
//! taken apart once for both.
#![allow(unsafe_code)]

use super::target::{expand_of_two, two8, words_per_quad};
use super::{Inputs, LONGEST, Matrix};
use crate::layout::PANEL;
use crate::slices::{after, after_mut};

/// What the kernel works on, in the order in which it reads it. It may change it. Numbers for either
/// window are the first one's and the second one's.
#[repr(C)]
pub struct Work {
    pub weights: *const u32,
    /// Of each pair of inputs the first window's words, then the second one's.
    pub inputs: *const u32,
    pub quads: usize,
    /// Bytes between panels.
    pub gap: usize,
    /// What sums of even columns begin with.
    pub first: [i32; 2],
    /// The same of odd columns, times 256, plus that.
    pub both: [i32; 2],
    /// The first window's.
    pub sums: *mut i32,
    /// Bytes from the first window's sums to the second one's.
    pub other: usize,
    pub panels: usize,
}

/// Most columns that are summed at a time, and most inputs of the matrix: so no product of them wraps.
const MOST: usize = u16::MAX as usize;

/// Words that `quads` quads of 8-bit weights' inputs take, of two windows.
pub const fn words_of_two(quads: usize) -> usize {
    2 * quads * words_per_quad(8)
}

/// Gathers `inputs`, whole quads of one of two windows, the first or the second, in `words`, which are for
/// both, behind as many quads as are there already. Returns how many there are then, and the sum of the
/// inputs. What there is no room for is dropped.
#[inline(always)]
pub fn gather_side(second: bool, inputs: &[u8], words: &mut [u32], quads: usize) -> (usize, i32) {
    let before = usize::from(second) * words_per_quad(8) / 2;
    let words = after_mut(words, words_of_two(quads) + before);
    let (made, total) = expand_of_two(inputs.as_chunks().0, words);
    (quads + made, total)
}

/// The sums of all columns of a matrix of 8-bit weights and whole panels of eight, for two windows
/// whose inputs were gathered side by side: the first half of `sums` is the first window's. `totals`
/// are the sums of either one's inputs.
#[inline(always)]
pub fn panels_of_two(matrix: &Matrix, inputs: &Inputs, totals: [i32; 2], sums: &mut [i32]) {
    let (columns, quads) = (matrix.columns, inputs.quads);
    if quads == 0 {
        // Windows beyond all inputs.
        sums.fill(matrix.first);
        return;
    }
    if quads > LONGEST / 4 || columns > MOST || matrix.rows > MOST || matrix.skipped > matrix.rows {
        return;
    }
    // Words of a panel, and those that are used.
    let (all, used) = (matrix.rows / 4 * PANEL, quads * PANEL);
    let weights = after(matrix.weights, matrix.skipped / 4 * PANEL);
    let panels = columns / PANEL;
    if panels == 0
        || columns % PANEL != 0
        || sums.len() != 2 * columns
        || used > all
        || (panels - 1) * all + used > weights.len()
        || words_of_two(quads) > inputs.words.len()
    {
        return;
    }
    let first = totals.map(|total| matrix.first.wrapping_sub(total.wrapping_mul(128)));
    let mut work = Work {
        weights: weights.as_ptr(),
        inputs: inputs.words.as_ptr(),
        quads,
        gap: (all - used) * size_of::<u32>(),
        first,
        both: first.map(|first| first.wrapping_add(matrix.first << 8)),
        sums: sums.as_mut_ptr(),
        other: columns * size_of::<i32>(),
        panels,
    };
    // SAFETY: there are `panels` panels of `used` words, `gap` bytes apart, as many words of inputs as
    // the target gathers for two windows, and enough sums for each panel of either; none of these numbers
    // is zero but the gap.
    unsafe { two8(&mut work) }
}
