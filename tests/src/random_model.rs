//! A model of random weights: what it draws means nothing, but it is computed like a digit.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;
use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape, Window};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};

/// Bits of a weight.
const BITS: u8 = 8;
/// Classes.
const CLASSES: u8 = 10;

/// The bytes of a model file: ten classes, 16 latent components, 28x28x1 pixels by a dense layer
/// and two transposed convolutions, with weights drawn from `seed`.
pub fn random_model(seed: u64) -> Vec<u8> {
    random_model_of(seed, 16, [6, 8])
}

/// As [`random_model`], with a latent of `latent` components and these channels at 7x7 and 14x14.
pub fn random_model_of(seed: u64, latent: u8, channels: [u16; 2]) -> Vec<u8> {
    let upsample = Kind::ConvTranspose(Window {
        kernel: 4,
        stride: 2,
        padding: 1,
    });
    let mut random = Xoshiro128PlusPlus::seed_from_u64(seed);
    let mut input = Shape::new(1, 1, u16::from(latent));
    let parts: Vec<Parts> = [
        (Kind::Dense, Shape::new(7, 7, channels[0])),
        (upsample, Shape::new(14, 14, channels[1])),
        (upsample, Shape::new(28, 28, 1)),
    ]
    .into_iter()
    .map(|(kind, output)| {
        let geometry = Geometry {
            kind,
            input,
            output,
        };
        input = output;
        Parts::random(geometry, &mut random)
    })
    .collect();
    let layers = parts.iter().map(Parts::layer).collect();
    let provenance = Provenance {
        data_set: "random",
        recipe: "none",
        tool: concat!("tests ", env!("CARGO_PKG_VERSION")),
        steps: 0,
        seed,
        scores: None,
    };
    let mut buffer = vec![0; 64 * 1024];
    File::new(provenance, latent, CLASSES, layers)
        .encode(&mut buffer)
        .expect("the buffer is larger than the model")
        .to_vec()
}

/// What a layer borrows.
struct Parts {
    geometry: Geometry,
    weights: Vec<u8>,
    multipliers: Vec<u8>,
    label: Vec<u8>,
}

impl Parts {
    fn random(geometry: Geometry, random: &mut Xoshiro128PlusPlus) -> Self {
        // -127 to 127.
        let mut numbers = |count: usize| -> Vec<i8> {
            (0..count)
                .map(|_| ((random.next_u32() % 255) as i32 - 127) as i8)
                .collect()
        };
        let mut weights = vec![0; weights_len(&geometry, BITS)];
        pack(&geometry, BITS, &numbers(geometry.weights()), &mut weights);
        let labels = match geometry.kind {
            Kind::Dense => usize::from(CLASSES) * geometry.output.len(),
            _ => 0,
        };
        Self {
            weights,
            label: numbers(labels).into_iter().map(|x| x as u8).collect(),
            multipliers: 16_384_u16
                .to_le_bytes()
                .repeat(usize::from(geometry.output.channels)),
            geometry,
        }
    }

    /// Shifts keep the spread of the sums about as wide as that of the activations: the sum of `n`
    /// products of random bytes spreads by 75 * 75 * sqrt(n), half of which is left by the
    /// multiplier, 2^14 / 2^15.
    fn layer(&self) -> Layer<'_> {
        let dense = self.geometry.kind == Kind::Dense;
        let last = self.geometry.output.channels == 1;
        Layer {
            kind: self.geometry.kind,
            output: self.geometry.output,
            activation: if last {
                Activation::Tanh
            } else {
                Activation::LeakyRelu { slope: 6554 }
            },
            pre_shift: 4,
            post_shift: 18,
            multipliers: &self.multipliers,
            bias_shift: 0,
            bias: &[],
            label_shift: if dense { 8 } else { 0 },
            label: &self.label,
            bits: BITS,
            weights: &self.weights,
        }
    }
}
