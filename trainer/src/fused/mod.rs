//! Operations of the training step that burn computes in several passes over memory, in one.
//!
//! Networks as small as ours spend more time in moving numbers than in multiplying them: a leaky
//! ReLU made of a comparison, a product and a selection, a window gathered by slices that are then
//! joined. Here each is one loop, with a backward pass of its own, on burn's CPU backend flex. On
//! any other backend the same functions are the compositions of burn's operations that they replace,
//! which is also what the tests compare with.

mod activation;
mod adam;
mod flex;
mod matmul;
mod rearrange;

pub use activation::{bias_leaky_relu, leaky_relu, tanh};
pub use adam::Adam;
pub use flex::supports;
pub use matmul::matmul;
pub use rearrange::Rearrangement;
