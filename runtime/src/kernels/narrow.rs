//! Windows of two columns, by a target's kernel in assembly.
#![allow(unsafe_code)]

use super::Narrow;
use super::target::narrow_windows;
use crate::narrow::MOST_TAPS;

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

/// [`super::narrow`].
#[inline(never)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    let windows = sums.len() / 4;
    let (quads, taps) = (work.segment / 4, work.taps);
    let Some((first_row, second_row)) = sums.split_at_mut_checked(2 * windows) else {
        return;
    };
    let row_len = work.from + windows.saturating_sub(1) * work.step + 4 * quads;
    let needed = 2 * quads * taps;
    let [first, second] = work.weights;
    if taps == 0 || quads == 0 {
        // A row beyond all inputs, of output padding.
        sums.fill(work.first);
        return;
    }
    if windows == 0 || taps > MOST_TAPS || first.len() < needed || second.len() < needed {
        return;
    }
    let mut rows = [core::ptr::null(); MOST_TAPS];
    for (pointer, row) in rows.iter_mut().skip(MOST_TAPS - taps).zip(work.rows) {
        if row.len() < row_len {
            return;
        }
        *pointer = row.as_ptr().wrapping_add(work.from);
    }
    let mut work = Work {
        weights: [first.as_ptr(), second.as_ptr()],
        quads,
        step: work.step,
        sums: [first_row.as_mut_ptr(), second_row.as_mut_ptr()],
        end: second_row.as_mut_ptr(),
        taps,
        first: work.first,
        rows,
    };
    // SAFETY: none of the numbers is zero; there are two words of weights in each matrix for
    // each quad of a tap, the last window's bytes are in every row, and each row has two sums a
    // window.
    unsafe { narrow_windows(&mut work) }
}
