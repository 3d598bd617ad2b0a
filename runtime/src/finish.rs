//! From the sums of a layer's outputs to its activations.

use crate::kernels::{scale, tabulate};
use crate::requantize::{Scale, rounding};
use crate::stage::Stage;

/// What becomes of a layer's sums: its constants, and the rule of its activation.
pub(crate) struct Finish<'a> {
    scale: Scale,
    rule: Rule,
    label_shift: u8,
    constants: Constants<'a>,
    /// What the class adds to each output, or empty.
    label: &'a [u8],
}

/// The constants of a layer's outputs.
#[derive(Clone, Copy)]
struct Constants<'a> {
    /// One for each channel.
    multipliers: &'a [i16],
    /// One for each channel or each output, or none.
    bias: &'a [i16],
    /// Whether there is one bias for each output.
    bias_by_output: bool,
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
    /// For a layer of `file` and a class. The codes of an activation by table differ by `flip`.
    #[inline(never)]
    pub fn new(file: &'a [u8], layer: &Stage, label: u8, flip: u8) -> Self {
        let shape = layer.shape();
        let (channels, outputs) = (usize::from(shape.channels), shape.len());
        let bias_by_output = layer.terms & Stage::BIAS_BY_OUTPUT != 0;
        let biases = match layer.terms & (Stage::BIAS_BY_CHANNEL | Stage::BIAS_BY_OUTPUT) {
            0 => 0,
            _ if bias_by_output => outputs,
            _ => channels,
        };
        let numbers = file.get(layer.multipliers as usize..).unwrap_or_default();
        let (multipliers, rest) = split(numbers, 2 * channels);
        let (bias, labels) = split(rest, 2 * biases);
        let label = match layer.terms & Stage::LABEL {
            0 => &[],
            _ => {
                let labels = labels.get(usize::from(label) * outputs..);
                labels.unwrap_or_default()
            }
        };
        Self {
            scale: Scale {
                bias: 1 << (layer.bias_shift & 31),
                pre_shift: layer.pre_shift.into(),
                rounding: rounding(layer.post_shift.into()),
                post_shift: layer.post_shift.into(),
                slope: layer.slope.into(),
                flip: flip.into(),
            },
            rule: match layer.rule {
                Stage::PLAIN => Rule::Plain,
                Stage::LEAKY => Rule::Leaky,
                _ => Rule::Table,
            },
            label_shift: layer.label_shift,
            constants: Constants {
                multipliers: bytemuck::try_cast_slice(multipliers).unwrap_or_default(),
                bias: bytemuck::try_cast_slice(bias).unwrap_or_default(),
                bias_by_output,
            },
            label,
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
        let mut constants = self.constants;
        if constants.bias_by_output {
            constants.bias = constants.bias.get(output..).unwrap_or_default();
        }
        let period = constants.multipliers.len().max(1);
        if self.rule != Rule::Table && period < SHORT {
            return self.apply_short(sums, &constants, column % period, outputs);
        }
        let mut channel = column;
        while channel >= period {
            channel -= period;
        }
        self.stretches(sums, &constants, channel, outputs);
    }

    /// Repeats the constants of few channels.
    #[inline(never)]
    fn apply_short(&self, sums: &[i32], constants: &Constants, channel: usize, outputs: &mut [u8]) {
        let (mut multipliers, mut bias) = ([0; REPEATED], [0; REPEATED]);
        let mut from = 0;
        for (multiplier, bias) in multipliers.iter_mut().zip(&mut bias) {
            *multiplier = constants.multipliers.get(from).copied().unwrap_or_default();
            *bias = constants.bias.get(from).copied().unwrap_or_default();
            from += 1;
            if from >= constants.multipliers.len() {
                from = 0;
            }
        }
        let repeated = Constants {
            multipliers: &multipliers,
            bias: match constants.bias_by_output {
                true => constants.bias,
                false => &bias,
            },
            bias_by_output: constants.bias_by_output,
        };
        self.stretches(sums, &repeated, channel, outputs);
    }

    /// Applies the rule to as many outputs at a time as have constants that follow each other.
    #[inline(never)]
    fn stretches(
        &self,
        mut sums: &[i32],
        constants: &Constants,
        mut channel: usize,
        mut outputs: &mut [u8],
    ) {
        let table = self.rule == Rule::Table;
        let mut place = 0;
        while !sums.is_empty() {
            let multipliers = constants.multipliers.get(channel..).unwrap_or_default();
            let bias = match (constants.bias_by_output, constants.bias.is_empty()) {
                (true, _) => constants.bias.get(place..).unwrap_or_default(),
                (false, true) => &ZEROS,
                (false, false) => constants.bias.get(channel..).unwrap_or_default(),
            };
            // The table's kernel takes an only constant for all.
            let mut count = sums.len().min(outputs.len());
            if !table || constants.multipliers.len() > 1 {
                count = count.min(multipliers.len());
            }
            if !table || bias.len() > 1 {
                count = count.min(bias.len());
            }
            let (Some((these, rest)), Some((made, left))) = (
                sums.split_at_checked(count),
                core::mem::take(&mut outputs).split_at_mut_checked(count),
            ) else {
                return;
            };
            match self.rule {
                _ if count == 0 => return,
                Rule::Table => tabulate(&self.scale, these, bias, multipliers, made),
                Rule::Leaky => scale(&self.scale, true, these, bias, multipliers, made),
                Rule::Plain => scale(&self.scale, false, these, bias, multipliers, made),
            }
            (sums, outputs) = (rest, left);
            place += count;
            channel = match multipliers.len() > count {
                true => channel + count,
                false => 0,
            };
        }
    }
}

fn split(bytes: &[u8], len: usize) -> (&[u8], &[u8]) {
    bytes.split_at_checked(len).unwrap_or_default()
}
