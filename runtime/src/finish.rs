//! From the sums of a layer's outputs to its activations.

use crate::kernels::{Rule, activate};
use crate::slices::{after, after_mut, first, numbers};
use crate::stage::Stage;
use crate::work::Work;

/// Shorter periods of constants are repeated.
const SHORT: usize = 4;
/// A multiple of all of them.
const REPEATED: usize = 24;

/// Stands for the biases of a layer that has none.
static ZEROS: [i16; if cfg!(feature = "fast") { 32 } else { 8 }] = [0; _];

impl<'a> Work<'a> {
    /// Writes the activations that `sums` stand for to `outputs`. The first is output `place` of the
    /// row, and its channel is the remainder of `column`.
    #[inline(always)]
    pub fn finish(&self, sums: &mut [i32], place: usize, column: usize, outputs: &mut [u8]) {
        if cfg!(feature = "fast") && self.rule() != Rule::Table && self.channels() < SHORT {
            self.finish_few(sums, place, column, outputs);
        } else {
            self.finish_many(sums, place, column, outputs);
        }
    }

    /// [`Self::finish`] of many channels.
    #[inline(never)]
    fn finish_many(&self, sums: &mut [i32], place: usize, column: usize, outputs: &mut [u8]) {
        let channels = self.channels();
        let multipliers = first(self.numbers(self.plan.multipliers), channels);
        let bias = self.numbers(self.plan.bias);
        let bias = match self.bias_by_output() {
            true => after(bias, place),
            false => first(bias, channels),
        };
        self.stretches(sums, place, column, outputs, bias, multipliers);
    }

    /// [`Self::finish`] of few channels, whose constants are repeated.
    #[inline(never)]
    fn finish_few(&self, sums: &mut [i32], place: usize, column: usize, outputs: &mut [u8]) {
        let channels = self.channels();
        let multipliers = repeat(first(self.numbers(self.plan.multipliers), channels));
        let bias = self.numbers(self.plan.bias);
        let biases = repeat(first(bias, channels));
        let bias = match self.bias_by_output() {
            true => after(bias, place),
            false => &biases,
        };
        self.stretches(sums, place, column, outputs, bias, &multipliers);
    }

    /// Applies the rule to as many outputs at a time as have constants that follow each other.
    #[inline(always)]
    fn stretches(
        &self,
        mut sums: &mut [i32],
        place: usize,
        column: usize,
        mut outputs: &mut [u8],
        mut bias: &[i16],
        multipliers: &[i16],
    ) {
        if self.plan.label != 0 {
            self.add_label(sums, place);
        }
        let rule = self.rule();
        let mut channel = column;
        while channel >= self.channels() {
            channel -= self.channels();
        }
        loop {
            // An only constant is for all, if the rule is a table; the last of several is not.
            let most = match multipliers.len() {
                1 if rule == Rule::Table => sums.len(),
                all => sums.len().min(all - channel),
            };
            let these_biases = match self.plan.bias {
                0 => &ZEROS,
                _ if self.bias_by_output() => bias,
                _ => after(bias, channel),
            };
            let count = activate(
                rule,
                &self.plan.scale,
                first(sums, most),
                these_biases,
                after(multipliers, channel),
                outputs,
            );
            if count == 0 {
                return;
            }
            sums = after_mut(sums, count);
            outputs = after_mut(outputs, count);
            if self.bias_by_output() {
                bias = after(bias, count);
            }
            channel += count;
            if channel >= multipliers.len() {
                channel = 0;
            }
        }
    }

    /// Adds what the class does.
    #[inline(never)]
    fn add_label(&self, sums: &mut [i32], place: usize) {
        let label = after(self.file, self.plan.label as usize + place);
        for (sum, &label) in sums.iter_mut().zip(label) {
            *sum = sum.wrapping_add(i32::from(label as i8) << (self.layer.label_shift & 31));
        }
    }

    fn channels(&self) -> usize {
        usize::from(self.layer.channels).max(1)
    }

    fn bias_by_output(&self) -> bool {
        self.layer.terms.bias_by_output()
    }

    fn rule(&self) -> Rule {
        match self.layer.activation {
            Stage::IDENTITY => Rule::Plain,
            Stage::RELU | Stage::LEAKY_RELU => Rule::Leaky,
            _ => Rule::Table,
        }
    }

    /// The numbers of the file from byte `start` on.
    #[inline(always)]
    fn numbers(&self, start: u32) -> &'a [i16] {
        numbers(after(self.file, start as usize))
    }
}

/// As many of `constants`, fewer than [`SHORT`], over and over.
#[inline(always)]
fn repeat(constants: &[i16]) -> [i16; REPEATED] {
    let mut repeated = [0; REPEATED];
    let (sixes, _) = repeated.as_chunks_mut::<6>();
    let six = match *constants {
        [] => return repeated,
        [a] => [a; 6],
        [a, b] => [a, b, a, b, a, b],
        [a, b, c, ..] => [a, b, c, a, b, c],
    };
    sixes.fill(six);
    repeated
}
