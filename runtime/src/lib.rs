#![doc = include_str!("../README.md")]
#![no_std]

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
mod reader;
mod record;
mod requantize;
mod stage;
mod window;
mod work;

pub use error::{GenerateError, ModelError, Part};
pub use generator::Generator;
pub use latent::Latent;
pub use model::{Layers, Model};
