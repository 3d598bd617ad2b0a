//! SPI in mode 0 to a display that only listens, most significant bit first.
//!
//! The pins are driven one by one: that needs no peripheral, so it is the same on any chip.

use crate::pins;

/// Pins of port 0, as bits.
const RESET: u32 = 1 << 20;
const CLOCK: u32 = 1 << 23;
const DATA: u32 = 1 << 21;
const DATA_COMMAND: u32 = 1 << 16;
const SELECT: u32 = 1 << 18;

/// What a byte means to the display.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A command, or what belongs to one.
    Command,
    /// Pixels.
    Data,
}

/// Takes the display out of its reset.
pub fn start() {
    pins::drive(CLOCK | RESET, false);
    pins::drive(SELECT, true);
    pins::output(RESET | CLOCK | DATA | DATA_COMMAND | SELECT);
    // 3 us at least: as many cycles as a core of up to 64 MHz has in that time.
    cortex_m::asm::delay(192);
    pins::drive(RESET, true);
    cortex_m::asm::delay(192);
}

/// Sends bytes.
pub fn send(kind: Kind, bytes: &[u8]) {
    pins::drive(DATA_COMMAND, kind == Kind::Data);
    pins::drive(SELECT, false);
    for &byte in bytes {
        let mut bits = byte;
        for _ in 0..8 {
            pins::drive(DATA, bits & 0x80 != 0);
            bits <<= 1;
            pins::drive(CLOCK, true);
            pins::drive(CLOCK, false);
        }
    }
    pins::drive(SELECT, true);
}
