//! The networks, of dense layers.

use burn::Tensor;
use burn::module::Module;
use burn::tensor::Device;
use burn::tensor::activation::leaky_relu;

use crate::gan::layers::Dense;
use crate::gan::recipe::SLOPE;

/// Two numbers → dense → leaky ReLU → dense → leaky ReLU → dense. The generator has two outputs,
/// the coordinates of a point; the discriminator one, the logit.
#[derive(Module, Debug)]
pub struct Network {
    first: Dense,
    second: Dense,
    output: Dense,
}

impl Network {
    /// A network with random weights, of layers with `hidden` units.
    pub fn new(hidden: usize, outputs: usize, device: &Device) -> Self {
        Self {
            first: Dense::new(2, hidden, device),
            second: Dense::new(hidden, hidden, device),
            output: Dense::new(hidden, outputs, device),
        }
    }

    /// `[batch][2]` to `[batch][output]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        let first = leaky_relu(self.first.forward(input), SLOPE);
        let second = leaky_relu(self.second.forward(first), SLOPE);
        self.output.forward(second)
    }
}
