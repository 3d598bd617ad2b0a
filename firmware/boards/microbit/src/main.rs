//! The gallery on a micro:bit, in the memory of a chip for some cents.
//!
//! No formatting, no text and no log: there is no room for them.
#![no_std]
#![no_main]

mod board;
mod display;
mod pins;
mod register;
mod spi;
mod timer;
mod watchdog;

use core::convert::Infallible;
use core::panic::PanicInfo;

use cortex_m::peripheral::SCB;
use cortex_m_rt::entry;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::pixelcolor::BinaryColor;
use firmware::{App, Board, Gallery, Stop};
use runtime::{Model, ModelError};

use board::Microbit;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

#[entry]
fn main() -> ! {
    let mut board = Microbit::start();
    let mut workspace = [0; WORKSPACE];
    let Err(_) = show(&mut board, &mut workspace);
    // The build has checked the model, so the flash has changed since. There is no room for words:
    // the display is all white.
    let Ok(()) = board.display().clear(BinaryColor::On);
    loop {
        board.feed_watchdog();
    }
}

fn show(board: &mut Microbit, workspace: &mut [u8]) -> Result<Infallible, Stop<Infallible>> {
    let model = load()?;
    let mut app = start(&model, workspace, board)?;
    loop {
        app.step(board)?;
    }
}

/// On its own, so that what it needs of the stack is free again when digits are drawn.
#[inline(never)]
fn load() -> Result<Model<'static>, ModelError> {
    Model::from_bytes(MODEL)
}

/// On its own for the same reason.
#[inline(never)]
fn start<'m>(
    model: &'m Model<'m>,
    workspace: &'m mut [u8],
    board: &mut Microbit,
) -> Result<App<'m, Gallery>, Stop<Infallible>> {
    App::start(model, workspace, board)
}

/// Nothing here panics; should it do so after all, the chip starts anew.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    SCB::sys_reset()
}
