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
mod watchdog;

use cortex_m_rt::entry;
use defmt_semihosting as _;
use firmware::{Modes, Stop};

use board::{Lm3s6965evb, start_display};
use timer::Timer;
use watchdog::Watchdog;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

#[entry]
fn main() -> ! {
    sysctl::start();
    let watchdog = Watchdog::start();
    let core = cortex_m::Peripherals::take().expect("taken once, here");
    let shadow = cortex_m::singleton!(: ssd0323::Shadow = ssd0323::BLACK).expect("taken once");
    let workspace = cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]).expect("taken once");
    let timer = Timer::start(core.SYST);
    let mut board = Lm3s6965evb {
        display: start_display(shadow),
        buttons: Lm3s6965evb::buttons(),
        timer,
        watchdog,
    };
    log_model!();
    // The display cannot fail: there is nobody to answer on its bus.
    let Err(Stop::Reason(_)) = firmware::run::<Modes, _>(&mut board, MODEL, workspace);
    defmt::error!("stopped");
    loop {
        watchdog.feed();
        timer.rest();
    }
}
