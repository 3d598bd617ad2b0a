//! Depthwise convolution.

use crate::layout::weight;

/// The sum of products of one channel of one window with one kernel row: the input bytes
/// `channel`, `channel + channels`, ... with the weights at `first`, `first + channels`, ...
/// (counted in weights of `bits` bits), `kernel` of each.
///
/// The sum wraps; a checked model cannot make it do so.
pub fn depthwise_sum(
    kernel: usize,
    channels: usize,
    inputs: &[u8],
    weights: &[u8],
    bits: u8,
    first: usize,
) -> i32 {
    let inputs = inputs.iter().step_by(channels.max(1));
    inputs
        .take(kernel)
        .enumerate()
        .fold(0, |sum: i32, (k, &x)| {
            let w = weight(weights, bits, first + k * channels);
            sum.wrapping_add(w.wrapping_mul(i32::from(x as i8)))
        })
}
