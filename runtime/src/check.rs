//! What must hold of a layer, so that generating from it can neither overflow nor fail.

use crate::error::{Part, Problem};
use crate::format::Kind;
use crate::geometry::Geometry;
use crate::layout::{is_nibble, panel_width, weight};
use crate::model::Layers;
use crate::requantize::rounding;
use crate::slices::{after, numbers};
use crate::stage::{Constants, Stage};

/// Every sum of products (inputs being at most 128) with the rounding of the first shift is below
/// it: kernels sum two outputs in one word, where 24 bits are left for one of them.
const LARGEST_PRODUCTS: u32 = 1 << 23;

/// Checks the numbers of a layer whose shapes and lengths are already known to fit: the one that
/// `layers` has read last.
#[inline(never)]
pub(crate) fn check_layer(
    stage: &Stage,
    geometry: &Geometry,
    layers: &Layers,
) -> Result<(), Problem> {
    if stage.pre_shift > 31 || stage.post_shift > 31 || stage.label_shift > 23 {
        return Err(Problem::Range(Part::Shift));
    }
    if stage.slope > 1 << 15 {
        return Err(Problem::Range(Part::Activation));
    }
    if cfg!(feature = "upsample") && stage.kind == Stage::UPSAMPLE {
        return Ok(());
    }
    let constants = stage.constants(layers.content());
    if constants
        .multipliers
        .iter()
        .any(|&multiplier| multiplier < 0)
    {
        return Err(Problem::Range(Part::Multipliers));
    }
    let mut sums = Sums {
        stage,
        geometry,
        constants,
        classes: layers.classes(),
        in_range: true,
        fit: true,
    };
    let weights = after(layers.content(), stage.weights as usize);
    match geometry.kind {
        Kind::Depthwise(_) if cfg!(feature = "depthwise") => sums.depthwise(weights),
        _ => sums.matrices(weights),
    }
    if !sums.in_range {
        return Err(Problem::Range(Part::Weights));
    }
    match sums.fit {
        true => Ok(()),
        false => Err(Problem::Overflow),
    }
}

/// Proves that no sum of the layer, nor any step of its requantization, can leave 32 bits,
/// whatever the inputs: from the sum of each output's absolute weights, inputs of at most 128,
/// its bias and its largest label entry.
struct Sums<'a> {
    stage: &'a Stage,
    geometry: &'a Geometry,
    constants: Constants<'a>,
    classes: u8,
    /// Whether no weight so far has the code that stands for none.
    in_range: bool,
    /// Whether all sums so far fit.
    fit: bool,
}

