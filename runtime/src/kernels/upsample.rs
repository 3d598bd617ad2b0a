//! Nearest upsampling.

/// Writes every pixel of `channels` bytes of `input` `factor` times to `output`.
pub fn upsample_row(factor: usize, channels: usize, input: &[u8], output: &mut [u8]) {
    let channels = channels.max(1);
    let copies = output.chunks_exact_mut((factor * channels).max(1));
    for (pixel, copies) in input.chunks_exact(channels).zip(copies) {
        for copy in copies.chunks_exact_mut(channels) {
            for (to, from) in copy.iter_mut().zip(pixel) {
                *to = *from;
            }
        }
    }
}
