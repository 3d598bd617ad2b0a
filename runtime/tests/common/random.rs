//! Random networks from a seed.

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;
use runtime::format::{Activation, Kind, MAX_SIDE, Shape, Window};
use runtime::geometry::Geometry;

use super::net::{Net, Spec};

/// A source of small numbers.
pub struct Dice(Xoshiro128PlusPlus);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro128PlusPlus::seed_from_u64(seed))
    }

    /// A number from `low` to `high`, both included.
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        let span = (high - low + 1) as u64;
        low + ((u64::from(self.0.next_u32()) * span) >> 32) as i64
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.range(1, 100) <= percent
    }

    pub fn latent(&mut self, len: u8) -> Vec<i8> {
        (0..len).map(|_| self.range(-127, 127) as i8).collect()
    }

    pub fn activation(&mut self) -> Activation {
        match self.range(0, 5) {
            0 => Activation::Identity,
            1 => Activation::Relu,
            2 => Activation::Tanh,
            3 => Activation::Sigmoid,
            _ => Activation::LeakyRelu {
                slope: [0, 1, 3277, 6554, 16384, 32768, self.range(0, 32768) as u16]
                    [self.range(0, 6) as usize],
            },
        }
    }

    /// A layer of the given shapes with random numbers, such that its outputs use the range of
    /// activations and its sums fit 32 bits.
    pub fn layer(&mut self, geometry: &Geometry, bits: u8, activation: Activation) -> Spec {
        let channels = geometry.output.channels as usize;
        let fan_in = match geometry.kind {
            Kind::Dense => geometry.input.len(),
            Kind::Conv(window) | Kind::ConvTranspose(window) => {
                usize::from(window.kernel).pow(2) * geometry.input.channels as usize
            }
            Kind::Depthwise(window) => usize::from(window.kernel).pow(2),
            Kind::Upsample(factor) => return upsample(geometry.input, factor),
        };
        // Products may add up to 23 bits.
        let most = (60_000 / fan_in).max(1) as i64;
        let largest = most.min(if bits == 4 { 7 } else { 127 });
        let weights: Vec<i8> = (0..geometry.weights())
            .map(|_| self.range(-largest, largest) as i8)
            .collect();
        // Bits of the largest sum: biases and labels add at most as much as the products.
        let bound = (fan_in as u64 * largest as u64 * 128).max(1);
        let sum_bits = 64 - bound.leading_zeros() as i64 + 1;
        let pre_shift = (sum_bits - 15).max(0) + self.range(0, 2);
        // A typical sum is the largest one divided by twice the root of the fan-in.
        let spread = (fan_in.ilog2() as i64) / 2 + 2;
        let post_shift = (sum_bits - pre_shift - spread + 15 - 6 + self.range(-1, 1)).clamp(0, 30);
        let bias_shift = (sum_bits - 18).clamp(0, 15);
        let bias_len = match self.range(0, 3) {
            0 => 0,
            1 if geometry.kind == Kind::Dense => geometry.output.len(),
            _ => channels,
        };
        Spec {
            kind: geometry.kind,
            output: geometry.output,
            activation,
            bits,
            pre_shift: pre_shift as u8,
            post_shift: post_shift as u8,
            multipliers: (0..channels)
                .map(|_| self.range(16_000, 32_767) as u16)
                .collect(),
            bias_shift: bias_shift as u8,
            bias: (0..bias_len)
                .map(|_| {
                    self.range(
                        -(1 << (sum_bits - 5).clamp(1, 14)),
                        1 << (sum_bits - 5).clamp(1, 14),
                    ) as i16
                })
                .collect(),
            label_shift: 0,
            label: Vec::new(),
            weights,
        }
    }

    /// A window and the geometry it makes of `input`, of at most 64x64 and `pixels` pixels.
    fn geometry(&mut self, input: Shape, pixels: usize) -> Geometry {
        loop {
            let kernel = self.range(1, 5) as u8;
            let window = Window {
                kernel,
                stride: self.range(1, 3) as u8,
                padding: self.range(0, i64::from(kernel) - 1) as u8,
            };
            let channels = self.range(1, 20) as u16;
            let geometry = match self.range(0, 9) {
                0..=4 => {
                    let extra = self.range(0, i64::from(window.stride) - 1) as u8;
                    Geometry::conv_transpose(window, extra, input, channels)
                }
                5 | 6 => Geometry::conv(Kind::Conv(window), window, input, channels),
                7 => Geometry::conv(Kind::Depthwise(window), window, input, input.channels),
                8 => Geometry::upsample(self.range(1, 3) as u8, input),
                _ => Some(Geometry {
                    kind: Kind::Dense,
                    input,
                    output: Shape::new(
                        self.range(1, 9) as u16,
                        self.range(1, 9) as u16,
                        channels.min(6),
                    ),
                }),
            };
            if let Some(geometry) = geometry
                && geometry.output.height <= MAX_SIDE
                && geometry.output.width <= MAX_SIDE
                && geometry.output.len() <= pixels
            {
                return geometry;
            }
        }
    }

    /// A network of one to `layers` layers of any kind, with activations of at most `pixels` bytes.
    pub fn net(&mut self, layers: i64, pixels: usize) -> Net {
        let latent = self.range(1, 40) as u8;
        let classes = if self.chance(50) {
            self.range(1, 12)
        } else {
            0
        } as u8;
        let mut net = Net {
            latent,
            classes,
            layers: Vec::new(),
        };
        for index in 0..self.range(1, layers) {
            let input = net.input(index as usize);
            let geometry = self.geometry(input, pixels);
            let bits = if self.chance(40) { 4 } else { 8 };
            let activation = self.activation();
            let mut layer = self.layer(&geometry, bits, activation);
            if geometry.kind == Kind::Dense && classes > 0 && self.chance(70) {
                self.add_label_table(&mut layer, classes);
            }
            net.layers.push(layer);
        }
        net
    }

    pub fn add_label_table(&mut self, layer: &mut Spec, classes: u8) {
        layer.label_shift = (layer.pre_shift + 2).min(12);
        layer.label = (0..classes as usize * layer.output.len())
            .map(|_| self.range(-128, 127) as i8)
            .collect();
    }
}

/// A layer that only copies.
pub fn upsample(input: Shape, factor: u8) -> Spec {
    let layer = runtime::format::Layer::upsample(input, factor);
    Spec {
        kind: layer.kind,
        output: layer.output,
        activation: layer.activation,
        bits: layer.bits,
        pre_shift: 0,
        post_shift: 0,
        multipliers: Vec::new(),
        bias_shift: 0,
        bias: Vec::new(),
        label_shift: 0,
        label: Vec::new(),
        weights: Vec::new(),
    }
}