impl Sums<'_> {
    #[inline(never)]
    fn matrices(&mut self, weights: &[u8]) {
        let geometry = self.geometry;
        let mut rest: &[u32] = numbers(weights);
        let mut place = 0;
        for phase in 0..geometry.row_phases() {
            for group in 0..geometry.groups() {
                let shape = geometry.group(group);
                let quads = (geometry.taps(phase) * shape.segment).div_ceil(4);
                rest = self.matrix(rest, quads, place, shape.outputs);
                if geometry.kind == Kind::Dense {
                    place += shape.outputs;
                }
            }
        }
    }

    /// Checks a matrix, whose first column is output `place` (flattened; or any one of the first
    /// channel), and returns what follows it.
    fn matrix<'w>(
        &mut self,
        mut rest: &'w [u32],
        quads: usize,
        place: usize,
        outputs: usize,
    ) -> &'w [u32] {
        let (mut column, mut channel) = (0, 0);
        while column < outputs {
            let width = panel_width(outputs - column);
            // The column that fills up the last panel has no output.
            for within in 0..width.min(outputs - column) {
                let norm = self.column_norm(rest, quads, width, within);
                self.check(norm, place + column + within, channel);
                channel += 1;
                if channel == self.constants.multipliers.len() {
                    channel = 0;
                }
            }
            column += width;
            let words = match is_nibble(self.stage.terms.bits()) {
                true => quads * width / 2,
                false => quads * width,
            };
            rest = after(rest, words);
        }
        rest
    }

    /// Sum of the absolute weights of a column of the panel that `words` begins with.
    fn column_norm(&mut self, words: &[u32], quads: usize, width: usize, column: usize) -> u32 {
        // A word has two inputs, in its halves, of two columns or, of 4 bits, four.
        if is_nibble(self.stage.terms.bits()) {
            let mut code = Code {
                shift: 4 * (column % 4),
                mask: 0x000f_000f,
                flip: 0,
                zero: 8,
            };
            if width == 2 {
                // Both pairs of a quad are in one word.
                let first = self.norm(words, 1, quads, code);
                code.shift += 8;
                return first + self.norm(words, 1, quads, code);
            }
            let words = after(words, column / 4);
            return self.norm(words, width / 4, 2 * quads, code);
        }
        let code = Code {
            shift: 8 * (column % 2),
            mask: 0x00ff_00ff,
            // Even columns are stored with 128 added, odd ones in two's complement.
            flip: if column.is_multiple_of(2) {
                0
            } else {
                0x0080_0080
            },
            zero: 128,
        };
        let words = after(words, column / 2);
        self.norm(words, width / 2, 2 * quads, code)
    }

    /// Sum of the absolute weights of the same column in `count` of `words`, `step` apart.
    fn norm(&mut self, words: &[u32], step: usize, count: usize, code: Code) -> u32 {
        let mut norm = 0;
        let mut at = 0;
        for _ in 0..count {
            let Some(&word) = words.get(at) else {
                break;
            };
            at += step;
            let pair = (word >> code.shift & code.mask) ^ code.flip;
            let (first, second) = (pair & 0xffff, pair >> 16);
            norm += first.abs_diff(code.zero) + second.abs_diff(code.zero);
            if first == 0 || second == 0 {
                self.in_range = false;
            }
        }
        norm
    }

    fn depthwise(&mut self, weights: &[u8]) {
        let (channels, bits) = (self.constants.multipliers.len(), self.stage.terms.bits());
        for channel in 0..channels {
            let (mut norm, mut place) = (0, channel);
            while place < self.geometry.weights() {
                let weight = weight(weights, bits, place);
                norm += weight.unsigned_abs();
                if weight == if bits == 4 { -8 } else { -128 } {
                    self.in_range = false;
                }
                place += channels;
            }
            self.check(norm, channel, channel);
        }
    }

    /// Checks the sum of output `place` (flattened; or any one of its channel).
    #[inline(never)]
    fn check(&mut self, norm: u32, place: usize, channel: usize) {
        let stage = self.stage;
        let pre = rounding(stage.pre_shift.into()) as u32;
        let post = rounding(stage.post_shift.into()) as u32;
        // No sum of 2^18 weights, shifted by 7, is beyond 32 bits.
        let products = norm.min(LARGEST_PRODUCTS) * 128 + pre;
        let bias = match stage.terms.bias_by_output() {
            true => self.constants.bias.get(place),
            false => self.constants.bias.get(channel),
        };
        let bias =
            u32::from(bias.map_or(0, |bias| bias.unsigned_abs())) << stage.terms.bias_shift();
        let bound = products.saturating_add(bias);
        let bound = bound.saturating_add(self.largest_label(place));
        let prescaled = bound >> stage.pre_shift;
        let multiplier = self
            .constants
            .multipliers
            .get(channel)
            .copied()
            .unwrap_or_default();
        self.fit &= products < LARGEST_PRODUCTS
            && bound <= i32::MAX as u32
            && fits(prescaled, stage.slope.into(), 1 << 14)
            && fits(prescaled, multiplier as u32, post);
    }

    fn largest_label(&self, place: usize) -> u32 {
        if !self.stage.terms.has_label() {
            return 0;
        }
        let outputs = self.geometry.output.len();
        let mut labels = after(self.constants.label, place);
        let mut largest = 0;
        for _ in 0..self.classes {
            largest = largest.max(
                labels
                    .first()
                    .map_or(0, |&label| (label as i8).unsigned_abs()),
            );
            labels = after(labels, outputs);
        }
        u32::from(largest) << self.stage.label_shift
    }
}

/// Whether `value * factor + rounding` is within 31 bits, of factors of at most 2^15 and roundings of
/// at most 2^30: without a product of 64 bits, which some cores call a function for.
#[inline(never)]
fn fits(value: u32, factor: u32, rounding: u32) -> bool {
    let low = (value & 0xffff) * factor;
    let high = (value >> 16) * factor + (low >> 16);
    high < 1 << 15 && (high << 16 | low & 0xffff) + rounding <= i32::MAX as u32
}

/// How a weight is found in a word, and what it is.
#[derive(Clone, Copy)]
struct Code {
    /// Bit of the first input's weight; the second's is 16 above it.
    shift: usize,
    /// Bits of both.
    mask: u32,
    /// Bits in which both differ from the weight plus `zero`.
    flip: u32,
    /// What stands for a weight of zero; zero stands for the weight that is out of range.
    zero: u32,
}
