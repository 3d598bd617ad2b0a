//! Synchronous serial interface 0 (a PL022) as an `embedded-hal` SPI bus.

use core::convert::Infallible;

use embedded_hal::spi::{ErrorType, SpiBus};

use crate::gpio::{PORT_A, to_peripheral};
use crate::register::Register;
use crate::sysctl::CLOCK_HZ;

const BASE: usize = 0x4000_8000;
const CR0: Register = Register::new(BASE);
const CR0_DSS_8_BITS: u32 = 7;
const CR0_SCR_SHIFT: u32 = 8;
const CR1: Register = Register::new(BASE + 0x04);
const CR1_SSE: u32 = 1 << 1;
const DR: Register = Register::new(BASE + 0x08);
const SR: Register = Register::new(BASE + 0x0C);
const SR_RNE: u32 = 1 << 2;
const SR_BSY: u32 = 1 << 4;
const CPSR: Register = Register::new(BASE + 0x10);
const CPSDVSR: u32 = 2;

/// SSI0 as master, SPI mode 0, 8 bits, most significant bit first, on PA2 (clock), PA4 (in) and
/// PA5 (out).
pub struct Ssi0(());

impl Ssi0 {
    /// Starts SSI0 at the fastest rate that is not above `max_hz`. There must be only one.
    pub fn start(max_hz: u32) -> Self {
        let divider = CLOCK_HZ.div_ceil(CPSDVSR * max_hz).clamp(1, 256);
        CR1.write(0);
        CPSR.write(CPSDVSR);
        CR0.write((divider - 1) << CR0_SCR_SHIFT | CR0_DSS_8_BITS);
        CR1.write(CR1_SSE);
        for pin in [2, 4, 5] {
            to_peripheral(&PORT_A, pin);
        }
        Self(())
    }

    /// Sends a byte and returns the one that came in meanwhile. Taking it out at once keeps the
    /// receive FIFO from overrunning, and the transmit FIFO empty.
    fn exchange(&mut self, byte: u8) -> u8 {
        DR.write(byte.into());
        while SR.read() & SR_RNE == 0 {}
        DR.read() as u8
    }
}

impl ErrorType for Ssi0 {
    type Error = Infallible;
}

impl SpiBus for Ssi0 {
    fn read(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        for word in words {
            *word = self.exchange(0);
        }
        Ok(())
    }

    fn write(&mut self, words: &[u8]) -> Result<(), Infallible> {
        for &word in words {
            self.exchange(word);
        }
        Ok(())
    }

    fn transfer(&mut self, read: &mut [u8], write: &[u8]) -> Result<(), Infallible> {
        for index in 0..read.len().max(write.len()) {
            let received = self.exchange(write.get(index).copied().unwrap_or(0));
            if let Some(word) = read.get_mut(index) {
                *word = received;
            }
        }
        Ok(())
    }

    fn transfer_in_place(&mut self, words: &mut [u8]) -> Result<(), Infallible> {
        for word in words {
            *word = self.exchange(*word);
        }
        Ok(())
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        while SR.read() & SR_BSY != 0 {}
        Ok(())
    }
}
