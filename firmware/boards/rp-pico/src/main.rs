//! The app on a Raspberry Pi Pico.
#![no_std]
#![no_main]

mod board;
mod boot;
mod clocks;
mod failure;

use defmt_rtt as _;
use firmware::{Buttons, Modes};
use fugit::ExtU32;
use oled::{NoAnswer, Oled};
use rp2040_hal::gpio::Pins;
use rp2040_hal::rosc::RingOscillator;
use rp2040_hal::{Sio, Timer, Watchdog, entry, pac};

use board::{Bus, Pico};

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// The chip starts anew if the app does not come round in that time. It does so after each digit.
const WATCHDOG_MS: u32 = 2_000;

#[entry]
fn main() -> ! {
    let (Some(mut chip), Some(core), Some(workspace)) = (
        pac::Peripherals::take(),
        pac::CorePeripherals::take(),
        cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]),
    ) else {
        panic!("all is taken once, here");
    };
    let mut watchdog = Watchdog::new(chip.WATCHDOG);
    let Some(clocks) = clocks::start(
        chip.XOSC,
        chip.CLOCKS,
        chip.PLL_SYS,
        &mut chip.RESETS,
        &mut watchdog,
    ) else {
        panic!("the clocks do not start");
    };
    watchdog.pause_on_debug(true);
    watchdog.start(WATCHDOG_MS.millis());
    cortex::wake_up_regularly(core.SYST, clocks::CORE.to_Hz());

    let sio = Sio::new(chip.SIO);
    let pins = Pins::new(
        chip.IO_BANK0,
        chip.PADS_BANK0,
        sio.gpio_bank0,
        &mut chip.RESETS,
    );
    let bus = Bus {
        i2c: chip.I2C0,
        sda: pins.gpio4,
        scl: pins.gpio5,
    };
    let display = Oled::start(bus.start(&mut chip.RESETS));
    let mut board = Pico {
        display: display.unwrap_or_else(|NoAnswer| cortex::display_failed()),
        buttons: Buttons::new(
            pins.gpio14.into_pull_up_input(),
            pins.gpio15.into_pull_up_input(),
        ),
        timer: Timer::new(chip.TIMER, &mut chip.RESETS, &clocks),
        noise: RingOscillator::new(chip.ROSC).initialize(),
        watchdog,
    };
    log_model!();
    let Err(stop) = firmware::run::<Modes, _>(&mut board, MODEL, workspace);
    cortex::stopped(&mut board, stop)
}
