//! Microseconds, by TIMER0.

use crate::register::{Register, TIMER0};

const TASKS_START: Register = Register::new(TIMER0, 0x000);
const TASKS_CAPTURE: Register = Register::new(TIMER0, 0x040);
const BITMODE: Register = Register::new(TIMER0, 0x508);
const PRESCALER: Register = Register::new(TIMER0, 0x510);
const CC: Register = Register::new(TIMER0, 0x540);

const BITS_32: u32 = 3;
/// 16 MHz divided by 2 to the power of this is 1 MHz.
const DIVIDE_BY_16: u32 = 4;

/// Starts counting.
pub fn start() {
    BITMODE.write(BITS_32);
    PRESCALER.write(DIVIDE_BY_16);
    TASKS_START.write(1);
}

/// Microseconds since the start, wrapping at 2^32.
pub fn micros() -> u32 {
    TASKS_CAPTURE.write(1);
    CC.read()
}
