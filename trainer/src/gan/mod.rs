//! The adversarial game: networks, losses and the training step.
//!
//! Reading order: [`recipe`] (what is trained and how), [`generator`] and [`discriminator`] (the
//! networks, made of [`layers`]), [`loss`] (what each minimises), [`draws`] (all randomness),
//! [`int4`] (weights of four bits), [`average`] (of the generator's weights), [`game`] (one step
//! after another; each is cut into shares of the batch that threads work on).
//!
//! Images are `[batch][height][width][channel]` floats in `[-1, 1]` here, -1 being background.

pub mod average;
mod crew;
pub mod discriminator;
pub mod draws;
pub mod game;
pub mod generator;
pub mod int4;
pub mod layers;
pub mod loss;
mod losses;
pub mod recipe;
mod share;
