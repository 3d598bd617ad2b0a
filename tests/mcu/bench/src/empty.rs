//! A firmware without the runtime: what `draw` has beside it.
#![no_std]
#![no_main]

mod entry;
mod model;

use core::hint::black_box;

use semihosting::process::ExitCode;

pub(crate) fn run() -> ExitCode {
    // SAFETY: this function is called once.
    let (workspace, pixels) = unsafe { model::memory() };
    black_box((workspace, pixels, model::bytes()));
    match black_box(true) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}
