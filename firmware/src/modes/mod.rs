//! The modes.

#[cfg(feature = "between")]
mod all;
mod ask;
#[cfg(feature = "between")]
mod clock;
#[cfg(feature = "between")]
mod face;
mod gallery;
mod handwriting;
#[cfg(feature = "between")]
mod morph;
mod name;
mod pocket;

#[cfg(feature = "between")]
pub use all::Modes;
pub use ask::Ask;
#[cfg(feature = "between")]
pub use clock::Clock;
pub use gallery::Gallery;
pub use handwriting::Handwriting;
#[cfg(feature = "between")]
pub use morph::Morph;
pub use name::ModeName;
pub use pocket::Pocket;
