//! What a model file (`gen.bin`) holds, and how it is written.
//!
//! A file is a postcard header with a record a layer, the layers' arrays and a CRC-32. `FORMAT.md`
//! describes every byte; [`File::encode`] is the one writer, [`Model::from_bytes`] the one reader.
//!
//! [`Model::from_bytes`]: crate::Model::from_bytes

use heapless::Vec;
use serde::Serialize;

use crate::checksum::crc32;
use crate::error::{ModelError, Part};
use crate::geometry::Geometry;
use crate::record::{ArrayLens, Record};

/// First four bytes of every model file.
pub const MAGIC: [u8; 4] = *b"PGAN";
/// The format version that this crate reads and writes.
pub const VERSION: u8 = 1;
/// Most layers that a model may have.
pub const MAX_LAYERS: usize = 8;
/// Most components that a latent may have.
pub const MAX_LATENT: usize = 128;
/// Largest height and width of any activation, in pixels.
pub const MAX_SIDE: u16 = 64;
/// Most channels of any activation.
pub const MAX_CHANNELS: u16 = 1024;
/// Most bytes of any activation.
pub const MAX_ACTIVATION: usize = 1 << 18;
/// Most weights of a layer.
pub const MAX_WEIGHTS: usize = 1 << 24;
/// Largest kernel and stride of a convolution, and largest factor of an upsampling.
pub const MAX_KERNEL: u8 = 16;

/// The size of an activation or image, laid out as `[height][width][channel]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Shape {
    /// Rows.
    pub height: u16,
    /// Pixels in a row.
    pub width: u16,
    /// Channels of a pixel.
    pub channels: u16,
}

impl Shape {
    /// A shape of `height` rows, `width` columns and `channels` channels.
    pub const fn new(height: u16, width: u16, channels: u16) -> Self {
        Self {
            height,
            width,
            channels,
        }
    }

    /// Bytes of one row: `width * channels`.
    pub const fn row_len(&self) -> usize {
        self.width as usize * self.channels as usize
    }

    /// Bytes of the whole activation: `height * width * channels`, or `usize::MAX` if that is more.
    #[inline(never)]
    pub const fn len(&self) -> usize {
        let (height, row_len) = (self.height as usize, self.row_len());
        // By halves: small cores would call a long function to see all bits of a product.
        let upper = height * (row_len >> 16) + ((height * (row_len & 0xffff)) >> 16);
        match upper >> (usize::BITS - 16) {
            0 => height * row_len,
            _ => usize::MAX,
        }
    }

    /// Whether the shape holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Kernel, stride and padding of a convolution, the same for both axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Window {
    /// Kernel height and width.
    pub kernel: u8,
    /// Stride.
    pub stride: u8,
    /// Padding as in PyTorch: rows added to the input of a convolution, rows cropped from the
    /// output of a transposed convolution, on each side.
    pub padding: u8,
}

/// What a layer computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Kind {
    /// Every output from every input. The input is flattened.
    Dense,
    /// Transposed convolution (PyTorch's `ConvTranspose2d`).
    ConvTranspose(Window),
    /// Convolution (cross-correlation, PyTorch's `Conv2d`) with zero padding.
    Conv(Window),
    /// Convolution of each channel by a kernel of its own (PyTorch's `Conv2d` with as many groups
    /// as channels), with zero padding.
    Depthwise(Window),
    /// Every pixel repeated this many times in both directions (PyTorch's nearest `Upsample`).
    /// Such a layer has no arrays, no shifts and the activation [`Activation::Identity`].
    Upsample(u8),
}

/// The function applied to a layer's requantized sums. `runtime/ARITHMETIC.md` has the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Activation {
    /// `x`.
    Identity,
    /// `max(x, 0)`.
    Relu,
    /// `x` where `x >= 0`, else `slope * x`.
    LeakyRelu {
        /// Slope in Q15: 0 to 32768 (1.0).
        slope: u16,
    },
    /// Hyperbolic tangent by table. The requantized input has 64 steps to 1.0.
    Tanh,
    /// Logistic sigmoid by table. The requantized input has 32 steps to 1.0.
    Sigmoid,
}

