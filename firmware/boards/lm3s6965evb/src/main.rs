//! The app on the EK-LM3S6965.
#![no_std]
#![no_main]

mod failure;
mod gpio;
mod register;
mod ssd0323;
mod ssi;
mod sysctl;
mod timer;

use cortex_m_rt::entry;
use defmt_semihosting as _;
use embedded_hal_bus::spi::ExclusiveDevice;
use firmware::{Board, Settings};

use gpio::{Input, Output, PORT_A, PORT_C, PORT_D, PORT_F};
use ssd0323::Ssd0323;
use ssi::Ssi0;
use timer::Timer;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

const SETTINGS: Settings = Settings {
    scale: 1,
    first_seed: 0,
};

#[entry]
fn main() -> ! {
    sysctl::start();
    let core = cortex_m::Peripherals::take().expect("taken once, here");
    let timer = Timer::start(core.SYST);

    // The SD card slot shares the bus: its chip select stays high.
    let _card_select = Output::high(&PORT_D, 0);
    let chip_select = Output::high(&PORT_A, 3);
    let data_command = Output::high(&PORT_C, 7);
    let Ok(spi) = ExclusiveDevice::new_no_delay(Ssi0::start(ssd0323::MAX_CLOCK_HZ), chip_select);
    let shadow = cortex_m::singleton!(: ssd0323::Shadow = ssd0323::BLACK).expect("taken once");
    let workspace = cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]).expect("taken once");
    let display = Ssd0323::start(spi, data_command, shadow).expect("neither bus nor pins can fail");

    let board = Board {
        display,
        button: Input::pulled_up(&PORT_F, 1),
        delay: timer,
        clock: timer,
    };
    let Err(stop) = firmware::run(board, MODEL, workspace, SETTINGS);
    defmt::error!("stopped: {}", defmt::Display2Format(&stop));
    loop {
        cortex_m::asm::wfi();
    }
}
