//! What a command can end with.

use std::io;
use std::path::PathBuf;

use burn::store::RecordError;
use runtime::format::EncodeError;
use runtime::{GenerateError, ModelError};

use crate::backend::BackendError;
use crate::data::DataError;
use crate::output::OutputError;
use crate::picture::PictureError;
use crate::quantize::QuantizeError;
use crate::training::{CheckpointError, Difference, FolderError, FrameError};

/// Why a command failed. Each message is one sentence for the user.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The command line asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// The backend that was asked for is not in this build, or has no device here.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// No data to train with.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The images are of no use for what was asked.
    #[error("{0}")]
    Images(String),
    /// A result could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// Images could not be shown.
    #[error(transparent)]
    Picture(#[from] PictureError),
    /// A model file could not be read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A file is no usable model.
    #[error("cannot use {}: {reason}", path.display())]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: ModelError,
    },
    /// The training's losses are no longer numbers.
    #[error(
        "the training diverged at step {step}: its losses are no longer numbers; try another \
         --seed{}",
        best.as_ref().map_or(String::new(), |best| {
            format!(" (the best model until then is {})", best.display())
        })
    )]
    Diverged {
        /// The step.
        step: u32,
        /// The best model until then.
        best: Option<PathBuf>,
    },
    /// The folder of a training cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// There is no usable checkpoint.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// What is to be resumed is another training.
    #[error("cannot resume the training in {}: {reason}", folder.display())]
    Resume {
        /// The folder of the training.
        folder: PathBuf,
        /// In what it differs.
        reason: Difference,
    },
    /// The networks could not be turned into bytes, or back.
    #[error("cannot save or restore the networks: {0}")]
    State(RecordError),
    /// The animation of a training could not be made.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The generator has no integer form.
    #[error(transparent)]
    Quantize(#[from] QuantizeError),
    /// A classifier's weights could not be serialised.
    #[error("cannot serialise the classifier: {0}")]
    Classifier(#[from] RecordError),
    /// The runtime refused to draw an image.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// A model made from another could not be written.
    #[error("cannot make a model with mixed classes: {0}")]
    Encode(#[from] EncodeError),
    /// Text could not be written to stdout.
    #[error("cannot write to the standard output: {0}")]
    Stdout(io::Error),
}

impl CliError {
    /// The exit code: 2 for a mistake in the command line, 1 for everything else.
    pub fn exit_code(&self) -> u8 {
        match self {
            CliError::Usage(_) | CliError::Backend(_) => 2,
            _ => 1,
        }
    }

    /// Whether the reader of the output simply stopped reading, as `head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(
            self,
            CliError::Stdout(reason) | CliError::Output(OutputError::Io { reason, .. })
                if reason.kind() == io::ErrorKind::BrokenPipe
        )
    }
}
