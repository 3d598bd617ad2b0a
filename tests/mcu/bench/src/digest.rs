//! Draws images with the model that the emulator has put into flash, and prints a hash of each.
#![no_std]
#![no_main]

mod entry;
mod model;

use crc::{CRC_64_XZ, Crc, NoTable};
use runtime::{GenerateError, Generator, Latent, Model};
use semihosting::println;
use semihosting::process::ExitCode;

/// The seeds of `runtime/tests/vectors/hashes.csv`; each image has the label `seed % classes`.
const SEEDS: [u32; 4] = [0, 1, 42, u32::MAX];

pub(crate) fn run() -> ExitCode {
    let model = match Model::from_bytes(model::bytes()) {
        Ok(model) => model,
        Err(error) => {
            println!("error {error}");
            return ExitCode::FAILURE;
        }
    };
    match print_hashes(&model) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error {error}");
            ExitCode::FAILURE
        }
    }
}

fn print_hashes(model: &Model<'static>) -> Result<(), GenerateError> {
    const CRC: Crc<u64, NoTable> = Crc::<u64, NoTable>::new(&CRC_64_XZ);
    // SAFETY: this function is called once.
    let (workspace, _) = unsafe { model::memory() };
    let mut generator = Generator::new(model, workspace)?;
    for seed in SEEDS {
        let label = (seed % u32::from(model.classes().max(1))) as u8;
        let latent = Latent::from_seed(seed, model.latent_len());
        let mut digest = CRC.digest();
        generator.rows(&latent, label, |_, row| digest.update(row))?;
        println!("{seed},{label},{:016x}", digest.finalize());
    }
    Ok(())
}
