//! From sums to activations, by a target's kernels in assembly.
#![allow(unsafe_code)]

use super::target::{scale_leaky, scale_plain, tabulate_magnitudes};
use crate::requantize::{Scale, TANH};

/// Scales `sums`, which have the rounding of the first shift, with `leaky` slope or none, and clamps
/// them: as many as there are of everything.
#[inline(always)]
pub fn scale(
    scale: &Scale,
    leaky: bool,
    sums: &[i32],
    bias: &[i16],
    multipliers: &[i16],
    outputs: &mut [u8],
) {
    let constants = bias.len().min(multipliers.len());
    let count = sums.len().min(outputs.len()).min(constants);
    if count == 0 {
        return;
    }
    let kernel = if leaky { scale_leaky } else { scale_plain };
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
}

/// Bytes from one of the constants to the next; an only one is for all.
fn step(constants: &[i16]) -> usize {
    if constants.len() == 1 {
        0
    } else {
        size_of::<i16>()
    }
}

/// As [`scale`], by the table of tanh instead of clamping. An only bias or multiplier is for all.
#[inline(always)]
pub fn tabulate(
    scale: &Scale,
    sums: &[i32],
    bias: &[i16],
    multipliers: &[i16],
    outputs: &mut [u8],
) {
    let count = sums.len().min(outputs.len());
    let (bias_step, multiplier_step) = (step(bias), step(multipliers));
    let enough = |constants: &[i16], step| match step {
        0 => !constants.is_empty(),
        _ => constants.len() >= count,
    };
    if count == 0 || !enough(bias, bias_step) || !enough(multipliers, multiplier_step) {
        return;
    }
    // SAFETY: `count` is not zero, there are as many sums and outputs, and as many biases and
    // multipliers as the steps lead to.
    unsafe {
        tabulate_magnitudes(
            sums.as_ptr(),
            bias.as_ptr(),
            multipliers.as_ptr(),
            outputs.as_mut_ptr(),
            scale,
            count,
            bias_step | multiplier_step << 16,
            &TANH,
        );
    }
}
