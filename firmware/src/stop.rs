//! Why the app ended.

use core::fmt::{self, Debug};

use runtime::{GenerateError, ModelError};

use crate::reason::Reason;

/// Why the app ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<D> {
    /// The model cannot be shown.
    Reason(Reason),
    /// The display failed.
    Display(D),
}

impl<D> From<Reason> for Stop<D> {
    fn from(reason: Reason) -> Self {
        Self::Reason(reason)
    }
}

impl<D> From<ModelError> for Stop<D> {
    fn from(error: ModelError) -> Self {
        Self::Reason(error.into())
    }
}

impl<D> From<GenerateError> for Stop<D> {
    fn from(error: GenerateError) -> Self {
        Self::Reason(error.into())
    }
}

impl<D: Debug> fmt::Display for Stop<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason(reason) => fmt::Display::fmt(reason, f),
            Self::Display(error) => write!(f, "the display failed: {error:?}"),
        }
    }
}

impl<D: Debug> core::error::Error for Stop<D> {}
