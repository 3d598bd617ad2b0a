//! From the sums of a layer's outputs to its activations.

use crate::kernels::{Constants, activate};
use crate::requantize::{Rule, Scale, rounding};
use crate::slices::after;
use crate::stage::Stage;

/// What becomes of a layer's sums: its constants, and the rule of its activation.
pub(crate) struct Finish<'a> {
    /// Without a factor of the bias if that is an only channel's: then it is added before.
    scale: Scale,
    /// One for each channel.
    multipliers: &'a [i16],
    /// One for each channel or each output, or none.
    bias: &'a [i16],
    bias_shift: u8,
    bias_by_output: bool,
    /// Whether sums begin with an only channel's bias.
    begins_with_bias: bool,
    label_shift: u8,
    /// What the class adds to each output, or empty.
    label: &'a [u8],
}

impl<'a> Finish<'a> {
    /// For a layer of `file` and a class. Codes differ by `flip`.
    #[inline(always)]
    pub fn new(layer: &Stage, file: &'a [u8], label: u8, flip: u8) -> Self {
        let constants = layer.constants(file);
        let bias_by_output = layer.terms.bias_by_output();
        let bias_shift = layer.terms.bias_shift();
        Self {
            scale: Scale {
                bias: match constants.bias {
                    [] => 0,
                    [_] if !bias_by_output => 0,
                    _ => 1 << bias_shift,
                },
                pre_shift: layer.pre_shift.into(),
                rounding: rounding(layer.post_shift.into()),
                post_shift: layer.post_shift.into(),
                slope: layer.slope.into(),
                flip,
                rule: match layer.activation {
                    Stage::IDENTITY => Rule::Plain,
                    Stage::RELU | Stage::LEAKY_RELU => Rule::Leaky,
                    _ => Rule::Table,
                },
            },
            multipliers: constants.multipliers,
            bias: constants.bias,
            bias_shift,
            bias_by_output,
            begins_with_bias: false,
            label_shift: layer.label_shift,
            label: match layer.terms.has_label() {
                true => after(constants.label, usize::from(label) * layer.shape().len()),
                false => &[],
            },
        }
    }

    /// Lets sums begin with the bias of an only channel: those of windows, not of panels, which have
    /// 24 bits in all.
    pub fn begin_with_bias(&mut self) {
        self.begins_with_bias = true;
    }

    /// What every sum begins with: the rounding of the first shift, and maybe a bias.
    #[inline(never)]
    pub fn first(&self) -> i32 {
        let bias = if self.begins_with_bias {
            self.common()
        } else {
            0
        };
        rounding(self.scale.pre_shift).wrapping_add(bias)
    }

    /// Whether the activations are those of the last layer.
    pub fn makes_pixels(&self) -> bool {
        self.scale.flip != 0
    }

    /// The bias of an only channel.
    fn common(&self) -> i32 {
        match *self.bias {
            [bias] if !self.bias_by_output => i32::from(bias) << (self.bias_shift & 31),
            _ => 0,
        }
    }

    /// [`Finish::apply`] for sums that begin with the bias of an only channel.
    #[inline(always)]
    pub fn apply_narrow(&self, sums: &mut [i32], outputs: &mut [u8]) {
        if cfg!(not(feature = "fast")) {
            return self.apply(sums, 0, 0, outputs);
        }
        let constants = Constants {
            multipliers: self.multipliers,
            bias: &[],
            bias_by_output: false,
        };
        activate(&self.scale, &constants, 0, sums, outputs);
    }

    /// Writes the activations that `sums` stand for to `outputs`. The first is output `output` of
    /// the layer, flattened, and its channel is the remainder of `column`.
    #[inline(never)]
    pub fn apply(&self, sums: &mut [i32], output: usize, column: usize, outputs: &mut [u8]) {
        let common = self.common();
        if common != 0 && !self.begins_with_bias {
            for sum in &mut *sums {
                *sum = sum.wrapping_add(common);
            }
        }
        if let Some(label) = self.label.get(output..) {
            for (sum, &label) in sums.iter_mut().zip(label) {
                *sum = sum.wrapping_add(i32::from(label as i8) << (self.label_shift & 31));
            }
        }
        let channels = self.multipliers.len().max(1);
        let mut channel = column;
        while channel >= channels {
            channel -= channels;
        }
        let constants = Constants {
            multipliers: self.multipliers,
            bias: match self.scale.bias {
                0 => &[],
                _ if self.bias_by_output => after(self.bias, output),
                _ => self.bias,
            },
            bias_by_output: self.bias_by_output,
        };
        activate(&self.scale, &constants, channel, sums, outputs);
    }
}
