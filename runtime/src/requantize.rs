//! From 32-bit sums to 8-bit activations: fixed-point scaling and activation functions.
//!
//! `ARITHMETIC.md` is the specification. All shifts are arithmetic, all divisions by powers of two
//! round to nearest with halves towards positive infinity.

use crate::format::{Activation, Layer};
use crate::kernels::{scale_all, tabulate_all};

/// Largest input of the tanh table, in 1/64: from here on the result is 127.
pub const TANH_LAST: usize = 200;

/// Activations by magnitude.
pub type Table = [i8; TANH_LAST + 1];

/// `round(127.5 * tanh(i / 64) - 0.5)` for `i` from 0: tanh scaled to the 256 grey levels of an
/// image, -128 being black and 127 full ink.
static TANH: Table = tanh_table();

/// The table is made at compile time in integers, from tanh(x) = (e^(2x) - 1) / (e^(2x) + 1).
const fn tanh_table() -> [i8; TANH_LAST + 1] {
    // e^(1/32) in Q40 by its Taylor series.
    const ONE: u128 = 1 << 40;
    let mut step = ONE;
    let mut term = ONE;
    let mut n = 1;
    while n < 12 {
        term = term / 32 / n;
        step += term;
        n += 1;
    }
    let mut table = [0; TANH_LAST + 1];
    let mut exponential = ONE;
    let mut i = 0;
    while i <= TANH_LAST {
        // 255 * (e - 1) / (e + 1) = 2 * 127.5 * tanh, then round(half of it - 0.5) = floor of half.
        let twice = 255 * (exponential - ONE) / (exponential + ONE);
        table[i] = (twice / 2) as i8;
        exponential = exponential * step / ONE;
        i += 1;
    }
    table
}

/// Scales sums to the range of activations and applies the activation function.
#[derive(Clone, Copy, Debug)]
pub struct Requantize {
    pub activation: Activation,
    pub pre_shift: u32,
    pub post_shift: u32,
    pub bias_shift: u32,
    /// What every result differs by in the end: 0, or 0x80 for pixels.
    pub flip: u8,
}

impl Requantize {
    /// The rule for a layer's sums.
    pub fn new(layer: &Layer, flip: u8) -> Self {
        Self {
            activation: layer.activation,
            pre_shift: u32::from(layer.pre_shift),
            post_shift: u32::from(layer.post_shift),
            bias_shift: u32::from(layer.bias_shift),
            flip,
        }
    }

    /// The activation that `sum` stands for, as a two's complement byte.
    #[inline(never)]
    pub fn apply(&self, sum: i32, multiplier: i32) -> u8 {
        let sum = sum.wrapping_add(rounding(self.pre_shift));
        self.flip
            ^ match self.activation {
                Activation::Identity => clamp(self.scale(sum, multiplier, |t| t)),
                Activation::Relu => clamp(self.scale(sum, multiplier, |t| t.max(0))),
                Activation::LeakyRelu { slope } => {
                    clamp(self.scale(sum, multiplier, |t| leaky(t, slope)))
                }
                Activation::Tanh | Activation::Sigmoid => {
                    squash(self.scale(sum, multiplier, |t| t))
                }
            }
    }

    /// The activations of neighbouring outputs, as two's complement bytes.
    #[inline(always)]
    pub fn apply_all(&self, run: &mut Run) {
        let slope = match self.activation {
            Activation::Identity | Activation::Tanh | Activation::Sigmoid => None,
            Activation::Relu => Some(0),
            Activation::LeakyRelu { slope } => Some(slope),
        };
        let scale = Scale {
            bias: 1 << (self.bias_shift & 31),
            pre_shift: self.pre_shift,
            rounding: rounding(self.post_shift),
            post_shift: self.post_shift,
            slope: slope.map_or(1 << 15, i32::from),
        };
        if matches!(self.activation, Activation::Tanh | Activation::Sigmoid) {
            if !tabulate_all(&scale, &TANH, self.flip, run) {
                self.each(run, |t| t, squash);
            }
            return;
        }
        if let &[multiplier] = run.multipliers {
            return self.apply_grey(&scale, slope, multiplier, run);
        }
        if scale_all(&scale, slope.is_some(), run) {
            if self.flip != 0 {
                flip_all(run.outputs, self.flip);
            }
            return;
        }
        match slope {
            None => self.each(run, |t| t, clamp),
            Some(slope) => self.each(run, |t| leaky(t, slope), clamp),
        }
    }

    /// Where there is one channel: its constants, repeated, make longer runs.
    #[inline(never)]
    fn apply_grey(&self, scale: &Scale, slope: Option<u16>, multiplier: i16, run: &mut Run) {
        let multipliers = [multiplier; REPEATED];
        let repeated = [run.bias.first().copied().unwrap_or(0); REPEATED];
        let mut bias = run.bias;
        let outputs = run.outputs.chunks_mut(REPEATED);
        for (sums, outputs) in run.sums.chunks(REPEATED).zip(outputs) {
            let mut part = Run {
                sums,
                outputs,
                channel: 0,
                multipliers: &multipliers,
                bias: if run.bias_by_output { bias } else { &repeated },
                bias_by_output: run.bias_by_output,
            };
            if !scale_all(scale, slope.is_some(), &mut part) {
                match slope {
                    None => self.each(&mut part, |t| t, clamp),
                    Some(slope) => self.each(&mut part, |t| leaky(t, slope), clamp),
                }
            } else if self.flip != 0 {
                flip_all(part.outputs, self.flip);
            }
            bias = bias.get(REPEATED..).unwrap_or_default();
        }
    }

