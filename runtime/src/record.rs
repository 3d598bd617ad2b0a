//! A layer's entry in the file: everything about it but its arrays. It is written from a [`Layer`] and
//! read to a [`Stage`].
//!
//! Nothing is written that follows from something else: the height and width of a convolution's
//! output, the lengths of the arrays and their places are derived here, by writer and reader alike.

use bytemuck::{Pod, Zeroable};
use serde::Serialize;

use crate::error::{Feature, ModelError, Part, Problem};
use crate::format::{
    Activation, Kind, Layer, MAX_ACTIVATION, MAX_CHANNELS, MAX_SIDE, MAX_WEIGHTS, Shape, Window,
};
use crate::geometry::Geometry;
use crate::kernels::LONGEST;
use crate::layout::{is_nibble, weights_len};
use crate::reader::Reader;
use crate::stage::Stage;

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
#[derive(Clone, Copy, Debug, Pod, Serialize, Zeroable)]
#[repr(transparent)]
pub(crate) struct Terms(u8);

impl Terms {
    const PER_CHANNEL: u8 = 0x10;
    const PER_OUTPUT: u8 = 0x20;
    const LABEL: u8 = 0x40;
    const NIBBLES: u8 = 0x80;

    pub fn new(byte: u8) -> Self {
        Self(byte)
    }

    pub fn bits(self) -> u8 {
        if self.0 & Self::NIBBLES == 0 { 8 } else { 4 }
    }

    pub fn bias_shift(self) -> u8 {
        self.0 & 0x0f
    }

    pub fn bias_by_channel(self) -> bool {
        self.0 & Self::PER_CHANNEL != 0
    }

    pub fn bias_by_output(self) -> bool {
        self.0 & Self::PER_OUTPUT != 0
    }

    pub fn has_label(self) -> bool {
        self.0 & Self::LABEL != 0
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
    pub fn new(geometry: &Geometry, terms: Terms, classes: u8) -> Self {
        let outputs = geometry.output.len();
        let channels = match geometry.kind {
            Kind::Upsample(_) => 0,
            _ => geometry.output.channels as usize,
        };
        Self {
            weights: weights_len(geometry, terms.bits()),
            multipliers: 2 * channels,
            bias: if terms.bias_by_output() {
                2 * outputs
            } else if terms.bias_by_channel() {
                2 * channels
            } else {
                0
            },
            label: match terms.has_label() {
                true => outputs * classes as usize,
                false => 0,
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
        if !is_within_limits(geometry) {
            return Err(ModelError::LayerShape { layer: index });
        }
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
}

impl Stage {
    /// Reads a record, whatever it says, and returns the output padding. Of the output's shape, only
    /// a dense layer's has a height and width, and some have channels: [`Stage::complete`] derives
    /// the rest.
    #[inline(never)]
    pub fn read(&mut self, reader: &mut Reader) -> u8 {
        self.clear();
        let mut output_padding = 0;
        let kind = reader.u32();
        if kind > u32::from(Stage::UPSAMPLE) {
            reader.fail();
            return 0;
        }
        self.kind = kind as u8;
        if self.kind == Stage::DENSE {
            // Sides that are too large are still too large.
            self.height = reader.u16().min(u8::MAX.into()) as u8;
            self.width = reader.u16().min(u8::MAX.into()) as u8;
        } else {
            self.kernel = reader.byte();
            if self.kind == Stage::UPSAMPLE {
                return 0;
            }
            self.stride = reader.byte();
            self.padding = reader.byte();
            if self.kind == Stage::CONV_TRANSPOSE {
                output_padding = reader.byte();
            }
        }
        if self.kind != Stage::DEPTHWISE {
            self.channels = reader.u16();
        }
        let activation = reader.u32();
        if activation > u32::from(Stage::SIGMOID) {
            reader.fail();
            return 0;
        }
        self.activation = activation as u8;
        if self.activation == Stage::LEAKY_RELU {
            self.slope = reader.u16();
        }
        self.pre_shift = reader.byte();
        self.post_shift = reader.byte();
        self.terms = Terms::new(reader.byte());
        self.label_shift = reader.byte();
        output_padding
    }

    /// Derives the shapes of a layer that was read, well formed and within the limits if its input
    /// is.
    #[inline(never)]
    pub fn complete(
        &mut self,
        input: Shape,
        output_padding: u8,
        classes: u8,
    ) -> Result<(), Problem> {
        if let Some(feature) = self.left_out() {
            return Err(Problem::LeftOut(feature));
        }
        let mut geometry = self.geometry(input);
        if !geometry.derive(output_padding) {
            return Err(Problem::Geometry);
        }
        if !is_within_limits(&geometry) {
            return Err(Problem::Shape);
        }
        self.hold(geometry.output);
        if cfg!(not(all(feature = "any-stride", feature = "long"))) {
            let walk = geometry.walk();
            if cfg!(not(feature = "any-stride")) && !walk.shares {
                return Err(Problem::LeftOut(Feature::AnyStride));
            }
            if cfg!(not(feature = "long")) && geometry.window_len(&walk) > LONGEST {
                return Err(Problem::LeftOut(Feature::Long));
            }
        }
        let (terms, dense) = (self.terms, self.kind == Stage::DENSE);
        if terms.bias_by_output() && (!dense || terms.bias_by_channel()) {
            return Err(Problem::Range(Part::Bias));
        }
        if terms.has_label() && (!dense || classes == 0) {
            return Err(Problem::Range(Part::Label));
        }
        Ok(())
    }

    /// What the layer needs that this crate was built without.
    fn left_out(&self) -> Option<Feature> {
        match self.kind {
            Stage::CONV if cfg!(not(feature = "conv")) => Some(Feature::Conv),
            Stage::DEPTHWISE if cfg!(not(feature = "depthwise")) => Some(Feature::Depthwise),
            Stage::UPSAMPLE if cfg!(not(feature = "upsample")) => Some(Feature::Upsample),
            _ if self.terms.bits() == 4 && !is_nibble(4) => Some(Feature::Int4),
            _ => None,
        }
    }
}

fn is_within_limits(geometry: &Geometry) -> bool {
    let output = geometry.output;
    (1..=MAX_ACTIVATION).contains(&output.len())
        && output.height <= MAX_SIDE
        && output.width <= MAX_SIDE
        && output.channels <= MAX_CHANNELS
        && geometry.weights() <= MAX_WEIGHTS
}
