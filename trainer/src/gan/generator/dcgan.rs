//! The generator of DCGAN (Radford, Metz and Chintala 2016, "Unsupervised representation learning
//! with deep convolutional generative adversarial networks").

use burn::Tensor;
use burn::module::{Module, Param};
use burn::tensor::Device;
use burn::tensor::activation::relu;

use super::conv::UpConv;
use crate::fused::{matmul, tanh};
use crate::gan::layers::{BatchNorm, Normalisation, normal};
use crate::gan::recipe::DCGAN_DEVIATION;

/// Input → dense → `[h/4][w/4][2 filters]` → batch normalisation → ReLU → transposed convolution →
/// `[h/2][w/2][filters]` → batch normalisation → ReLU → transposed convolution → `[h][w][channel]`
/// → tanh.
#[derive(Module, Debug)]
pub struct DcganGenerator {
    /// `[input][height * width * channel]`.
    pub dense: Param<Tensor<2>>,
    /// First transposed convolution; its bias is zero, as a normalisation follows.
    pub first: UpConv,
    /// Second transposed convolution.
    pub second: UpConv,
    dense_norm: BatchNorm,
    first_norm: BatchNorm,
    #[module(skip)]
    base: [usize; 3],
}

/// What each layer puts out for some inputs, and what its batch normalisation amounted to.
pub struct Statistics {
    /// `[batch][h/4][w/4][2 filters]`, after the ReLU.
    pub dense: Tensor<4>,
    /// `[batch][h/2][w/2][filters]`, after the ReLU.
    pub first: Tensor<4>,
    /// `[batch][h][w][channel]`, before the tanh.
    pub logits: Tensor<4>,
    /// The normalisation after the dense layer.
    pub dense_norm: Normalisation,
    /// The normalisation after the first transposed convolution.
    pub first_norm: Normalisation,
}

impl DcganGenerator {
    /// A generator with random weights, from `inputs` numbers to images of `height`, `width`
    /// (multiples of four) and `channels`.
    pub fn new(
        inputs: usize,
        filters: usize,
        [height, width, channels]: [usize; 3],
        device: &Device,
    ) -> Self {
        let base = [height / 4, width / 4, 2 * filters];
        let outputs = base.iter().product();
        let mut first = UpConv::normal(2 * filters, filters, DCGAN_DEVIATION, device);
        // Nothing to learn: the normalisation would take it away again.
        first.bias = first.bias.set_require_grad(false);
        Self {
            dense: normal([inputs, outputs], DCGAN_DEVIATION, device),
            first,
            second: UpConv::normal(filters, channels, DCGAN_DEVIATION, device),
            dense_norm: BatchNorm::new(2 * filters, DCGAN_DEVIATION, device),
            first_norm: BatchNorm::new(filters, DCGAN_DEVIATION, device),
            base,
        }
    }

    /// Images of inputs `[batch][input]`, normalised together: `[batch][height][width][channel]` in
    /// `[-1, 1]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<4> {
        let dense = relu(self.dense_norm.forward(self.project(input)));
        let first = relu(self.first_norm.forward(self.first.forward(dense)));
        tanh(self.second.forward(first))
    }

    /// What the layers put out for many inputs, and by what factors and offsets their batch
    /// normalisations may be replaced to give the same.
    pub fn statistics(&self, input: Tensor<2>) -> Statistics {
        let sums = self.project(input);
        let dense_norm = self.dense_norm.at(sums.clone());
        let dense = relu(self.dense_norm.forward(sums));
        let sums = self.first.forward(dense.clone());
        let first_norm = self.first_norm.at(sums.clone());
        let first = relu(self.first_norm.forward(sums));
        Statistics {
            logits: self.second.forward(first.clone()),
            dense,
            first,
            dense_norm,
            first_norm,
        }
    }

    fn project(&self, input: Tensor<2>) -> Tensor<4> {
        let [batch, _] = input.dims();
        let [height, width, channels] = self.base;
        matmul(input, self.dense.val()).reshape([batch, height, width, channels])
    }
}
