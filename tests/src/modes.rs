//! Choosing a mode of the firmware, and what its log says of it.

use std::time::Duration;

use crate::Error;
use crate::emulator::Emulator;

/// How long an answer may take. It takes a fraction of a second on an idle host.
const PATIENCE: Duration = Duration::from_secs(60);

/// A mode of the firmware.
#[derive(Clone, Copy, Debug)]
pub struct Mode {
    /// Its name in the log.
    pub name: &'static str,
    /// How the message begins that says that its picture is complete.
    pub complete: &'static str,
}

const fn mode(name: &'static str, complete: &'static str) -> Mode {
    Mode { name, complete }
}

/// The modes, in their order.
pub const MODES: [Mode; 5] = [
    mode("Gallery", "page "),
    mode("Morph", "morph: "),
    mode("Ask", "ask: "),
    mode("Handwriting", "handwriting: labels "),
    mode("Clock", "clock: ready"),
];

/// Goes to a mode of a firmware that has just been started, and waits until its picture is
/// complete, or in the morph until it has gone from one seed to another.
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn show(emulator: &mut Emulator, mode: Mode) -> Result<(), Error> {
    wait_for_buttons(emulator)?;
    show_next(emulator, mode)
}

/// As [`show`], after [`wait_for_buttons`] or in another mode.
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn show_next(emulator: &mut Emulator, mode: Mode) -> Result<(), Error> {
    choose(emulator, mode.name)?;
    emulator.wait_for("the picture of a mode", PATIENCE, |message| {
        message.starts_with(mode.complete).then_some(())
    })
}

/// Waits until a firmware that has just been started has come to its second page. By then it has
/// seen all buttons released, and no press is lost.
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn wait_for_buttons(emulator: &mut Emulator) -> Result<(), Error> {
    emulator.wait_for("the second page", PATIENCE, |message| {
        message.starts_with("page 1 ready").then_some(())
    })
}

/// Goes on to the mode of this name, one of [`MODES`].
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn choose(emulator: &mut Emulator, name: &str) -> Result<(), Error> {
    let key = emulator.board().keys.next_mode;
    for _ in 0..MODES.len() {
        emulator.press(key)?;
        let mode = emulator.wait_for("another mode", PATIENCE, |message| {
            message.strip_prefix("mode: ").map(str::to_owned)
        })?;
        if mode == name {
            break;
        }
    }
    Ok(())
}
