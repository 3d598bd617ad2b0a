//! A layer's entry in the file: everything about it but its arrays.
//!
//! Nothing is written that follows from something else: the height and width of a convolution's
//! output, the lengths of the arrays and their places are derived here, by writer and reader alike.

use serde::{Deserialize, Serialize};

use crate::error::{ModelError, Part};
use crate::format::{
    Activation, Kind, Layer, MAX_ACTIVATION, MAX_CHANNELS, MAX_SIDE, MAX_WEIGHTS, Shape, Window,
};
use crate::geometry::Geometry;
use crate::layout::weights_len;

/// What postcard writes of a layer.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) enum Record {
    Dense {
        output: Shape,
        sums: Sums,
    },
    ConvTranspose {
        window: Window,
        /// Output rows and columns beyond `(input - 1) * stride - 2 * padding + kernel`.
        output_padding: u8,
        channels: u16,
        sums: Sums,
    },
    Conv {
        window: Window,
        channels: u16,
        sums: Sums,
    },
    Depthwise {
        window: Window,
        sums: Sums,
    },
    Upsample {
        factor: u8,
    },
}

/// How the sums of a layer begin and what becomes of them.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Sums {
    pub activation: Activation,
    pub pre_shift: u8,
    pub post_shift: u8,
    pub terms: Terms,
    pub label_shift: u8,
}

/// Which arrays a layer has, in one byte: bits 0 to 3 are the bias shift, bits 4 and 5 the bias
/// (0 none, 1 one per channel, 2 one per output), bit 6 is a label table, bit 7 are 4-bit weights.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Terms(u8);

impl Terms {
    const PER_CHANNEL: u8 = 0x10;
    const PER_OUTPUT: u8 = 0x20;
    const LABEL: u8 = 0x40;
    const NIBBLES: u8 = 0x80;

    pub fn bits(self) -> u8 {
        if self.0 & Self::NIBBLES == 0 { 8 } else { 4 }
    }

    pub fn bias_shift(self) -> u8 {
        self.0 & 0x0f
    }
}

impl Sums {
    /// The layer that only copies has no sums.
    const NONE: Self = Self {
        activation: Activation::Identity,
        pre_shift: 0,
        post_shift: 0,
        terms: Terms(0),
        label_shift: 0,
    };
}

/// Bytes of each array of a layer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrayLens {
    pub weights: usize,
    pub multipliers: usize,
    pub bias: usize,
    pub label: usize,
}

impl ArrayLens {
    /// For a geometry within the limits.
    pub fn new(geometry: &Geometry, sums: &Sums, classes: u8) -> Self {
        let outputs = geometry.output.len();
        let channels = match geometry.kind {
            Kind::Upsample(_) => 0,
            _ => geometry.output.channels as usize,
        };
        let Terms(terms) = sums.terms;
        Self {
            weights: weights_len(geometry, sums.terms.bits()),
            multipliers: 2 * channels,
            bias: match terms & (Terms::PER_CHANNEL | Terms::PER_OUTPUT) {
                0 => 0,
                Terms::PER_CHANNEL => 2 * channels,
                _ => 2 * outputs,
            },
            label: match terms & Terms::LABEL {
                0 => 0,
                _ => outputs * classes as usize,
            },
        }
    }
}

impl Record {
    /// The record of `layer`, whose place in the model is `index`.
    pub fn new(index: u8, layer: &Layer, geometry: &Geometry) -> Result<Self, ModelError> {
        let output = layer.output;
        let mut terms = layer.bias_shift;
        if layer.bias_shift > 0x0f {
            return Err(ModelError::LayerRange {
                layer: index,
                part: Part::Shift,
            });
        }
        match layer.bits {
            8 => {}
            4 => terms |= Terms::NIBBLES,
            _ => {
                return Err(ModelError::LayerRange {
                    layer: index,
                    part: Part::Weights,
                });
            }
        }
        if layer.kind == Kind::Dense && layer.bias.len() > layer.multipliers.len() {
            terms |= Terms::PER_OUTPUT;
        } else if !layer.bias.is_empty() {
            terms |= Terms::PER_CHANNEL;
        }
        if !layer.label.is_empty() {
            terms |= Terms::LABEL;
        }
        let sums = Sums {
            activation: layer.activation,
            pre_shift: layer.pre_shift,
            post_shift: layer.post_shift,
            terms: Terms(terms),
            label_shift: layer.label_shift,
        };
        let channels = output.channels;
        let record = match layer.kind {
            Kind::Dense => Self::Dense { output, sums },
            Kind::ConvTranspose(window) => Self::ConvTranspose {
                window,
                output_padding: geometry.output_padding(),
                channels,
                sums,
            },
            Kind::Conv(window) => Self::Conv {
                window,
                channels,
                sums,
            },
            Kind::Depthwise(window) => Self::Depthwise { window, sums },
            Kind::Upsample(factor) => Self::Upsample { factor },
        };
        // What is derived at reading must be what the layer says.
        match record.geometry(index, geometry.input)? == *geometry {
            true => Ok(record),
            false => Err(ModelError::LayerGeometry { layer: index }),
        }
    }

    pub fn sums(&self) -> Sums {
        match *self {
            Self::Dense { sums, .. }
            | Self::ConvTranspose { sums, .. }
            | Self::Conv { sums, .. }
            | Self::Depthwise { sums, .. } => sums,
            Self::Upsample { .. } => Sums::NONE,
        }
    }

    /// The shapes of the layer, well formed and within the limits, if its input is.
    pub fn geometry(&self, index: u8, input: Shape) -> Result<Geometry, ModelError> {
        let geometry = match *self {
            Self::Dense { output, .. } => Some(Geometry {
                kind: Kind::Dense,
                input,
                output,
            }),
            Self::ConvTranspose {
                window,
                output_padding,
                channels,
                ..
            } => Geometry::conv_transpose(window, output_padding, input, channels),
            Self::Conv {
                window, channels, ..
            } => Geometry::conv(Kind::Conv(window), window, input, channels),
            Self::Depthwise { window, .. } => {
                Geometry::conv(Kind::Depthwise(window), window, input, input.channels)
            }
            Self::Upsample { factor } => Geometry::upsample(factor, input),
        }
        .ok_or(ModelError::LayerGeometry { layer: index })?;
        let output = geometry.output;
        if output.is_empty()
            || output.height > MAX_SIDE
            || output.width > MAX_SIDE
            || output.channels > MAX_CHANNELS
            || output.len() > MAX_ACTIVATION
            || geometry.weights() > MAX_WEIGHTS
        {
            return Err(ModelError::LayerShape { layer: index });
        }
        Ok(geometry)
    }

    /// Whether the terms make sense for the layer.
    pub fn check_terms(&self, index: u8, classes: u8) -> Result<(), ModelError> {
        let range = |part| Err(ModelError::LayerRange { layer: index, part });
        let Terms(terms) = self.sums().terms;
        let dense = matches!(self, Self::Dense { .. });
        if terms & Terms::PER_OUTPUT != 0 && (!dense || terms & Terms::PER_CHANNEL != 0) {
            return range(Part::Bias);
        }
        if terms & Terms::LABEL != 0 && (!dense || classes == 0) {
            return range(Part::Label);
        }
        Ok(())
    }
}
