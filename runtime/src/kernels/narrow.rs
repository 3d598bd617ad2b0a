//! Windows of two columns, by a target's kernel in assembly.
#![allow(unsafe_code)]

use super::Narrow;
use super::target::narrow_windows;
use crate::narrow::MOST_TAPS;
use crate::slices::after;

/// What the kernel works on, in the order in which it reads it. It may change it.
#[repr(C)]
pub struct Work {
    pub weights: [*const u32; 2],
    pub quads: usize,
    pub step: usize,
    pub sums: [*mut i32; 2],
    /// End of the first row's sums.
    pub end: *mut i32,
    pub taps: usize,
    pub first: i32,
    /// The last ones are the taps'.
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
    let mut rows = [core::ptr::null(); MOST_TAPS];
    for (pointer, row) in rows.iter_mut().skip(MOST_TAPS - taps).zip(work.rows) {
        let row = after(work.memory, row);
        if row.len() < bytes {
            return;
        }
        *pointer = row.as_ptr();
    }
    let [first, second] = work.weights;
    let Some((first_row, second_row)) = sums.split_at_mut_checked(2 * windows) else {
        return;
    };
    if first.len() < words || second.len() < words {
        return;
    }
    let second_row = second_row.as_mut_ptr();
    let mut work = Work {
        weights: [first.as_ptr(), second.as_ptr()],
        quads,
        step: work.step,
        sums: [first_row.as_mut_ptr(), second_row],
        end: second_row,
        taps,
        first: work.first,
        rows,
    };
    // SAFETY: none of the numbers is zero but the step; there are two words of weights in each matrix
    // for each quad of a tap, the last window's bytes are in every row, and each row has two sums a
    // window.
    unsafe { narrow_windows(&mut work) }
}