/// One layer: `output = activation(requantize(weights * input + bias))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layer<'a> {
    /// What the layer computes.
    pub kind: Kind,
    /// Shape of its output.
    pub output: Shape,
    /// Activation function.
    pub activation: Activation,
    /// Bits of a weight: 8 or 4.
    pub bits: u8,
    /// Bits dropped from the accumulator, with rounding, before the multiplication.
    pub pre_shift: u8,
    /// Bits dropped from the product, with rounding.
    pub post_shift: u8,
    /// One requantization multiplier per output channel: u16, little-endian, at most 32767.
    pub multipliers: &'a [u8],
    /// Left shift of the bias, at most 15.
    pub bias_shift: u8,
    /// i16, little-endian, in units of the accumulator shifted right by `bias_shift`: empty (no
    /// bias), one per output channel, or (dense layers) one per output.
    pub bias: &'a [u8],
    /// Left shift of the label table.
    pub label_shift: u8,
    /// i8 `[class][output]`, in units of the accumulator shifted right by `label_shift`: what the
    /// requested class adds to each sum. Empty, or in a dense layer of a conditional model.
    pub label: &'a [u8],
    /// In the order of [`crate::layout`]: -127 to 127 (8 bits) or -7 to 7 (4 bits).
    pub weights: &'a [u8],
}

impl Layer<'_> {
    /// A layer that repeats every pixel of `input` `factor` times in both directions.
    pub const fn upsample(input: Shape, factor: u8) -> Self {
        Self {
            kind: Kind::Upsample(factor),
            output: Shape::new(
                input.height.saturating_mul(factor as u16),
                input.width.saturating_mul(factor as u16),
                input.channels,
            ),
            activation: Activation::Identity,
            bits: 8,
            pre_shift: 0,
            post_shift: 0,
            multipliers: &[],
            bias_shift: 0,
            bias: &[],
            label_shift: 0,
            label: &[],
            weights: &[],
        }
    }
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Provenance<'a> {
    /// Data set, for instance `mnist` or `strokes`.
    pub data_set: &'a str,
    /// Training recipe, for instance `small`.
    pub recipe: &'a str,
    /// Name and version of the program that wrote the file.
    pub tool: &'a str,
    /// Training steps.
    pub steps: u32,
    /// Training seed.
    pub seed: u64,
    /// How good the quantized model is, if that was measured.
    pub scores: Option<Scores>,
}

impl Provenance<'_> {
    /// Nothing is said.
    pub const UNKNOWN: Self = Self {
        data_set: "",
        recipe: "",
        tool: "",
        steps: 0,
        seed: 0,
        scores: None,
    };
}

/// Quality of a model as measured on its own integer arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Scores {
    /// Generated images that a classifier reads as the requested class, in 1/10000.
    pub recognised: u16,
    /// Fréchet distance to real test images, in 1/100.
    pub frechet: u32,
}

/// What a file begins with, after [`MAGIC`]; the records of the layers follow.
#[derive(Serialize)]
pub(crate) struct Header<'a> {
    pub version: u8,
    pub provenance: Provenance<'a>,
    pub latent: u8,
    pub classes: u8,
    pub layers: u8,
}

/// The content of a model file, for writing one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File<'a> {
    /// Where the model comes from.
    pub provenance: Provenance<'a>,
    /// Components of the latent, 1 to [`MAX_LATENT`].
    pub latent: u8,
    /// Classes to choose from; 0 for an unconditional model.
    pub classes: u8,
    /// Layers in the order of their computation.
    pub layers: Vec<Layer<'a>, MAX_LAYERS>,
}

impl<'a> File<'a> {
    /// A file of the given content.
    pub fn new(
        provenance: Provenance<'a>,
        latent: u8,
        classes: u8,
        layers: Vec<Layer<'a>, MAX_LAYERS>,
    ) -> Self {
        Self {
            provenance,
            latent,
            classes,
            layers,
        }
    }

