//! What the app needs of the place where it runs.

use embedded_graphics::draw_target::DrawTarget;

use crate::ink::Ink;
use crate::input::Input;
use crate::time::Time;

/// The place where the app runs: a board, or a host that plays one.
///
/// Three methods must be there; the others stand for things that a board may have.
pub trait Board {
    /// The display. Its top left pixel is at (0, 0).
    type Display: DrawTarget<Color: Ink>;

    /// Whether it is measured how long a digit takes. Where nobody reads it, that is code for
    /// nothing.
    const MEASURES: bool = true;

    /// The display, to draw on.
    fn display(&mut self) -> &mut Self::Display;

    /// Microseconds since some moment, wrapping at 2^32 (every 71 minutes). The app is called at
    /// least once in that time. All that moves, turns or ticks does so by this clock.
    fn micros(&self) -> u32;

    /// What the user has asked for since the last call, one at a time.
    fn input(&mut self) -> Option<Input>;

    /// Shows what was drawn, where the display is drawn into a buffer first. Called after each
    /// digit.
    ///
    /// # Errors
    /// The display's own.
    fn flush(&mut self) -> Result<(), DisplayError<Self>> {
        Ok(())
    }

    /// Waits, at most some 10 ms, because there is nothing to draw before the next input or the
    /// next change. Only [`run`](crate::run) calls it.
    fn rest(&mut self) {}

    /// Tells the watchdog that all is well. Called once a step, that is after one digit at most.
    fn feed_watchdog(&mut self) {}

    /// A random seed, from noise; `None` where there is no such source: then seeds count from 0.
    fn entropy(&mut self) -> Option<u32> {
        None
    }

    /// The time of the day, by a clock that runs on its own; `None` where there is none: then the
    /// app keeps the time itself, beginning with 12:00.
    fn time(&mut self) -> Option<Time> {
        None
    }

    /// Sets the clock of [`Board::time`], to the beginning of that minute. A board that has the
    /// one has the other; without a clock there is nothing to set.
    fn set_time(&mut self, time: Time) {
        let _ = time;
    }
}

/// The error of a board's display.
pub type DisplayError<B> = <<B as Board>::Display as DrawTarget>::Error;
