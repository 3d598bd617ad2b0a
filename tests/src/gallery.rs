//! Turning the pages of the firmware's gallery, as its log tells them.

use std::time::Duration;

use crate::Error;
use crate::emulator::Emulator;

/// How long a page may take. It takes a fraction of a second on an idle host.
const PAGE: Duration = Duration::from_secs(60);
/// How long to wait for the answer to a press before the next one.
const RETRY: Duration = Duration::from_secs(2);

/// Presses the button until a page stays, and returns its number. From then on, pages turn only by
/// [`turn_page`].
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn hold_page(emulator: &mut Emulator) -> Result<u32, Error> {
    emulator.wait_for("the first page", PAGE, ready)?;
    let tries = PAGE.as_secs() / RETRY.as_secs();
    let mut result = press(emulator, RETRY);
    for _ in 1..tries {
        if !matches!(result, Err(Error::Timeout { .. })) {
            break;
        }
        result = press(emulator, RETRY);
    }
    result
}

/// Turns the page that [`hold_page`] or this function returned, and returns the number of the
/// next one, once it is complete.
///
/// # Errors
/// Those of [`Emulator::wait_for`].
pub fn turn_page(emulator: &mut Emulator) -> Result<u32, Error> {
    press(emulator, PAGE)
}

fn press(emulator: &mut Emulator, patience: Duration) -> Result<u32, Error> {
    emulator.press(emulator.board().keys.action)?;
    emulator.wait_for(
        "a page that stays after a press of the button",
        patience,
        stays,
    )
}

fn ready(message: &str) -> Option<u32> {
    page(message, " ready")
}

fn stays(message: &str) -> Option<u32> {
    page(message, " stays until the button is pressed")
}

fn page(message: &str, end: &str) -> Option<u32> {
    message
        .strip_prefix("page ")?
        .strip_suffix(end)?
        .parse()
        .ok()
}
