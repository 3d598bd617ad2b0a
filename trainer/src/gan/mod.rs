//! The adversarial game: networks, losses and the training step.
//!
//! Reading order: [`recipe`] (what is trained and how), [`generator`] and [`discriminator`] (the
//! networks), [`loss`] (the game), [`draws`] (all randomness), [`game`] (one step after another).
//!
//! Images are `[batch][height][width][channel]` floats in `[-1, 1]` here, -1 being background.

pub mod discriminator;
pub mod draws;
pub mod game;
pub mod generator;
pub mod loss;
pub mod recipe;
