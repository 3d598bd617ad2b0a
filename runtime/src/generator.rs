//! Generating an image, row by row.

use heapless::Vec;

use crate::error::GenerateError;
use crate::format::{Layer, MAX_LAYERS};
use crate::geometry::Geometry;
use crate::kernels::segment;
use crate::latent::Latent;
use crate::layout::{PANEL, matrix_start, panel_width};
use crate::model::Model;
use crate::requantize::Requantize;

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

/// The rows of one layer's output that are kept for the next layer.
#[derive(Clone, Copy, Debug)]
struct Ring {
    /// First byte in the workspace.
    start: usize,
    /// Rows kept.
    rows: usize,
    /// Bytes of a kept row, margins included.
    row_len: usize,
    /// Bytes of the margin before a row.
    margin: usize,
    /// Rows made so far; the next one's index.
    made: usize,
    /// Place of the next row among the kept ones.
    slot: usize,
}

impl Ring {
    /// First byte of row `row`, one of the last `rows` made.
    fn row_start(&self, row: usize) -> usize {
        let back = self.made - row;
        let slot = if back <= self.slot {
            self.slot - back
        } else {
            self.slot + self.rows - back
        };
        self.start + slot * self.row_len
    }

    fn advance(&mut self) {
        self.made += 1;
        self.slot += 1;
        if self.slot == self.rows {
            self.slot = 0;
        }
    }
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
        let mut rows = pixels.chunks_exact_mut(self.model.image().row_len());
        self.rows(latent, label, |_, row| {
            if let Some(pixels) = rows.next() {
                pixels.copy_from_slice(row);
            }
        })
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
        mut on_row: impl FnMut(usize, &[u8]),
    ) -> Result<(), GenerateError> {
        let classes = self.model.classes();
        if label >= classes.max(1) {
            return Err(GenerateError::NoSuchLabel { label, classes });
        }
        let (expected, found) = (self.model.latent_len(), latent.len());
        if expected != found {
            return Err(GenerateError::LatentLength { expected, found });
        }
        let mut rings = self.rings();
        self.workspace.fill(0);
        let last = rings.len() - 1;
        let mut stage = last;
        while rings[last].made < self.model.image().height as usize {
            let layer = &self.model.layers()[stage];
            let geometry = self.geometry(stage);
            let y = rings[stage].made;
            if stage > 0 && rings[stage - 1].made < geometry.input_rows_before(y) {
                stage -= 1;
                continue;
            }
            let ring = rings[stage];
            let row = ring.start + ring.slot * ring.row_len + ring.margin;
            let (before, after) = self.workspace.split_at_mut(ring.start);
            let output = &mut after[row - ring.start..][..geometry.output.row_len()];
            let input = match stage {
                0 => Input::Latent(latent.as_bytes()),
                _ => Input::Rows(before, rings[stage - 1]),
            };
            compute_row(layer, &geometry, label, y, input, output);
            rings[stage].advance();
            if stage == last {
                for byte in &mut *output {
                    *byte ^= 0x80;
                }
                on_row(y, output);
            } else {
                stage += 1;
            }
        }
        Ok(())
    }

    fn geometry(&self, stage: usize) -> Geometry {
        let layer = &self.model.layers()[stage];
        let input = match stage {
            0 => crate::format::Shape::new(1, 1, self.model.latent_len() as u16),
            _ => self.model.layers()[stage - 1].output,
        };
        Geometry {
            kind: layer.kind,
            input,
            output: layer.output,
        }
    }

    /// The kept rows of each layer's output, laid one after another.
    fn rings(&self) -> Vec<Ring, MAX_LAYERS> {
        let mut rings = Vec::new();
        let mut start = 0;
        for next in self.model.geometries().skip(1) {
            let ring = Ring {
                start,
                rows: next.input_rows_kept(),
                row_len: next.kept_row_len(),
                margin: next.input_margins().0 * next.input.channels as usize,
                made: 0,
                slot: 0,
            };
            start += next.kept_len();
            let _ = rings.push(ring);
        }
        let _ = rings.push(Ring {
            start,
            rows: 1,
            row_len: self.model.image().row_len(),
            margin: 0,
            made: 0,
            slot: 0,
        });
        rings
    }
}

