//! From sums to activations, by a target's kernels in assembly.
#![allow(unsafe_code)]

use super::Rule;
use super::target::{scale_leaky, scale_plain, tabulate_magnitudes};
use crate::requantize::{Scale, TANH, Table};

/// Sums, biases, multipliers, outputs, the scale and the number of outputs; for the table's kernel,
/// bytes from one bias to the next and, in the upper half, from one multiplier to the next, and the
/// table.
pub type Kernel = unsafe extern "C" fn(
    *const i32,
    *const i16,
    *const i16,
    *mut u8,
    *const Scale,
    usize,
    usize,
    &Table,
);

/// Writes `count` outputs, which is not more than there are of anything.
#[inline(always)]
pub fn activate(
    rule: Rule,
    scale: &Scale,
    count: usize,
    sums: &[i32],
    bias: &[i16],
    multipliers: &[i16],
    outputs: &mut [u8],
) {
    // An only constant is for all.
    let step = |constants: &[i16]| size_of::<i16>() * usize::from(!rule.is_for_all(constants));
    let (kernel, steps): (Kernel, usize) = match rule {
        Rule::Plain => (scale_plain, 0),
        Rule::Leaky => (scale_leaky, 0),
        Rule::Table => (tabulate_magnitudes, step(bias) | step(multipliers) << 16),
    };
    if count == 0 {
        return;
    }
    // SAFETY: `count` is not zero, there are as many sums and outputs, and as many biases and
    // multipliers, but where one is for all.
    unsafe {
        kernel(
            sums.as_ptr(),
            bias.as_ptr(),
            multipliers.as_ptr(),
            outputs.as_mut_ptr(),
            scale,
            count,
            steps,
            &TANH,
        );
    }
}
