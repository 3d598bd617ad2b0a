//! Generating an image, row by row.

use core::ops::Range;

use crate::error::GenerateError;
use crate::format::Activation;
use crate::latent::{Latent, draw_components};
use crate::model::Model;
use crate::stage::Stages;
use crate::window::{Scratch, ScratchWords};
use crate::work::{Input, Work};

/// Draws images with a model, in the workspace that it was given.
///
/// The image is computed from its last layer backwards, a row at a time: a layer asks the one
/// before it for the rows that its next row needs, and each layer keeps only those. So the
/// workspace holds a few rows of each activation, never a whole one.
#[derive(Debug)]
pub struct Generator<'m> {
    model: &'m Model<'m>,
    workspace: &'m mut [u8],
}

impl<'m> Generator<'m> {
    /// A generator for `model` that works in `workspace`, of at least
    /// [`Model::workspace_len`] bytes; what it holds does not matter.
    ///
    /// # Errors
    /// [`GenerateError::WorkspaceTooSmall`].
    pub fn new(model: &'m Model<'m>, workspace: &'m mut [u8]) -> Result<Self, GenerateError> {
        let needed = model.workspace_len();
        let given = workspace.len();
        if given < needed {
            return Err(GenerateError::WorkspaceTooSmall { needed, given });
        }
        Ok(Self { model, workspace })
    }

    /// Draws the image of `latent` and `label` into `pixels`: u8 `[height][width][channel]`, 0
    /// black and 255 full ink.
    ///
    /// # Errors
    /// [`GenerateError`] if the label, the latent's length or the length of `pixels` is not the
    /// model's; then nothing is drawn.
    pub fn generate(
        &mut self,
        latent: &Latent,
        label: u8,
        pixels: &mut [u8],
    ) -> Result<(), GenerateError> {
        let expected = self.model.image().len();
        let found = pixels.len();
        if found != expected {
            return Err(GenerateError::PixelLength { expected, found });
        }
        let mut drawing = self.start(latent, label)?;
        while drawing.draw(Some(&mut *pixels)).is_some() {}
        Ok(())
    }

    /// Draws the image of `latent` and `label` and gives each row to `on_row`, with its index, as
    /// soon as it is there: u8 `[width][channel]`. No frame is ever in memory.
    ///
    /// # Errors
    /// [`GenerateError`] if the label or the latent's length is not the model's; then `on_row` is
    /// not called.
    pub fn rows(
        &mut self,
        latent: &Latent,
        label: u8,
        on_row: impl FnMut(usize, &[u8]),
    ) -> Result<(), GenerateError> {
        self.start(latent, label)?.rows(on_row);
        Ok(())
    }

    /// As [`Generator::rows`] with the latent [`Latent::from_seed`] draws from `seed`, which is
    /// drawn in the workspace: a [`Latent`] itself takes
    /// [`MAX_LATENT`](crate::format::MAX_LATENT) bytes.
    ///
    /// # Errors
    /// [`GenerateError::NoSuchLabel`]; then `on_row` is not called.
    pub fn rows_from_seed(
        &mut self,
        seed: u32,
        label: u8,
        on_row: impl FnMut(usize, &[u8]),
    ) -> Result<(), GenerateError> {
        self.check_label(label)?;
        let mut drawing = Drawing::new(self.model, self.workspace, label);
        draw_components(seed, drawing.latent());
        drawing.rows(on_row);
        Ok(())
    }

    fn start(&mut self, latent: &Latent, label: u8) -> Result<Drawing<'_>, GenerateError> {
        self.check_label(label)?;
        let (expected, found) = (self.model.latent_len(), latent.len());
        if expected != found {
            return Err(GenerateError::LatentLength { expected, found });
        }
        let mut drawing = Drawing::new(self.model, self.workspace, label);
        for (to, &from) in drawing.latent().iter_mut().zip(latent.as_bytes()) {
            *to = from;
        }
        Ok(drawing)
    }

    fn check_label(&self, label: u8) -> Result<(), GenerateError> {
        let classes = self.model.classes();
        if label >= classes.max(1) {
            return Err(GenerateError::NoSuchLabel { label, classes });
        }
        Ok(())
    }
}

/// An image that is being drawn.
struct Drawing<'w> {
    model: &'w Model<'w>,
    stages: Stages<'w>,
    scratch: Scratch<'w>,
    /// The memory of all rings.
    memory: &'w mut [u8],
    label: u8,
}

