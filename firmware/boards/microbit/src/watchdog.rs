//! The watchdog: once started, it resets the chip unless it is fed.

use crate::register::{Register, WATCHDOG};

const TASKS_START: Register = Register::new(WATCHDOG, 0x000);
const RELOAD_VALUE: Register = Register::new(WATCHDOG, 0x504);
const RELOAD_REQUEST_0: Register = Register::new(WATCHDOG, 0x600);

/// Two seconds of a clock of 32,768 Hz.
const PERIOD: u32 = 2 * 32_768;
/// The one value that feeds it.
const RELOAD: u32 = 0x6E52_4635;

/// Starts it.
pub fn start() {
    RELOAD_VALUE.write(PERIOD);
    TASKS_START.write(1);
}

/// Tells it that all is well.
pub fn feed() {
    RELOAD_REQUEST_0.write(RELOAD);
}
