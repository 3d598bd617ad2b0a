//! Choosing a mode of the firmware, and what its log says of it.

use std::time::Duration;

use crate::Error;
use crate::emulator::Emulator;

/// How long an answer may take. It takes a fraction of a second on an idle host.
const PATIENCE: Duration = Duration::from_secs(60);

/// The modes, as the log names them, in their order.
pub const MODES: [&str; 5] = ["Gallery", "Morph", "Ask", "Handwriting", "Clock"];

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

/// Goes on to the mode `name`, one of [`MODES`].
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
