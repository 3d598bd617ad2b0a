//! The app on an ESP32-C3.
#![no_std]
#![no_main]

mod board;
mod failure;

use defmt_rtt as _;
use esp_hal::clock::CpuClock;
use esp_hal::rng::Rng;
use esp_hal::time::Duration;
use esp_hal::timer::timg::{MwdtStage, TimerGroup};
use firmware::{Board, Buttons, Modes, Stop};
use oled::{NoAnswer, Oled};
use static_cell::ConstStaticCell;

use board::{Esp32C3, button, start_bus};

include!(concat!(env!("OUT_DIR"), "/model.rs"));

// Tells the boot loader, which is ESP-IDF's, that this is a program.
esp_bootloader_esp_idf::esp_app_desc!();

/// The chip starts anew if the app does not come round in that time. It does so after each digit.
const WATCHDOG: Duration = Duration::from_secs(2);

#[esp_hal::main]
fn main() -> ! {
    static MEMORY: ConstStaticCell<[u8; WORKSPACE]> = ConstStaticCell::new([0; _]);

    let config = esp_hal::Config::default().with_cpu_clock(CpuClock::max());
    let chip = esp_hal::init(config);
    let mut watchdog = TimerGroup::new(chip.TIMG0).wdt;
    watchdog.set_timeout(MwdtStage::Stage0, WATCHDOG);
    watchdog.enable();

    let Ok(display) = Oled::start(start_bus(chip.I2C0, chip.GPIO6, chip.GPIO7)) else {
        display_failed();
    };
    let mut board = Esp32C3 {
        display,
        buttons: Buttons::new(button(chip.GPIO10), button(chip.GPIO9)),
        noise: Rng::new(),
        watchdog,
    };
    log_model!();
    let Err(stop) = firmware::run::<Modes, _>(&mut board, MODEL, MEMORY.take());
    match stop {
        // The display says why; starting anew would not help.
        Stop::Reason(_) => loop {
            board.feed_watchdog();
            board.rest();
        },
        Stop::Display(NoAnswer) => display_failed(),
    }
}

/// Starts anew. A display that does not answer may have been pulled out, or lost its supply: whoever
/// plugs it in again wants a picture.
fn display_failed() -> ! {
    defmt::error!("the display does not answer: starting anew");
    esp_hal::system::software_reset()
}
