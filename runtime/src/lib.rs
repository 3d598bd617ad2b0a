#![doc = include_str!("../README.md")]
#![no_std]

// Arrays are read from the file as they lie there.
#[cfg(target_endian = "big")]
compile_error!("model files are little-endian, and so must be the target");

mod check;
mod checksum;
mod embed;
mod error;
mod finish;
pub mod format;
mod generator;
pub mod geometry;
mod kernels;
mod latent;
pub mod layout;
mod model;
mod narrow;
mod plan;
mod reader;
mod record;
mod requantize;
mod slices;
mod stage;
mod walk;
mod window;
mod work;

pub use error::{Feature, GenerateError, ModelError, Part};
pub use generator::Generator;
pub use latent::Latent;
pub use model::{Layers, Model};
