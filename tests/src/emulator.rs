//! A board's firmware, running in QEMU.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::Error;
use crate::board::Board;
use crate::log::{self, Line};
use crate::process::Process;
use crate::qmp::Qmp;
use crate::screen::Screen;

pub use crate::process::has_window_support;

/// How long a button is held, in milliseconds.
const PRESS_MS: u64 = 100;

/// Whether the display is shown to a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// In a window on the desktop.
    Shown,
    /// Not at all; screenshots work all the same.
    Hidden,
}

/// A running firmware. Dropping it ends the emulator.
#[derive(Debug)]
pub struct Emulator {
    board: &'static Board,
    process: Process,
    qmp: Qmp,
    lines: Receiver<Line>,
    seen: Vec<Line>,
}

impl Emulator {
    /// Starts the firmware `elf` on `board`.
    ///
    /// # Errors
    /// [`Error::NoQemu`], [`Error::Elf`] if it is not a firmware, [`Error::Ended`] if QEMU ends at
    /// once.
    pub fn start(board: &'static Board, elf: &Path, window: Window) -> Result<Self, Error> {
        let mut arguments: Vec<OsString> = vec!["-machine".into(), board.machine.into()];
        if window == Window::Hidden {
            arguments.extend(["-display".into(), "none".into()]);
        }
        // Time is counted in instructions: the same in every run, however busy the host is.
        let icount = format!("shift={}", board.instruction_shift);
        arguments.extend(["-icount".into(), icount.into()]);
        arguments.extend(["-serial", "none", "-monitor", "none"].map(OsString::from));
        arguments.extend(["-semihosting-config", "enable=on,target=native"].map(OsString::from));
        arguments.extend(["-kernel".into(), elf.into()]);

        let (mut process, stdout) = Process::start(&arguments)?;
        let lines = log::decode(elf, stdout)?;
        let qmp = match process.connect()? {
            Some(qmp) => qmp,
            None => return Err(ended("starting it", &mut process, &[])),
        };
        let mut emulator = Self {
            board,
            process,
            qmp,
            lines,
            seen: Vec::new(),
        };
        emulator.command("cont", json!({}))?;
        // Until they are released for the first time, QEMU shows this board's buttons as held.
        emulator.press_keys(&board.keys.all())?;
        Ok(emulator)
    }

    /// Presses and releases a button, one of the board's [`Keys`](crate::board::Keys).
    ///
    /// # Errors
    /// [`Error::Qmp`] or [`Error::Ended`].
    pub fn press(&mut self, key: &str) -> Result<(), Error> {
        self.press_keys(&[key])
    }

    fn press_keys(&mut self, keys: &[&str]) -> Result<(), Error> {
        let keys: Vec<Value> = keys
            .iter()
            .map(|key| json!({ "type": "qcode", "data": key }))
            .collect();
        self.command("send-key", json!({ "keys": keys, "hold-time": PRESS_MS }))
    }

    /// The board.
    pub fn board(&self) -> &'static Board {
        self.board
    }

    /// What the display shows now.
    ///
    /// # Errors
    /// [`Error::Qmp`], [`Error::Ended`] or [`Error::Screen`].
    pub fn screen(&mut self) -> Result<Screen, Error> {
        let path = self.process.folder().join("screen.ppm");
        self.command("screendump", json!({ "filename": path }))?;
        let ppm = fs::read(&path).map_err(|source| Error::File { path, source })?;
        Screen::from_ppm(&ppm, self.board.display)
    }

    /// How deep the stack was so far, above `fixed` bytes of variables.
    ///
    /// # Errors
    /// [`Error::Qmp`], [`Error::File`].
    pub fn stack(&mut self, fixed: usize) -> Result<usize, Error> {
        self.qmp.stack(self.board.ram, fixed, self.process.folder())
    }

    /// The next line of the log; `None` if none comes within `patience`.
    ///
    /// # Errors
    /// [`Error::Ended`] if the emulator has ended.
    pub fn next_line(&mut self, patience: Duration) -> Result<Option<Line>, Error> {
        match self.lines.recv_timeout(patience) {
            Ok(line) => {
                self.seen.push(line.clone());
                Ok(Some(line))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(ended("waiting for its log", &mut self.process, &self.seen))
            }
        }
    }

    /// Waits for a message of the log that `wanted` makes something of, and returns that.
    ///
    /// # Errors
    /// [`Error::Timeout`] after `patience`, naming `what`; [`Error::Ended`].
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        loop {
            let left = patience.saturating_sub(start.elapsed());
            match self.next_line(left)? {
                Some(line) => {
                    if let Some(found) = wanted(&line.message) {
                        return Ok(found);
                    }
                }
                None => {
                    return Err(Error::Timeout {
                        what: what.into(),
                        seconds: patience.as_secs(),
                        log: text(&self.seen),
                    });
                }
            }
        }
    }

    /// What QEMU itself has complained about so far.
    pub fn complaints(&self) -> String {
        self.process.stderr()
    }

    fn command(&mut self, command: &str, arguments: Value) -> Result<(), Error> {
        let Err(error) = self.qmp.execute(command, arguments) else {
            return Ok(());
        };
        if self.process.status().is_none() {
            return Err(error);
        }
        // The firmware has ended QEMU; its last words say why.
        self.seen.extend(self.lines.iter());
        Err(ended(command, &mut self.process, &self.seen))
    }
}

fn ended(what: &str, process: &mut Process, seen: &[Line]) -> Error {
    Error::Ended {
        what: what.into(),
        status: process.status(),
        stderr: process.stderr(),
        log: text(seen),
    }
}

fn text(lines: &[Line]) -> String {
    lines
        .iter()
        .map(|line| format!("  {}\n", line.message))
        .collect()
}
