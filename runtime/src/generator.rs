//! Generating an image, row by row.

use heapless::Vec;

use crate::error::GenerateError;
use crate::format::{Activation, Kind, MAX_LAYERS};
use crate::geometry::Geometry;
use crate::latent::Latent;
use crate::model::Model;
use crate::ring::{Input, Ring};
use crate::row::RowJob;
use crate::window::{Scratch, ScratchWords};

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
        self.check(latent, label)?;
        self.draw(latent, label, Some(pixels), |_, _| {});
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
        self.check(latent, label)?;
        self.draw(latent, label, None, on_row);
        Ok(())
    }

    fn check(&self, latent: &Latent, label: u8) -> Result<(), GenerateError> {
        let classes = self.model.classes();
        if label >= classes.max(1) {
            return Err(GenerateError::NoSuchLabel { label, classes });
        }
        let (expected, found) = (self.model.latent_len(), latent.len());
        if expected != found {
            return Err(GenerateError::LatentLength { expected, found });
        }
        Ok(())
    }

    /// Draws to `frame`, or else a row after the other to the workspace, for `on_row`.
    fn draw(
        &mut self,
        latent: &Latent,
        label: u8,
        mut frame: Option<&mut [u8]>,
        mut on_row: impl FnMut(usize, &[u8]),
    ) {
        let mut stages = Stages::new(self.model);
        let (mut scratch, memory) = split(self.workspace, self.model.scratch());
        memory.fill(0);
        if let Some(ring) = stages.latent {
            let start = ring.next_row();
            let kept = memory.iter_mut().skip(start);
            for (to, from) in kept.zip(latent.as_bytes()) {
                *to = *from;
            }
        }
        let last = self.model.layers().len() - 1;
        let mut stage = last;
        // The last layer, which is asked most often, and the one asked last of the others.
        let last_loaded = self.model.layer(last);
        let mut other = None;
        let mut other_stage = last;
        let mut at_work = last;
        loop {
            if stage != at_work {
                scratch.dense = None;
                scratch.next_row = false;
                at_work = stage;
            }
            if stage != last && stage != other_stage {
                other = self.model.layer(stage);
                other_stage = stage;
            }
            let loaded = if stage == last { &last_loaded } else { &other };
            let Some((geometry, layer, rows_at_once)) = loaded else {
                return;
            };
            let Some(ring) = stages.rings.get(stage).copied() else {
                return;
            };
            let y = ring.made as usize;
            if y >= geometry.output.height as usize {
                return;
            }
            let before = stage
                .checked_sub(1)
                .and_then(|before| stages.rings.get(before));
            if let Some(before) = before
                && (before.made as usize) < geometry.input_rows_before(y)
            {
                stage -= 1;
                continue;
            }
            let Some((inputs, output)) = memory.split_at_mut_checked(ring.start as usize) else {
                return;
            };
            let row_len = geometry.output.row_len();
            let at = ring.next_row() - ring.start as usize;
            let output = match &mut frame {
                Some(frame) if stage == last => frame.get_mut(y * row_len..),
                _ => output.get_mut(at..),
            };
            let Some(output) = output.and_then(|output| output.get_mut(..row_len)) else {
                return;
            };
            let job = RowJob {
                layer,
                geometry,
                rows_at_once: *rows_at_once,
                label,
                flip: if stage == last { 0x80 } else { 0 },
                input: match before.or(stages.latent.as_ref()) {
                    Some(&ring) => Input::Rows(inputs, ring),
                    None => Input::Latent(latent.as_bytes()),
                },
            };
            job.compute(y, &mut scratch, output);
            if let Some(ring) = stages.rings.get_mut(stage) {
                ring.advance();
            }
            if stage == last {
                on_row(y, output);
            } else {
                if layer.activation == Activation::Sigmoid {
                    // A pixel code would be half a range off zero.
                    for byte in output {
                        *byte = (*byte ^ 0x80) >> 1;
                    }
                }
                stage += 1;
            }
        }
    }
}

/// The kept rows of every layer's output, laid one after another.
struct Stages {
    /// Those of the latent, unless the first layer can read it in place.
    latent: Option<Ring>,
    rings: Vec<Ring, MAX_LAYERS>,
}

impl Stages {
    #[inline(never)]
    fn new(model: &Model) -> Self {
        let mut start = 0;
        let mut ring = |next: &Geometry| {
            let margin = next.input_margins().0 * next.input.channels as usize;
            let ring = Ring::new(start, next.input_rows_kept(), next.kept_row_len(), margin);
            start += next.kept_len();
            ring
        };
        let mut geometries = model.geometries();
        let first = geometries.next().filter(|first| first.kind != Kind::Dense);
        let latent = first.map(|first| Ring {
            made: 1,
            ..ring(&first)
        });
        let mut rings = Vec::new();
        for next in geometries {
            let _ = rings.push(ring(&next));
        }
        let _ = rings.push(Ring::new(start, 1, model.image().row_len(), 0));
        Self { latent, rings }
    }
}

/// The windows' memory, at the first address in `workspace` that suits words, and the bytes that
/// follow.
fn split(workspace: &mut [u8], words: ScratchWords) -> (Scratch<'_>, &mut [u8]) {
    let misaligned = workspace.as_ptr().align_offset(align_of::<u32>());
    let rest = workspace.get_mut(misaligned..).unwrap_or_default();
    let (inputs, rest) = take(rest, words.inputs * size_of::<u32>());
    let (sums, rest) = take(rest, words.sums * size_of::<u32>());
    let scratch = Scratch {
        words: bytemuck::try_cast_slice_mut(inputs).unwrap_or_default(),
        sums: bytemuck::try_cast_slice_mut(sums).unwrap_or_default(),
        next_row: false,
        dense: None,
    };
    (scratch, rest)
}

fn take(bytes: &mut [u8], len: usize) -> (&mut [u8], &mut [u8]) {
    bytes.split_at_mut_checked(len).unwrap_or_default()
}
