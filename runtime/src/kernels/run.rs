//! Sums of panels, by a target's kernels in assembly.
#![allow(unsafe_code)]

use super::target::{bytes2, bytes4, bytes8, cross, nibbles8, words_per_quad};
use super::{Run, portable};
use crate::layout::is_nibble;

/// Weights, inputs, quads, bytes between panels; first value of even columns' sums, and of the odd
/// ones', times 256, plus that; sums, panels.
pub type Kernel =
    unsafe extern "C" fn(*const u32, *const u32, usize, usize, i32, i32, *mut i32, usize);

/// The sums of panels of `width` columns: several of 8, or one of 4 or 2.
#[inline(always)]
pub fn run(width: usize, bits: u8, run: &Run, sums: &mut [i32]) {
    // Words of weights for each quad, and what an input's weights are too large by.
    let (kernel, words, excess): (Kernel, _, _) = match (is_nibble(bits), width) {
        (true, 8) => (nibbles8, width / 2, 8),
        (true, width) if cfg!(not(feature = "fast")) => {
            return portable::nibbles_by_column(width, run, sums, cross);
        }
        (true, 4) => return portable::nibbles_of::<4>(run, sums, cross),
        (true, _) => return portable::nibbles_of::<2>(run, sums, cross),
        (false, 8) => (bytes8, width, 128),
        (false, 4) => (bytes4, width, 128),
        (false, _) => (bytes2, width, 128),
    };
    let inputs = &run.inputs;
    let count = sums.len() / width;
    let used = inputs.quads * words;
    let needed = count * (used + run.gap);
    if used == 0 {
        // A window beyond all inputs, of a stride longer than the kernel.
        sums.fill(run.first);
        return;
    }
    if count == 0
        || needed > run.weights.len() + run.gap
        || inputs.quads * words_per_quad(bits) > inputs.words.len()
    {
        return;
    }
    let first = run.first.wrapping_sub(inputs.total.wrapping_mul(excess));
    // SAFETY: there are `count` panels of `used` words, `gap` words apart, as many words of inputs as
    // the target gathers, and `width` sums for each panel; none of these numbers is zero but the gap.
    unsafe {
        kernel(
            run.weights.as_ptr(),
            inputs.words.as_ptr(),
            inputs.quads,
            run.gap * size_of::<u32>(),
            first,
            first.wrapping_add(run.first << 8),
            sums.as_mut_ptr(),
            count,
        );
    }
}
