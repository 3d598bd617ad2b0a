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

/// Button A, which has a pull-up resistor on the board.
pub struct ButtonA(());

impl ButtonA {
    const BIT: u32 = 1 << 17;
    const CONFIGURATION: Register = Register::new(GPIO, 0x700 + 4 * 17);

    /// Connects the pin as an input.
    pub fn start() -> Self {
        Self::CONFIGURATION.write(0);
        Self(())
    }
}

impl ErrorType for ButtonA {
    type Error = Infallible;
}

impl InputPin for ButtonA {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(IN.read() & Self::BIT != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(IN.read() & Self::BIT == 0)
    }
}
