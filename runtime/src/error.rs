//! What can be wrong with a model file, and with a request to generate.

use core::fmt;

/// Why a byte string is not a usable model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum ModelError {
    /// The bytes do not start with the magic `PGAN`.
    NotAModel,
    /// The bytes do not start at an address that is a multiple of four.
    Unaligned,
    /// The file is of a format version that this reader does not know.
    Version {
        /// The file's version.
        found: u8,
        /// The version that is read here.
        supported: u8,
    },
    /// The CRC-32 does not match: the file is cut or damaged.
    Checksum,
    /// The checksum is right, but the content is not a model's.
    Malformed,
    /// The latent is empty or longer than the limit.
    LatentLength {
        /// Components that the file asks for.
        found: u8,
    },
    /// The model has no layers, or more than the limit.
    LayerCount {
        /// Layers that the file announces.
        found: u8,
    },
    /// A layer's output is empty or larger than the limits.
    LayerShape {
        /// Index of the layer, from 0.
        layer: u8,
    },
    /// Kernel, stride, padding and the two shapes of a convolution do not fit together.
    LayerGeometry {
        /// Index of the layer, from 0.
        layer: u8,
    },
    /// The file ends before the arrays of a layer do.
    LayerCut {
        /// Index of the layer, from 0.
        layer: u8,
    },
    /// A part of a layer has another length than its shapes ask for (at writing; what is read has
    /// no lengths of its own).
    LayerLength {
        /// Index of the layer, from 0.
        layer: u8,
        /// The part.
        part: Part,
        /// Bytes expected.
        expected: u32,
        /// Bytes found.
        found: u32,
    },
    /// A shift, a multiplier, a slope or a weight of a layer is out of its range, or a layer of its
    /// kind has no such part.
    LayerRange {
        /// Index of the layer, from 0.
        layer: u8,
        /// The part.
        part: Part,
    },
    /// A layer needs a feature of this crate that was left out.
    LayerLeftOut {
        /// Index of the layer, from 0.
        layer: u8,
        /// The feature.
        feature: Feature,
    },
    /// The sums of a layer could overflow 32 bits.
    LayerOverflow {
        /// Index of the layer, from 0.
        layer: u8,
    },
}

/// What is wrong with a layer: a [`ModelError`] that does not say yet which one.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Problem {
    Malformed,
    Shape,
    Geometry,
    Cut,
    Range(Part),
    LeftOut(Feature),
    Overflow,
}

impl Problem {
    /// The problem of the layer of this index.
    pub fn of(self, layer: u8) -> ModelError {
        match self {
            Problem::Malformed => ModelError::Malformed,
            Problem::Shape => ModelError::LayerShape { layer },
            Problem::Geometry => ModelError::LayerGeometry { layer },
            Problem::Cut => ModelError::LayerCut { layer },
            Problem::Range(part) => ModelError::LayerRange { layer, part },
            Problem::LeftOut(feature) => ModelError::LayerLeftOut { layer, feature },
            Problem::Overflow => ModelError::LayerOverflow { layer },
        }
    }
}

/// A feature of this crate without which some layers are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Feature {
    /// Transposed convolutions whose stride does not divide their kernel.
    AnyStride,
    /// Convolutions.
    Conv,
    /// Depthwise convolutions.
    Depthwise,
    /// Weights of 4 bits.
    Int4,
    /// Outputs of more than 128 inputs.
    Long,
    /// Nearest upsampling.
    Upsample,
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Feature::AnyStride => "any-stride",
            Feature::Conv => "conv",
            Feature::Depthwise => "depthwise",
            Feature::Int4 => "int4",
            Feature::Long => "long",
            Feature::Upsample => "upsample",
        })
    }
}

/// A part of a layer in a model file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum Part {
    /// The activation function.
    Activation,
    /// The bias.
    Bias,
    /// The table of what each class adds.
    Label,
    /// The requantization multipliers.
    Multipliers,
    /// One of the shifts.
    Shift,
    /// The weights.
    Weights,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Activation => "activation",
            Part::Bias => "bias",
            Part::Label => "label table",
            Part::Multipliers => "multipliers",
            Part::Shift => "shift",
            Part::Weights => "weights",
        })
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            ModelError::NotAModel => f.write_str("not a model file (it does not start with PGAN)"),
            ModelError::Unaligned => f.write_str(
                "the model file must be at an address that is a multiple of 4 (align it when embedding it)",
            ),
            ModelError::Version { found, supported } => write!(
                f,
                "the model file has format version {found}, this program reads version {supported}"
            ),
            ModelError::Checksum => {
                f.write_str("the model file is cut or damaged (wrong checksum)")
            }
            ModelError::Malformed => f.write_str("the model file's content is malformed"),
            ModelError::LatentLength { found } => write!(
                f,
                "the latent has {found} components, 1 to {} are possible",
                crate::format::MAX_LATENT
            ),
            ModelError::LayerCount { found } => write!(
                f,
                "the model has {found} layers, 1 to {} are possible",
                crate::format::MAX_LAYERS
            ),
            ModelError::LayerShape { layer } => {
                write!(f, "layer {layer} has an empty or too large output")
            }
            ModelError::LayerGeometry { layer } => write!(
                f,
                "kernel, stride and padding of layer {layer} do not fit its input and output"
            ),
            ModelError::LayerCut { layer } => {
                write!(f, "the file ends within the arrays of layer {layer}")
            }
            ModelError::LayerLength {
                layer,
                part,
                expected,
                found,
            } => write!(
                f,
                "{part} of layer {layer}: {found} bytes, its shapes ask for {expected}"
            ),
            ModelError::LayerRange { layer, part } => {
                write!(f, "{part} of layer {layer} out of range")
            }
            ModelError::LayerLeftOut { layer, feature } => write!(
                f,
                "layer {layer} needs the feature `{feature}` of the crate `runtime`, which this program was built without"
            ),
            ModelError::LayerOverflow { layer } => {
                write!(f, "the sums of layer {layer} could overflow 32 bits")
            }
        }
    }
}

impl core::error::Error for ModelError {}

/// Why an image was not generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[non_exhaustive]
pub enum GenerateError {
    /// The workspace is too small for the model.
    WorkspaceTooSmall {
        /// Bytes needed.
        needed: usize,
        /// Bytes given.
        given: usize,
    },
    /// The model has no such class.
    NoSuchLabel {
        /// The label asked for.
        label: u8,
        /// Classes of the model.
        classes: u8,
    },
    /// The latent has another length than the model's.
    LatentLength {
        /// Components that the model takes.
        expected: usize,
        /// Components given.
        found: usize,
    },
    /// The pixel buffer has another length than the image.
    PixelLength {
        /// Bytes of the image.
        expected: usize,
        /// Bytes given.
        found: usize,
    },
}

impl fmt::Display for GenerateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            GenerateError::WorkspaceTooSmall { needed, given } => write!(
                f,
                "the model needs a workspace of {needed} bytes, {given} were given"
            ),
            GenerateError::NoSuchLabel { label, classes } => {
                if classes == 0 {
                    write!(
                        f,
                        "the model has no classes, so the label must be 0, not {label}"
                    )
                } else {
                    write!(
                        f,
                        "no class {label}: the model has classes 0 to {}",
                        classes - 1
                    )
                }
            }
            GenerateError::LatentLength { expected, found } => write!(
                f,
                "the model takes a latent of {expected} components, {found} were given"
            ),
            GenerateError::PixelLength { expected, found } => write!(
                f,
                "the image has {expected} bytes, the pixel buffer {found}"
            ),
        }
    }
}

impl core::error::Error for GenerateError {}
