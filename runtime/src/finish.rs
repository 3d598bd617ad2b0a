//! From the sums of a layer's outputs to its activations.

use crate::kernels::{Constants, activate};
use crate::requantize::{Rule, Scale, rounding};
use crate::slices::{after, first, numbers};
use crate::stage::Stage;
use crate::work::Work;

impl<'a> Work<'a> {
    /// Plans what becomes of the sums of the row, for a class. Pixels of the last layer are above zero.
    #[inline(never)]
    pub fn plan_finish(&mut self, label: u8, last: bool) {
        let layer = self.layer;
        let shape = layer.shape();
        let output = u32::from(layer.made) * shape.row_len() as u32;
        let bias_shift = layer.terms.bias_shift();
        self.plan.multipliers = layer.multipliers;
        self.plan.bias = match layer.terms {
            terms if terms.bias_by_output() => layer.bias() + 2 * output,
            terms if terms.bias_by_channel() => layer.bias(),
            _ => 0,
        };
        self.plan.common = 0;
        if self.plan.bias != 0 && !layer.terms.bias_by_output() && layer.channels == 1 {
            let bias = self.numbers(self.plan.bias).first();
            self.plan.common = i32::from(bias.copied().unwrap_or(0)) << bias_shift;
            self.plan.bias = 0;
        }
        self.plan.label = match layer.terms.has_label() {
            true => layer.label() + u32::from(label) * shape.len() as u32 + output,
            false => 0,
        };
        self.plan.first_sum = rounding(layer.pre_shift.into());
        self.plan.scale = Scale {
            bias: i32::from(self.plan.bias != 0) << bias_shift,
            pre_shift: layer.pre_shift.into(),
            rounding: rounding(layer.post_shift.into()),
            post_shift: layer.post_shift.into(),
            slope: layer.slope.into(),
            flip: if last { 0x80 } else { 0 },
            rule: match layer.activation {
                Stage::IDENTITY => Rule::PLAIN,
                Stage::RELU | Stage::LEAKY_RELU => Rule::LEAKY,
                _ => Rule::TABLE,
            },
            unused: [0; 2],
        };
    }

    /// Lets sums begin with the bias of an only channel: those of windows, not of panels, which have
    /// 24 bits in all.
    pub fn begin_with_bias(&mut self) {
        self.plan.first_sum = self.plan.first_sum.wrapping_add(self.plan.common);
        self.plan.common = 0;
    }

    /// Whether the activations are those of the last layer.
    pub fn makes_pixels(&self) -> bool {
        self.plan.scale.flip != 0
    }

    /// [`Self::finish`] for sums that begin with the bias of an only channel.
    #[cfg_attr(feature = "fast", inline(never))]
    #[cfg_attr(not(feature = "fast"), inline(always))]
    pub fn finish_narrow(&self, sums: &mut [i32], outputs: &mut [u8]) {
        if cfg!(not(feature = "fast")) {
            return self.finish(sums, 0, 0, outputs);
        }
        let constants = Constants {
            multipliers: first(self.numbers(self.plan.multipliers), 1),
            bias: &[],
            bias_by_output: false,
        };
        activate(&self.plan.scale, &constants, 0, sums, outputs);
    }

    /// Writes the activations that `sums` stand for to `outputs`. The first is output `place` of the
    /// row, and its channel is the remainder of `column`.
    #[inline(never)]
    pub fn finish(&self, sums: &mut [i32], place: usize, column: usize, outputs: &mut [u8]) {
        let plan = &*self.plan;
        if plan.common != 0 || plan.label != 0 {
            self.add_terms(sums, place);
        }
        let channels = usize::from(self.layer.channels).max(1);
        let mut channel = column;
        while channel >= channels {
            channel -= channels;
        }
        let bias_by_output = self.layer.terms.bias_by_output();
        let constants = Constants {
            multipliers: first(self.numbers(plan.multipliers), channels),
            bias: match plan.bias {
                0 => &[],
                start if bias_by_output => after(self.numbers(start), place),
                start => first(self.numbers(start), channels),
            },
            bias_by_output,
        };
        activate(&plan.scale, &constants, channel, sums, outputs);
    }

    /// Adds the bias of an only channel, and what the class does.
    #[inline(never)]
    fn add_terms(&self, sums: &mut [i32], place: usize) {
        if self.plan.common != 0 {
            for sum in &mut *sums {
                *sum = sum.wrapping_add(self.plan.common);
            }
        }
        if self.plan.label != 0 {
            let label = after(self.file, self.plan.label as usize + place);
            for (sum, &label) in sums.iter_mut().zip(label) {
                *sum = sum.wrapping_add(i32::from(label as i8) << (self.layer.label_shift & 31));
            }
        }
    }

    /// The numbers of the file from byte `start` on.
    #[inline(always)]
    fn numbers(&self, start: u32) -> &'a [i16] {
        numbers(after(self.file, start as usize))
    }
}
