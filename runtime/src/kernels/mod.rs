//! Sums of products: the inner loops.

mod portable;

pub use portable::segment;
