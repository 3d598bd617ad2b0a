//! The discriminators.

mod dcgan;
mod patches;
mod perceptron;

use burn::Tensor;
use burn::module::Module;
use burn::tensor::{Device, Int};

use super::recipe::DiscriminatorShape;

pub use dcgan::DcganDiscriminator;
pub use patches::PatchDiscriminator;
pub use perceptron::PerceptronDiscriminator;

/// A discriminator: which one, [`DiscriminatorShape`] says.
#[derive(Module, Debug)]
pub enum Discriminator {
    /// Ours, which sees the label.
    Patches(PatchDiscriminator),
    /// One or two dense layers.
    Perceptron(PerceptronDiscriminator),
    /// Strided convolutions with batch normalisation.
    Dcgan(DcganDiscriminator),
}

impl Discriminator {
    /// A discriminator with random weights for images of height, width and channels `size`, in
    /// `classes` classes.
    pub fn new(
        shape: DiscriminatorShape,
        classes: usize,
        size: [usize; 3],
        device: &Device,
    ) -> Self {
        let inputs = size.iter().product();
        match shape {
            DiscriminatorShape::Patches => {
                Self::Patches(PatchDiscriminator::new(classes, size, device))
            }
            DiscriminatorShape::Linear => {
                Self::Perceptron(PerceptronDiscriminator::new(inputs, None, device))
            }
            DiscriminatorShape::Hidden(units) => {
                Self::Perceptron(PerceptronDiscriminator::new(inputs, Some(units), device))
            }
            DiscriminatorShape::Dcgan { filters } => {
                Self::Dcgan(DcganDiscriminator::new(filters, size, device))
            }
        }
    }

    /// How real images look, as logits `[batch]`: images `[batch][height][width][channel]` in
    /// `[-1, 1]`, labels `[batch]`, which some discriminators do not look at.
    pub fn forward(&self, images: Tensor<4>, labels: Tensor<1, Int>) -> Tensor<1> {
        match self {
            Self::Patches(network) => network.logits(network.features(images), labels),
            Self::Perceptron(network) => network.forward(images),
            Self::Dcgan(network) => network.forward(images),
        }
    }

    /// The same, and how real the first images look if they have other labels: as many as there are
    /// of `others`.
    pub fn forward_mislabelled(
        &self,
        images: Tensor<4>,
        labels: Tensor<1, Int>,
        others: Tensor<1, Int>,
    ) -> (Tensor<1>, Tensor<1>) {
        let [count] = others.dims();
        match self {
            Self::Patches(network) => {
                let features = network.features(images);
                let first = features.clone().narrow(0, 0, count);
                (
                    network.logits(features, labels),
                    network.logits(first, others),
                )
            }
            Self::Perceptron(_) | Self::Dcgan(_) => {
                let logits = self.forward(images, labels);
                (logits.clone(), logits.narrow(0, 0, count))
            }
        }
    }

    /// Whether the verdict on an image depends on the others in the batch, so that real and
    /// generated images must come in batches of their own.
    pub fn compares_within_batch(&self) -> bool {
        matches!(self, Self::Dcgan(_))
    }
}
