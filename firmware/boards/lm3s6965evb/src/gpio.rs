//! General-purpose inputs and outputs, as `embedded-hal` pins.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

use crate::register::Register;

/// The registers of a port that are used here.
#[derive(Clone, Copy)]
pub struct Port {
    /// Data register of each single pin: address bits 9 to 2 are the mask of the pins that an
    /// access reaches, so that writing one pin leaves the others alone.
    data: [Register; 8],
    dir: Register,
    afsel: Register,
    pur: Register,
    den: Register,
}

impl Port {
    const fn new(base: usize) -> Self {
        let mut data = [Register::new(base); 8];
        let mut pin = 0;
        while pin < 8 {
            data[pin] = Register::new(base + ((1 << pin) << 2));
            pin += 1;
        }
        Self {
            data,
            dir: Register::new(base + 0x400),
            afsel: Register::new(base + 0x420),
            pur: Register::new(base + 0x510),
            den: Register::new(base + 0x51C),
        }
    }
}

/// Port A.
pub const PORT_A: Port = Port::new(0x4000_4000);
/// Port C.
pub const PORT_C: Port = Port::new(0x4000_6000);
/// Port D.
pub const PORT_D: Port = Port::new(0x4000_7000);
/// Port E.
pub const PORT_E: Port = Port::new(0x4002_4000);
/// Port F.
pub const PORT_F: Port = Port::new(0x4002_5000);

/// Gives pin `pin` (0 to 7) of `port` to the peripheral that it belongs to.
pub fn to_peripheral(port: &Port, pin: usize) {
    port.afsel.set(1 << pin);
    port.den.set(1 << pin);
}

/// An output.
pub struct Output {
    data: Register,
}

impl Output {
    /// Makes pin `pin` (0 to 7) of `port` an output that is high.
    pub fn high(port: &Port, pin: usize) -> Self {
        let mut output = Self {
            data: port.data[pin],
        };
        output.drive(u32::MAX);
        port.dir.set(1 << pin);
        port.den.set(1 << pin);
        output.drive(u32::MAX);
        output
    }

    /// Only the bit of this pin gets through the mask in the address.
    fn drive(&mut self, bits: u32) {
        self.data.write(bits);
    }
}

impl ErrorType for Output {
    type Error = Infallible;
}

impl OutputPin for Output {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.drive(0);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.drive(u32::MAX);
        Ok(())
    }
}

/// An input with its pull-up resistor on.
pub struct Input {
    data: Register,
}

impl Input {
    /// Makes pin `pin` (0 to 7) of `port` an input, pulled up.
    pub fn pulled_up(port: &Port, pin: usize) -> Self {
        port.dir.clear(1 << pin);
        port.pur.set(1 << pin);
        port.den.set(1 << pin);
        Self {
            data: port.data[pin],
        }
    }
}

impl ErrorType for Input {
    type Error = Infallible;
}

impl InputPin for Input {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(self.data.read() != 0)
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(self.data.read() == 0)
    }
}
