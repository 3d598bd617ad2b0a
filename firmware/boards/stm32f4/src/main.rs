//! The app on an STM32F411 Black Pill.
#![no_std]
#![no_main]

mod board;
mod failure;

use cortex_m_rt::entry;
use defmt_rtt as _;
use firmware::{Buttons, Modes};
use stm32f4xx_hal::adc::Adc;
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

use board::{BlackPill, oled};

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// The chip starts anew if the app does not come round in that time. It does so after each digit.
const WATCHDOG_MS: u32 = 2_000;

#[entry]
fn main() -> ! {
    let chip = pac::Peripherals::take().expect("taken once, here");
    let core = cortex_m::Peripherals::take().expect("taken once, here");
    let mut watchdog = IndependentWatchdog::new(chip.IWDG);
    watchdog.start(WATCHDOG_MS.millis());

    let mut rcc = board::start_clocks(chip.RCC);
    cortex::wake_up_regularly(core.SYST, rcc.clocks.sysclk().to_Hz());
    let mut timer = chip.TIM5.counter_us(&mut rcc);
    timer
        .start(u32::MAX.micros())
        .expect("as long as the counter is");

    let port_a = chip.GPIOA.split(&mut rcc);
    let port_b = chip.GPIOB.split(&mut rcc);
    let display = oled(chip.I2C1, port_b.pb6, port_b.pb7, &mut rcc);
    let mut board = BlackPill {
        display: display.unwrap_or_else(|error| cortex::display_failed(error)),
        buttons: Buttons::new(
            port_a.pa1.into_pull_up_input(),
            port_a.pa0.into_pull_up_input(),
        ),
        timer,
        noise: board::Noise::new(Adc::new(chip.ADC1, true, Default::default(), &mut rcc)),
        watchdog,
    };
    let workspace = cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]).expect("taken once");
    let Err(stop) = firmware::run::<Modes, _>(&mut board, MODEL, workspace);
    cortex::stopped(&mut board, stop)
}