    #[inline(never)]
    fn each(&self, run: &mut Run, negative: impl Fn(i32) -> i32, narrow: impl Fn(i32) -> u8) {
        let rule = *self;
        let mut multipliers = run
            .multipliers
            .get(run.channel..)
            .unwrap_or_default()
            .iter();
        let mut biases = match run.bias_by_output {
            true => run.bias.iter(),
            false => run.bias.get(run.channel..).unwrap_or_default().iter(),
        };
        for (output, &sum) in run.outputs.iter_mut().zip(run.sums) {
            let multiplier = next(&mut multipliers, run.multipliers);
            let bias = next(&mut biases, run.bias) << (rule.bias_shift & 31);
            *output = narrow(rule.scale(sum.wrapping_add(bias), multiplier, &negative)) ^ rule.flip;
        }
    }

    /// `sum` already has the rounding of the first shift.
    #[inline(always)]
    fn scale(&self, sum: i32, multiplier: i32, negative: impl Fn(i32) -> i32) -> i32 {
        let t = negative(sum >> (self.pre_shift & 31));
        shift(t.wrapping_mul(multiplier), self.post_shift)
    }
}

/// How often the constants of an only channel are repeated.
const REPEATED: usize = 16;

/// The next of `table`, over and over; 0 if it is empty.
#[inline(always)]
fn next<'a>(rest: &mut core::slice::Iter<'a, i16>, table: &'a [i16]) -> i32 {
    let value = rest.next().or_else(|| {
        *rest = table.iter();
        rest.next()
    });
    value.map_or(0, |&value| i32::from(i16::from_le(value)))
}

#[inline(never)]
fn flip_all(outputs: &mut [u8], flip: u8) {
    let (before, words, after) = bytemuck::pod_align_to_mut::<u8, u32>(outputs);
    for word in words {
        *word ^= u32::from_ne_bytes([flip; 4]);
    }
    for byte in before.iter_mut().chain(after) {
        *byte ^= flip;
    }
}

/// How sums are scaled, for kernels.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    /// Factor of the bias.
    pub bias: i32,
    /// First shift.
    pub pre_shift: u32,
    /// Rounding of the second shift.
    pub rounding: i32,
    /// Second shift.
    pub post_shift: u32,
    /// Slope of negative values, in Q15.
    pub slope: i32,
}

/// Neighbouring sums and the constants that belong to them.
pub struct Run<'a> {
    /// Sums of products, with the rounding of the first shift.
    pub sums: &'a [i32],
    /// Where the activations go, as many.
    pub outputs: &'a mut [u8],
    /// Channel of the first sum.
    pub channel: usize,
    /// One for each channel, over and over.
    pub multipliers: &'a [i16],
    /// None, one for each channel, over and over, or one for each of the sums.
    pub bias: &'a [i16],
    /// Whether there is one bias for each of the sums.
    pub bias_by_output: bool,
}

#[inline(always)]
fn leaky(t: i32, slope: u16) -> i32 {
    if t < 0 {
        shift(t.wrapping_mul(i32::from(slope)), 15)
    } else {
        t
    }
}

#[inline(always)]
fn clamp(v: i32) -> u8 {
    v.clamp(-128, 127) as u8
}

/// `value / 2^bits`, rounded to nearest, halves up.
#[inline(always)]
pub fn shift(value: i32, bits: u32) -> i32 {
    value.wrapping_add(rounding(bits)) >> (bits & 31)
}

/// What is added before a right shift by `bits`.
#[inline(always)]
pub const fn rounding(bits: u32) -> i32 {
    ((1u32 << (bits & 31)) >> 1) as i32
}

/// tanh of `v / 64`, from -128 (minus one) to 127 (one). Odd about -1/2: `squash(-v)` is
/// `-1 - squash(v)` but at 0, where it is 0.
#[inline(always)]
fn squash(v: i32) -> u8 {
    let magnitude = v.unsigned_abs() as usize;
    let t = TANH.get(magnitude).map_or(127, |&t| t as u8);
    // All ones if negative.
    t ^ (v >> 31) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_is_within_one_half_step_of_libm() {
        for v in -400i32..=400 {
            let exact = 127.5 * libm::tanh(f64::from(v) / 64.0) - 0.5;
            let error = f64::from(squash(v) as i8) - exact;
            assert!(error.abs() <= 0.5 + 1e-9, "tanh({v}/64): off by {error}");
        }
    }

    #[test]
    fn tanh_reaches_black_and_full_ink() {
        assert_eq!(squash(-(TANH_LAST as i32)), 0x80);
        assert_eq!(squash(TANH_LAST as i32), 127);
        assert_eq!(squash(i32::MIN), 0x80);
        assert_eq!(squash(i32::MAX), 127);
    }

    #[test]
    fn shifts_round_halves_up() {
        let expected = [(-6, -1), (-5, -1), (-2, 0), (2, 1), (5, 1), (6, 2)];
        for (value, rounded) in expected {
            assert_eq!(shift(value, 2), rounded, "{value} / 4");
        }
        assert_eq!(shift(-7, 0), -7);
    }
}
