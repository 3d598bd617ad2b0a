//! From the sums of a layer's outputs to its activations.

use crate::format::{Activation, Layer};
use crate::geometry::Geometry;
use crate::kernels::{scale, tabulate};
use crate::requantize::{Scale, rounding};

/// What becomes of a layer's sums: its constants, and the rule of its activation.
pub(crate) struct Finish<'a> {
    scale: Scale,
    rule: Rule,
    /// Whether there is one bias for each output.
    bias_by_output: bool,
    label_shift: u8,
    /// One for each channel.
    multipliers: &'a [i16],
    /// One for each channel or each output, or none.
    bias: &'a [i16],
    /// What the class adds to each output, or empty.
    label: &'a [u8],
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
    /// For a layer and a class. The codes of an activation by table differ by `flip`.
    #[inline(never)]
    pub fn new(layer: &Layer<'a>, geometry: &Geometry, label: u8, flip: u8) -> Self {
        let (rule, slope) = match layer.activation {
            Activation::Identity => (Rule::Plain, 0),
            Activation::Relu => (Rule::Leaky, 0),
            Activation::LeakyRelu { slope } => (Rule::Leaky, slope),
            Activation::Tanh | Activation::Sigmoid => (Rule::Table, 0),
        };
        let label = label as usize * geometry.output.len();
        let bias: &[i16] = bytemuck::try_cast_slice(layer.bias).unwrap_or_default();
        Self {
            scale: Scale {
                bias: 1 << (layer.bias_shift & 31),
                pre_shift: u32::from(layer.pre_shift),
                rounding: rounding(u32::from(layer.post_shift)),
                post_shift: u32::from(layer.post_shift),
                slope: i32::from(slope),
                flip: u32::from(flip),
            },
            rule,
            bias_by_output: bias.len() > geometry.output.channels as usize,
            label_shift: layer.label_shift,
            multipliers: bytemuck::try_cast_slice(layer.multipliers).unwrap_or_default(),
            bias,
            label: layer.label.get(label..).unwrap_or_default(),
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
        let period = self.multipliers.len().max(1);
        let mut channel = column;
        while channel >= period {
            channel -= period;
        }
        let bias = match self.bias_by_output {
            true => self.bias.get(output..).unwrap_or_default(),
            false => self.bias,
        };
        if self.rule != Rule::Table && period < SHORT {
            return self.apply_short(sums, bias, channel, outputs);
        }
        self.stretches(sums, self.multipliers, bias, channel, outputs);
    }

    /// Repeats the constants of few channels.
    #[inline(never)]
    fn apply_short(&self, sums: &[i32], bias: &[i16], channel: usize, outputs: &mut [u8]) {
        let (mut multipliers, mut repeated) = ([0; REPEATED], [0; REPEATED]);
        let mut from = 0;
        for (multiplier, repeated) in multipliers.iter_mut().zip(&mut repeated) {
            *multiplier = self.multipliers.get(from).copied().unwrap_or_default();
            *repeated = bias.get(from).copied().unwrap_or_default();
            from += 1;
            if from >= self.multipliers.len() {
                from = 0;
            }
        }
        let bias = if self.bias_by_output { bias } else { &repeated };
        self.stretches(sums, &multipliers, bias, channel, outputs);
    }

    /// Applies the rule to as many outputs at a time as have constants that follow each other.
    #[inline(never)]
    fn stretches(
        &self,
        mut sums: &[i32],
        multipliers: &[i16],
        bias: &[i16],
        mut channel: usize,
        mut outputs: &mut [u8],
    ) {
        let table = self.rule == Rule::Table;
        let mut place = 0;
        while !sums.is_empty() {
            let constants = match table && multipliers.len() == 1 {
                true => sums.len(),
                false => multipliers.len().saturating_sub(channel),
            };
            let bias = match (self.bias_by_output, bias.is_empty()) {
                (true, _) => bias.get(place..).unwrap_or_default(),
                (false, true) => &ZEROS,
                (false, false) => bias.get(channel..).unwrap_or_default(),
            };
            let biases = match table && bias.len() == 1 {
                true => sums.len(),
                false => bias.len(),
            };
            let count = sums.len().min(outputs.len()).min(constants).min(biases);
            let Some((these, rest)) = sums.split_at_checked(count) else {
                return;
            };
            let Some((made, left)) = outputs.split_at_mut_checked(count) else {
                return;
            };
            if count == 0 {
                return;
            }
            let multipliers = multipliers.get(channel..).unwrap_or_default();
            match self.rule {
                Rule::Table => tabulate(&self.scale, these, bias, multipliers, made),
                rule => scale(
                    &self.scale,
                    rule == Rule::Leaky,
                    these,
                    bias,
                    multipliers,
                    made,
                ),
            }
            (sums, outputs) = (rest, left);
            place += count;
            channel = if multipliers.len() > count {
                channel + count
            } else {
                0
            };
        }
    }
}
