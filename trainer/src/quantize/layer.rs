//! One layer, from floats to the integers of the model file.

use runtime::format::{self, Activation, Kind};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};

use crate::gan::recipe::Bits;

use super::QuantizeError;
use super::fixed_point::{FixedPoint, fixed_point, shifted_i16};

/// A layer in floats.
#[derive(Clone, Debug)]
pub struct FloatLayer {
    /// What it computes, and its shapes.
    pub geometry: Geometry,
    /// How wide the weights become.
    pub bits: Bits,
    /// In the order of [`pack`]: dense `[output][input]`, convolutions `[kernel row][kernel
    /// column][input channel][output channel]`.
    pub weights: Vec<f32>,
    /// One per output channel, or (dense layers) one per output, or empty.
    pub bias: Vec<f32>,
    /// What each class adds to the sums: `[class][output]`, or empty.
    pub label: Vec<f32>,
    /// Activation function.
    pub activation: Activation,
    /// What one step of the input's integers stands for.
    pub input_step: f64,
    /// What one step of the requantized sums stands for.
    pub output_step: f64,
}

/// A layer in integers, as the model file holds it.
#[derive(Clone, Debug)]
pub struct IntegerLayer {
    geometry: Geometry,
    bits: Bits,
    activation: Activation,
    requantize: FixedPoint,
    multipliers: Vec<u8>,
    bias_shift: u8,
    bias: Vec<u8>,
    label_shift: u8,
    label: Vec<u8>,
    weights: Vec<u8>,
}

/// Largest magnitude of a label entry.
const LARGEST_LABEL: f64 = 127.0;

impl FloatLayer {
    /// The layer in integers: weights with one scale per output channel, the widest weight of each
    /// becoming the
    /// largest integer of their bits.
    ///
    /// # Errors
    /// [`QuantizeError`] if the weights are not finite or have no integer form.
    pub fn quantize(&self, index: usize) -> Result<IntegerLayer, QuantizeError> {
        let all = self.weights.iter().chain(&self.bias).chain(&self.label);
        if all.clone().any(|value| !value.is_finite()) {
            return Err(QuantizeError::NotFinite { layer: index });
        }
        let channels = self.geometry.output.channels as usize;
        let mut widest = vec![0.0f64; channels];
        for (index, &weight) in self.weights.iter().enumerate() {
            let widest = &mut widest[self.channel(index)];
            *widest = widest.max(f64::from(weight.abs()));
        }
        let (label_shift, steps) = self.weight_steps(&widest);

        let (sums, sum_of) = self.sums();
        let mut norms = vec![0u64; sums];
        let mut plain = Vec::with_capacity(self.weights.len());
        for (index, &weight) in self.weights.iter().enumerate() {
            let value = (f64::from(weight) / steps[self.channel(index)]).round() as i8;
            plain.push(value);
            norms[sum_of(index)] += u64::from(value.unsigned_abs());
        }
        let bits = self.bits.count();
        let mut weights = vec![0; weights_len(&self.geometry, bits)];
        pack(&self.geometry, bits, &plain, &mut weights);
        let sum_step = |channel: usize| self.input_step * steps[channel];
        let label: Vec<i8> = self
            .label
            .iter()
            .enumerate()
            .map(|(i, &value)| {
                let step = sum_step(i % channels) * 2f64.powi(i32::from(label_shift));
                (f64::from(value) / step).round() as i8
            })
            .collect();
        let bias: Vec<i64> = self
            .bias
            .iter()
            .enumerate()
            .map(|(i, &value)| (f64::from(value) / sum_step(i % channels)).round() as i64)
            .collect();
        let (bias_shift, bias) = shifted_i16(&bias);

        let mut bounds = vec![0; channels];
        for (sum, norm) in norms.iter().enumerate() {
            let label = label.iter().skip(sum).step_by(norms.len());
            let label = label.map(|value| u64::from(value.unsigned_abs())).max();
            let place = if bias.len() == channels {
                sum % channels
            } else {
                sum
            };
            let bias = bias.get(place).map_or(0, |value| value.unsigned_abs());
            let bound =
                norm * 128 + (label.unwrap_or(0) << label_shift) + (u64::from(bias) << bias_shift);
            let channel = &mut bounds[sum % channels];
            *channel = bound.max(*channel);
        }
        let factors: Vec<f64> = (0..channels)
            .map(|c| sum_step(c) / self.output_step)
            .collect();
        let requantize =
            fixed_point(&factors, &bounds).ok_or(QuantizeError::Range { layer: index })?;
        Ok(IntegerLayer {
            geometry: self.geometry,
            bits: self.bits,
            activation: self.activation,
            multipliers: requantize
                .multipliers
                .iter()
                .flat_map(|m| m.to_le_bytes())
                .collect(),
            requantize,
            bias_shift,
            bias: bias.iter().flat_map(|value| value.to_le_bytes()).collect(),
            label_shift,
            label: label.iter().map(|&value| value as u8).collect(),
            weights,
        })
    }

