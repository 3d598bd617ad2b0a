//! From the sums of a layer's outputs to its activations.

use crate::kernels::{scale, tabulate};
use crate::requantize::{Scale, rounding};
use crate::stage::{Arrays, Stage};

/// What becomes of a layer's sums: its constants, and the rule of its activation.
pub(crate) struct Finish<'a> {
    scale: Scale,
    /// One for each channel.
    multipliers: &'a [i16],
    /// One for each channel or each output, or none.
    bias: &'a [i16],
    /// What the class adds to each output, or empty.
    label: &'a [u8],
    label_shift: u8,
    bias_by_output: bool,
    rule: Rule,
}

/// How a scaled sum becomes an activation.
#[derive(Clone, Copy, PartialEq)]
enum Rule {
    /// It is clamped.
    Plain,
    /// As that, with a slope for negative ones.
    Leaky,
    /// It is looked up.
    Table,
}

/// Shorter periods of constants are repeated.
const SHORT: usize = 4;
/// A multiple of all of them.
const REPEATED: usize = 24;

/// Stands for the biases of a layer that has none.
static ZEROS: [i16; 32] = [0; 32];

impl<'a> Finish<'a> {
    /// For a layer whose arrays, with the label table of one class, are given. The codes of an
    /// activation by table differ by `flip`.
    #[inline(never)]
    pub fn new(layer: &Stage, arrays: &Arrays<'a>, flip: u8) -> Self {
        Self {
            scale: Scale {
                bias: 1 << layer.terms.bias_shift(),
                pre_shift: layer.pre_shift.into(),
                rounding: rounding(layer.post_shift.into()),
                post_shift: layer.post_shift.into(),
                slope: layer.slope.into(),
                flip: flip.into(),
            },
            multipliers: bytemuck::try_cast_slice(arrays.multipliers).unwrap_or_default(),
            bias: bytemuck::try_cast_slice(arrays.bias).unwrap_or_default(),
            label: arrays.label,
            label_shift: layer.label_shift,
            bias_by_output: layer.terms.bias_by_output(),
            rule: match layer.activation {
                Stage::IDENTITY => Rule::Plain,
                Stage::RELU | Stage::LEAKY_RELU => Rule::Leaky,
                _ => Rule::Table,
            },
        }
    }

    /// What every sum begins with: the rounding of the first shift.
    pub fn first(&self) -> i32 {
        rounding(self.scale.pre_shift)
    }

    /// Writes the activations that `sums` stand for to `outputs`. The first is output `output` of
    /// the layer, flattened, and its channel is the remainder of `column`.
    #[inline(never)]
    pub fn apply(&self, sums: &mut [i32], output: usize, column: usize, outputs: &mut [u8]) {
        if let Some(label) = self.label.get(output..) {
            for (sum, &label) in sums.iter_mut().zip(label) {
                *sum = sum.wrapping_add(i32::from(label as i8) << (self.label_shift & 31));
            }
        }
        let mut bias = self.bias;
        if self.bias_by_output {
            bias = bias.get(output..).unwrap_or_default();
        }
        let period = self.multipliers.len().max(1);
        let mut channel = column;
        while channel >= period {
            channel -= period;
        }
        if cfg!(feature = "fast") && self.rule != Rule::Table && period < SHORT {
            return self.apply_short(sums, bias, channel, outputs);
        }
        self.stretches(sums, self.multipliers, bias, channel, outputs);
    }

    /// Repeats the constants of few channels.
    #[inline(never)]
    fn apply_short(&self, sums: &[i32], bias: &[i16], channel: usize, outputs: &mut [u8]) {
        let (mut multipliers, mut biases) = ([0; REPEATED], [0; REPEATED]);
        let mut from = 0;
        for (multiplier, repeated) in multipliers.iter_mut().zip(&mut biases) {
            *multiplier = self.multipliers.get(from).copied().unwrap_or_default();
            *repeated = bias.get(from).copied().unwrap_or_default();
            from += 1;
            if from >= self.multipliers.len() {
                from = 0;
            }
        }
        let bias = if self.bias_by_output { bias } else { &biases };
        self.stretches(sums, &multipliers, bias, channel, outputs);
    }

    /// Applies the rule to as many outputs at a time as have constants that follow each other.
    #[inline(never)]
    fn stretches(
        &self,
        mut sums: &[i32],
        multipliers: &[i16],
        mut bias: &[i16],
        mut channel: usize,
        mut outputs: &mut [u8],
    ) {
        // The table's kernel takes an only constant for all.
        let table = self.rule == Rule::Table;
        loop {
            let these_multipliers = multipliers.get(channel..).unwrap_or_default();
            let these_biases = if bias.is_empty() {
                &ZEROS
            } else if self.bias_by_output {
                bias
            } else {
                bias.get(channel..).unwrap_or_default()
            };
            let mut count = sums.len().min(outputs.len());
            for constants in [these_multipliers, these_biases] {
                if !(table && constants.len() == 1) {
                    count = count.min(constants.len());
                }
            }
            let (Some((these, rest)), Some((made, left))) = (
                sums.split_at_checked(count),
                core::mem::take(&mut outputs).split_at_mut_checked(count),
            ) else {
                return;
            };
            match self.rule {
                _ if count == 0 => return,
                Rule::Table => tabulate(&self.scale, these, these_biases, these_multipliers, made),
                rule => scale(
                    &self.scale,
                    rule == Rule::Leaky,
                    these,
                    these_biases,
                    these_multipliers,
                    made,
                ),
            }
            (sums, outputs) = (rest, left);
            if self.bias_by_output {
                bias = bias.get(count..).unwrap_or_default();
            }
            channel += count;
            if channel >= multipliers.len() {
                channel = 0;
            }
        }
    }
}
