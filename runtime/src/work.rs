//! Rows of a layer's output from the kept rows of its input.

use crate::kernels::{depthwise_sum, upsample_row};
use crate::plan::Plan;
use crate::slices::{after, numbers};
use crate::stage::Stage;
use crate::window::Scratch;

/// Most channels whose sums a depthwise convolution makes at a time.
pub(crate) const DEPTHWISE: usize = 32;

/// A layer at work on a row.
pub(crate) struct Work<'a> {
    /// The model's file.
    pub file: &'a [u8],
    /// The memory of all rings, and the one that is the layer's input.
    pub memory: &'a [u8],
    pub input: &'a Stage,
    pub layer: &'a Stage,
    pub plan: &'a mut Plan,
}

impl<'a> Work<'a> {
    /// The bytes from the left margin of an input row on, if there is one.
    #[inline(always)]
    pub fn input_row(&self, row: i32) -> Option<&'a [u8]> {
        if !(0..i32::from(self.input.height)).contains(&row) {
            return None;
        }
        self.memory.get(self.input.row_start(row as usize)..)
    }

    /// Computes the row that is planned, or as many rows from it on as `output` is long and one
    /// matrix of a dense layer makes.
    #[inline(always)]
    pub fn rows(&mut self, scratch: &mut Scratch, output: &mut [u8]) {
        match self.layer.kind {
            Stage::UPSAMPLE if cfg!(feature = "upsample") => self.upsample(output),
            Stage::DEPTHWISE if cfg!(feature = "depthwise") => self.depthwise(scratch, output),
            _ => self.matrices(scratch, output),
        }
    }

    #[inline(never)]
    fn upsample(&self, output: &mut [u8]) {
        let row = self.input_row(self.plan.first.into());
        let row = row.and_then(|row| row.get(..self.input.shape().row_len()));
        let (factor, channels) = (self.layer.kernel.into(), self.layer.channels.into());
        upsample_row(factor, channels, row.unwrap_or_default(), output);
    }

    /// The words of the layer's weights from a byte of the file on.
    pub fn weights_from(&self, byte: usize) -> &'a [u32] {
        numbers(after(self.file, byte))
    }

    #[inline(never)]
    fn depthwise(&self, scratch: &mut Scratch, output: &mut [u8]) {
        let channels = usize::from(self.layer.channels).max(1);
        let kernel = usize::from(self.layer.kernel);
        let weights = after(self.file, self.layer.weights as usize);
        for (x, pixel) in output.chunks_exact_mut(channels).enumerate() {
            // Kept rows begin with a margin as wide as the padding.
            let from = x * usize::from(self.plan.input_step);
            let mut first = 0;
            for part in pixel.chunks_mut(DEPTHWISE) {
                let Some(sums) = scratch.sums.get_mut(..part.len()) else {
                    return;
                };
                for (offset, sum) in sums.iter_mut().enumerate() {
                    let channel = first + offset;
                    *sum = self.plan.first_sum;
                    for tap in 0..usize::from(self.plan.taps) {
                        let Some(row) = self.input_row(i32::from(self.plan.first) + tap as i32)
                        else {
                            continue;
                        };
                        *sum = sum.wrapping_add(depthwise_sum(
                            kernel,
                            channels,
                            after(row, from + channel),
                            weights,
                            self.layer.terms.bits(),
                            tap * kernel * channels + channel,
                        ));
                    }
                }
                self.finish(sums, first, first, part);
                first += DEPTHWISE;
            }
        }
    }
}
