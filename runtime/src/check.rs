//! What must hold of a layer, so that generating from it can neither overflow nor fail.

use crate::error::{ModelError, Part};
use crate::format::{Activation, Kind, Layer};
use crate::geometry::Geometry;
use crate::layout::{PANEL, matrix_start, panel_column, panel_width, places, weight};
use crate::requantize::rounding;

/// Every sum of products (inputs being at most 128) with the rounding of the first shift is below
/// it: kernels sum two outputs in one word, where 24 bits are left for one of them.
const LARGEST_PRODUCTS: u64 = 1 << 23;

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
    let smallest = if layer.bits == 4 { -8 } else { -128 };
    if (0..places(geometry)).any(|place| weight(layer.weights, layer.bits, place) == smallest) {
        return range(Part::Weights);
    }
    let sums = Sums {
        layer,
        geometry,
        classes,
    };
    let fits = match geometry.kind {
        Kind::Upsample(_) => true,
        Kind::Depthwise(_) => sums.depthwise_fit(),
        _ => sums.matrices_fit(),
    };
    match fits {
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
}

impl Sums<'_> {
    fn matrices_fit(&self) -> bool {
        let geometry = self.geometry;
        let channels = (geometry.output.channels as usize).max(1);
        for phase in 0..geometry.row_phases() {
            for group in 0..geometry.groups() {
                let shape = geometry.group(group);
                let inputs = (geometry.taps(phase) * shape.segment).next_multiple_of(4);
                let mut start = matrix_start(geometry, phase, group);
                let mut column = 0;
                while column < shape.outputs {
                    let width = panel_width(shape.outputs - column);
                    let norms = self.panel_norms(start, inputs, width);
                    let outputs = width.min(shape.outputs - column);
                    for (offset, norm) in norms.iter().take(outputs).enumerate() {
                        let place = phase * shape.outputs + column + offset;
                        if !self.one_fits(*norm, place, (column + offset) % channels) {
                            return false;
                        }
                    }
                    column += width;
                    start += inputs * width;
                }
            }
        }
        true
    }

    /// Sum of the absolute weights of each column of a panel.
    fn panel_norms(&self, start: usize, inputs: usize, width: usize) -> [u32; PANEL] {
        let mut norms = [0; PANEL];
        for within in 0..inputs * width {
            if let Some(norm) = norms.get_mut(panel_column(width, within)) {
                let weight = weight(self.layer.weights, self.layer.bits, start + within);
                *norm += weight.unsigned_abs();
            }
        }
        norms
    }

    fn depthwise_fit(&self) -> bool {
        let channels = self.geometry.output.channels as usize;
        (0..channels).all(|channel| {
            let norm = (channel..self.geometry.weights())
                .step_by(channels.max(1))
                .map(|place| weight(self.layer.weights, self.layer.bits, place).unsigned_abs())
                .sum();
            self.one_fits(norm, channel, channel)
        })
    }

    /// Whether the sum of output `place` (flattened; or any one of its channel) fits.
    fn one_fits(&self, norm: u32, place: usize, channel: usize) -> bool {
        let layer = self.layer;
        let slope = match layer.activation {
            Activation::LeakyRelu { slope } => u64::from(slope),
            _ => 0,
        };
        let bound = u64::from(norm) * 128
            + u64::from(layer.bias(place, channel).unsigned_abs())
            + self.largest_label(place);
        let multiplier = u64::from(layer.multiplier(channel).unsigned_abs());
        let pre = rounding(u32::from(layer.pre_shift)) as u32;
        let post = rounding(u32::from(layer.post_shift)) as u32;
        let prescaled = (bound + u64::from(pre)) >> layer.pre_shift;
        let fits = |value: u64| value <= i32::MAX as u64;
        let products = u64::from(norm) * 128 + u64::from(pre);
        products < LARGEST_PRODUCTS
            && fits(bound + u64::from(pre))
            && fits(prescaled * slope + (1 << 14))
            && fits(prescaled * multiplier + u64::from(post))
    }

    fn largest_label(&self, place: usize) -> u64 {
        let outputs = self.geometry.output.len();
        (0..self.classes as usize)
            .filter_map(|class| self.layer.label.get(class * outputs + place))
            .map(|&byte| u64::from((byte as i8).unsigned_abs()) << self.layer.label_shift)
            .max()
            .unwrap_or(0)
    }
}
