//! What can go wrong in the harness.

use std::io;
use std::path::PathBuf;
use std::process::ExitStatus;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The emulator is not installed.
    #[error(
        "qemu-system-arm is not installed: `apt-get install qemu-system-arm` (Debian, Ubuntu) or your system's package of QEMU for Arm"
    )]
    NoQemu,
    /// Node.js or the Pico's emulator is not installed.
    #[error(
        "the Pico's emulator is not installed: install Node.js 18 or later, then `npm ci --prefix tests/rp2040` at the root of the repository"
    )]
    NoPico,
    /// The compiler has no standard library for the board's core.
    #[error("the Rust target {target} is not installed: `rustup target add {target}`")]
    NoTarget {
        /// Target triple.
        target: &'static str,
    },
    /// There is no such board.
    #[error("no emulator for a board `{name}`; there is one for {known}")]
    NoBoard {
        /// The name that was given.
        name: String,
        /// The names that exist.
        known: String,
    },
    /// The firmware does not build.
    #[error("the firmware of {board} does not build:\n{output}")]
    Build {
        /// The board.
        board: &'static str,
        /// What cargo wrote.
        output: String,
    },
    /// A program cannot be started.
    #[error("cannot run {program}: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The ELF file has no defmt data of a version that can be read here.
    #[error("{}: {problem}", path.display())]
    Elf {
        /// The ELF file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Something took too long.
    #[error("{what}: not within {seconds} s; the firmware's log so far:\n{log}")]
    Timeout {
        /// What did not happen.
        what: String,
        /// Seconds waited.
        seconds: u64,
        /// The firmware's log.
        log: String,
    },
    /// The emulator ended by itself.
    #[error(
        "the emulator ended ({}) while {what}; it wrote: {stderr}\nthe firmware's log:\n{log}",
        status.map_or("not known how".into(), |status| status.to_string())
    )]
    Ended {
        /// What was being done.
        what: String,
        /// How it ended; `None` if the system does not tell.
        status: Option<ExitStatus>,
        /// What the emulator wrote to its error output.
        stderr: String,
        /// The firmware's log.
        log: String,
    },
    /// The emulator's control socket answered with an error, or not at all.
    #[error("QEMU's control socket: {0}")]
    Qmp(String),
    /// The emulated Pico cannot go on.
    #[error("the emulated Pico: {0}")]
    Pico(String),
    /// The emulated micro:bit cannot go on.
    #[error("the emulated micro:bit: {0}")]
    Microbit(String),
    /// The emulated Black Pill cannot go on.
    #[error("the emulated Black Pill: {0}")]
    BlackPill(String),
    /// The display was sent what its controller's data sheet does not have.
    #[error("the display: {0}")]
    Display(String),
    /// The picture of the display is not what the board's display can show.
    #[error("screenshot: {0}")]
    Screen(String),
    /// The browser board's page cannot be put together.
    #[error("the page cannot be put together: {0}")]
    Page(String),
}
