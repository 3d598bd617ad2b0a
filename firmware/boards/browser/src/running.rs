//! A model at work.

use core::fmt;

use firmware::Reason;
use runtime::Model;
use static_cell::StaticCell;

use crate::machine::Machine;
use crate::memory;
use crate::screen::Depth;
use crate::studio::Studio;

/// What there is once a model is loaded.
pub(crate) struct Running {
    pub(crate) model: &'static Model<'static>,
    pub(crate) machine: Machine,
    pub(crate) studio: Studio,
}

/// Why a model is not at work.
pub(crate) enum StartError {
    /// It cannot be shown.
    Reason(Reason),
    /// The browser has no memory for its workspaces.
    Memory,
    /// There is one already.
    Twice,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason(reason) => reason.fmt(f),
            Self::Memory => f.write_str("the browser has no memory left for this model"),
            Self::Twice => f.write_str("there is a model already"),
        }
    }
}

impl<T: Into<Reason>> From<T> for StartError {
    fn from(reason: T) -> Self {
        Self::Reason(reason.into())
    }
}

impl Running {
    /// Checks the model file and starts with it, on a display of that depth.
    /// To be called once.
    pub(crate) fn start(file: &'static [u8], depth: Depth) -> Result<Self, StartError> {
        static MODEL: StaticCell<Model> = StaticCell::new();
        let model = Model::from_bytes(file)?;
        let model: &'static Model = MODEL.try_init(model).ok_or(StartError::Twice)?;
        let workspace = || memory::grow(model.workspace_len()).ok_or(StartError::Memory);
        Ok(Self {
            model,
            machine: Machine::start(model, workspace()?, depth)?,
            studio: Studio::new(model, workspace()?)?,
        })
    }
}
