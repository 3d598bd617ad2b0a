//! What is known of each layer while an image is drawn, in the workspace.

use bytemuck::{Pod, Zeroable};

use crate::format::{Activation, Kind, Layer, Shape, Window};
use crate::geometry::Geometry;
use crate::model::Model;
use crate::record::{ArrayLens, Terms};
use crate::slices::{after, after_mut, numbers};

/// A layer as it was read from the file, in the file's codes, and the kept rows of its output: a
/// ring in a common memory.
///
/// It is read once an image and kept in few bytes, for there is one for each layer.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Stage {
    /// Where the weights begin in the file.
    pub weights: u32,
    /// Where the multipliers begin in the file, one for each channel; bias and label table follow.
    pub multipliers: u32,
    /// First byte of the ring in the memory of all rings.
    pub start: u32,
    /// Slope of a leaky ReLU, else 0.
    pub slope: u16,
    pub channels: u16,
    pub height: u8,
    pub width: u8,
    pub kind: u8,
    /// Kernel, or factor.
    pub kernel: u8,
    pub stride: u8,
    pub padding: u8,
    pub activation: u8,
    pub pre_shift: u8,
    pub post_shift: u8,
    pub terms: Terms,
    pub label_shift: u8,
    /// Rows kept.
    rows: u8,
    /// Pixels of a kept row, margins included.
    pixels: u8,
    /// Pixels of the margin before a row.
    margin: u8,
    /// Rows made so far; the next one's index.
    pub made: u8,
    /// Place of the next row among the kept ones.
    slot: u8,
}

/// The constants of a layer's outputs, in the file.
pub(crate) struct Constants<'a> {
    /// One for each channel.
    pub multipliers: &'a [i16],
    /// One for each channel or each output, or none.
    pub bias: &'a [i16],
    /// What each class adds to each output, `[class][output]`, and what follows in the file.
    pub label: &'a [u8],
}

impl Stage {
    /// [`Stage::kind`].
    pub const DENSE: u8 = 0;
    pub const CONV_TRANSPOSE: u8 = 1;
    pub const CONV: u8 = 2;
    pub const DEPTHWISE: u8 = 3;
    pub const UPSAMPLE: u8 = 4;

    /// [`Stage::activation`].
    pub const IDENTITY: u8 = 0;
    pub const RELU: u8 = 1;
    pub const LEAKY_RELU: u8 = 2;
    pub const TANH: u8 = 3;
    pub const SIGMOID: u8 = 4;

    /// Nothing.
    #[inline(never)]
    pub fn empty() -> Self {
        // Not a constant, or the compiler would call its long function for zeros.
        bytemuck::cast([core::hint::black_box(0u32); size_of::<Self>() / size_of::<u32>()])
    }

    /// Makes it nothing.
    pub fn clear(&mut self) {
        clear(bytemuck::cast_slice_mut(core::slice::from_mut(self)));
    }

    /// Makes it an activation of which one row is there.
    pub fn hold_latent(&mut self, shape: Shape) {
        self.clear();
        self.hold(shape);
        self.made = 1;
    }

    /// Sets the shape of the output, whose sides are within the limits.
    pub fn hold(&mut self, shape: Shape) {
        self.height = shape.height as u8;
        self.width = shape.width as u8;
        self.channels = shape.channels;
    }

    /// What the layer computes.
    pub fn kind(&self) -> Kind {
        let window = Window {
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        };
        match self.kind {
            Self::CONV_TRANSPOSE => Kind::ConvTranspose(window),
            Self::CONV => Kind::Conv(window),
            Self::DEPTHWISE => Kind::Depthwise(window),
            Self::UPSAMPLE => Kind::Upsample(self.kernel),
            _ => Kind::Dense,
        }
    }

    /// Shape of the output.
    pub fn shape(&self) -> Shape {
        Shape::new(self.height.into(), self.width.into(), self.channels)
    }

    /// The shapes of the layer.
    pub fn geometry(&self, input: Shape) -> Geometry {
        Geometry {
            kind: self.kind(),
            // By its fields, or the compiler would call its long function for six bytes.
            input: Shape::new(input.height, input.width, input.channels),
            output: self.shape(),
        }
    }

    /// Finds the arrays, which begin at the first multiple of four from `from` on, and returns where
    /// they end.
    #[inline(never)]
    pub fn place(&mut self, input: Shape, classes: u8, from: usize) -> usize {
        let lens = ArrayLens::new(&self.geometry(input), self.terms, classes);
        let weights = from.next_multiple_of(4);
        let multipliers = (weights + lens.weights).next_multiple_of(2);
        self.weights = weights as u32;
        self.multipliers = multipliers as u32;
        multipliers + lens.multipliers + lens.bias + lens.label
    }

