//! What a generator draws in floats, before it is quantized.

use crate::gan::generator::Generator;
use crate::quantize::float_inputs;

/// About how many images go through the network at a time.
const CHUNK: u32 = 500;

/// Draws images `0..count` of the numbering of [`draw`](super::draw()) with the network in floats;
/// the result is rounded to pixels `[image][height][width][channel]`. `generator` must be a plain
/// one, without automatic differentiation.
pub fn draw_float(generator: &Generator, count: u32, seed: u32) -> Vec<u8> {
    // Every chunk begins with class 0.
    let chunk = CHUNK.next_multiple_of(generator.classes().max(1) as u32);
    let mut pixels = Vec::new();
    for start in (0..count).step_by(chunk as usize) {
        let inputs = float_inputs(
            generator,
            chunk.min(count - start),
            seed.wrapping_add(start),
        );
        let values = generator.forward(inputs).into_data();
        // A float out of range becomes the nearest u8.
        pixels.extend(
            values
                .iter::<f32>()
                .map(|value| ((value + 1.0) * 127.5).round() as u8),
        );
    }
    pixels
}
