//! Rows of a layer's output from the kept rows of its input.

use crate::kernels::{depthwise_sum, upsample_row};
use crate::plan::Plan;
use crate::slices::{after, numbers};
use crate::stage::Stage;
use crate::window::Scratch;

/// Most channels whose sums a depthwise convolution makes at a time.
pub(crate) const DEPTHWISE: usize = 32;

/// A layer at work on a row.
pub(crate) struct Work<'a, 's> {
    /// The model's file.
    pub file: &'a [u8],
    /// The memory of all rings, and the one that is the layer's input.
    pub memory: &'a [u8],
    pub input: &'a Stage,
    pub layer: &'a Stage,
    pub plan: &'a mut Plan,
    pub scratch: &'a mut Scratch<'s>,
    /// The row, or as many from it on as are made at once.
    pub output: &'a mut [u8],
}

impl<'a> Work<'a, '_> {
    /// Computes the row that is planned, or as many rows from it on as there is room for and one matrix
    /// of a dense layer makes.
    #[inline(always)]
    pub fn rows(&mut self) {
        match self.layer.kind {
            Stage::UPSAMPLE if cfg!(feature = "upsample") => self.upsample(),
            Stage::DEPTHWISE if cfg!(feature = "depthwise") => self.depthwise(),
            _ => self.matrices(),
        }
    }

    #[inline(never)]
    fn upsample(&mut self) {
        let row = input_row(self.memory, self.input, self.plan.first.into());
        let row = row.and_then(|row| row.get(..self.input.shape().row_len()));
        let (factor, channels) = (self.layer.kernel.into(), self.layer.channels.into());
        upsample_row(factor, channels, row.unwrap_or_default(), self.output);
    }

    /// The words of the layer's weights from a byte of the file on.
    pub fn weights_from(&self, byte: usize) -> &'a [u32] {
        numbers(after(self.file, byte))
    }

    #[inline(never)]
    fn depthwise(&mut self) {
        let channels = usize::from(self.layer.channels).max(1);
        let kernel = usize::from(self.layer.kernel);
        let weights = after(self.file, self.layer.weights as usize);
        for x in 0..self.output.len() / channels {
            // Kept rows begin with a margin as wide as the padding.
            let from = x * usize::from(self.plan.input_step);
            let mut first = 0;
            while first < channels {
                let count = (channels - first).min(DEPTHWISE);
                for offset in 0..count {
                    let channel = first + offset;
                    let mut sum = self.plan.first_sum;
                    for tap in 0..usize::from(self.plan.taps) {
                        let row = i32::from(self.plan.first) + tap as i32;
                        let Some(row) = input_row(self.memory, self.input, row) else {
                            continue;
                        };
                        sum = sum.wrapping_add(depthwise_sum(
                            kernel,
                            channels,
                            after(row, from + channel),
                            weights,
                            self.layer.terms.bits(),
                            tap * kernel * channels + channel,
                        ));
                    }
                    if let Some(place) = self.scratch.sums.get_mut(offset) {
                        *place = sum;
                    }
                }
                self.finish(0, count, x * channels + first, first);
                first += DEPTHWISE;
            }
        }
    }
}

/// The bytes from the left margin of row `row` of `input` on, if there is one.
#[inline(always)]
pub(crate) fn input_row<'a>(memory: &'a [u8], input: &Stage, row: i32) -> Option<&'a [u8]> {
    if !(0..i32::from(input.height)).contains(&row) {
        return None;
    }
    memory.get(input.row_start(row as usize)..)
}
