//! Trains a GAN, quantizes its generator and writes the model file that microcontrollers draw from.

pub mod backend;
pub mod cli;
pub mod data;
pub mod drawing;
pub mod evaluate;
pub mod fused;
pub mod gan;
pub mod latent_space;
pub mod output;
pub mod patches;
pub mod picture;
pub mod plane;
pub mod plot;
pub mod quantize;
pub mod training;
