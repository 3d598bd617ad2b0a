//! Memory-mapped registers of the nRF51's peripherals.

#![allow(unsafe_code)]

use core::ptr;

/// A 32-bit register.
#[derive(Clone, Copy)]
pub struct Register(usize);

impl Register {
    /// The register at `offset` in the peripheral at `base`, in a constant: another address than
    /// that of a peripheral without DMA does not compile.
    ///
    /// # Panics
    /// If the address is not a multiple of four, or belongs to none of [`GPIO`], [`TIMER0`] and
    /// [`WATCHDOG`].
    pub const fn new(base: usize, offset: usize) -> Self {
        assert!(base == GPIO || base == TIMER0 || base == WATCHDOG);
        assert!(offset < 0x1000 && offset.is_multiple_of(4));
        Self(base + offset)
    }

    /// Its value.
    pub fn read(self) -> u32 {
        // SAFETY: `new` admits only addresses of peripherals. Rust has no memory there.
        unsafe { ptr::read_volatile(self.0 as *const u32) }
    }

    /// Gives it the value `value`.
    pub fn write(self, value: u32) {
        // SAFETY: as in `read`, and none of these peripherals can reach into memory.
        unsafe { ptr::write_volatile(self.0 as *mut u32, value) }
    }
}

/// General-purpose inputs and outputs.
pub const GPIO: usize = 0x5000_0000;
/// The first timer.
pub const TIMER0: usize = 0x4000_8000;
/// The watchdog.
pub const WATCHDOG: usize = 0x4001_0000;
