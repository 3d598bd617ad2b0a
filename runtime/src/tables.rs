//! What a layer's constants add to and make of the sums of one row.

use crate::format::{Kind, Layer};
use crate::geometry::Geometry;
use crate::requantize::{Requantize, Run, rounding};

/// The constants that meet the sums of a row.
pub(crate) struct Tables<'a> {
    requantize: Requantize,
    dense: bool,
    /// One for each channel.
    multipliers: &'a [i16],
    /// One for each channel or each output of the row, or none.
    bias: &'a [i16],
    /// Whether there is one bias for each output.
    bias_by_output: bool,
    /// What the class adds to each output of the row, or empty.
    label: &'a [u8],
    label_shift: u32,
}

impl<'a> Tables<'a> {
    /// For row `y` of the layer's output, whose bytes are to differ by `flip`.
    pub fn new(layer: &'a Layer<'a>, geometry: &Geometry, label: u8, y: usize, flip: u8) -> Self {
        let channels = geometry.output.channels as usize;
        let row_len = geometry.output.row_len();
        let multipliers: &[i16] = bytemuck::try_cast_slice(layer.multipliers).unwrap_or_default();
        let mut bias: &[i16] = bytemuck::try_cast_slice(layer.bias).unwrap_or_default();
        let bias_by_output = bias.len() > channels;
        if bias_by_output {
            bias = bias.get(y * row_len..).unwrap_or_default();
        }
        let label = match layer.label.is_empty() {
            true => 0,
            false => label as usize * geometry.output.len() + y * row_len,
        };
        Self {
            requantize: Requantize::new(layer, flip),
            dense: geometry.kind == Kind::Dense,
            multipliers,
            bias,
            bias_by_output,
            label: layer.label.get(label..).unwrap_or_default(),
            label_shift: u32::from(layer.label_shift),
        }
    }

    /// Whether the layer is dense: its windows all have the same inputs.
    pub fn is_dense(&self) -> bool {
        self.dense
    }

    /// What every sum begins with: the rounding of the first shift.
    pub fn first(&self) -> i32 {
        rounding(self.requantize.pre_shift)
    }

    /// Writes the activations that `sums` stand for, the first being in column `column` of its
    /// window and at byte `place` of the row, where `outputs` begin.
    #[inline(never)]
    pub fn finish(&self, sums: &mut [i32], column: usize, place: usize, outputs: &mut [u8]) {
        if !self.label.is_empty() {
            self.add_label(sums, place);
        }
        let period = self.multipliers.len().max(1);
        let mut channel = column;
        while channel >= period {
            channel -= period;
        }
        let bias = match self.bias_by_output {
            true => self.bias.get(place..).unwrap_or_default(),
            false => self.bias,
        };
        let Some(outputs) = outputs.get_mut(..sums.len()) else {
            return;
        };
        self.requantize.apply_all(&mut Run {
            sums,
            outputs,
            channel,
            multipliers: self.multipliers,
            bias,
            bias_by_output: self.bias_by_output,
        });
    }

    #[inline(never)]
    fn add_label(&self, sums: &mut [i32], place: usize) {
        let label = self.label.get(place..).unwrap_or_default();
        for (sum, &label) in sums.iter_mut().zip(label) {
            *sum = sum.wrapping_add(i32::from(label as i8) << (self.label_shift & 31));
        }
    }
}
