//! The generators, in floats. [`crate::quantize`] turns them into integer ones.

mod conv;
mod dcgan;
mod perceptron;

use burn::Tensor;
use burn::module::Module;
use burn::tensor::Device;

use super::recipe::GeneratorShape;

pub use conv::{ConvGenerator, UpConv};
pub use dcgan::{DcganGenerator, Statistics};
pub use perceptron::PerceptronGenerator;

/// What the one-hot label is multiplied with before it joins the latent.
pub const LABEL_SCALE: f32 = 2.0;

/// A generator: a network, and what its inputs mean.
#[derive(Module, Debug)]
pub struct Generator {
    /// The network.
    pub network: GeneratorNetwork,
    #[module(skip)]
    latent: usize,
    #[module(skip)]
    classes: usize,
    #[module(skip)]
    spread: f64,
}

/// The network of a generator; [`GeneratorShape`] says which one, and its sizes.
#[derive(Module, Debug)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are only a few, and they hold large tensors"
)]
pub enum GeneratorNetwork {
    /// Ours, of transposed convolutions without normalisation.
    Conv(ConvGenerator),
    /// Two dense layers.
    Perceptron(PerceptronGenerator),
    /// Transposed convolutions with batch normalisation.
    Dcgan(DcganGenerator),
}

impl Generator {
    /// A generator with random weights, from a latent of `latent` components and a label of
    /// `classes` classes (none where no label is given) to images of height, width and channels
    /// `size`.
    pub fn new(
        shape: GeneratorShape,
        latent: usize,
        classes: usize,
        size: [usize; 3],
        device: &Device,
    ) -> Self {
        let inputs = latent + classes;
        let network = match shape {
            GeneratorShape::Conv(shape) => {
                GeneratorNetwork::Conv(ConvGenerator::new(shape, latent, classes, size, device))
            }
            GeneratorShape::Perceptron { hidden } => {
                GeneratorNetwork::Perceptron(PerceptronGenerator::new(inputs, hidden, size, device))
            }
            GeneratorShape::Dcgan { filters } => {
                GeneratorNetwork::Dcgan(DcganGenerator::new(inputs, filters, size, device))
            }
        };
        Self {
            network,
            latent,
            classes,
            spread: 1.0,
        }
    }

    /// The generator with this [`Generator::spread`] instead of 1.
    pub fn with_spread(self, spread: f64) -> Self {
        Self { spread, ..self }
    }

    /// Components of the latent.
    pub fn latent(&self) -> usize {
        self.latent
    }

    /// Number of classes: 0 for a generator that is not told a label.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// How far its latents reach when it is used: they are uniform on (-1, 1) in training, and on
    /// (-spread, spread) wherever it is evaluated and on the device.
    pub fn spread(&self) -> f64 {
        self.spread
    }

    /// Whether an image depends on the others in the batch.
    pub fn compares_within_batch(&self) -> bool {
        matches!(self.network, GeneratorNetwork::Dcgan(_))
    }

    /// The device that holds the weights.
    pub fn device(&self) -> Device {
        match &self.network {
            GeneratorNetwork::Conv(network) => network.dense.val().device(),
            GeneratorNetwork::Perceptron(network) => network.hidden.weight.val().device(),
            GeneratorNetwork::Dcgan(network) => network.dense.val().device(),
        }
    }

    /// Images of latents with labels: input `[batch][latent + classes]`, the latent and
    /// [`LABEL_SCALE`] times the one-hot label; output `[batch][height][width][channel]` in
    /// `[-1, 1]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<4> {
        match &self.network {
            GeneratorNetwork::Conv(network) => network.forward(input),
            GeneratorNetwork::Perceptron(network) => network.forward(input),
            GeneratorNetwork::Dcgan(network) => network.forward(input),
        }
    }
}
