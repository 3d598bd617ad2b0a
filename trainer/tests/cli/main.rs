//! The `trainer` program as a user meets it: results, messages and exit codes.

mod common;
mod data;
mod eval;
mod latent_space;
mod model;
mod plane;
mod resume;
mod train;