impl<'w> Drawing<'w> {
    #[inline(never)]
    fn new(model: &'w Model<'w>, workspace: &'w mut [u8], label: u8) -> Self {
        let ScratchWords { inputs, sums } = model.scratch();
        let misaligned = workspace.as_ptr().align_offset(align_of::<u32>());
        let rest = workspace.get_mut(misaligned..).unwrap_or_default();
        let (stages, rest) = words(rest, Stages::words(model.layers().len()));
        let (words_of_inputs, rest) = words(rest, inputs);
        let (sums, memory) = words(rest, sums);
        memory.fill(0);
        let mut stages = Stages::new(model, stages);
        // The only row of the first layer's input is the latent.
        stages.advance(0, 1);
        Self {
            model,
            stages,
            scratch: Scratch {
                words: words_of_inputs,
                sums: bytemuck::cast_slice_mut(sums),
            },
            memory,
            label,
        }
    }

    /// Where the latent goes.
    fn latent(&mut self) -> &mut [u8] {
        let from = self.stages.get(0).margin();
        let latent = self.memory.get_mut(from..).unwrap_or_default();
        latent
            .get_mut(..self.model.latent_len())
            .unwrap_or_default()
    }

    /// Gives the rows to `on_row`.
    fn rows(&mut self, mut on_row: impl FnMut(usize, &[u8])) {
        let image = self.stages.get(self.model.layers().len()).start as usize;
        let row_len = self.model.image().row_len().max(1);
        while let Some(rows) = self.draw(None) {
            let pixels = self.memory.get(image..).unwrap_or_default();
            for (row, pixels) in rows.zip(pixels.chunks_exact(row_len)) {
                on_row(row, pixels);
            }
        }
    }

    /// Draws the next row of the image, or as many as are made at once, to `frame` or else to the
    /// workspace. Returns their indices; `None` after the last.
    #[inline(never)]
    fn draw(&mut self, frame: Option<&mut [u8]>) -> Option<Range<usize>> {
        let last = self.model.layers().len() - 1;
        let mut index = last;
        loop {
            let (geometry, layer) = self.stages.layer(self.model, index)?;
            let y = usize::from(self.stages.made(index + 1));
            let height = geometry.output.height as usize;
            if y >= height {
                return None;
            }
            if usize::from(self.stages.made(index)) < geometry.input_rows_before(y) {
                index = index.checked_sub(1)?;
                continue;
            }
            let ring = self.stages.get(index + 1);
            let (inputs, output) = self.memory.split_at_mut_checked(ring.start as usize)?;
            let input = Input {
                memory: inputs,
                ring: self.stages.get(index),
            };
            let at = ring.next_row() - ring.start as usize;
            let row_len = geometry.output.row_len();
            let squashed = matches!(layer.activation, Activation::Tanh | Activation::Sigmoid);
            if index < last {
                let output = output.get_mut(at..)?.get_mut(..row_len)?;
                let work = Work::new(geometry, &layer, self.label, 0);
                work.row(y, &input, &mut self.scratch, output);
                if layer.activation == Activation::Sigmoid {
                    // A pixel code would be half a range off zero.
                    recode(output, 0x80, 1);
                }
                self.stages.advance(index + 1, 1);
                index += 1;
                continue;
            }
            let narrow = self.model.is_narrow();
            let alone = narrow && (geometry.window_row(y).phase == 1 || y + 1 == height);
            let rows = if alone { 1 } else { self.model.image_rows() };
            let output = match frame {
                Some(frame) => frame.get_mut(y * row_len..)?,
                None => output,
            };
            let output = output.get_mut(..rows * row_len)?;
            let work = Work::new(geometry, &layer, self.label, 0x80);
            if narrow {
                work.narrow(y, &input, &mut self.scratch, output);
            } else {
                work.row(y, &input, &mut self.scratch, output);
            }
            if !squashed {
                recode(output, 0x80, 0);
            }
            self.stages.advance(index + 1, rows as u8);
            return Some(y..y + rows);
        }
    }
}

/// Changes the codes of activations: the bits `flip`, and then a shift to the right.
#[inline(never)]
fn recode(codes: &mut [u8], flip: u8, shift: u32) {
    for code in codes {
        *code = (*code ^ flip) >> shift;
    }
}

/// The first `len` words of `bytes`, and the bytes that follow.
fn words(bytes: &mut [u8], len: usize) -> (&mut [u32], &mut [u8]) {
    let (words, rest) = bytes
        .split_at_mut_checked(len * size_of::<u32>())
        .unwrap_or_default();
    (
        bytemuck::try_cast_slice_mut(words).unwrap_or_default(),
        rest,
    )
}