/// Where a layer's inputs are.
#[derive(Clone, Copy)]
enum Input<'a> {
    Latent(&'a [u8]),
    Rows(&'a [u8], Ring),
}

impl<'a> Input<'a> {
    /// The bytes of an input row from its left margin on.
    fn row(&self, row: usize) -> &'a [u8] {
        match *self {
            Input::Latent(bytes) => bytes,
            Input::Rows(workspace, ring) => &workspace[ring.row_start(row)..],
        }
    }
}

/// Computes row `y` of a layer's output.
fn compute_row(
    layer: &Layer,
    geometry: &Geometry,
    label: u8,
    y: usize,
    input: Input,
    output: &mut [u8],
) {
    let taps = geometry.row(y);
    let channels = geometry.output.channels as usize;
    let bytes = geometry.input.channels as usize;
    let height = i32::from(geometry.input.height);
    let (left, _) = geometry.input_margins();
    let table = layer
        .label
        .get(label as usize * geometry.output.len() + y * geometry.output.row_len()..)
        .unwrap_or_default();
    let requantize = Requantize {
        activation: layer.activation,
        pre_shift: u32::from(layer.pre_shift),
        post_shift: u32::from(layer.post_shift),
    };
    for index in 0..geometry.groups() {
        let group = geometry.group(index);
        let matrix = &layer.weights[matrix_start(geometry, taps.phase, index)..];
        for window in 0..geometry.windows() {
            let column = window * geometry.input_step() + left;
            let from = (column as i32 + group.first_input) as usize * bytes;
            let place =
                (group.first_output + (window * geometry.output_step()) as i32) * channels as i32;
            let mut panel = 0;
            let mut done = 0;
            let mut channel = 0;
            while done < group.outputs {
                let width = panel_width(group.outputs - done);
                let mut sums = [0i32; PANEL];
                let first = place + done as i32;
                for (offset, sum) in sums[..width].iter_mut().enumerate() {
                    let channel = (channel + offset) % channels;
                    let (place, label) = match usize::try_from(first + offset as i32) {
                        Ok(at) => (
                            y * geometry.output.row_len() + at,
                            table.get(at).map_or(0, |&byte| i32::from(byte as i8)),
                        ),
                        Err(_) => (0, 0),
                    };
                    *sum = layer.bias(place, channel) + (label << layer.label_shift);
                }
                for tap in 0..taps.count {
                    let row = taps.first + tap as i32;
                    if (0..height).contains(&row) {
                        let inputs = &input.row(row as usize)[from..][..group.segment];
                        let weights =
                            &matrix[panel + tap * group.segment * width..][..group.segment * width];
                        accumulate(&mut sums, width, weights, inputs);
                    }
                }
                for (offset, &sum) in sums[..width].iter().enumerate() {
                    let at = first + offset as i32;
                    let channel = (channel + offset) % channels;
                    if let Ok(at) = usize::try_from(at)
                        && let Some(byte) = output.get_mut(at)
                    {
                        *byte = requantize.apply(sum, layer.multiplier(channel));
                    }
                }
                panel += taps.count * group.segment * width;
                channel = (channel + width) % channels;
                done += width;
            }
        }
    }
}

fn accumulate(sums: &mut [i32; PANEL], width: usize, weights: &[u8], inputs: &[u8]) {
    match width {
        1 => {
            if let Some(sums) = sums.first_chunk_mut::<1>() {
                segment(sums, weights, inputs);
            }
        }
        2 => {
            if let Some(sums) = sums.first_chunk_mut::<2>() {
                segment(sums, weights, inputs);
            }
        }
        4 => {
            if let Some(sums) = sums.first_chunk_mut::<4>() {
                segment(sums, weights, inputs);
            }
        }
        _ => segment(sums, weights, inputs),
    }
}
