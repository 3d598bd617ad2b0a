//! What the boards with a Cortex-M core, a watchdog and a display that may fail do alike.
//!
//! A board's own `failure` module has the panic handlers, which must be in the program itself, and
//! starts the display anew; [`failure`] does the rest. Linking this crate also handles the
//! exceptions: faults and unexpected interrupts become panics, and SysTick ends a rest.
#![no_std]

pub mod failure;
mod rest;
mod stop;

pub use rest::wake_up_regularly;
pub use stop::{display_failed, stopped};
