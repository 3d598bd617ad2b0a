//! The least that draws: loads the model in flash and hands its rows to a port. Against `empty`,
//! its size is the size of the runtime.
#![no_std]
#![no_main]

mod entry;
mod model;

use core::hint::black_box;

use runtime::{Generator, Model};
use semihosting::process::ExitCode;

pub(crate) fn run() -> ExitCode {
    // SAFETY: this function is called once.
    let (workspace, pixels) = unsafe { model::memory() };
    let Ok(model) = Model::from_bytes(model::bytes()) else {
        return ExitCode::FAILURE;
    };
    let port = pixels.as_mut_ptr();
    let drawn = Generator::new(&model, workspace).and_then(|mut generator| {
        generator.rows_from_seed(black_box(1), black_box(0), |_, row| {
            for &value in row {
                // SAFETY: the port is a byte of the program's own memory.
                unsafe { port.write_volatile(value) };
            }
        })
    });
    match drawn {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
