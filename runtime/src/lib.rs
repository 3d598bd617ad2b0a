//! Draws images on microcontrollers with the generator of a GAN.
#![no_std]

mod error;
pub mod format;
mod generator;
pub mod geometry;
pub mod kernels;
mod latent;
pub mod layout;
mod model;
mod requantize;

pub use error::{GenerateError, ModelError, Part};
pub use generator::Generator;
pub use latent::Latent;
pub use model::Model;
