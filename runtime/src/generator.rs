//! Generating an image, row by row.

use crate::error::GenerateError;
use crate::latent::{Latent, draw_components};
use crate::model::Model;
use crate::plan::Plan;
use crate::requantize::recode;
use crate::slices::{after, after_mut, first, first_mut};
use crate::stage::{Stage, clear, fill, stage_words};
use crate::window::{Scratch, ScratchWords};
use crate::work::Work;

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
    /// The latent's, and one for each layer.
    stages: &'w mut [Stage],
    /// One, of the row that is being made.
    plan: &'w mut [Plan],
    scratch: Scratch<'w>,
    /// The memory of all rings.
    memory: &'w mut [u8],
}

impl<'w> Drawing<'w> {
    #[inline(always)]
    fn new(model: &'w Model<'w>, workspace: &'w mut [u8], label: u8) -> Self {
        let drawing = Self::divide(model, workspace);
        if let Some(plan) = drawing.plan.first_mut() {
            plan.awaited = 0;
            plan.stage = drawing.stages.len().saturating_sub(2) as u8;
            plan.class = label;
        }
        fill(model, drawing.stages);
        drawing
    }

    /// Divides the workspace. A function of its own, so that its stack is free again when the stages
    /// are filled.
    #[inline(never)]
    fn divide(model: &'w Model<'w>, workspace: &'w mut [u8]) -> Self {
        let ScratchWords { inputs, sums } = model.scratch();
        let (_, words, _) = bytemuck::pod_align_to_mut::<u8, u32>(workspace);
        let (plan, words) = split(words, Plan::WORDS);
        let (stages, words) = split(words, stage_words(model.layers().len()));
        let (inputs, words) = split(words, inputs);
        let (sums, words) = split(words, sums);
        clear(first_mut(words, model.kept_len() / size_of::<u32>()));
        Self {
            model,
            stages: bytemuck::try_cast_slice_mut(stages).unwrap_or_default(),
            plan: bytemuck::try_cast_slice_mut(plan).unwrap_or_default(),
            scratch: Scratch {
                words: inputs,
                sums: bytemuck::cast_slice_mut(sums),
            },
            memory: bytemuck::cast_slice_mut(words),
        }
    }

    /// Where the latent goes.
    fn latent(&mut self) -> &mut [u8] {
        let margin = self.stages.first().map_or(0, |latent| latent.margin());
        first_mut(after_mut(self.memory, margin), self.model.latent_len())
    }

    /// Gives the rows to `on_row`.
    fn rows(&mut self, mut on_row: impl FnMut(usize, &[u8])) {
        let mut row = 0;
        while let Some(rows) = self.draw(None) {
            for made in 0..rows {
                on_row(row, self.row(made));
                row += 1;
            }
        }
    }

    /// One of the rows of the image that were made last in the workspace.
    #[inline(never)]
    fn row(&self, index: usize) -> &[u8] {
        let image = self.stages.last().map_or(0, |last| last.start as usize);
        let row_len = self.model.image().row_len();
        first(after(self.memory, image + index * row_len), row_len)
    }

    /// Draws the next row of the image, or as many as are made at once, to `frame` or else to the
    /// workspace. Returns how many; `None` after the last.
    #[inline(always)]
    fn draw(&mut self, mut frame: Option<&mut [u8]>) -> Option<usize> {
        loop {
            self.plan()?;
            let rows = self.make(frame.as_deref_mut())?;
            if rows > 0 {
                return Some(rows);
            }
        }
    }

    /// Plans the next row of the layer that is next, or of one before it if rows are missing. `None` if
    /// all rows are made.
    #[inline(never)]
    fn plan(&mut self) -> Option<()> {
        let plan = self.plan.first_mut()?;
        loop {
            let [input, layer, others @ ..] = self.stages.get(plan.stage.into()..)? else {
                return None;
            };
            if layer.made >= layer.height {
                return None;
            }
            let narrow = cfg!(feature = "fast") && others.is_empty() && self.model.is_narrow();
            let waits = narrow && input.made < plan.awaited;
            if !waits && plan.next([input, layer]) {
                if narrow {
                    // The rows after these take one more row of the input.
                    plan.awaited = plan.needed.saturating_add(1).min(input.height);
                }
                return Some(());
            }
            plan.stage = plan.stage.checked_sub(1)?;
        }
    }

    /// Makes the row that is planned, or as many rows of the image as are made at once, and goes on to
    /// the layer after it. Returns how many rows of the image were made.
    #[inline(never)]
    fn make(&mut self, frame: Option<&mut [u8]>) -> Option<usize> {
        let plan = self.plan.first_mut()?;
        let [input, layer, others @ ..] = self.stages.get_mut(plan.stage.into()..)? else {
            return None;
        };
        let last = others.is_empty();
        let narrow = cfg!(feature = "narrow") && last && self.model.is_narrow();
        let row_len = layer.shape().row_len();
        let (memory, ring) = self.memory.split_at_mut_checked(layer.start as usize)?;
        let mut rows = 1;
        let output = if !last {
            ring.get_mut(layer.next_row()..)?
        } else {
            // The row of a narrow layer's second phase, or its last one, is made alone.
            if !(narrow && (plan.phase == 1 || layer.made + 1 == layer.height)) {
                rows = self.model.image_rows();
            }
            match frame {
                Some(frame) => frame.get_mut(usize::from(layer.made) * row_len..)?,
                None => ring,
            }
        };
        let output = output.get_mut(..rows * row_len)?;
        let mut work = Work {
            file: self.model.content(),
            memory,
            input,
            layer,
            plan,
            scratch: &mut self.scratch,
            output,
        };
        work.plan_finish(last);
        if narrow {
            work.narrow();
        } else {
            work.rows();
        }
        match layer.kind {
            // Nothing was scaled.
            Stage::UPSAMPLE if last => recode(output, 0),
            // A pixel code would be half a range off zero.
            _ if layer.activation == Stage::SIGMOID && !last => recode(output, 1),
            _ => {}
        }
        for _ in 0..rows {
            layer.advance();
        }
        if !last {
            plan.stage += 1;
            rows = 0;
        }
        Some(rows)
    }
}

/// The first `len` words, and those that follow.
fn split(words: &mut [u32], len: usize) -> (&mut [u32], &mut [u32]) {
    words.split_at_mut_checked(len).unwrap_or_default()
}
