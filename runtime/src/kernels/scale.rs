//! From sums to activations, by a target's kernels in assembly.
#![allow(unsafe_code)]

use super::Rule;
use super::target::{TABLE, Table, scale_leaky, scale_plain, tabulate};
use crate::requantize::Scale;

/// Sums, biases, multipliers, outputs, the scale and the number of outputs; for the table's kernel,
/// bytes from one bias to the next and, in the upper half, from one multiplier to the next, and the
/// target's table.
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

/// Makes activations of `sums`, which have the rounding of the first shift, and returns how many: as
/// many as there are of everything. An only bias or multiplier is for all outputs if the rule is a
/// table.
#[inline(always)]
pub fn activate(
    rule: Rule,
    scale: &Scale,
    sums: &[i32],
    bias: &[i16],
    multipliers: &[i16],
    outputs: &mut [u8],
) -> usize {
    let count = rule.count(sums, bias, multipliers, outputs);
    if count == 0 {
        return 0;
    }
    // An only constant is for all.
    let step = |constants: &[i16]| size_of::<i16>() * usize::from(!rule.is_for_all(constants));
    let (kernel, steps): (Kernel, usize) = match rule {
        Rule::Plain => (scale_plain, 0),
        Rule::Leaky => (scale_leaky, 0),
        Rule::Table => (tabulate, step(bias) | step(multipliers) << 16),
    };
    // SAFETY: `count` is not zero, there are as many sums and outputs, and as many biases and
    // multipliers, but where one is for all and the step to the next is zero.
    unsafe {
        kernel(
            sums.as_ptr(),
            bias.as_ptr(),
            multipliers.as_ptr(),
            outputs.as_mut_ptr(),
            scale,
            count,
            steps,
            &TABLE,
        );
    }
    count
}
