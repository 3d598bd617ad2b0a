//! What people do with a generator besides drawing at random: moving through its latent space.
//!
//! Everything ends in points that the integer runtime draws.

pub mod attribute;
pub mod labels;
pub mod walk;

pub use attribute::{Attribute, Direction};
