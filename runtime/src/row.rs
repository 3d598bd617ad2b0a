//! One row of a layer's output from the kept rows of its input.

use crate::format::{Kind, Layer, Window};
use crate::geometry::{Geometry, RowTaps};
use crate::kernels::{depthwise_sum, upsample_row};
use crate::layout::matrix_start;
use crate::narrow::is_narrow;
use crate::requantize::Requantize;
use crate::ring::Input;
use crate::tables::Tables;
use crate::window::{Scratch, WindowRow};

/// A layer at work.
pub(crate) struct RowJob<'a> {
    pub layer: &'a Layer<'a>,
    pub geometry: &'a Geometry,
    /// [`Geometry::rows_at_once`].
    pub rows_at_once: usize,
    pub label: u8,
    /// What every byte of the output differs by: 0, or 0x80 for pixels.
    pub flip: u8,
    pub input: Input<'a>,
}

impl<'a> RowJob<'a> {
    /// Computes row `y` of the output.
    #[inline(never)]
    pub fn compute(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        match self.geometry.kind {
            Kind::Upsample(factor) => {
                let channels = self.geometry.input.channels as usize;
                let row = self.input.row(self.geometry.row(y).first as usize);
                let row = row.get(..self.geometry.input.row_len());
                upsample_row(factor as usize, channels, row.unwrap_or_default(), output);
                for byte in output {
                    *byte ^= self.flip;
                }
            }
            Kind::Depthwise(window) => self.depthwise(window, y, output),
            _ if self.layer.bits == 8 && is_narrow(self.geometry) => {
                self.narrow(y, scratch, output);
            }
            Kind::Dense if self.rows_at_once > 1 => self.dense(y, scratch, output),
            _ => self.matrices(y, scratch, output),
        }
    }

    /// The input row of a tap, if there is one.
    pub fn tap(&self, taps: &RowTaps, tap: usize) -> Option<&'a [u8]> {
        let row = taps.first + tap as i32;
        (0..i32::from(self.geometry.input.height))
            .contains(&row)
            .then(|| self.input.row(row as usize))
    }

    /// Computes row `y` of a dense layer that makes the sums of several rows at once.
    #[inline(never)]
    fn dense(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let geometry = self.geometry;
        let tables = Tables::new(self.layer, geometry, self.label, y, self.flip);
        let phase = y / self.rows_at_once.max(1);
        let row = y - phase * self.rows_at_once;
        if row == 0 || !scratch.next_row {
            let taps = RowTaps {
                phase,
                first: 0,
                count: 1,
            };
            let mut windows = WindowRow::new(self, &taps, &geometry.group(0));
            windows.weights = self.weights_from(matrix_start(geometry, phase, 0));
            windows.sum_all(tables.first(), scratch);
            scratch.next_row = true;
        }
        let sums = scratch
            .sums
            .get_mut(row * output.len()..)
            .unwrap_or_default();
        let sums = sums.get_mut(..output.len()).unwrap_or_default();
        tables.finish(sums, 0, 0, output);
    }

    /// The layer's words of weights from a place on.
    fn weights_from(&self, place: usize) -> &'a [u32] {
        let weights: &[u32] = bytemuck::try_cast_slice(self.layer.weights).unwrap_or_default();
        let start = if self.layer.bits == 4 {
            place / 8
        } else {
            place / 4
        };
        weights.get(start..).unwrap_or_default()
    }

    #[inline(never)]
    fn matrices(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let geometry = self.geometry;
        let taps = geometry.row(y);
        let channels = geometry.output.channels as usize;
        let tables = Tables::new(self.layer, geometry, self.label, y, self.flip);
        for index in 0..geometry.groups() {
            let group = geometry.group(index);
            let mut windows = WindowRow::new(self, &taps, &group);
            windows.weights = self.weights_from(matrix_start(geometry, taps.phase, index));
            let (left, _) = geometry.input_margins();
            let mut from = (left as i32 + group.first_input) * i32::from(geometry.input.channels);
            let mut at = group.first_output * channels as i32;
            for _ in 0..geometry.windows() {
                windows.compute(from as usize, at, &tables, scratch, output);
                from += geometry.input_step() as i32 * i32::from(geometry.input.channels);
                at += (geometry.output_step() * channels) as i32;
            }
        }
    }

    #[inline(never)]
    fn depthwise(&self, window: Window, y: usize, output: &mut [u8]) {
        let (layer, geometry) = (self.layer, self.geometry);
        let taps = geometry.row(y);
        let channels = geometry.output.channels as usize;
        let kernel = window.kernel as usize;
        let requantize = Requantize::new(layer, self.flip);
        for (x, pixel) in output.chunks_exact_mut(channels.max(1)).enumerate() {
            // Kept rows begin with a margin as wide as the padding.
            let from = x * window.stride as usize * channels;
            for (channel, byte) in pixel.iter_mut().enumerate() {
                let mut sum = layer.bias(channel, channel);
                for tap in 0..taps.count {
                    let Some(row) = self.tap(&taps, tap) else {
                        continue;
                    };
                    let inputs = row.get(from + channel..).unwrap_or_default();
                    let first = tap * kernel * channels + channel;
                    sum = sum.wrapping_add(depthwise_sum(
                        kernel,
                        channels,
                        inputs,
                        layer.weights,
                        layer.bits,
                        first,
                    ));
                }
                *byte = requantize.apply(sum, layer.multiplier(channel));
            }
        }
    }
}
