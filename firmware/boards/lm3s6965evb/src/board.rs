//! What the app gets of this board.

use embedded_hal_bus::spi::{ExclusiveDevice, NoDelay};
use firmware::{Board, Buttons, Input, MoreButtons};

use crate::gpio::{self, Output, PORT_A, PORT_C, PORT_D, PORT_E, PORT_F};
use crate::ssd0323::{self, Shadow, Ssd0323};
use crate::ssi::Ssi0;
use crate::timer::Timer;
use crate::watchdog::Watchdog;

/// The display on its bus.
pub type Display<'s> = Ssd0323<'s, ExclusiveDevice<Ssi0, Output, NoDelay>, Output>;

/// Starts the display; `shadow` is the copy of its memory.
pub fn start_display(shadow: &mut Shadow) -> Display<'_> {
    // The SD card slot shares the bus: its chip select stays high.
    Output::high(&PORT_D, 0);
    let chip_select = Output::high(&PORT_A, 3);
    let data_command = Output::high(&PORT_C, 7);
    let Ok(spi) = ExclusiveDevice::new_no_delay(Ssi0::start(ssd0323::MAX_CLOCK_HZ), chip_select);
    let Ok(display) = Ssd0323::start(spi, data_command, shadow);
    display
}

/// The EK-LM3S6965: display, five buttons, a clock and a watchdog.
pub struct Lm3s6965evb {
    /// The display.
    pub display: Display<'static>,
    /// Select is the action, Up and Down are modes, Right and Left the next and the one before.
    pub buttons: MoreButtons<gpio::Input, gpio::Input, gpio::Input, gpio::Input, gpio::Input>,
    /// The clock.
    pub timer: Timer,
    /// The watchdog.
    pub watchdog: Watchdog,
}

impl Lm3s6965evb {
    /// The buttons, which sit at PE0 to PE3 (up, down, left, right) and PF1 (select).
    pub fn buttons() -> MoreButtons<gpio::Input, gpio::Input, gpio::Input, gpio::Input, gpio::Input>
    {
        let [up, down, left, right] = [0, 1, 2, 3].map(|pin| gpio::Input::pulled_up(&PORT_E, pin));
        Buttons::new(down, gpio::Input::pulled_up(&PORT_F, 1)).and(up, right, left)
    }
}

impl Board for Lm3s6965evb {
    type Display = Display<'static>;

    fn display(&mut self) -> &mut Self::Display {
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

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }
}
