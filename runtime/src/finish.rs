//! From the sums of a layer's outputs to its activations.

use crate::kernels::{Rule, activate};
use crate::requantize::{Scale, rounding};
use crate::slices::{after, after_mut, first};
use crate::stage::Stage;

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

/// Shorter periods of constants are repeated.
const SHORT: usize = 4;
/// A multiple of all of them.
const REPEATED: usize = 24;

/// Stands for the biases of a layer that has none.
static ZEROS: [i16; if cfg!(feature = "fast") { 32 } else { 8 }] = [0; _];

impl<'a> Finish<'a> {
    /// For a layer of `file` and a class. The codes of an activation by table differ by `flip`.
    #[inline(never)]
    pub fn new(layer: &Stage, file: &'a [u8], label: u8, flip: u8) -> Self {
        let constants = layer.constants(file);
        Self {
            scale: Scale {
                bias: 1 << layer.terms.bias_shift(),
                pre_shift: layer.pre_shift.into(),
                rounding: rounding(layer.post_shift.into()),
                post_shift: layer.post_shift.into(),
                slope: layer.slope.into(),
                flip: flip.into(),
            },
            multipliers: constants.multipliers,
            bias: constants.bias,
            label: match layer.terms.has_label() {
                true => after(constants.label, usize::from(label) * layer.shape().len()),
                false => &[],
            },
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
            bias = after(bias, output);
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
        loop {
            let these_biases = if bias.is_empty() {
                &ZEROS
            } else if self.bias_by_output {
                bias
            } else {
                after(bias, channel)
            };
            // An only constant is for all, if the rule is a table; the last of several is not.
            let most = match multipliers.len() {
                1 if self.rule == Rule::Table => sums.len(),
                all => sums.len().min(all - channel),
            };
            let count = activate(
                self.rule,
                &self.scale,
                first(sums, most),
                these_biases,
                after(multipliers, channel),
                outputs,
            );
            if count == 0 {
                return;
            }
            sums = after(sums, count);
            outputs = after_mut(outputs, count);
            if self.bias_by_output {
                bias = after(bias, count);
            }
            channel += count;
            if channel >= multipliers.len() {
                channel = 0;
            }
        }
    }
}
