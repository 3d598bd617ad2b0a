//! The textbook's generator: two dense layers (Goodfellow et al. 2014 call it a multilayer
//! perceptron).

use burn::Tensor;
use burn::module::Module;
use burn::tensor::Device;

use crate::fused::tanh;
use crate::gan::layers::Dense;
use crate::gan::recipe::SLOPE;

/// Input → dense → leaky ReLU → dense → tanh.
#[derive(Module, Debug)]
pub struct PerceptronGenerator {
    /// To the hidden units.
    pub hidden: Dense,
    /// To the pixels, `[height][width][channel]`.
    pub output: Dense,
    #[module(skip)]
    size: [usize; 3],
}

impl PerceptronGenerator {
    /// A generator with random weights, from `inputs` numbers by `hidden` units to images of
    /// height, width and channels `size`.
    pub fn new(inputs: usize, hidden: usize, size: [usize; 3], device: &Device) -> Self {
        Self {
            hidden: Dense::new(inputs, hidden, device),
            output: Dense::new(hidden, size.iter().product(), device),
            size,
        }
    }

    /// Images of inputs `[batch][input]`: `[batch][height][width][channel]` in `[-1, 1]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<4> {
        let [batch, _] = input.dims();
        let [height, width, channels] = self.size;
        tanh(self.output.forward(self.hidden(input))).reshape([batch, height, width, channels])
    }

    /// The hidden units, after their activation: `[batch][hidden]`.
    pub fn hidden(&self, input: Tensor<2>) -> Tensor<2> {
        self.hidden.forward_leaky(input, SLOPE)
    }

    /// Height, width and channels of the images.
    pub fn size(&self) -> [usize; 3] {
        self.size
    }
}
