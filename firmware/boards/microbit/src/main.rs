//! The gallery and single digits on a micro:bit, in the memory of a chip for some cents.
//!
//! No formatting, no text and no log: there is no room for them.
#![no_std]
#![no_main]

mod board;
mod display;
mod pins;
mod register;
mod small;
mod spi;
mod timer;
mod vectors;
mod watchdog;

use core::panic::PanicInfo;

use cortex_m_rt as _;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::pixelcolor::BinaryColor;
use firmware::{App, Board, Pocket};
use runtime::Model;

use board::Microbit;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// Called after a reset. Exported by hand, as [`cortex_m_rt::entry`] would take 8 bytes of the stack
/// for a function in between.
// SAFETY: nothing else has this name, which cortex-m-rt calls, never to return.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
extern "C" fn main() -> ! {
    let mut board = Microbit::start();
    if let Some(model) = &load() {
        draw(model, &mut board);
    }
    // The build has checked the model, so the flash has changed since. There is no room for words:
    // the display is all white.
    let Ok(()) = board.display().clear(BinaryColor::On);
    loop {
        board.feed_watchdog();
    }
}

/// On its own, so that what it needs of the stack is free again when digits are drawn.
#[inline(never)]
fn load() -> Option<Model<'static>> {
    Model::from_bytes(MODEL).ok()
}

/// On its own, so that the workspace takes none of the stack while the model is loaded.
#[inline(never)]
fn draw(model: &Model, board: &mut Microbit) {
    let mut workspace = [0; WORKSPACE];
    if let Some(app) = &mut start(model, &mut workspace, board) {
        while app.step(board).is_ok() {}
    }
}

/// On its own for the same reason as [`load`].
#[inline(never)]
fn start<'m>(
    model: &'m Model<'m>,
    workspace: &'m mut [u8],
    board: &mut Microbit,
) -> Option<App<'m, Pocket>> {
    App::start(model, workspace, board).ok()
}

/// Nothing here panics; should it do so after all, the watchdog resets the chip.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    loop {
        cortex_m::asm::nop();
    }
}
