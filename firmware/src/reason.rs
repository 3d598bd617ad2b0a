//! Why a model cannot be shown, in words for the display and for the log.

use core::fmt;

use embedded_graphics::geometry::Size;
use runtime::{GenerateError, ModelError};

use crate::text::Words;

/// Why the app cannot show a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The bytes are not a usable model.
    Model(ModelError),
    /// The model cannot be run.
    Generate(GenerateError),
    /// The model has too few classes for the ten digits, which a clock needs.
    NoDigits {
        /// Classes of the model, at least 1.
        classes: u8,
    },
    /// The model's images have several channels; the app draws ink on black.
    Channels {
        /// Channels of an image.
        channels: u16,
    },
    /// Not one image fits on the display.
    DisplayTooSmall {
        /// Pixels that an image needs.
        needed: Size,
        /// Pixels of the display.
        display: Size,
    },
}

impl From<ModelError> for Reason {
    fn from(error: ModelError) -> Self {
        Self::Model(error)
    }
}

impl From<GenerateError> for Reason {
    fn from(error: GenerateError) -> Self {
        Self::Generate(error)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Model(error) => error.fmt(f),
            Self::Generate(error) => error.fmt(f),
            Self::Channels { channels } => {
                write!(f, "the model's images have {channels} channels, not one")
            }
            Self::NoDigits { classes } => {
                write!(f, "a clock needs ten digits, the model has {classes}")
            }
            Self::DisplayTooSmall { needed, display } => write!(
                f,
                "an image needs {}x{} pixels, the display has {}x{}",
                needed.width, needed.height, display.width, display.height
            ),
        }
    }
}

impl core::error::Error for Reason {}

impl Reason {
    /// The reason for the display and for the log.
    pub fn words(&self) -> Words {
        Words::of(format_args!("No picture: {self}"))
    }
}
