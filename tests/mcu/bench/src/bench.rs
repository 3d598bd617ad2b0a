//! Draws one image with the model that the emulator has put into flash, between marks that the
//! emulator's plugin knows, and prints what only the program itself can see.
#![no_std]
#![no_main]

mod entry;
mod model;
mod stack;

use core::arch::asm;
use core::hint::black_box;

use runtime::{Generator, Latent, Model};
use semihosting::println;
use semihosting::process::ExitCode;

/// Counted passes of the loop by which the counter is checked.
const PASSES: u32 = 1000;

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn measure_start() {
    // SAFETY: does nothing.
    unsafe { asm!("nop") }
}

#[unsafe(no_mangle)]
#[inline(never)]
extern "C" fn measure_stop() {
    // SAFETY: does nothing.
    unsafe { asm!("nop", "nop") }
}

/// Two instructions, [`PASSES`] times.
#[inline(always)]
fn known_loop() {
    // SAFETY: only the named register changes.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("2: subs {0}, {0}, #1", "bne 2b", inout(reg) PASSES => _);
        #[cfg(target_arch = "riscv32")]
        asm!("2: addi {0}, {0}, -1", "bnez {0}, 2b", inout(reg) PASSES => _);
    }
}

#[inline(never)]
fn draw(model: &Model, seed: u32, workspace: &mut [u8], pixels: &mut [u8]) {
    let latent = Latent::from_seed(seed, model.latent_len());
    let label = model.classes().saturating_sub(1);
    let drawn = Generator::new(model, workspace)
        .and_then(|mut generator| generator.generate(&latent, label, pixels));
    if let Err(error) = drawn {
        println!("error {error}");
    }
}

/// As a board without memory for a frame or a latent draws.
#[inline(never)]
fn draw_rows(model: &Model, seed: u32, workspace: &mut [u8]) {
    let label = model.classes().saturating_sub(1);
    let drawn = Generator::new(model, workspace).and_then(|mut generator| {
        generator.rows_from_seed(seed, label, |y, row| {
            black_box((y, row));
        })
    });
    if let Err(error) = drawn {
        println!("error {error}");
    }
}

pub(crate) fn run() -> ExitCode {
    measure_start();
    measure_stop();

    measure_start();
    known_loop();
    measure_stop();

    let bytes = model::bytes();
    measure_start();
    let model = Model::from_bytes(black_box(bytes));
    measure_stop();
    let model = match model {
        Ok(model) => model,
        Err(error) => {
            println!("error {error}");
            return ExitCode::FAILURE;
        }
    };

    // SAFETY: this function is called once.
    let (workspace, pixels) = unsafe { model::memory() };
    let (Some(workspace), Some(pixels)) = (
        workspace.get_mut(..model.workspace_len()),
        pixels.get_mut(..model.image().len()),
    ) else {
        println!("error the model is too large for the board");
        return ExitCode::FAILURE;
    };
    let painted = stack::paint();
    measure_start();
    draw(black_box(&model), black_box(7), workspace, pixels);
    measure_stop();
    let stack = painted.used();
    let painted = stack::paint();
    draw_rows(black_box(&model), black_box(7), workspace);
    let stack_rows = painted.used();

    // FNV-1a: the same on every core, or a kernel is wrong.
    let hash = pixels.iter().fold(0x811c_9dc5u32, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    println!("workspace {}", model.workspace_len());
    println!("stack {stack}");
    println!("stack_rows {stack_rows}");
    println!("hash {hash}");
    ExitCode::SUCCESS
}
