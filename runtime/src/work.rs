//! Rows of a layer's output from the kept rows of its input.

use crate::finish::Finish;
use crate::format::{Kind, Window};
use crate::geometry::{Geometry, RowTaps};
use crate::kernels::{depthwise_sum, upsample_row};
use crate::layout::is_nibble;
use crate::slices::{after, numbers};
use crate::stage::Stage;
use crate::walk::Walk;
use crate::window::Scratch;

/// Most channels whose sums a depthwise convolution makes at a time.
pub(crate) const DEPTHWISE: usize = 32;

/// A row of a layer's output.
pub(crate) struct Row {
    pub geometry: Geometry,
    pub walk: Walk,
    /// The input rows behind it.
    pub taps: RowTaps,
}

impl Row {
    /// The next row of a layer. A function of its own, so that what it works with is off the stack
    /// while the row is made.
    #[inline(never)]
    pub fn next(layer: &Stage, input: &Stage) -> Self {
        let geometry = layer.geometry(input.shape());
        let (walk, y) = (geometry.walk(), layer.made.into());
        Self {
            taps: geometry.row_of(&walk, y),
            geometry,
            walk,
        }
    }
}

/// A layer at work on a row.
pub(crate) struct Work<'a> {
    pub row: &'a Row,
    /// Bits of a weight: 8 or 4.
    pub bits: u8,
    /// The weights, and what follows them in the file.
    pub weights: &'a [u8],
    pub finish: Finish<'a>,
    /// The memory of all rings, and the one that is the layer's input.
    pub memory: &'a [u8],
    pub input: &'a Stage,
}

impl<'a> Work<'a> {
    /// A row of a layer of `file`, after the one that made its input, for a class. Pixels of the last
    /// layer are above zero.
    #[inline(never)]
    pub fn new(
        file: &'a [u8],
        label: u8,
        [input, layer]: [&'a Stage; 2],
        row: &'a Row,
        memory: &'a [u8],
        last: bool,
    ) -> Self {
        Self {
            row,
            bits: layer.terms.bits(),
            weights: after(file, layer.weights as usize),
            finish: Finish::new(layer, file, label, if last { 0x80 } else { 0 }),
            memory,
            input,
        }
    }

    /// The bytes from the left margin of an input row on, if there is one.
    #[inline(never)]
    pub fn input_row(&self, row: i32) -> Option<&'a [u8]> {
        if !(0..i32::from(self.row.geometry.input.height)).contains(&row) {
            return None;
        }
        self.memory.get(self.input.row_start(row as usize)..)
    }

    /// Computes row `y` of the output, or as many rows from `y` on as `output` is long and one
    /// matrix of a dense layer makes.
    pub fn rows(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        match self.row.geometry.kind {
            Kind::Upsample(factor) if cfg!(feature = "upsample") => self.upsample(factor, output),
            Kind::Depthwise(window) if cfg!(feature = "depthwise") => {
                self.depthwise(window, scratch, output)
            }
            _ => self.matrices(y, scratch, output),
        }
    }

    #[inline(never)]
    fn upsample(&self, factor: u8, output: &mut [u8]) {
        let geometry = &self.row.geometry;
        let row = self.input_row(self.row.taps.first);
        let row = row.and_then(|row| row.get(..geometry.input.row_len()));
        let channels = geometry.input.channels as usize;
        upsample_row(factor as usize, channels, row.unwrap_or_default(), output);
    }

    /// The layer's words of weights from a place on.
    pub fn weights_from(&self, place: usize) -> &'a [u32] {
        let weights: &[u32] = numbers(self.weights);
        let start = if is_nibble(self.bits) {
            place / 8
        } else {
            place / 4
        };
        after(weights, start)
    }

    #[inline(never)]
    fn depthwise(&self, window: Window, scratch: &mut Scratch, output: &mut [u8]) {
        let geometry = &self.row.geometry;
        let taps = &self.row.taps;
        let channels = (geometry.output.channels as usize).max(1);
        let kernel = window.kernel as usize;
        for (x, pixel) in output.chunks_exact_mut(channels).enumerate() {
            // Kept rows begin with a margin as wide as the padding.
            let from = x * window.stride as usize * channels;
            let mut first = 0;
            for part in pixel.chunks_mut(DEPTHWISE) {
                let Some(sums) = scratch.sums.get_mut(..part.len()) else {
                    return;
                };
                for (offset, sum) in sums.iter_mut().enumerate() {
                    let channel = first + offset;
                    *sum = self.finish.first();
                    for tap in 0..taps.count {
                        let Some(row) = self.input_row(taps.first + tap as i32) else {
                            continue;
                        };
                        *sum = sum.wrapping_add(depthwise_sum(
                            kernel,
                            channels,
                            after(row, from + channel),
                            self.weights,
                            self.bits,
                            tap * kernel * channels + channel,
                        ));
                    }
                }
                self.finish.apply(sums, first, first, part);
                first += DEPTHWISE;
            }
        }
    }
}

/// Whole taps of a window, of which those beyond the edges are left out.
pub(crate) struct Inside {
    pub taps: RowTaps,
    /// Taps left out before them.
    pub skipped: usize,
}

impl Inside {
    /// What of `all` is within an input of `height` rows.
    pub fn new(all: &RowTaps, height: u16) -> Self {
        let end = (all.first + all.count as i32).min(i32::from(height));
        let first = all.first.max(0);
        Self {
            taps: RowTaps {
                phase: all.phase,
                first,
                count: (end - first).max(0) as usize,
            },
            skipped: (first - all.first) as usize,
        }
    }
}
