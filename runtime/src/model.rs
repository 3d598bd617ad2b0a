//! The model file, checked once.

use crate::check::check_layer;
use crate::checksum::crc32;
use crate::error::{ModelError, Problem};
use crate::format::{
    Header, Layer, MAGIC, MAX_LATENT, MAX_LAYERS, Provenance, Scores, Shape, VERSION,
};
use crate::geometry::Geometry;
use crate::narrow::is_narrow;
use crate::plan::Plan;
use crate::reader::Reader;
use crate::stage::{Stage, stage_words};
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
    /// Bytes of the kept rows but those of the image, a multiple of four.
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
        let header = read_header(&mut reader, |_| "");
        let records = reader;
        let mut stage = Stage::empty();
        for _ in 0..header.layers {
            stage.read(&mut reader);
        }
        if reader.failed() {
            return Err(ModelError::Malformed);
        }
        let (latent, count) = (header.latent, header.layers);
        if latent == 0 || usize::from(latent) > MAX_LATENT {
            return Err(ModelError::LatentLength { found: latent });
        }
        if count == 0 || usize::from(count) > MAX_LAYERS {
            return Err(ModelError::LayerCount { found: count });
        }
        let mut model = Self {
            layers: Layers {
                content,
                records,
                arrays: content.len() - reader.rest().len(),
                input: Shape::new(1, 1, u16::from(latent)),
                classes: header.classes,
                next: 0,
                count,
            },
            image: Shape::new(0, 0, 0),
            image_rows: 1,
            narrow: false,
            kept_len: 0,
            scratch: ScratchWords::default(),
        };
        model.check(&mut stage)?;
        Ok(model)
    }

    /// Checks the layers, with memory for one of them.
    #[inline(never)]
    fn check(&mut self, stage: &mut Stage) -> Result<(), ModelError> {
        let mut rest = self.layers.clone();
        while let Some(index) = rest.next_index() {
            let input = rest.input;
            rest.read(stage).map_err(|problem| problem.of(index))?;
            let geometry = stage.geometry(input);
            check_layer(stage, &geometry, &rest).map_err(|problem| problem.of(index))?;
            self.kept_len += geometry.kept_len();
            let (bits, last) = (stage.terms.bits(), rest.next_index().is_none());
            let scratch = ScratchWords::new(&geometry, bits, last);
            self.scratch = self.scratch.max(scratch);
            if last {
                self.narrow = is_narrow(&geometry, bits);
                self.image_rows = match self.narrow {
                    true => 2,
                    false => geometry.rows_at_once() as u8,
                };
            }
        }
        self.image = rest.input;
        if rest.arrays.next_multiple_of(4) != rest.content.len() {
            return Err(ModelError::Malformed);
        }
        // The rings are cleared in words.
        self.kept_len = self.kept_len.next_multiple_of(size_of::<u32>());
        Ok(())
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
        // What is not UTF-8 says nothing: loading does not look at it.
        let text = |bytes| core::str::from_utf8(bytes).unwrap_or_default();
        read_header(&mut Reader::new(header), text).provenance
    }

    /// Size of the file, in bytes: what the model takes of the flash.
    pub fn file_len(&self) -> usize {
        self.layers.content.len() + 4
    }

    /// Multiply-accumulates for one image, cropped edges included.
    pub fn macs(&self) -> u64 {
        self.geometries().map(|geometry| geometry.macs()).sum()
    }

    /// Bytes of RAM that a [`Generator`](crate::Generator) works in, the same on every target: the
    /// rows of each activation that the next layer looks at, the rows of the image that are made at
    /// once, the inputs of one window and its sums in words, 32 bytes for each layer and the latent,
    /// and 96 bytes for the row that is being made; and 3 bytes, wherever the words' first address is.
    /// With the feature `fast` there are more words: one for each input, instead of one for two, inputs
    /// and sums of two windows where a window has many, and sums of up to 256 outputs instead of 8.
    pub fn workspace_len(&self) -> usize {
        let stages = stage_words(self.layers.count.into());
        let words = Plan::WORDS + stages + self.scratch.inputs + self.scratch.sums;
        let image = usize::from(self.image_rows) * self.image.row_len();
        let rows = self.kept_len + image.next_multiple_of(size_of::<u32>());
        rows + words * size_of::<u32>() + (align_of::<u32>() - 1)
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

    /// Bytes of the kept rows but those of the image, a multiple of four.
    pub(crate) fn kept_len(&self) -> usize {
        self.kept_len
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

    /// Number of classes.
    pub(crate) fn classes(&self) -> u8 {
        self.classes
    }

    /// The file without its checksum.
    pub(crate) fn content(&self) -> &'a [u8] {
        self.content
    }

    fn next_index(&self) -> Option<u8> {
        (self.next < self.count).then_some(self.next)
    }

    /// Reads the next layer. On an error, the same layer is still the next.
    #[inline(never)]
    pub(crate) fn read(&mut self, stage: &mut Stage) -> Result<(), Problem> {
        let mut records = self.records;
        let output_padding = stage.read(&mut records);
        if records.failed() {
            return Err(Problem::Malformed);
        }
        stage.complete(self.input, output_padding, self.classes)?;
        let end = stage.place(self.input, self.classes, self.arrays);
        if end > self.content.len() {
            return Err(Problem::Cut);
        }
        self.records = records;
        self.arrays = end;
        self.input = stage.shape();
        self.next += 1;
        Ok(())
    }
}

impl<'a> Iterator for Layers<'a> {
    type Item = (Geometry, Layer<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        self.next_index()?;
        let (input, mut stage) = (self.input, Stage::empty());
        self.read(&mut stage).ok()?;
        let geometry = stage.geometry(input);
        Some((geometry, stage.layer(&geometry, self.classes, self.content)))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = (self.count - self.next) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Layers<'_> {}

/// What comes before the records, with its strings read by `text`. Inlined, so that a reader which
/// passes over the provenance does not compute its numbers.
#[inline(always)]
fn read_header<'a>(reader: &mut Reader<'a>, text: impl Fn(&'a [u8]) -> &'a str) -> Header<'a> {
    Header {
        version: reader.byte(),
        provenance: Provenance {
            data_set: text(reader.string()),
            recipe: text(reader.string()),
            tool: text(reader.string()),
            steps: reader.u32(),
            seed: reader.u64(),
            scores: match reader.byte() {
                0 => None,
                1 => Some(Scores {
                    recognised: reader.u16(),
                    frechet: reader.u32(),
                }),
                _ => {
                    reader.fail();
                    None
                }
            },
        },
        latent: reader.byte(),
        classes: reader.byte(),
        layers: reader.byte(),
    }
}
