//! Builds the firmware of every board and prints how much memory it takes.

use std::path::Path;
use std::process::ExitCode;

use tempfile::TempDir;

use tests::Error;
use tests::board::LM3S6965EVB;
use tests::emulator::{Emulator, Window};
use tests::firmware::build_package;
use tests::log::Log;
use tests::microbit::Microbit;
use tests::modes;
use tests::pico::Pico;
use tests::sizes::Sizes;

/// Boards and the target triples of their cores.
const BOARDS: [(&str, &str); 6] = [
    ("lm3s6965evb", "thumbv7m-none-eabi"),
    ("rp-pico", "thumbv6m-none-eabi"),
    ("rp-pico2", "thumbv8m.main-none-eabihf"),
    ("stm32f4", "thumbv7em-none-eabi"),
    ("esp32-c3", "riscv32imc-unknown-none-elf"),
    ("microbit", "thumbv6m-none-eabi"),
];

/// GPIO pin of the Pico's mode button, and modes.
const MODE: u8 = 14;
const MODES: usize = 5;
/// Bytes of pixels that the micro:bit sends for two pages: the display is cleared twice, then come 16
/// digits of four times 28 columns.
const PIXELS: u64 = 2 * 1024 + 16 * 4 * 28;
/// How long the Pico is in each mode, in microseconds.
const STAY: u64 = 3_000_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let folder = TempDir::new().map_err(|source| Error::File {
        path: std::env::temp_dir(),
        source,
    })?;
    println!("| board | flash, bytes | variables, bytes of RAM | stack, bytes of RAM |");
    println!("|---|---|---|---|");
    for (name, target) in BOARDS {
        let elf = folder.path().join(name).with_extension("elf");
        build_package(name, target, None, &elf)?;
        let Sizes { flash, fixed_ram } = Sizes::of(&elf)?;
        let stack = match name {
            "rp-pico" => pico_stack(&elf)?.to_string(),
            "lm3s6965evb" => lm3s6965evb_stack(&elf, fixed_ram as usize)?.to_string(),
            "microbit" => microbit_stack(&elf)?.to_string(),
            _ => "not measured".into(),
        };
        println!("| `{name}` | {flash} | {fixed_ram} | {stack} |");
    }
    Ok(())
}

/// The same while the emulated LM3S6965 went through all modes.
fn lm3s6965evb_stack(elf: &Path, fixed: usize) -> Result<usize, Error> {
    let mut emulator = Emulator::start(&LM3S6965EVB, elf, Window::Hidden)?;
    modes::wait_for_buttons(&mut emulator)?;
    for mode in modes::MODES {
        modes::show_next(&mut emulator, mode)?;
    }
    emulator.stack(fixed)
}

/// The same while the emulated micro:bit drew two pages.
fn microbit_stack(elf: &Path) -> Result<usize, Error> {
    let mut microbit = Microbit::start(elf)?;
    microbit.run_until_pixels(PIXELS)?;
    microbit.stack()
}

/// How deep the stack was while the emulated Pico went through all modes.
fn pico_stack(elf: &Path) -> Result<u64, Error> {
    let log = Log::of(elf)?;
    let mut pico = Pico::start(elf, &log, 1)?;
    for _ in 0..MODES {
        pico.run(STAY)?;
        pico.press(MODE)?;
    }
    Ok(pico.memory()?.stack)
}
