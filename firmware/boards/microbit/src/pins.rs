//! Pins of port 0.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin};

use crate::register::{GPIO, Register};

const OUT_SET: Register = Register::new(GPIO, 0x508);
const OUT_CLEAR: Register = Register::new(GPIO, 0x50C);
const IN: Register = Register::new(GPIO, 0x510);
const DIRECTION_SET: Register = Register::new(GPIO, 0x518);

/// Makes the pins with these bits outputs.
pub fn output(bits: u32) {
    DIRECTION_SET.write(bits);
}

/// Drives the pins with these bits high, or low.
pub fn drive(bits: u32, high: bool) {
    let register = if high { OUT_SET } else { OUT_CLEAR };
    register.write(bits);
}

/// A button at pin `PIN`, which has a pull-up resistor on the board.
pub struct Button<const PIN: usize>(());

/// The left one.
pub type ButtonA = Button<17>;
/// The right one.
pub type ButtonB = Button<26>;

impl<const PIN: usize> Button<PIN> {
    const CONFIGURATION: Register = Register::new(GPIO, 0x700 + 4 * PIN);

    /// Connects the pin as an input.
    pub fn start() -> Self {
        Self::CONFIGURATION.write(0);
        Self(())
    }
}

impl<const PIN: usize> ErrorType for Button<PIN> {
    type Error = Infallible;
}

impl<const PIN: usize> InputPin for Button<PIN> {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(IN.read() & 1 << PIN != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(IN.read() & 1 << PIN == 0)
    }
}
