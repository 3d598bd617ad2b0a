//! Runs a board's firmware in its emulator and prints its log.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{env, fs};

use clap::Parser;

use tests::Error;
use tests::board::Board;
use tests::emulator::{Emulator, Window, has_window_support};
use tests::gallery::{hold_page, turn_page};
use tests::modes::{MODES, Mode, show};

/// Side of the square that a pixel of the display becomes in a screenshot.
const MAGNIFY: usize = 4;
/// Black rim of a screenshot, in pixels.
const RIM: usize = 12;
/// Time between two looks at whether the user has had enough.
const LOOK: Duration = Duration::from_millis(100);

/// Runs a board's firmware in QEMU and prints its log. `cargo run --release` in a board's folder
/// calls this.
#[derive(Parser)]
struct Arguments {
    /// The board, as its folder in firmware/boards is named.
    #[arg(long)]
    board: String,
    /// Relative paths count from this folder.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Save a picture of the display as PNG, and end.
    #[arg(long, value_name = "FILE.png")]
    screenshot: Option<PathBuf>,
    /// Which page the picture is of, from 1 on; the first that can be had if not given.
    #[arg(long, requires = "screenshot")]
    page: Option<u32>,
    /// The mode that the picture is of: gallery, morph, ask, handwriting or clock.
    #[arg(long, requires = "screenshot", conflicts_with = "page", value_parser = mode)]
    mode: Option<Mode>,
    /// The firmware, an ELF file.
    elf: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let board = Board::named(&arguments.board)?;
    if let Some(directory) = &arguments.directory {
        env::set_current_dir(directory).map_err(|source| Error::File {
            path: directory.clone(),
            source,
        })?;
    }
    let elf = &arguments.elf;
    match (&arguments.screenshot, arguments.mode) {
        (Some(path), Some(mode)) => {
            let mut emulator = Emulator::start(board, elf, Window::Hidden)?;
            show(&mut emulator, mode)?;
            save(&mut emulator, path)?;
            println!("the mode {} is in {}", mode.name, path.display());
            Ok(())
        }
        (Some(path), None) => screenshot_of_page(board, elf, path, arguments.page),
        (None, _) => watch(board, elf),
    }
}

/// The mode of this name, in whatever case.
fn mode(name: &str) -> Result<Mode, String> {
    let mode = MODES
        .into_iter()
        .find(|mode| mode.name.eq_ignore_ascii_case(name));
    mode.ok_or_else(|| {
        let names = MODES.map(|mode| mode.name.to_lowercase()).join(", ");
        format!("there is no such mode; there are {names}")
    })
}

/// Saves a picture of the display.
fn save(emulator: &mut Emulator, path: &Path) -> Result<(), Error> {
    let png = emulator.screen()?.to_png(MAGNIFY, RIM)?;
    fs::write(path, png).map_err(|source| Error::File {
        path: path.into(),
        source,
    })
}

/// Prints the log until the firmware, the window's or this program's user ends it.
fn watch(board: &'static Board, elf: &Path) -> Result<(), Error> {
    let window = window(board)?;
    let enough = Arc::new(AtomicBool::new(false));
    let handler = Arc::clone(&enough);
    // Without a handler Ctrl-C still ends this program, only less tidily.
    let _ = ctrlc::set_handler(move || handler.store(true, Ordering::Relaxed));
    let mut emulator = Emulator::start(board, elf, window)?;
    while !enough.load(Ordering::Relaxed) {
        match emulator.next_line(LOOK) {
            Ok(Some(line)) => println!("{}", line.display),
            Ok(None) => {}
            // Its window was closed, or Ctrl-C reached it first.
            Err(Error::Ended {
                status: Some(status),
                ..
            }) if status.success() => break,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn window(board: &Board) -> Result<Window, Error> {
    let desktop = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()));
    if !desktop {
        eprintln!(
            "no desktop (DISPLAY or WAYLAND_DISPLAY), so no window: --screenshot FILE.png saves what the display shows"
        );
        return Ok(Window::Hidden);
    }
    if !has_window_support()? {
        eprintln!(
            "this QEMU cannot open windows (on Debian: `apt-get install qemu-system-gui`): --screenshot FILE.png saves what the display shows"
        );
        return Ok(Window::Hidden);
    }
    let keys = board.keys;
    eprintln!(
        "keys in the window: {} and {} choose the mode, {} is the action, {} and {} are the next and the one before; closing it or Ctrl-C here ends",
        keys.next_mode, keys.previous_mode, keys.action, keys.next, keys.previous
    );
    Ok(Window::Shown)
}

/// Saves a picture of page `page`.
fn screenshot_of_page(
    board: &'static Board,
    elf: &Path,
    path: &Path,
    page: Option<u32>,
) -> Result<(), Error> {
    let mut emulator = Emulator::start(board, elf, Window::Hidden)?;
    let mut held = hold_page(&mut emulator)?;
    let wanted = page.unwrap_or(held);
    while held < wanted {
        held = turn_page(&mut emulator)?;
    }
    if held > wanted {
        return Err(Error::Screen(format!(
            "page {wanted} has gone by, this is page {held}"
        )));
    }
    save(&mut emulator, path)?;
    println!("page {held} is in {}", path.display());
    Ok(())
}
