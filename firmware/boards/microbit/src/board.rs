//! The micro:bit as the app sees it.

use core::convert::Infallible;

use firmware::{Board, Buttons, Input};

use crate::display::Display;
use crate::pins::{ButtonA, ButtonB};
use crate::{timer, watchdog};

/// What the app uses of the board.
pub struct Microbit {
    display: Display,
    buttons: Buttons<ButtonB, ButtonA>,
}

impl Microbit {
    /// Starts what the app uses.
    pub fn start() -> Self {
        timer::start();
        watchdog::start();
        Self {
            display: Display::start(),
            buttons: Buttons::new(ButtonB::start(), ButtonA::start()),
        }
    }
}

impl Board for Microbit {
    type Display = Display;

    /// There is no log.
    const MEASURES: bool = false;

    fn display(&mut self) -> &mut Display {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        timer::micros()
    }

    #[inline(never)] // what it needs of the stack is free when digits are drawn
    fn input(&mut self) -> Option<Input> {
        self.buttons.poll(timer::micros())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        self.display.flush();
        Ok(())
    }

    fn feed_watchdog(&mut self) {
        watchdog::feed();
    }
}
