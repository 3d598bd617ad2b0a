//! What a board with a display does with a model: the app, without a word about any board.
//!
//! A board implements [`Board`]: a display ([`embedded_graphics`]' `DrawTarget` in a colour that
//! is [`Ink`]), a clock, what its user asks for ([`Buttons`] makes that of
//! [`embedded_hal`] pins), and what else it has: a watchdog, a source of entropy, a real-time clock.
//! Then either
//! - [`run`] shows a [`Mode`] of the model forever, in a program that does nothing else, or
//! - [`App::step`] draws one digit at most and returns, for a host with a loop of its own.
//!
//! [`Modes`] is all there is, one mode at a time; [`Gallery`], [`Morph`], [`Ask`], [`Handwriting`]
//! and [`Clock`] are modes, too, for a board that has room for one only, and [`Pocket`] is for one
//! that has hardly any: what is not used is not linked.
//!
//! A digit is a [`Style`] (a seed, or a point between two) and a label. Each is told to the log,
//! and to the caller of [`App::step`], so that anyone with the model can draw the same one on
//! another machine.
//!
//! ```
//! use core::convert::Infallible;
//! use embedded_graphics::mock_display::MockDisplay;
//! use embedded_graphics::pixelcolor::BinaryColor;
//! use firmware::{App, Board, Input, Modes};
//!
//! struct Host {
//!     display: MockDisplay<BinaryColor>, // 64x64
//!     micros: u32,
//!     input: Option<Input>,
//! }
//!
//! impl Board for Host {
//!     type Display = MockDisplay<BinaryColor>;
//!     fn display(&mut self) -> &mut Self::Display {
//!         &mut self.display
//!     }
//!     fn micros(&self) -> u32 {
//!         self.micros
//!     }
//!     fn input(&mut self) -> Option<Input> {
//!         self.input.take()
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn core::error::Error>> {
//! # let mut display = MockDisplay::new();
//! # display.set_allow_overdraw(true);
//! static FILE: &[u8] = runtime::include_model!("../../runtime/tests/vectors/example.gen.bin");
//! let model = runtime::Model::from_bytes(FILE)?;
//! let mut workspace = vec![0; model.workspace_len()];
//! let mut host = Host { display, micros: 0, input: None };
//! let mut app: App<Modes> = App::start(&model, &mut workspace, &mut host)?;
//! for frame in 0..600 {
//!     host.micros = frame * 16_667;
//!     host.input = (frame == 300).then_some(Input::NextMode);
//!     app.step(&mut host)?;
//! }
//! # Ok(())
//! # }
//! ```
#![no_std]
// What only the left out modes use.
#![cfg_attr(
    not(feature = "between"),
    allow(dead_code, unused_imports, unused_macros)
)]

mod log;

mod app;
mod board;
mod buttons;
mod ink;
mod input;
mod layout;
mod mode;
mod modes;
mod painter;
mod reason;
mod stamp;
mod stop;
mod style;
mod text;
mod time;

pub use app::{App, run};
pub use board::{Board, DisplayError};
pub use buttons::{Buttons, MoreButtons};
pub use ink::Ink;
pub use input::Input;
pub use layout::{Cell, Layout};
pub use mode::{Mode, Scene};
pub use modes::{Ask, Gallery, Handwriting, ModeName, Pocket};
#[cfg(feature = "between")]
pub use modes::{Clock, Modes, Morph};
pub use painter::Drawn;
pub use reason::Reason;
pub use stop::Stop;
pub use style::Style;
pub use text::Words;
pub use time::Time;
