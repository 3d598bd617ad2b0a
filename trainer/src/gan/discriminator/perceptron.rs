//! The textbook's discriminators, of dense layers.

use burn::Tensor;
use burn::module::Module;
use burn::tensor::Device;

use crate::gan::layers::Dense;
use crate::gan::recipe::SLOPE;

/// Pixels → dense → leaky ReLU → dense; or, without hidden units, pixels → dense. The probability
/// of being real is the logistic sigmoid of the result.
#[derive(Module, Debug)]
pub struct PerceptronDiscriminator {
    hidden: Option<Dense>,
    output: Dense,
}

impl PerceptronDiscriminator {
    /// A discriminator with random weights for images of `inputs` numbers, with that many hidden
    /// units, if any.
    pub fn new(inputs: usize, hidden: Option<usize>, device: &Device) -> Self {
        Self {
            hidden: hidden.map(|units| Dense::new(inputs, units, device)),
            output: Dense::new(hidden.unwrap_or(inputs), 1, device),
        }
    }

    /// Logits `[batch]` of images `[batch][height][width][channel]`.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<1> {
        let [batch, height, width, channels] = images.dims();
        let pixels = images.reshape([batch, height * width * channels]);
        let features = match &self.hidden {
            Some(hidden) => hidden.forward_leaky(pixels, SLOPE),
            None => pixels,
        };
        self.output.forward(features).reshape([batch])
    }
}
