//! From the sums of a layer's outputs to its activations.

use crate::kernels::{Constants, activate};
use crate::plan::Plan;
use crate::requantize::{Rule, Scale, rounding};
use crate::slices::{self, after, after_mut, numbers};
use crate::stage::Stage;
use crate::work::Work;

impl Work<'_, '_> {
    /// Plans what becomes of the sums of the row. Pixels of the last layer are above zero.
    #[inline(never)]
    pub fn plan_finish(&mut self, last: bool) {
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
            let bias = numbers_from(self.file, self.plan.bias).first();
            self.plan.common = i32::from(bias.copied().unwrap_or(0)) << bias_shift;
            self.plan.bias = 0;
        }
        self.plan.label = match layer.terms.has_label() {
            true => layer.label() + u32::from(self.plan.class) * shape.len() as u32 + output,
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
    pub fn finish_narrow(&mut self, first: usize, count: usize, place: usize) {
        if cfg!(not(feature = "fast")) {
            return self.finish(first, count, place, 0);
        }
        let constants = Constants {
            multipliers: slices::first(numbers_from(self.file, self.plan.multipliers), 1),
            bias: &[],
            bias_by_output: false,
        };
        let sums = self.scratch.sums(first, count);
        let outputs = after_mut(self.output, place);
        activate(&self.plan.scale, &constants, 0, sums, outputs);
    }

    /// Writes the activations that `count` sums from `first` on stand for to the output from `place` on.
    /// The channel of the first is the remainder of `column`.
    #[inline(never)]
    pub fn finish(&mut self, first: usize, count: usize, place: usize, column: usize) {
        let plan = &*self.plan;
        let sums = self.scratch.sums(first, count);
        if plan.common != 0 || plan.label != 0 {
            add_terms(self.file, self.layer, plan, sums, place);
        }
        let channels = usize::from(self.layer.channels).max(1);
        let mut channel = column;
        while channel >= channels {
            channel -= channels;
        }
        let bias_by_output = self.layer.terms.bias_by_output();
        let constants = Constants {
            multipliers: slices::first(numbers_from(self.file, plan.multipliers), channels),
            bias: match plan.bias {
                0 => &[],
                start if bias_by_output => after(numbers_from(self.file, start), place),
                start => slices::first(numbers_from(self.file, start), channels),
            },
            bias_by_output,
        };
        let outputs = after_mut(self.output, place);
        activate(&plan.scale, &constants, channel, sums, outputs);
    }
}

/// Adds the bias of an only channel, and what the class does, to the sums of outputs from `place` on.
#[inline(never)]
fn add_terms(file: &[u8], layer: &Stage, plan: &Plan, sums: &mut [i32], place: usize) {
    if plan.common != 0 {
        for sum in &mut *sums {
            *sum = sum.wrapping_add(plan.common);
        }
    }
    if plan.label != 0 {
        let label = after(file, plan.label as usize + place);
        for (sum, &label) in sums.iter_mut().zip(label) {
            *sum = sum.wrapping_add(i32::from(label as i8) << (layer.label_shift & 31));
        }
    }
}

/// The numbers of the file from byte `start` on.
#[inline(always)]
fn numbers_from(file: &[u8], start: u32) -> &[i16] {
    numbers(after(file, start as usize))
}
