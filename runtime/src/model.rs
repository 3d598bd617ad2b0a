//! The model file, checked once.

use crate::check::check_layer;
use crate::checksum::crc32;
use crate::error::ModelError;
use crate::format::{
    Header, Layer, MAGIC, MAX_LATENT, MAX_LAYERS, Provenance, Scores, Shape, VERSION,
};
use crate::geometry::Geometry;
use crate::narrow::is_narrow;
use crate::reader::Reader;
use crate::record::{ArrayLens, read_record, skip_record};
use crate::stage::stage_words;
use crate::window::ScratchWords;

/// A model whose every property has been checked, so that generating from it cannot fail.
///
/// It borrows the file, which stays where it is, in flash, and keeps nothing of it but where its
/// parts begin: layers and provenance are read from the file whenever they are asked for.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    layers: Layers<'a>,
    image: Shape,
    /// Rows of the image that are made at once.
    image_rows: u8,
    /// Whether the last layer is narrow.
    narrow: bool,
    /// Bytes of the kept rows, those of the image included.
    kept_len: usize,
    scratch: ScratchWords,
}

impl<'a> Model<'a> {
    /// Checks `bytes`, the whole content of a model file, which must start at an address that is a
    /// multiple of four.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong. No byte string makes this panic.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let (magic, rest) = bytes.split_at_checked(4).ok_or(ModelError::NotAModel)?;
        if magic != MAGIC {
            return Err(ModelError::NotAModel);
        }
        if !bytes.as_ptr().cast::<u32>().is_aligned() {
            return Err(ModelError::Unaligned);
        }
        let version = *rest.first().ok_or(ModelError::Checksum)?;
        if version != VERSION {
            return Err(ModelError::Version {
                found: version,
                supported: VERSION,
            });
        }
        let (content, crc) = bytes.split_last_chunk().ok_or(ModelError::Checksum)?;
        if u32::from_le_bytes(*crc) != crc32(content) {
            return Err(ModelError::Checksum);
        }
        let mut reader = Reader::new(content.get(MAGIC.len()..).unwrap_or_default());
        let header = read_header(&mut reader).ok_or(ModelError::Malformed)?;
        let records = reader;
        let latent = header.latent;
        if latent == 0 || latent as usize > MAX_LATENT {
            return Err(ModelError::LatentLength { found: latent });
        }
        let count = header.layers;
        if count == 0 || count as usize > MAX_LAYERS {
            return Err(ModelError::LayerCount { found: count });
        }
        for _ in 0..count {
            skip_record(&mut reader).ok_or(ModelError::Malformed)?;
        }
        Self::checked(Layers {
            content,
            records,
            arrays: content.len() - reader.rest().len(),
            input: Shape::new(1, 1, u16::from(latent)),
            classes: header.classes,
            next: 0,
            count,
        })
    }

    fn checked(layers: Layers<'a>) -> Result<Self, ModelError> {
        let mut rest = layers.clone();
        let (mut kept_len, mut scratch) = (0, ScratchWords::default());
        let (mut image_rows, mut narrow) = (1, false);
        while let Some(index) = rest.next_index() {
            let (geometry, layer) = rest.read()?;
            check_layer(index, &layer, &geometry, rest.classes)?;
            kept_len += geometry.kept_len();
            let last = rest.next_index().is_none();
            scratch = scratch.max(ScratchWords::new(&geometry, layer.bits, last));
            if last {
                narrow = is_narrow(&geometry, layer.bits);
                image_rows = if narrow { 2 } else { geometry.rows_at_once() };
            }
        }
        let image = rest.input;
        if rest.arrays.next_multiple_of(4) != rest.content.len() {
            return Err(ModelError::Malformed);
        }
        Ok(Self {
            layers,
            image,
            image_rows: image_rows as u8,
            narrow,
            kept_len: kept_len + image_rows * image.row_len(),
            scratch,
        })
    }

    /// Shape of the generated image. Pixels are u8, 0 black and 255 full ink.
    pub fn image(&self) -> Shape {
        self.image
    }

    /// Number of classes to choose from: labels are 0 to one less. An unconditional model has
    /// none and takes label 0.
    pub fn classes(&self) -> u8 {
        self.layers.classes
    }

    /// Components of the latent.
    pub fn latent_len(&self) -> usize {
        self.layers.input.channels as usize
    }

    /// The layers with their shapes, in the order of their computation.
    pub fn layers(&self) -> Layers<'a> {
        self.layers.clone()
    }

    /// Shapes of the layers, in the same order.
    pub fn geometries(&self) -> impl Iterator<Item = Geometry> + 'a {
        self.layers().map(|(geometry, _)| geometry)
    }

    /// Where the model comes from.
    pub fn provenance(&self) -> Provenance<'a> {
        let header = self.layers.content.get(MAGIC.len()..).unwrap_or_default();
        match read_header(&mut Reader::new(header)) {
            Some(header) => header.provenance,
            // `from_bytes` has read these very bytes.
            None => Provenance::UNKNOWN,
        }
    }

    /// Size of the file, in bytes: what the model takes of the flash.
    pub fn file_len(&self) -> usize {
        self.layers.content.len() + 4
    }

    /// Multiply-accumulates for one image, cropped edges included.
    pub fn macs(&self) -> u64 {
        self.geometries().map(|geometry| geometry.macs()).sum()
    }

    /// Bytes of RAM that a [`Generator`](crate::Generator) works in: the rows of each activation
    /// that the next layer looks at, the rows of the image that are made at once, the inputs of one
    /// window and sums as words, and 40 bytes for each layer and the latent; and 3 bytes, wherever
    /// the words' first address is.
    pub fn workspace_len(&self) -> usize {
        let stages = stage_words(self.layers.count.into());
        let words = stages + self.scratch.inputs + self.scratch.sums;
        self.kept_len + words * size_of::<u32>() + (align_of::<u32>() - 1)
    }

    /// Rows of the image that are made at once, at most.
    pub(crate) fn image_rows(&self) -> usize {
        self.image_rows.into()
    }

    /// Whether the last layer is narrow: see [`is_narrow`].
    pub(crate) fn is_narrow(&self) -> bool {
        self.narrow
    }

    /// The file without its checksum.
    pub(crate) fn content(&self) -> &'a [u8] {
        self.layers.content
    }

    /// Words that every layer's windows can do with.
    pub(crate) fn scratch(&self) -> ScratchWords {
        self.scratch
    }
}

