//! What a model file (`gen.bin`) holds, and how it is written.
//!
//! The file is one postcard value ([`File`]) followed by the CRC-32 of its bytes. `FORMAT.md`
//! describes it in prose; the checks that make a file usable are in [`crate::model`].

use crc::{CRC_32_ISO_HDLC, Crc, NoTable};
use heapless::Vec;
use serde::{Deserialize, Serialize};

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

/// Most bytes of any activation: with it, no product of two activations' sizes leaves 32 bits.
pub const MAX_ACTIVATION: usize = 65_535;
/// Largest kernel of a convolution.
pub const MAX_KERNEL: u8 = 16;

/// CRC-32 as in zlib and Ethernet (CRC-32/ISO-HDLC). Computed without a table: a table costs 1 KB
/// of flash, and a file is checked once.
const CRC: Crc<u32, NoTable> = Crc::<u32, NoTable>::new(&CRC_32_ISO_HDLC);

pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    CRC.checksum(bytes)
}

/// The size of an activation or image, laid out as `[height][width][channel]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

    /// Bytes of the whole activation: `height * width * channels`.
    pub const fn len(&self) -> usize {
        self.height as usize * self.row_len()
    }

    /// Whether the shape holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Kernel, stride and padding of a convolution, the same for both axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum Kind {
    /// Every output from every input. The input is flattened.
    Dense,
    /// Transposed convolution (PyTorch's `ConvTranspose2d`).
    ConvTranspose(Window),
    /// Convolution (cross-correlation, PyTorch's `Conv2d`) with zero padding.
    Conv(Window),
}

/// The function applied to a layer's requantized sums. `runtime/ARITHMETIC.md` has the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer<'a> {
    /// What the layer computes.
    pub kind: Kind,
    /// Shape of its output.
    pub output: Shape,
    /// Activation function.
    pub activation: Activation,
    /// Bits dropped from the accumulator, with rounding, before the multiplication.
    pub pre_shift: u8,
    /// Bits dropped from the product, with rounding.
    pub post_shift: u8,
    /// One requantization multiplier per output channel: u16, little-endian, at most 32767.
    #[serde(borrow)]
    pub multipliers: &'a [u8],
    /// Left shift of the bias.
    pub bias_shift: u8,
    /// i16, little-endian, in units of the accumulator shifted right by `bias_shift`: empty (no
    /// bias), one per output channel, or (dense layers) one per output.
    #[serde(borrow)]
    pub bias: &'a [u8],
    /// Left shift of the label table.
    pub label_shift: u8,
    /// i8 `[class][output]`, in units of the accumulator shifted right by `label_shift`: what the
    /// requested class adds to each sum. Empty, or in a dense layer of a conditional model.
    #[serde(borrow)]
    pub label: &'a [u8],
    /// 0 to 3 zero bytes, so that `weights` starts at a multiple of four bytes in the file.
    #[serde(borrow)]
    pub padding: &'a [u8],
    /// i8 in the order of [`crate::layout`], -127 to 127.
    #[serde(borrow)]
    pub weights: &'a [u8],
}

/// Where a model comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// Quality of a model as measured on its own integer arithmetic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Scores {
    /// Generated images that a classifier reads as the requested class, in 1/10000.
    pub recognised: u16,
    /// Fréchet distance to real test images, in 1/100.
    pub frechet: u32,
}

/// The whole content of a model file, but for the CRC-32 that follows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct File<'a> {
    /// [`MAGIC`].
    pub magic: [u8; 4],
    /// [`VERSION`].
    pub version: u8,
    /// Where the model comes from.
    #[serde(borrow)]
    pub provenance: Provenance<'a>,
    /// Components of the latent, 1 to [`MAX_LATENT`].
    pub latent: u8,
    /// Classes to choose from; 0 for an unconditional model.
    pub classes: u8,
    /// Layers in the order of their computation.
    #[serde(borrow)]
    pub layers: Vec<Layer<'a>, MAX_LAYERS>,
}

impl<'a> File<'a> {
    /// A file of this version.
    pub fn new(
        provenance: Provenance<'a>,
        latent: u8,
        classes: u8,
        layers: Vec<Layer<'a>, MAX_LAYERS>,
    ) -> Self {
        Self {
            magic: MAGIC,
            version: VERSION,
            provenance,
            latent,
            classes,
            layers,
        }
    }

    /// Writes the file and its CRC-32 to the start of `buffer` and returns the bytes written, with
    /// the weights of every layer aligned to four bytes.
    ///
    /// # Errors
    /// [`EncodeError`] if `buffer` is too small.
    pub fn encode<'b>(mut self, buffer: &'b mut [u8]) -> Result<&'b [u8], EncodeError> {
        const ZEROS: &[u8] = &[0; 3];
        let layers = core::mem::take(&mut self.layers);
        for mut layer in layers {
            layer.padding = &[];
            let weights = layer.weights.len();
            // A layer ends with its weights, so they start this many bytes before its end; the
            // count of layers and the length of the padding are one byte each, whatever they are.
            self.layers.push(layer).map_err(|_| EncodeError)?;
            let end = postcard::to_slice(&self, buffer)
                .map_err(|_| EncodeError)?
                .len();
            let misaligned = (end - weights) % 4;
            if misaligned != 0
                && let Some(layer) = self.layers.last_mut()
            {
                layer.padding = &ZEROS[..4 - misaligned];
            }
        }
        let len = postcard::to_slice(&self, buffer)
            .map_err(|_| EncodeError)?
            .len();
        let crc = crc32(&buffer[..len]);
        buffer
            .get_mut(len..len + 4)
            .ok_or(EncodeError)?
            .copy_from_slice(&crc.to_le_bytes());
        Ok(&buffer[..len + 4])
    }
}

/// The buffer given to [`File::encode`] is smaller than the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EncodeError;

impl core::fmt::Display for EncodeError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the model file does not fit in the buffer")
    }
}

impl core::error::Error for EncodeError {}
