//! The app on the EK-LM3S6965.
#![no_std]
#![no_main]

mod board;
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
use firmware::{Buttons, Modes};

use board::Lm3s6965evb;
use gpio::{Input, Output, PORT_A, PORT_C, PORT_D, PORT_E, PORT_F};
use ssd0323::Ssd0323;
use ssi::Ssi0;
use timer::Timer;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

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

    let [up, down, left, right] = [0, 1, 2, 3].map(|pin| Input::pulled_up(&PORT_E, pin));
    let select = Input::pulled_up(&PORT_F, 1);
    let mut board = Lm3s6965evb {
        display,
        buttons: Buttons::new(down, select)
            .with_next_and_previous(right, left)
            .with_previous_mode(up),
        timer,
    };
    let Err(stop) = firmware::run::<Modes, _>(&mut board, MODEL, workspace);
    defmt::error!("stopped: {}", defmt::Display2Format(&stop));
    loop {
        cortex_m::asm::wfi();
    }
}
