//! The game in the plane, where everything can be seen: the generator maps normal numbers to points,
//! which are to be distributed as a known distribution's.
//!
//! Reading order: [`distribution`] (what is to be learned), [`networks`], [`game`] (the training),
//! [`estimate`] (what has been learned, in numbers), [`scatter`] (and as a picture).

pub mod distribution;
pub mod estimate;
pub mod game;
pub mod networks;
pub mod scatter;

/// A point: both coordinates.
pub type Point = [f64; 2];
