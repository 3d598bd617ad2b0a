//! Builds the firmware of a board that is flashed by USB, as a file to copy to its drive.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use tempfile::TempDir;

use tests::Error;
use tests::firmware::build_package;
use tests::uf2::{self, Family};

/// Builds a board's firmware as a UF2 file: hold BOOTSEL while plugging the board in, and copy the
/// file to the drive that appears. GEN_BIN=path embeds another model.
#[derive(Parser)]
struct Arguments {
    /// The board.
    board: Board,
    /// Where the file goes; to BOARD.uf2 if not given.
    file: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Board {
    RpPico,
    #[value(name = "rp-pico2")]
    RpPico2,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(path) => {
            println!("the firmware is in {}", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<PathBuf, Error> {
    let (name, target, family) = match arguments.board {
        Board::RpPico => ("rp-pico", "thumbv6m-none-eabi", Family::Rp2040),
        Board::RpPico2 => ("rp-pico2", "thumbv8m.main-none-eabihf", Family::Rp2350),
    };
    let folder = TempDir::new().map_err(|source| Error::File {
        path: env::temp_dir(),
        source,
    })?;
    let elf = folder.path().join(name);
    let model = env::var_os("GEN_BIN").map(PathBuf::from);
    build_package(name, target, model.as_deref(), &elf)?;
    let uf2 = uf2::from_elf(&elf, family)?;
    let path = arguments
        .file
        .unwrap_or_else(|| PathBuf::from(name).with_extension("uf2"));
    fs::write(&path, uf2).map_err(|source| Error::File {
        path: path.clone(),
        source,
    })?;
    Ok(path)
}
