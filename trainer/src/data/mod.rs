//! Data sets: where images come from, and their form in memory.

mod error;
pub mod folder;
pub mod idx;
mod images;
pub mod mnist;
mod select;
pub mod strokes;

pub use error::DataError;
pub use images::{DataSet, Images};
pub use select::{Choice, Request};
