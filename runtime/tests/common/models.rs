//! Models of random weights that stay the same: what they draw is compared between machines.

use crc::{CRC_64_XZ, Crc};
use runtime::format::{Activation, Kind, Shape, Window};
use runtime::geometry::Geometry;
use runtime::{Generator, Latent, Model};

use super::aligned::Aligned;
use super::net::{Net, Spec};
use super::random::Dice;

use Activation::{Identity, Relu, Sigmoid, Tanh};

const LEAKY: Activation = Activation::LeakyRelu { slope: 6554 };
const DOUBLE: Window = window(4, 2, 1);

/// Seeds from which each model draws, with the label that [`label`] gives.
pub const SEEDS: [u32; 4] = [0, 1, 42, u32::MAX];

/// Models of `firmware/models`; `vectors/models.csv` has what they draw.
pub const COMMITTED: [&str; 5] = ["digits", "tiny", "nano", "pico", "femto"];

/// The file of one of them.
pub fn committed(name: &str) -> Vec<u8> {
    let path = format!(
        "{}/../firmware/models/{name}.gen.bin",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Name and network of each model.
pub fn models() -> Vec<(&'static str, Net)> {
    let mlp = Builder::new(1, 100, 0)
        .dense(Shape::new(1, 1, 128), 8, LEAKY)
        .dense(Shape::new(28, 28, 1), 8, Tanh);
    let conv = Builder::new(2, 64, 10)
        .dense(Shape::new(7, 7, 32), 8, LEAKY)
        .transposed(DOUBLE, 16, 8, LEAKY)
        .transposed(DOUBLE, 1, 8, Tanh);
    let nibbles = Builder::new(3, 8, 10)
        .dense(Shape::new(7, 7, 4), 4, LEAKY)
        .transposed(DOUBLE, 6, 4, LEAKY)
        .transposed(DOUBLE, 1, 4, Tanh);
    let mixed = Builder::new(4, 12, 3)
        .transposed(window(3, 1, 0), 10, 8, Relu)
        .dense(Shape::new(5, 6, 7), 4, Identity)
        .upsample(2)
        .conv(window(3, 1, 1), 9, 8, Tanh)
        .depthwise(window(3, 1, 1), 8, Sigmoid)
        .transposed(window(5, 3, 2), 11, 4, LEAKY)
        .conv(DOUBLE, 3, 8, Sigmoid);
    let colour = Builder::new(5, 16, 0)
        .dense(Shape::new(8, 8, 6), 8, LEAKY)
        .transposed(DOUBLE, 8, 8, LEAKY)
        .depthwise(window(5, 1, 2), 4, LEAKY)
        .transposed(window(3, 2, 1), 5, 8, Relu)
        .transposed(window(2, 2, 0), 3, 8, Tanh);
    let mut brim = Builder::new(6, 128, 2)
        .dense(Shape::new(4, 4, 40), 8, Identity)
        .transposed(window(3, 1, 1), 18, 8, Identity)
        .conv(window(2, 1, 0), 9, 4, Identity);
    brim.net.layers.iter_mut().for_each(saturate);
    let mut narrow_brim = Builder::new(11, 24, 2)
        .dense(Shape::new(3, 4, 32), 8, Identity)
        .transposed(DOUBLE, 1, 8, Identity);
    narrow_brim.net.layers.iter_mut().for_each(saturate);
    let wide = Builder::new(7, 4, 0)
        .dense(Shape::new(2, 2, 256), 8, Identity)
        .transposed(DOUBLE, 1, 8, Identity);
    // Rows and columns of the output that see no input: their stride is longer than the kernel.
    let gaps = Builder::new(8, 9, 0)
        .dense(Shape::new(3, 2, 8), 8, LEAKY)
        .transposed(window(1, 2, 0), 13, 8, LEAKY)
        .transposed(window(2, 3, 1), 8, 4, Identity)
        .transposed(window(1, 2, 0), 1, 8, Tanh);
    // The last row sees none: output padding.
    let beyond = |seed, bits| {
        let builder = Builder::new(seed, 5, 0).dense(Shape::new(3, 4, 8), 8, LEAKY);
        let geometry = Geometry::conv_transpose(window(2, 2, 0), 1, builder.input(), 1);
        builder.add(geometry, bits, Tanh).net
    };
    vec![
        ("mlp", mlp.net),
        ("conv", conv.net),
        ("nibbles", nibbles.net),
        ("mixed", mixed.net),
        ("colour", colour.net),
        ("brim", brim.net),
        ("narrow-brim", narrow_brim.net),
        ("wide", one_sided(wide.net)),
        ("gaps", gaps.net),
        ("beyond", beyond(9, 8)),
        ("beyond-int4", beyond(10, 4)),
    ]
}

/// Makes all products of the second layer add up, to nearly as much as is allowed: hidden
/// activations around -100, and weights of 63 alone.
fn one_sided(mut net: Net) -> Net {
    let [first, second, ..] = &mut net.layers[..] else {
        panic!("two layers");
    };
    first.multipliers.fill(16_384);
    (first.pre_shift, first.post_shift) = (4, 20);
    first.bias = vec![-25_600; first.multipliers.len()];
    first.bias_shift = 2;
    second.weights.fill(63);
    second.multipliers.fill(16_384);
    (second.pre_shift, second.post_shift) = (10, 15);
    (second.bias, second.bias_shift) = (vec![25_200], 8);
    net
}

/// Gives every weight the largest magnitude.
fn saturate(layer: &mut Spec) {
    let largest = if layer.bits == 4 { 7 } else { 127 };
    for weight in &mut layer.weights {
        *weight = if *weight < 0 { -largest } else { largest };
    }
}

/// Label for a seed.
pub fn label(net: &Net, seed: u32) -> u8 {
    (seed % u32::from(net.classes.max(1))) as u8
}

/// One image: model, seed, label and CRC-64/XZ of the pixels, as in `vectors/hashes.csv`.
pub fn line(name: &str, seed: u32, label: u8, hash: u64) -> String {
    format!("{name},{seed},{label},{hash:016x}")
}

/// The lines of all images of a model file, drawn here.
pub fn draw_lines(name: &str, file: &[u8]) -> Vec<String> {
    const CRC: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);
    let file = Aligned::new(file);
    let model = Model::from_bytes(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).expect("a workspace that fits");
    let mut draw = |seed: u32| {
        let label = (seed % u32::from(model.classes().max(1))) as u8;
        let latent = Latent::from_seed(seed, model.latent_len());
        let mut digest = CRC.digest();
        generator
            .rows(&latent, label, |_, row| digest.update(row))
            .expect("a label and a latent of the model");
        line(name, seed, label, digest.finalize())
    };
    SEEDS.into_iter().map(&mut draw).collect()
}

const fn window(kernel: u8, stride: u8, padding: u8) -> Window {
    Window {
        kernel,
        stride,
        padding,
    }
}

/// Adds layers of random weights.
pub struct Builder {
    dice: Dice,
    pub net: Net,
}

impl Builder {
    pub fn new(seed: u64, latent: u8, classes: u8) -> Self {
        let layers = Vec::new();
        Self {
            dice: Dice::new(seed),
            net: Net {
                latent,
                classes,
                layers,
            },
        }
    }

    fn input(&self) -> Shape {
        self.net.input(self.net.layers.len())
    }

    pub fn dense(self, output: Shape, bits: u8, activation: Activation) -> Self {
        let geometry = Geometry {
            kind: Kind::Dense,
            input: self.input(),
            output,
        };
        self.add(Some(geometry), bits, activation)
    }

    pub fn transposed(
        self,
        window: Window,
        channels: u16,
        bits: u8,
        activation: Activation,
    ) -> Self {
        let geometry = Geometry::conv_transpose(window, 0, self.input(), channels);
        self.add(geometry, bits, activation)
    }

    pub fn conv(self, window: Window, channels: u16, bits: u8, activation: Activation) -> Self {
        let geometry = Geometry::conv(Kind::Conv(window), window, self.input(), channels);
        self.add(geometry, bits, activation)
    }

    pub fn depthwise(self, window: Window, bits: u8, activation: Activation) -> Self {
        let input = self.input();
        let geometry = Geometry::conv(Kind::Depthwise(window), window, input, input.channels);
        self.add(geometry, bits, activation)
    }

    pub fn upsample(self, factor: u8) -> Self {
        let geometry = Geometry::upsample(factor, self.input());
        self.add(geometry, 8, Identity)
    }

    fn add(mut self, geometry: Option<Geometry>, bits: u8, activation: Activation) -> Self {
        let geometry = geometry.expect("a window that fits its input");
        let mut layer = self.dice.layer(&geometry, bits, activation);
        if geometry.kind == Kind::Dense && self.net.classes > 0 {
            self.dice.add_label_table(&mut layer, self.net.classes);
        }
        self.net.layers.push(layer);
        self
    }
}