    /// Where the biases begin in the file, if there are any.
    pub fn bias(&self) -> u32 {
        self.multipliers + 2 * u32::from(self.channels)
    }

    /// Where in the file begins what each class adds to each output, `[class][output]`, if there is
    /// such a table.
    pub fn label(&self) -> u32 {
        self.bias() + 2 * self.biases() as u32
    }

    fn biases(&self) -> usize {
        if self.terms.bias_by_output() {
            self.shape().len()
        } else if self.terms.bias_by_channel() {
            self.channels.into()
        } else {
            0
        }
    }

    /// The constants of a layer that has sums.
    #[inline(never)]
    pub fn constants<'a>(&self, file: &'a [u8]) -> Constants<'a> {
        let channels = usize::from(self.channels);
        let (multipliers, rest) = split(after(file, self.multipliers as usize), 2 * channels);
        let (bias, label) = split(rest, 2 * self.biases());
        Constants {
            multipliers: numbers(multipliers),
            bias: numbers(bias),
            label,
        }
    }

    /// The layer in words.
    pub fn layer<'a>(&self, geometry: &Geometry, classes: u8, file: &'a [u8]) -> Layer<'a> {
        let lens = ArrayLens::new(geometry, self.terms, classes);
        let (weights, _) = split(after(file, self.weights as usize), lens.weights);
        let rest = after(file, self.multipliers as usize);
        let (multipliers, rest) = split(rest, lens.multipliers);
        let (bias, rest) = split(rest, lens.bias);
        let (label, _) = split(rest, lens.label);
        Layer {
            kind: geometry.kind,
            output: geometry.output,
            activation: match self.activation {
                Self::RELU => Activation::Relu,
                Self::LEAKY_RELU => Activation::LeakyRelu { slope: self.slope },
                Self::TANH => Activation::Tanh,
                Self::SIGMOID => Activation::Sigmoid,
                _ => Activation::Identity,
            },
            bits: self.terms.bits(),
            pre_shift: self.pre_shift,
            post_shift: self.post_shift,
            multipliers,
            bias_shift: self.terms.bias_shift(),
            bias,
            label_shift: self.label_shift,
            label,
            weights,
        }
    }

    /// Keeps as many rows as `next` looks at.
    fn keep_for(&mut self, next: &Geometry) {
        let (left, right) = next.input_margins();
        self.pixels = (left + right) as u8 + self.width;
        self.margin = left as u8;
        self.rows = next.input_rows_kept() as u8;
    }

    /// Bytes of a kept row.
    fn row_len(&self) -> usize {
        usize::from(self.pixels) * usize::from(self.channels)
    }

    /// Bytes of the margin before a kept row.
    pub fn margin(&self) -> usize {
        usize::from(self.margin) * usize::from(self.channels)
    }

    /// First byte of row `row`, one of the last made, from its margin on.
    #[inline(never)]
    pub fn row_start(&self, row: usize) -> usize {
        let back = self.made.wrapping_sub(row as u8);
        let slot = match self.slot.checked_sub(back) {
            Some(slot) => slot,
            None => self.slot.wrapping_add(self.rows).wrapping_sub(back),
        };
        self.start as usize + usize::from(slot) * self.row_len()
    }

    /// First byte of the next row in the ring, behind its margin.
    pub fn next_row(&self) -> usize {
        usize::from(self.slot) * self.row_len() + self.margin()
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

/// Words that the stages of the latent and `layers` layers take.
pub(crate) const fn stage_words(layers: usize) -> usize {
    (layers + 1) * size_of::<Stage>() / size_of::<u32>()
}

/// Fills the stages of a model: the latent's, which is there, and one for each layer, of which nothing
/// is made yet.
#[inline(never)]
pub(crate) fn fill(model: &Model, stages: &mut [Stage]) {
    let mut layers = model.layers();
    if let Some(latent) = stages.first_mut() {
        latent.hold_latent(layers.input());
    }
    let mut rest = stages;
    while let [input, layer, ..] = rest {
        // The model has been checked.
        let _ = layers.read(layer);
        let geometry = layer.geometry(input.shape());
        input.keep_for(&geometry);
        layer.start = input.start + u32::from(input.rows) * input.row_len() as u32;
        rest = after_mut(rest, 1);
    }
}

/// Sets all words to zero, without a call of the compiler's long function for it.
#[inline(never)]
pub(crate) fn clear(words: &mut [u32]) {
    for word in words {
        *word = core::hint::black_box(0);
    }
}

fn split(bytes: &[u8], len: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(len).unwrap_or_default()
}
