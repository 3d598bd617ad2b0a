//! The discriminator of DCGAN (Radford, Metz and Chintala 2016).

use burn::Tensor;
use burn::module::{Module, Param};
use burn::tensor::Device;

use crate::fused::{leaky_relu, matmul};
use crate::gan::layers::{BatchNorm, Dense, normal};
use crate::gan::recipe::{DCGAN_DEVIATION, SLOPE};
use crate::patches::{blocks, bordered, corners};

/// Convolution → `[h/2][w/2][filters]` → leaky ReLU → convolution → `[h/4][w/4][2 filters]` → batch
/// normalisation → leaky ReLU → dense. The convolutions are 4x4 with stride 2 and padding 1.
#[derive(Module, Debug)]
pub struct DcganDiscriminator {
    first: Dense,
    /// Without a bias, as a normalisation follows.
    second: Param<Tensor<2>>,
    norm: BatchNorm,
    output: Dense,
}

impl DcganDiscriminator {
    /// A discriminator with random weights for images of `height`, `width` (multiples of four) and
    /// `channels`.
    pub fn new(filters: usize, [height, width, channels]: [usize; 3], device: &Device) -> Self {
        let deviation = DCGAN_DEVIATION;
        let features = height / 4 * (width / 4) * 2 * filters;
        Self {
            first: Dense::normal(16 * channels, filters, deviation, device),
            second: normal([16 * filters, 2 * filters], deviation, device),
            norm: BatchNorm::new(2 * filters, deviation, device),
            output: Dense::normal(features, 1, deviation, device),
        }
    }

    /// Logits `[batch]` of images `[batch][height][width][channel]`, normalised together.
    pub fn forward(&self, images: Tensor<4>) -> Tensor<1> {
        let (rows, [batch, height, width]) = windows(images);
        let first = self.first.forward_leaky(rows, SLOPE);
        let [_, filters] = first.dims();
        let (rows, [_, height, width]) = windows(first.reshape([batch, height, width, filters]));
        let second = matmul(rows, self.second.val());
        let second = self
            .norm
            .forward(second.reshape([batch, height, width, 2 * filters]));
        let features =
            leaky_relu(second, SLOPE as f32).reshape([batch, height * width * 2 * filters]);
        self.output.forward(features).reshape([batch])
    }
}

/// The 4x4 windows of a convolution with stride 2 and padding 1, one a row, and how many there are:
/// batch, height and width.
fn windows(images: Tensor<4>) -> (Tensor<2>, [usize; 3]) {
    let windows = corners(blocks(bordered(images), 2));
    let [batch, height, width, inputs] = windows.dims();
    (
        windows.reshape([batch * height * width, inputs]),
        [batch, height, width],
    )
}
