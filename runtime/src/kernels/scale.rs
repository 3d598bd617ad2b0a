//! From sums to activations, by a target's kernels in assembly.
#![allow(unsafe_code)]

use super::Constants;
#[cfg(feature = "fast")]
use super::target::grey_kernel;
use super::target::{FLIPS, ONLY, scale_kernel};
use crate::requantize::{Rule, Scale, recode};

/// Sums, biases, multipliers, outputs, the scale and the number of outputs; how many of them come
/// before the channels begin anew; and twice the number of channels, plus 1 if the biases begin anew
/// with them, or 0 if the first multiplier is for all.
pub type Kernel =
    unsafe extern "C" fn(*const i32, *const i16, *const i16, *mut u8, &Scale, usize, usize, usize);

/// Sums, outputs, their number, the scale, and the multiplier of all. There is no bias.
#[cfg(feature = "fast")]
pub type Grey = unsafe extern "C" fn(*const i32, *mut u8, usize, &Scale, i32);

/// Makes activations of `sums`, which have the rounding of the first shift: as many as there are sums,
/// outputs and, where each output has its own, biases. The first one is of channel `channel`.
#[inline(always)]
pub fn activate(
    scale: &Scale,
    constants: &Constants,
    channel: usize,
    sums: &[i32],
    outputs: &mut [u8],
) {
    let Constants {
        multipliers,
        bias,
        bias_by_output,
    } = *constants;
    let mut count = sums.len().min(outputs.len());
    if bias_by_output {
        count = count.min(bias.len());
    }
    let channels = multipliers.len();
    let begins_anew = !bias_by_output && !bias.is_empty();
    if count == 0 || channel >= channels || begins_anew && bias.len() < channels {
        return;
    }
    let is_only = channels == 1 && !begins_anew;
    #[cfg(feature = "fast")]
    if is_only
        && scale.bias == 0
        && let Some(kernel) = grey_kernel(scale)
    {
        // SAFETY: `count` is not zero, and there are as many sums and outputs.
        unsafe {
            let multiplier = multipliers[0].into();
            kernel(
                sums.as_ptr(),
                outputs.as_mut_ptr(),
                count,
                scale,
                multiplier,
            );
        }
        return;
    }
    let bias = match bias {
        // As many numbers as there can be outputs, times nothing.
        [] => sums.as_ptr().cast(),
        _ if begins_anew => bias.as_ptr().wrapping_add(channel),
        _ => bias.as_ptr(),
    };
    let (left, back) = match is_only && (ONLY || scale.rule == Rule::TABLE) {
        true => (count, 0),
        false => (channels - channel, 2 * channels + usize::from(begins_anew)),
    };
    // SAFETY: `count` is not zero, and there are as many sums and outputs. There are as many biases as
    // channels or, if they do not begin anew, as outputs; there is a multiplier for each channel, of
    // which `left` are still to come, or an only one that is for all.
    unsafe {
        scale_kernel(scale.rule)(
            sums.as_ptr(),
            bias,
            multipliers.as_ptr().wrapping_add(channel),
            outputs.as_mut_ptr(),
            scale,
            count,
            left,
            back,
        );
    }
    if !FLIPS && scale.flip != 0 && scale.rule != Rule::TABLE {
        recode(outputs.get_mut(..count).unwrap_or_default(), 0);
    }
}