    /// Writes the file to the start of `buffer` and returns the bytes written. The weights of
    /// every layer start at a multiple of four bytes.
    ///
    /// # Errors
    /// [`EncodeError`] if `buffer` is too small, or if a layer's arrays have other lengths than
    /// its shapes ask for. Everything else is left to [`Model::from_bytes`](crate::Model::from_bytes),
    /// which a writer should call on the result.
    pub fn encode<'b>(&self, buffer: &'b mut [u8]) -> Result<&'b [u8], EncodeError> {
        let mut out = Writer { buffer, len: 0 };
        out.bytes(&MAGIC)?;
        out.value(&Header {
            version: VERSION,
            provenance: self.provenance.clone(),
            latent: self.latent,
            classes: self.classes,
            layers: self.layers.len() as u8,
        })?;
        let latent = Shape::new(1, 1, u16::from(self.latent));
        let inputs = core::iter::once(latent).chain(self.layers.iter().map(|layer| layer.output));
        for (index, (layer, input)) in self.layers.iter().zip(inputs).enumerate() {
            out.value(&self.record(index as u8, layer, input)?)?;
        }
        for layer in &self.layers {
            out.align(4)?;
            out.bytes(layer.weights)?;
            out.align(2)?;
            out.bytes(layer.multipliers)?;
            out.bytes(layer.bias)?;
            out.bytes(layer.label)?;
        }
        out.align(4)?;
        let Writer { buffer, len } = out;
        let crc = crc32(&buffer[..len]);
        buffer
            .get_mut(len..len + 4)
            .ok_or(EncodeError::BufferTooSmall)?
            .copy_from_slice(&crc.to_le_bytes());
        Ok(&buffer[..len + 4])
    }

    fn record(&self, index: u8, layer: &Layer, input: Shape) -> Result<Record, EncodeError> {
        let geometry = Geometry {
            kind: layer.kind,
            input,
            output: layer.output,
        };
        let record = Record::new(index, layer, &geometry)?;
        let expected = ArrayLens::new(&geometry, record.sums().terms, self.classes);
        let parts = [
            (Part::Weights, layer.weights, expected.weights),
            (Part::Multipliers, layer.multipliers, expected.multipliers),
            (Part::Bias, layer.bias, expected.bias),
            (Part::Label, layer.label, expected.label),
        ];
        for (part, bytes, expected) in parts {
            if bytes.len() != expected {
                return Err(EncodeError::Layer(ModelError::LayerLength {
                    layer: index,
                    part,
                    expected: expected as u32,
                    found: bytes.len() as u32,
                }));
            }
        }
        Ok(record)
    }
}

struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

impl Writer<'_> {
    fn bytes(&mut self, bytes: &[u8]) -> Result<(), EncodeError> {
        let end = self.len + bytes.len();
        self.buffer
            .get_mut(self.len..end)
            .ok_or(EncodeError::BufferTooSmall)?
            .copy_from_slice(bytes);
        self.len = end;
        Ok(())
    }

    fn value(&mut self, value: &impl Serialize) -> Result<(), EncodeError> {
        let free = self.buffer.get_mut(self.len..).unwrap_or_default();
        let written = postcard::to_slice(value, free).map_err(|_| EncodeError::BufferTooSmall)?;
        self.len += written.len();
        Ok(())
    }

    fn align(&mut self, to: usize) -> Result<(), EncodeError> {
        const ZEROS: &[u8] = &[0; 3];
        self.bytes(&ZEROS[..self.len.next_multiple_of(to) - self.len])
    }
}

/// Why a model file was not written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is smaller than the file.
    BufferTooSmall,
    /// A layer cannot be written as it is.
    Layer(ModelError),
}

impl From<ModelError> for EncodeError {
    fn from(error: ModelError) -> Self {
        Self::Layer(error)
    }
}

impl core::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::BufferTooSmall => f.write_str("the model file does not fit in the buffer"),
            Self::Layer(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for EncodeError {}
