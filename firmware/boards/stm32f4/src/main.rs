//! The app on an STM32F411 Black Pill.
#![no_std]
#![no_main]

mod board;
mod failure;

use cortex_m_rt::entry;
use defmt_rtt as _;
use firmware::{Buttons, Modes};
use oled::{NoAnswer, Oled};
use stm32f4xx_hal::adc::Adc;
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

use board::BlackPill;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// The chip starts anew if the app does not come round in that time. It does so after each digit.
const WATCHDOG_MS: u32 = 2_000;

#[entry]
fn main() -> ! {
    let (Some(chip), Some(core), Some(workspace)) = (
        pac::Peripherals::take(),
        cortex_m::Peripherals::take(),
        cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]),
    ) else {
        panic!("all is taken once, here");
    };
    let mut watchdog = IndependentWatchdog::new(chip.IWDG);
    watchdog.start(WATCHDOG_MS.millis());

    let mut rcc = board::start_clocks(chip.RCC);
    cortex::wake_up_regularly(core.SYST, rcc.clocks.sysclk().to_Hz());
    let mut timer = chip.TIM5.counter_us(&mut rcc);
    let Ok(()) = timer.start(u32::MAX.micros()) else {
        panic!("the counter is as long");
    };

    let port_a = chip.GPIOA.split(&mut rcc);
    let port_b = chip.GPIOB.split(&mut rcc);
    let bus = board::start_bus(chip.I2C1, port_b.pb6, port_b.pb7, &mut rcc);
    let mut board = BlackPill {
        display: Oled::start(bus).unwrap_or_else(|NoAnswer| cortex::display_failed()),
        buttons: Buttons::new(
            port_a.pa1.into_pull_up_input(),
            port_a.pa0.into_pull_up_input(),
        ),
        timer,
        noise: board::Noise::new(Adc::new(chip.ADC1, true, Default::default(), &mut rcc)),
        watchdog,
    };
    log_model!();
    let Err(stop) = firmware::run::<Modes, _>(&mut board, MODEL, workspace);
    cortex::stopped(&mut board, stop)
}
