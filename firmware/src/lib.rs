//! What a board with a display does with a model: the app, without a word about any board.
//!
//! A board hands over what it has as [`Board`] (a display, a button, a delay and, if it can, a
//! clock) and calls [`run`] with the bytes of a model and the memory to work in. The app draws on
//! [`embedded_graphics`]' `DrawTarget`, reads buttons and waits through [`embedded_hal`] traits,
//! and touches no register.
//!
//! The digits that it shows are numbered from 0. Digit `n` is drawn from the seed
//! `first_seed + n` (wrapping) and has the label `n` modulo the model's classes, so that anyone
//! with the model can draw the same digit on another machine.
#![no_std]

mod log;

mod app;
mod button;
mod clock;
mod gallery;
mod grid;
mod ink;
mod reason;
mod stamp;

pub use app::{Board, Stop, run};
pub use clock::{Clock, NoClock};
pub use gallery::{DrawError, Drawn, Gallery, Settings};
pub use grid::Grid;
pub use ink::Ink;
pub use reason::Reason;
