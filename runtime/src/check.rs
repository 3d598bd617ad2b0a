//! What must hold of a layer, so that generating from it can neither overflow nor fail.

use crate::error::{ModelError, Part};
use crate::format::{Activation, Kind, Layer};
use crate::geometry::Geometry;
use crate::layout::{is_nibble, panel_width, weight};
use crate::requantize::rounding;

/// Every sum of products (inputs being at most 128) with the rounding of the first shift is below
/// it: kernels sum two outputs in one word, where 24 bits are left for one of them.
const LARGEST_PRODUCTS: u32 = 1 << 23;

/// Checks the numbers of a layer whose shapes and lengths are already known to fit.
pub(crate) fn check_layer(
    index: u8,
    layer: &Layer,
    geometry: &Geometry,
    classes: u8,
) -> Result<(), ModelError> {
    let range = |part| Err(ModelError::LayerRange { layer: index, part });
    if layer.pre_shift > 31
        || layer.post_shift > 31
        || layer.bias_shift > 15
        || layer.label_shift > 23
    {
        return range(Part::Shift);
    }
    if let Activation::LeakyRelu { slope } = layer.activation
        && slope > 1 << 15
    {
        return range(Part::Activation);
    }
    let multipliers = layer.multipliers.as_chunks::<2>().0;
    if multipliers
        .iter()
        .any(|&m| u16::from_le_bytes(m) > i16::MAX as u16)
    {
        return range(Part::Multipliers);
    }
    let mut sums = Sums {
        layer,
        geometry,
        classes,
        in_range: true,
        fit: true,
    };
    match geometry.kind {
        Kind::Upsample(_) => {}
        Kind::Depthwise(_) if cfg!(feature = "depthwise") => sums.depthwise(),
        _ => sums.matrices(),
    }
    if !sums.in_range {
        return range(Part::Weights);
    }
    match sums.fit {
        true => Ok(()),
        false => Err(ModelError::LayerOverflow { layer: index }),
    }
}

/// Proves that no sum of the layer, nor any step of its requantization, can leave 32 bits,
/// whatever the inputs: from the sum of each output's absolute weights, inputs of at most 128,
/// its bias and its largest label entry.
struct Sums<'a> {
    layer: &'a Layer<'a>,
    geometry: &'a Geometry,
    classes: u8,
    /// Whether no weight so far has the code that stands for none.
    in_range: bool,
    /// Whether all sums so far fit.
    fit: bool,
}

impl Sums<'_> {
    fn matrices(&mut self) {
        let geometry = self.geometry;
        let words: &[u32] = bytemuck::try_cast_slice(self.layer.weights).unwrap_or_default();
        let mut rest = words;
        for phase in 0..geometry.row_phases() {
            for group in 0..geometry.groups() {
                let shape = geometry.group(group);
                let quads = (geometry.taps(phase) * shape.segment).div_ceil(4);
                let place = phase * shape.outputs;
                rest = self.matrix(rest, quads, place, shape.outputs);
            }
        }
    }

    /// Checks a matrix and returns what follows it.
    fn matrix<'w>(
        &mut self,
        mut rest: &'w [u32],
        quads: usize,
        place: usize,
        outputs: usize,
    ) -> &'w [u32] {
        let mut column = 0;
        while column < outputs {
            let width = panel_width(outputs - column);
            for within in 0..width {
                let norm = self.column_norm(rest, quads, width, within);
                // The column that fills up the last panel has no output.
                if column + within < outputs {
                    self.check(norm, place + column + within);
                }
            }
            column += width;
            let words = match is_nibble(self.layer.bits) {
                true => quads * width / 2,
                false => quads * width,
            };
            rest = rest.get(words..).unwrap_or_default();
        }
        rest
    }

    /// Sum of the absolute weights of a column of the panel that `words` begins with.
    fn column_norm(&mut self, words: &[u32], quads: usize, width: usize, column: usize) -> u32 {
        // A word has two inputs, in its halves, of two columns or, of 4 bits, four.
        if is_nibble(self.layer.bits) {
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
            let words = words.get(column / 4..).unwrap_or_default();
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
        let words = words.get(column / 2..).unwrap_or_default();
        self.norm(words, width / 2, 2 * quads, code)
    }

    /// Sum of the absolute weights of the same column in `count` of `words`, `step` apart.
    #[inline(never)]
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

    fn depthwise(&mut self) {
        let channels = self.geometry.output.channels as usize;
        for channel in 0..channels {
            let (mut norm, mut place) = (0, channel);
            while place < self.geometry.weights() {
                let weight = weight(self.layer.weights, self.layer.bits, place);
                norm += weight.unsigned_abs();
                if weight == if self.layer.bits == 4 { -8 } else { -128 } {
                    self.in_range = false;
                }
                place += channels;
            }
            self.check(norm, channel);
        }
    }

    /// Checks the sum of output `place` (flattened; or any one of its channel).
    fn check(&mut self, norm: u32, place: usize) {
        self.fit &= self.fits(norm, place);
    }

    #[inline(never)]
    fn fits(&self, norm: u32, place: usize) -> bool {
        let layer = self.layer;
        let channel = place % (self.geometry.output.channels as usize).max(1);
        let slope = match layer.activation {
            Activation::LeakyRelu { slope } => u64::from(slope),
            _ => 0,
        };
        let pre = rounding(u32::from(layer.pre_shift)) as u32;
        let post = rounding(u32::from(layer.post_shift)) as u32;
        let largest = i32::MAX as u32;
        let products = norm.saturating_mul(128).saturating_add(pre);
        if products >= LARGEST_PRODUCTS {
            return false;
        }
        let bias = layer.bias(place, channel).unsigned_abs();
        let bound = products
            .saturating_add(bias)
            .saturating_add(self.largest_label(place));
        let prescaled = u64::from(bound >> layer.pre_shift);
        let multiplier = u64::from(layer.multiplier(channel).unsigned_abs());
        bound <= largest
            && prescaled * slope + (1 << 14) <= u64::from(largest)
            && prescaled * multiplier + u64::from(post) <= u64::from(largest)
    }

    fn largest_label(&self, place: usize) -> u32 {
        let outputs = self.geometry.output.len();
        let mut labels = self.layer.label.get(place..).unwrap_or_default();
        let mut largest = 0;
        for _ in 0..self.classes {
            let Some(&label) = labels.first() else { break };
            largest = largest.max((label as i8).unsigned_abs());
            labels = labels.get(outputs..).unwrap_or_default();
        }
        u32::from(largest) << self.layer.label_shift
    }
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
