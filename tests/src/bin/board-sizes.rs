//! Builds the firmware of every board and prints how much memory it takes.

use std::path::Path;
use std::process::ExitCode;

use tempfile::TempDir;

use tests::Error;
use tests::firmware::build_package;
use tests::log::Log;
use tests::pico::Pico;
use tests::sizes::Sizes;

/// Boards and the target triples of their cores.
const BOARDS: [(&str, &str); 5] = [
    ("lm3s6965evb", "thumbv7m-none-eabi"),
    ("rp-pico", "thumbv6m-none-eabi"),
    ("rp-pico2", "thumbv8m.main-none-eabihf"),
    ("stm32f4", "thumbv7em-none-eabi"),
    ("microbit", "thumbv6m-none-eabi"),
];

/// GPIO pin of the Pico's mode button, and modes.
const MODE: u8 = 14;
const MODES: usize = 5;
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
            _ => "not measured".into(),
        };
        println!("| `{name}` | {flash} | {fixed_ram} | {stack} |");
    }
    Ok(())
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