    /// Output channel of the weight of an index.
    fn channel(&self, index: usize) -> usize {
        let channels = self.geometry.output.channels as usize;
        match self.geometry.kind {
            Kind::Dense => index / self.geometry.input.len() % channels,
            _ => index % channels,
        }
    }

    /// How many different sets of weights the layer's sums take, and to which of them the weight
    /// of an index belongs: one set per output of a dense layer, per output channel of a
    /// convolution, and per phase and output channel of a transposed convolution. A set modulo the
    /// number of channels is its channel.
    fn sums(&self) -> (usize, impl Fn(usize) -> usize) {
        let inputs = self.geometry.input.len();
        let channels = self.geometry.output.channels as usize;
        let kind = self.geometry.kind;
        let count = match kind {
            Kind::Dense => self.geometry.output.len(),
            Kind::ConvTranspose(window) => (window.stride as usize).pow(2) * channels,
            _ => channels,
        };
        let kernel_inputs = self.geometry.input.channels as usize;
        let sum_of = move |index: usize| match kind {
            Kind::Dense => index / inputs,
            Kind::ConvTranspose(window) => {
                let (kernel, stride) = (window.kernel as usize, window.stride as usize);
                let place = index / channels / kernel_inputs;
                let (row, column) = (place / kernel, place % kernel);
                (row % stride * stride + column % stride) * channels + index % channels
            }
            _ => index % channels,
        };
        (count, sum_of)
    }

    /// The shift of the label table, and what one step of each channel's weights stands for: the
    /// choice with the least expected square error of the sums.
    fn weight_steps(&self, widest: &[f64]) -> (u8, Vec<f64>) {
        let channels = widest.len();
        let fallback = widest.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let fit = |shift: u8| -> Vec<f64> {
            let mut steps: Vec<f64> = widest
                .iter()
                .map(|&w| if w > 0.0 { w } else { fallback } / self.bits.largest())
                .collect();
            let unit = LARGEST_LABEL * self.input_step * 2f64.powi(i32::from(shift));
            for (i, &value) in self.label.iter().enumerate() {
                let step = &mut steps[i % channels];
                *step = step.max(f64::from(value.abs()) / unit);
            }
            steps
        };
        if self.label.is_empty() {
            return (0, fit(0));
        }
        // Rounding a weight costs a twelfth of its step squared, times the mean square of the
        // latent, a third; rounding a label entry a twelfth of its own step squared.
        let cost = |shift: u8, steps: &[f64]| -> f64 {
            let inputs = self.geometry.input.len() as f64;
            let label = self.input_step * 2f64.powi(i32::from(shift));
            steps
                .iter()
                .map(|s| s * s * (inputs / 3.0 + label * label))
                .sum()
        };
        (0..16)
            .map(|shift| (shift, fit(shift)))
            .min_by(|(a, x), (b, y)| cost(*a, x).total_cmp(&cost(*b, y)))
            .expect("there are 16 shifts")
    }
}

impl IntegerLayer {
    /// The layer as the model file holds it.
    pub fn as_file_layer(&self) -> format::Layer<'_> {
        format::Layer {
            kind: self.geometry.kind,
            output: self.geometry.output,
            activation: self.activation,
            bits: self.bits.count(),
            pre_shift: self.requantize.pre_shift,
            post_shift: self.requantize.post_shift,
            multipliers: &self.multipliers,
            bias_shift: self.bias_shift,
            bias: &self.bias,
            label_shift: self.label_shift,
            label: &self.label,
            weights: &self.weights,
        }
    }
}
