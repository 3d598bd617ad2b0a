//! The Black Pill as the app sees it.

use firmware::{Board, Buttons, Input};
use oled::{NoAnswer, Oled};
use stm32f4xx_hal::adc::config::SampleTime;
use stm32f4xx_hal::adc::{Adc, Temperature};
use stm32f4xx_hal::gpio::{Input as Pin, PA0, PA1, PB6, PB7};
use stm32f4xx_hal::i2c::I2c;
use stm32f4xx_hal::pac::{ADC1, I2C1, RCC, TIM5};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::{Config, Rcc};
use stm32f4xx_hal::timer::CounterUs;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

/// Frequency of the crystal.
const CRYSTAL_HZ: u32 = 25_000_000;
/// Frequency of the core, not the highest one: the timer's clock must be a whole number of MHz.
const CORE_HZ: u32 = 96_000_000;
/// Fastest clock of the display's bus: I2C's fast mode.
const I2C_HZ: u32 = 400_000;

/// The bus, started.
pub type StartedBus = I2c<I2C1>;

/// Starts the clocks.
pub fn start_clocks(rcc: RCC) -> Rcc {
    rcc.freeze(Config::hse(CRYSTAL_HZ.Hz()).sysclk(CORE_HZ.Hz()))
}

/// Starts the display's bus.
pub fn start_bus(i2c: I2C1, scl: PB6, sda: PB7, rcc: &mut Rcc) -> StartedBus {
    let pins = (scl.internal_pull_up(true), sda.internal_pull_up(true));
    i2c.i2c(pins, I2C_HZ.Hz(), rcc)
}

/// Random bits: this chip has no generator for them, but its thermometer's last bit is noise.
pub struct Noise(Adc<ADC1>);

impl Noise {
    /// Turns the thermometer on.
    pub fn new(mut adc: Adc<ADC1>) -> Self {
        adc.enable_temperature_and_vref();
        Self(adc)
    }

    fn seed(&mut self) -> u32 {
        (0..u32::BITS).fold(0, |bits, _| {
            let sample = self.0.convert(&Temperature, SampleTime::Cycles_480);
            bits << 1 | u32::from(sample & 1)
        })
    }
}

/// What the app uses of the board.
pub struct BlackPill {
    /// The display.
    pub display: Oled<StartedBus>,
    /// The buttons.
    pub buttons: Buttons<PA1<Pin>, PA0<Pin>>,
    /// Counts microseconds.
    pub timer: CounterUs<TIM5>,
    /// Has random bits.
    pub noise: Noise,
    /// Resets the chip when it is not fed.
    pub watchdog: IndependentWatchdog,
}

impl Board for BlackPill {
    type Display = Oled<StartedBus>;

    fn display(&mut self) -> &mut Self::Display {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        self.timer.now().ticks()
    }

    fn input(&mut self) -> Option<Input> {
        self.buttons.poll(self.timer.now().ticks())
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
        Some(self.noise.seed())
    }
}
