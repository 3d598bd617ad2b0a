//! What the app gets of this board.

use embedded_hal_bus::spi::{ExclusiveDevice, NoDelay};
use firmware::{Board, Buttons, Input};

use crate::gpio::{self, Output};
use crate::ssd0323::Ssd0323;
use crate::ssi::Ssi0;
use crate::timer::Timer;

/// The display on its bus.
pub type Display = Ssd0323<'static, ExclusiveDevice<Ssi0, Output, NoDelay>, Output>;

/// The EK-LM3S6965: display, five buttons and a clock.
pub struct Lm3s6965evb {
    /// The display.
    pub display: Display,
    /// Select is the action, Up and Down are modes, Right and Left the next and the one before.
    pub buttons: Buttons<gpio::Input, gpio::Input, gpio::Input, gpio::Input, gpio::Input>,
    /// The clock.
    pub timer: Timer,
}

impl Board for Lm3s6965evb {
    type Display = Display;

    fn display(&mut self) -> &mut Display {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        self.timer.micros()
    }

    fn input(&mut self) -> Option<Input> {
        self.buttons.poll(self.timer.micros())
    }

    fn rest(&mut self) {
        self.timer.rest();
    }
}
