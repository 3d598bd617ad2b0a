//! The ESP32-C3 as the app sees it.

use esp_hal::Blocking;
use esp_hal::delay::Delay;
use esp_hal::gpio::{Input as Pin, InputConfig, InputPin, Pull};
use esp_hal::i2c::master::{Config, I2c};
use esp_hal::peripherals::{GPIO6, GPIO7, I2C0, TIMG0};
use esp_hal::rng::Rng;
use esp_hal::time::{Instant, Rate};
use esp_hal::timer::timg::Wdt;
use firmware::{Board, Buttons, Input};
use oled::{NoAnswer, Oled};

/// How long a rest is.
const REST_MS: u32 = 5;

/// The display's bus, started.
pub type StartedBus = I2c<'static, Blocking>;

/// Starts the display's bus with I2C's fast mode.
pub fn start_bus(i2c: I2C0<'static>, sda: GPIO6<'static>, scl: GPIO7<'static>) -> StartedBus {
    let config = Config::default().with_frequency(Rate::from_khz(400));
    let Ok(bus) = I2c::new(i2c, config) else {
        panic!("the bus has this frequency");
    };
    bus.with_sda(sda).with_scl(scl)
}

/// A pin to which a button pulls ground.
pub fn button(pin: impl InputPin + 'static) -> Pin<'static> {
    Pin::new(pin, InputConfig::default().with_pull(Pull::Up))
}

/// What the app uses of the board.
pub struct Esp32C3 {
    /// The display.
    pub display: Oled<StartedBus>,
    /// The buttons.
    pub buttons: Buttons<Pin<'static>, Pin<'static>>,
    /// Has random bits.
    pub noise: Rng,
    /// Resets the chip when it is not fed.
    pub watchdog: Wdt<TIMG0<'static>>,
}

/// Microseconds since the start, wrapping at 2^32.
fn micros() -> u32 {
    Instant::now().duration_since_epoch().as_micros() as u32
}

impl Board for Esp32C3 {
    type Display = Oled<StartedBus>;

    fn display(&mut self) -> &mut Self::Display {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        micros()
    }

    fn input(&mut self) -> Option<Input> {
        self.buttons.poll(micros())
    }

    fn flush(&mut self) -> Result<(), NoAnswer> {
        self.display.flush()
    }

    fn rest(&mut self) {
        Delay::new().delay_millis(REST_MS);
    }

    fn feed_watchdog(&mut self) {
        self.watchdog.feed();
    }

    fn entropy(&mut self) -> Option<u32> {
        Some(self.noise.random())
    }
}
