//! A layer's entry in the file: everything about it but its arrays.
//!
//! Nothing is written that follows from something else: the height and width of a convolution's
//! output, the lengths of the arrays and their places are derived here, by writer and reader alike.

use serde::Serialize;

use crate::error::{Feature, ModelError, Part};
use crate::format::{
    Activation, Kind, Layer, MAX_ACTIVATION, MAX_CHANNELS, MAX_SIDE, MAX_WEIGHTS, Shape, Window,
};
use crate::geometry::Geometry;
use crate::layout::weights_len;
use crate::reader::Reader;

/// What postcard writes of a layer, in this order.
#[derive(Clone, Copy, Debug, Serialize)]
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
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Sums {
    pub activation: Activation,
    pub pre_shift: u8,
    pub post_shift: u8,
    pub terms: Terms,
    pub label_shift: u8,
}

/// Which arrays a layer has, in one byte: bits 0 to 3 are the bias shift, bits 4 and 5 the bias
/// (0 none, 1 one per channel, 2 one per output), bit 6 is a label table, bit 7 are 4-bit weights.
#[derive(Clone, Copy, Debug, Serialize)]
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
        // What is derived at reading must be what the layer says.
        if !geometry.is_well_formed() {
            return Err(ModelError::LayerGeometry { layer: index });
        }
        check_limits(index, geometry)?;
        let sums = Sums::new(index, layer)?;
        let channels = output.channels;
        Ok(match layer.kind {
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
        })
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
}

impl Sums {
    fn new(index: u8, layer: &Layer) -> Result<Self, ModelError> {
        let range = |part| Err(ModelError::LayerRange { layer: index, part });
        if layer.bias_shift > 0x0f {
            return range(Part::Shift);
        }
        let mut terms = layer.bias_shift;
        match layer.bits {
            8 => {}
            4 => terms |= Terms::NIBBLES,
            _ => return range(Part::Weights),
        }
        if layer.kind == Kind::Dense && layer.bias.len() > layer.multipliers.len() {
            terms |= Terms::PER_OUTPUT;
        } else if !layer.bias.is_empty() {
            terms |= Terms::PER_CHANNEL;
        }
        if !layer.label.is_empty() {
            terms |= Terms::LABEL;
        }
        Ok(Self {
            activation: layer.activation,
            pre_shift: layer.pre_shift,
            post_shift: layer.post_shift,
            terms: Terms(terms),
            label_shift: layer.label_shift,
        })
    }

    fn read(reader: &mut Reader) -> Option<Self> {
        Some(Self {
            activation: match reader.u32()? {
                0 => Activation::Identity,
                1 => Activation::Relu,
                2 => Activation::LeakyRelu {
                    slope: reader.u16()?,
                },
                3 => Activation::Tanh,
                4 => Activation::Sigmoid,
                _ => return None,
            },
            pre_shift: reader.byte()?,
            post_shift: reader.byte()?,
            terms: Terms(reader.byte()?),
            label_shift: reader.byte()?,
        })
    }
}

/// What a [`Record`] says, in the order of the file.
#[derive(Clone, Copy)]
struct Entry {
    kind: Kind,
    /// Of a dense layer; of the others only the channels are written.
    output: Shape,
    output_padding: u8,
    sums: Sums,
}

impl Entry {
    #[inline(never)]
    fn read(reader: &mut Reader, input: Shape) -> Option<Self> {
        let tag = reader.u32()?;
        let mut output = input;
        let mut output_padding = 0;
        let kind = match tag {
            0 => {
                output.height = reader.u16()?;
                output.width = reader.u16()?;
                output.channels = reader.u16()?;
                Kind::Dense
            }
            1..=3 => {
                let window = Window {
                    kernel: reader.byte()?,
                    stride: reader.byte()?,
                    padding: reader.byte()?,
                };
                if tag == 1 {
                    output_padding = reader.byte()?;
                }
                if tag != 3 {
                    output.channels = reader.u16()?;
                }
                match tag {
                    1 => Kind::ConvTranspose(window),
                    2 => Kind::Conv(window),
                    _ => Kind::Depthwise(window),
                }
            }
            4 => Kind::Upsample(reader.byte()?),
            _ => return None,
        };
        let sums = match kind {
            Kind::Upsample(_) => Sums::NONE,
            _ => Sums::read(reader)?,
        };
        Some(Self {
            kind,
            output,
            output_padding,
            sums,
        })
    }

    /// Whether the terms make sense for the layer.
    fn check_terms(&self, index: u8, classes: u8) -> Result<(), ModelError> {
        let range = |part| Err(ModelError::LayerRange { layer: index, part });
        let Terms(terms) = self.sums.terms;
        let dense = self.kind == Kind::Dense;
        if terms & Terms::PER_OUTPUT != 0 && (!dense || terms & Terms::PER_CHANNEL != 0) {
            return range(Part::Bias);
        }
        if terms & Terms::LABEL != 0 && (!dense || classes == 0) {
            return range(Part::Label);
        }
        Ok(())
    }
}

/// Reads the record of layer `index`: its shapes, well formed and within the limits if its input
/// is, and its sums.
#[inline(never)]
pub(crate) fn read_record(
    reader: &mut Reader,
    index: u8,
    input: Shape,
    classes: u8,
) -> Result<(Geometry, Sums), ModelError> {
    let entry = Entry::read(reader, input).ok_or(ModelError::Malformed)?;
    if let Some(feature) = left_out(entry.kind, entry.sums.terms) {
        return Err(ModelError::LayerLeftOut {
            layer: index,
            feature,
        });
    }
    let geometry = Geometry::derive(entry.kind, entry.output_padding, input, entry.output)
        .ok_or(ModelError::LayerGeometry { layer: index })?;
    check_limits(index, &geometry)?;
    entry.check_terms(index, classes)?;
    Ok((geometry, entry.sums))
}

/// What a layer needs that this crate was built without.
fn left_out(kind: Kind, terms: Terms) -> Option<Feature> {
    match kind {
        Kind::Depthwise(_) if cfg!(not(feature = "depthwise")) => Some(Feature::Depthwise),
        Kind::Upsample(_) if cfg!(not(feature = "upsample")) => Some(Feature::Upsample),
        _ if cfg!(not(feature = "int4")) && terms.bits() == 4 => Some(Feature::Int4),
        _ => None,
    }
}

/// Passes over a record, whatever it says.
pub(crate) fn skip_record(reader: &mut Reader) -> Option<()> {
    Entry::read(reader, Shape::new(0, 0, 0)).map(|_| ())
}

fn check_limits(index: u8, geometry: &Geometry) -> Result<(), ModelError> {
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
    Ok(())
}
