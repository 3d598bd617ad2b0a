//! Our discriminator.

use burn::Tensor;
use burn::module::{Module, Param};
use burn::tensor::{Device, Int};

use crate::gan::layers::{Dense, uniform_fan_in};
use crate::gan::recipe::SLOPE;
use crate::patches::windows;

const PATCH: usize = 64;
const AREA: usize = 128;
const FEATURES: usize = 128;

/// A patch discriminator made of matrix products only, with a projection of the label.
///
/// The image is cut into cells of 4x4 pixels. Every 2x2 of neighbouring cells (8x8 pixels, one
/// every 4) goes through a dense layer; every 2x2 of those without overlap through a second; all
/// of them together through a third. The output is a linear function of these features plus their
/// inner product with the label's embedding (Miyato and Koyama 2018, "cGANs with projection
/// discriminator").
#[derive(Module, Debug)]
pub struct PatchDiscriminator {
    patch: Dense,
    area: Dense,
    features: Dense,
    output: Dense,
    embedding: Param<Tensor<2>>,
}

impl PatchDiscriminator {
    /// A discriminator with random weights for images of `height`, `width` and `channels`, in
    /// `classes` classes. Height and width must be 4 more than a multiple of 8.
    pub fn new(classes: usize, [height, width, channels]: [usize; 3], device: &Device) -> Self {
        let areas = (height / 4 - 1) / 2 * ((width / 4 - 1) / 2);
        Self {
            patch: Dense::new(64 * channels, PATCH, device),
            area: Dense::new(4 * PATCH, AREA, device),
            features: Dense::new(areas * AREA, FEATURES, device),
            output: Dense::new(FEATURES, 1, device),
            embedding: uniform_fan_in([classes, FEATURES], FEATURES, device),
        }
    }

    /// What the last layer looks at, `[batch][feature]`, of images
    /// `[batch][height][width][channel]` in `[-1, 1]`.
    pub fn features(&self, images: Tensor<4>) -> Tensor<2> {
        let [batch, height, width, channels] = images.dims();
        let areas = (height / 4 - 1) / 2 * ((width / 4 - 1) / 2);
        // The windows come in an order in which what is joined next is side by side already.
        let patches = windows([height, width, channels])
            .apply(images.reshape([batch, height * width * channels]))
            .reshape([batch * areas * 4, 64 * channels]);
        let patches = self.patch.forward_leaky(patches, SLOPE);
        let joined = patches.reshape([batch * areas, 4 * PATCH]);
        let joined = self.area.forward_leaky(joined, SLOPE);
        let all = joined.reshape([batch, areas * AREA]);
        self.features.forward_leaky(all, SLOPE)
    }

    /// How real images with these features look, as logits `[batch]`, if they have the labels
    /// `[batch]`.
    pub fn logits(&self, features: Tensor<2>, labels: Tensor<1, Int>) -> Tensor<1> {
        let [batch, _] = features.dims();
        let projection = (features.clone() * self.embedding.val().select(0, labels)).sum_dim(1);
        (self.output.forward(features) + projection).reshape([batch])
    }
}
