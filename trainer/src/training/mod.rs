//! A training run: what is kept of it, so that it can be trusted, watched and taken up again.
//!
//! Reading order: [`Identity`] (what the run is about), [`Folder`] (where it is kept),
//! [`Checkpoint`] (what it goes on from), [`Evaluator`] and [`Best`] (which model is kept),
//! [`Watch`] (what may go wrong), [`History`] with [`figure()`] (what was measured),
//! [`frame()`] (how the images emerge).

mod charts;
mod checkpoint;
mod evaluation;
mod folder;
mod frames;
mod history;
mod identity;
mod watch;

pub use charts::figure;
pub use checkpoint::{Checkpoint, CheckpointError, MAGIC};
pub use evaluation::{Best, Evaluation, Evaluator, IMAGES};
pub use folder::{Folder, FolderError};
pub use frames::{FrameError, animate, frame, frame_steps};
pub use history::{History, Row, WINDOW};
pub use identity::{Difference, Identity};
pub use watch::{Trouble, Watch};
