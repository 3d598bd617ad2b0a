//! The Pico2 as the app sees it.

use firmware::{Board, Buttons, Input};
use fugit::{HertzU32, RateExtU32};
use oled::{NoAnswer, Oled};
use rp235x_hal::gpio::bank0::{Gpio4, Gpio5, Gpio14, Gpio15};
use rp235x_hal::gpio::{FunctionI2C, FunctionNull, FunctionSio, Pin, PullDown, PullUp, SioInput};
use rp235x_hal::pac::{I2C0, RESETS};
use rp235x_hal::rosc::{Enabled, RingOscillator};
use rp235x_hal::timer::{CopyableTimer0, Timer};
use rp235x_hal::{I2C, Watchdog};

/// Fastest clock of the display's bus: I2C's fast mode.
const I2C_HZ: u32 = 400_000;

/// The bus, started.
pub type StartedBus = I2C<
    I2C0,
    (
        Pin<Gpio4, FunctionI2C, PullUp>,
        Pin<Gpio5, FunctionI2C, PullUp>,
    ),
>;

/// The display's bus, as it is after a reset.
pub struct Bus {
    /// The controller.
    pub i2c: I2C0,
    /// Data.
    pub sda: Pin<Gpio4, FunctionNull, PullDown>,
    /// Clock.
    pub scl: Pin<Gpio5, FunctionNull, PullDown>,
}

impl Bus {
    /// Starts it; `peripheral_hz` is the frequency of its clock.
    pub fn start(self, resets: &mut RESETS, peripheral_hz: HertzU32) -> StartedBus {
        let (sda, scl) = (self.sda.reconfigure(), self.scl.reconfigure());
        I2C::i2c0(self.i2c, sda, scl, I2C_HZ.Hz(), resets, peripheral_hz)
    }
}

type Button<P> = Pin<P, FunctionSio<SioInput>, PullUp>;

/// What the app uses of the board.
pub struct Pico2 {
    /// The display.
    pub display: Oled<StartedBus>,
    /// The buttons.
    pub buttons: Buttons<Button<Gpio14>, Button<Gpio15>>,
    /// Counts microseconds.
    pub timer: Timer<CopyableTimer0>,
    /// Has random bits.
    pub noise: RingOscillator<Enabled>,
    /// Resets the chip when it is not fed.
    pub watchdog: Watchdog,
}

impl Board for Pico2 {
    type Display = Oled<StartedBus>;

    fn display(&mut self) -> &mut Self::Display {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        self.timer.get_counter_low()
    }

    fn input(&mut self) -> Option<Input> {
        self.buttons.poll(self.timer.get_counter_low())
    }

    fn flush(&mut self) -> Result<(), NoAnswer> {
        self.display.flush()
    }

    fn rest(&mut self) {
        cortex_m::asm::wfi();
    }

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }

    fn entropy(&mut self) -> Option<u32> {
        let bits = (0..u32::BITS).map(|_| u32::from(self.noise.get_random_bit()));
        Some(bits.fold(0, |seed, bit| seed << 1 | bit))
    }
}
