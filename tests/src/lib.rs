//! The harness that builds boards' firmware, runs it in an emulator and looks at its display.

pub mod black_pill;
pub mod board;
pub mod emulator;
mod error;
pub mod firmware;
pub mod gallery;
mod gdb;
pub mod log;
pub mod microbit;
pub mod modes;
pub mod page;
pub mod pico;
mod process;
mod qmp;
pub mod random_model;
pub mod screen;
pub mod sizes;
pub mod ssd1306;
pub mod uf2;

pub use error::Error;
