//! Windows of two columns, by a target's kernel in assembly.
#![allow(unsafe_code)]

use super::Narrow;
use super::target::narrow_windows;
use crate::narrow::MOST_TAPS;
use crate::slices::after;

/// What the kernel works on, in the order in which it reads it. It may change it.
#[repr(C)]
pub struct Work {
    /// Each row's matrix, as many words before what is used of it as are left out between taps.
    pub weights: [*const u32; 2],
    /// Of a tap.
    pub quads: usize,
    /// Bytes of each matrix that are left out between taps.
    pub gap: usize,
    pub step: usize,
    pub taps: usize,
    pub sums: [*mut i32; 2],
    /// End of the first row's sums.
    pub end: *mut i32,
    pub first: i32,
    /// The last ones are the taps'. In the end they are those of the window after the last.
    pub rows: [*const u8; MOST_TAPS],
}

/// Bytes from the work to the end of its rows.
#[cfg_attr(pocketgan_kernels = "pointers", expect(dead_code))]
pub const ROWS_END: usize = size_of::<Work>();

/// Most windows that are summed at a time, most bytes of a row that a window takes, and most from one
/// to the next: so no product of them wraps.
const MOST: usize = u16::MAX as usize;

/// [`super::narrow`].
#[inline(always)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let (windows, taps) = (sums.len() / 4, work.taps);
    if taps == 0 || work.segment < 4 {
        // A row beyond all inputs, of output padding.
        sums.fill(work.first);
        return;
    }
    if windows == 0 || windows > MOST || taps > MOST_TAPS || work.segment > MOST || work.step > MOST
    {
        return;
    }
    let quads = work.segment / 4;
    // Bytes that the windows take of a row, and words of weights that they take.
    let bytes = (windows - 1) * work.step + 4 * quads;
    let words = 2 * quads * taps;
    let [first, second] = work.weights;
    if first.len() < words || second.len() < words {
        return;
    }
    let Some((first_row, second_row)) = sums.split_at_mut_checked(2 * windows) else {
        return;
    };
    // Whole quads of zeros are left out if there are other windows.
    let edges = cfg!(feature = "fast") && windows > 1;
    let [before, behind] = work.margins.map(|zeros| match edges {
        true => (zeros / 4).min(quads - 1),
        false => 0,
    });
    let [left, right] = [before, behind].map(|quads| usize::from(quads > 0));
    let first_sums = first_row.as_mut_ptr();
    let mut kernel = Work {
        weights: [first.as_ptr(), second.as_ptr()],
        quads,
        gap: 0,
        step: work.step,
        taps,
        sums: [first_sums, second_row.as_mut_ptr()],
        end: first_sums,
        first: work.first,
        rows: [core::ptr::null(); MOST_TAPS],
    };
    let rows = kernel.rows.iter_mut().skip(MOST_TAPS - taps);
    for (pointer, row) in rows.zip(work.rows) {
        let row = after(work.memory, row);
        if row.len() < bytes {
            return;
        }
        *pointer = row.as_ptr().wrapping_add(4 * before);
    }
    // The first window, those after it, the last one.
    for part in if edges { 0..3 } else { 1..2 } {
        let (windows, left_out) = match part {
            0 => (left, before),
            1 => (windows - left - right, 0),
            _ => (right, behind),
        };
        if windows == 0 {
            continue;
        }
        kernel.quads = quads - left_out;
        kernel.gap = 8 * left_out;
        kernel.step = work.step;
        if part == 0 {
            // The rows begin behind the zeros, and then at the second window.
            kernel.step = kernel.step.wrapping_sub(4 * before);
        } else if part == 2 {
            kernel.weights = kernel.weights.map(|words| words.wrapping_sub(2 * behind));
        }
        (kernel.taps, kernel.first) = (taps, work.first);
        kernel.end = kernel.end.wrapping_add(2 * windows);
        // SAFETY: none of the numbers is zero but the step and the gap; there are two words of
        // weights in each matrix for each quad of a tap, and those between them; the last window's
        // bytes are in every row, and each row has two sums a window.
        unsafe { narrow_windows(&mut kernel) }
    }
}
