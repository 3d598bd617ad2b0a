//! What is known of each layer while an image is drawn, in the workspace.

use bytemuck::{Pod, Zeroable};

use crate::format::{Activation, Kind, Layer, Shape, Window};
use crate::geometry::Geometry;
use crate::model::Model;

/// A layer as it was read from the file, and the kept rows of its output: a ring in a common memory.
///
/// It is read once an image and kept in few bytes, for there is one for each layer.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Stage {
    /// Where the weights begin in the file.
    pub weights: u32,
    /// Where the multipliers begin in the file; bias and label table follow.
    pub multipliers: u32,
    /// First byte of the ring in the memory of all rings.
    pub start: u32,
    /// Bytes of a kept row, margins included.
    row_len: u32,
    /// Bytes of the margin before a row: at most 15 pixels of 1024 channels.
    pub margin: u16,
    /// Slope of a leaky ReLU.
    pub slope: u16,
    channels: u16,
    height: u8,
    width: u8,
    kind: u8,
    /// Kernel, or factor.
    kernel: u8,
    stride: u8,
    padding: u8,
    pub rule: u8,
    pub pre_shift: u8,
    pub post_shift: u8,
    pub bias_shift: u8,
    pub label_shift: u8,
    /// Bits of a weight, and whether there are a label table and biases: see the constants.
    pub terms: u8,
    /// Rows kept.
    rows: u8,
    /// Rows made so far; the next one's index.
    pub made: u8,
    /// Place of the next row among the kept ones.
    slot: u8,
    unused: [u8; 3],
}

impl Stage {
    const DENSE: u8 = 0;
    const CONV_TRANSPOSE: u8 = 1;
    const CONV: u8 = 2;
    const DEPTHWISE: u8 = 3;
    const UPSAMPLE: u8 = 4;

    /// [`Stage::rule`]: clamped; the same, with a slope for what is negative; looked up as tanh; as
    /// sigmoid.
    pub const PLAIN: u8 = 0;
    pub const LEAKY: u8 = 1;
    pub const TANH: u8 = 2;
    pub const SIGMOID: u8 = 3;

    /// [`Stage::terms`].
    pub const NIBBLES: u8 = 1;
    pub const LABEL: u8 = 2;
    pub const BIAS_BY_CHANNEL: u8 = 4;
    pub const BIAS_BY_OUTPUT: u8 = 8;

    /// A layer whose weights and multipliers are at the given places.
    fn new(geometry: &Geometry, layer: &Layer, weights: usize, multipliers: usize) -> Self {
        let (rule, slope) = match layer.activation {
            Activation::Identity => (Self::PLAIN, 0),
            Activation::Relu => (Self::LEAKY, 0),
            Activation::LeakyRelu { slope } => (Self::LEAKY, slope),
            Activation::Tanh => (Self::TANH, 0),
            Activation::Sigmoid => (Self::SIGMOID, 0),
        };
        let mut terms = 0;
        if layer.bits == 4 {
            terms |= Self::NIBBLES;
        }
        if !layer.label.is_empty() {
            terms |= Self::LABEL;
        }
        if layer.bias.len() > layer.multipliers.len() {
            terms |= Self::BIAS_BY_OUTPUT;
        } else if !layer.bias.is_empty() {
            terms |= Self::BIAS_BY_CHANNEL;
        }
        let (kind, window) = match geometry.kind {
            Kind::Dense => (Self::DENSE, NO_WINDOW),
            Kind::ConvTranspose(window) => (Self::CONV_TRANSPOSE, window),
            Kind::Conv(window) => (Self::CONV, window),
            Kind::Depthwise(window) => (Self::DEPTHWISE, window),
            Kind::Upsample(kernel) => (
                Self::UPSAMPLE,
                Window {
                    kernel,
                    ..NO_WINDOW
                },
            ),
        };
        Self {
            weights: weights as u32,
            multipliers: multipliers as u32,
            slope,
            kind,
            kernel: window.kernel,
            stride: window.stride,
            padding: window.padding,
            rule,
            pre_shift: layer.pre_shift,
            post_shift: layer.post_shift,
            bias_shift: layer.bias_shift,
            label_shift: layer.label_shift,
            terms,
            ..Self::holding(geometry.output)
        }
    }

    /// Nothing but an activation.
    fn holding(shape: Shape) -> Self {
        Self {
            channels: shape.channels,
            height: shape.height as u8,
            width: shape.width as u8,
            ..Self::zeroed()
        }
    }

    /// Keeps as many rows as `next` looks at.
    fn keep_for(&mut self, next: &Geometry) {
        self.row_len = next.kept_row_len() as u32;
        self.margin = next.input_margins().0 as u16 * self.channels;
        self.rows = next.input_rows_kept() as u8;
    }

    /// Shape of the output.
    pub fn shape(&self) -> Shape {
        Shape::new(self.height.into(), self.width.into(), self.channels)
    }

    /// The shapes of the layer, whose input is the output of `before`.
    pub fn geometry(&self, before: &Self) -> Geometry {
        let window = Window {
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        };
        Geometry {
            kind: match self.kind {
                Self::CONV_TRANSPOSE => Kind::ConvTranspose(window),
                Self::CONV => Kind::Conv(window),
                Self::DEPTHWISE => Kind::Depthwise(window),
                Self::UPSAMPLE => Kind::Upsample(self.kernel),
                _ => Kind::Dense,
            },
            input: before.shape(),
            output: self.shape(),
        }
    }

    /// First byte of row `row`, one of the last made, from its margin on.
    pub fn row_start(&self, row: usize) -> usize {
        let back = self.made.wrapping_sub(row as u8);
        let slot = match self.slot.checked_sub(back) {
            Some(slot) => slot,
            None => self.slot.wrapping_add(self.rows).wrapping_sub(back),
        };
        self.start as usize + usize::from(slot) * self.row_len as usize
    }

    /// First byte of the next row in the ring, behind its margin.
    pub fn next_row(&self) -> usize {
        usize::from(self.slot) * self.row_len as usize + usize::from(self.margin)
    }

    /// Counts a row as made.
    pub fn advance(&mut self) {
        self.made = self.made.wrapping_add(1);
        self.slot = self.slot.wrapping_add(1);
        if self.slot >= self.rows {
            self.slot = 0;
        }
    }
}

const NO_WINDOW: Window = Window {
    kernel: 0,
    stride: 0,
    padding: 0,
};

/// Words that the stages of the latent and `layers` layers take.
pub(crate) const fn stage_words(layers: usize) -> usize {
    (layers + 1) * size_of::<Stage>() / size_of::<u32>()
}

/// The stages of a model, in the given words: the latent's, which is there, and one for each layer,
/// of which nothing is made yet.
#[inline(never)]
pub(crate) fn stages<'w>(model: &Model, words: &'w mut [u32]) -> &'w mut [Stage] {
    let stages: &mut [Stage] = bytemuck::try_cast_slice_mut(words).unwrap_or_default();
    let mut layers = model.layers();
    let mut start = 0;
    let mut stage = Stage {
        made: 1,
        ..Stage::holding(layers.input())
    };
    for place in stages.iter_mut() {
        stage.start = start as u32;
        let arrays = layers.arrays();
        let Some((geometry, layer)) = layers.next() else {
            *place = stage;
            break;
        };
        stage.keep_for(&geometry);
        *place = stage;
        start += geometry.kept_len();
        let weights = arrays.next_multiple_of(4);
        let multipliers = (weights + layer.weights.len()).next_multiple_of(2);
        stage = Stage::new(&geometry, &layer, weights, multipliers);
    }
    stages
}