/// Reads the layers of a model, one after another: see [`Model::layers`].
#[derive(Clone, Debug)]
pub struct Layers<'a> {
    /// The file without its checksum.
    content: &'a [u8],
    /// The record of the next layer and what follows it.
    records: Reader<'a>,
    /// Where the arrays of the layer before end, or of the next one begin.
    arrays: usize,
    /// Input of the next layer.
    input: Shape,
    classes: u8,
    /// Index of the next layer.
    next: u8,
    count: u8,
}

impl<'a> Layers<'a> {
    /// Input of the next layer.
    pub(crate) fn input(&self) -> Shape {
        self.input
    }

    /// Where the arrays of the next layer begin in the file, or those of the layer before end.
    pub(crate) fn arrays(&self) -> usize {
        self.arrays
    }

    fn next_index(&self) -> Option<u8> {
        (self.next < self.count).then_some(self.next)
    }

    /// Reads the next layer. On an error, the same layer is still the next.
    fn read(&mut self) -> Result<(Geometry, Layer<'a>), ModelError> {
        let index = self.next;
        let mut records = self.records;
        let (geometry, sums) = read_record(&mut records, index, self.input, self.classes)?;
        let lens = ArrayLens::new(&geometry, &sums, self.classes);

        let mut at = self.arrays.next_multiple_of(4);
        let weights = take(self.content, &mut at, lens.weights);
        at = at.next_multiple_of(2);
        let multipliers = take(self.content, &mut at, lens.multipliers);
        let bias = take(self.content, &mut at, lens.bias);
        let label = take(self.content, &mut at, lens.label);
        let (Some(weights), Some(multipliers), Some(bias), Some(label)) =
            (weights, multipliers, bias, label)
        else {
            return Err(ModelError::LayerCut { layer: index });
        };
        self.records = records;
        self.arrays = at;
        self.input = geometry.output;
        self.next += 1;
        let layer = Layer {
            kind: geometry.kind,
            output: geometry.output,
            activation: sums.activation,
            bits: sums.terms.bits(),
            pre_shift: sums.pre_shift,
            post_shift: sums.post_shift,
            multipliers,
            bias_shift: sums.terms.bias_shift(),
            bias,
            label_shift: sums.label_shift,
            label,
            weights,
        };
        Ok((geometry, layer))
    }
}

impl<'a> Iterator for Layers<'a> {
    type Item = (Geometry, Layer<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.next_index()?;
        self.read().ok()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.count - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Layers<'_> {}

/// What comes before the records. Inlined, so that a reader which only needs to know that the
/// provenance is well formed does not compute its numbers.
#[inline(always)]
fn read_header<'a>(reader: &mut Reader<'a>) -> Option<Header<'a>> {
    Some(Header {
        version: reader.byte()?,
        provenance: Provenance {
            data_set: reader.string()?,
            recipe: reader.string()?,
            tool: reader.string()?,
            steps: reader.u32()?,
            seed: reader.u64()?,
            scores: match reader.byte()? {
                0 => None,
                1 => Some(Scores {
                    recognised: reader.u16()?,
                    frechet: reader.u32()?,
                }),
                _ => return None,
            },
        },
        latent: reader.byte()?,
        classes: reader.byte()?,
        layers: reader.byte()?,
    })
}

/// The next `len` bytes at `at`, which then stands behind them.
fn take<'a>(content: &'a [u8], at: &mut usize, len: usize) -> Option<&'a [u8]> {
    let bytes = content.get(*at..)?.get(..len)?;
    *at += len;
    Some(bytes)
}

impl Layer<'_> {
    /// Requantization multiplier of an output channel.
    pub(crate) fn multiplier(&self, channel: usize) -> i32 {
        read_i16(self.multipliers, channel)
    }

    /// What is in a sum before any product: the bias of output `place` (flattened) of the given
    /// channel.
    pub(crate) fn bias(&self, place: usize, channel: usize) -> i32 {
        let index = if self.bias.len() == self.multipliers.len() {
            channel
        } else {
            place
        };
        read_i16(self.bias, index) << self.bias_shift
    }
}

fn read_i16(bytes: &[u8], index: usize) -> i32 {
    match bytes.get(2 * index..2 * index + 2) {
        Some(&[low, high]) => i32::from(i16::from_le_bytes([low, high])),
        _ => 0,
    }
}
