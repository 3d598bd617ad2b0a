//! Memory-mapped registers of the chip's peripherals.

#![allow(unsafe_code)]

use core::ptr;

/// A 32-bit register.
#[derive(Clone, Copy, Debug)]
pub struct Register(usize);

impl Register {
    /// The register at `address`, in a constant: another address than a peripheral's does not
    /// compile.
    ///
    /// # Panics
    /// If `address` is not a multiple of four in the peripherals' part of the memory map, or if it
    /// belongs to the flash controller, which could change the program under our feet.
    pub const fn new(address: usize) -> Self {
        assert!(address.is_multiple_of(4));
        assert!(address >= 0x4000_0000 && address < 0x4010_0000);
        assert!(address & !0xFFF != 0x400F_D000);
        Self(address)
    }

    /// Its value.
    pub fn read(self) -> u32 {
        // SAFETY: `new` admits only addresses of peripherals. Rust has no memory there.
        unsafe { ptr::read_volatile(self.0 as *const u32) }
    }

    /// Gives it the value `value`.
    pub fn write(self, value: u32) {
        // SAFETY: as in `read`. This chip has no DMA, so that no peripheral but the flash
        // controller can reach into memory that Rust knows, and `new` admits none of its registers.
        unsafe { ptr::write_volatile(self.0 as *mut u32, value) }
    }

    /// Sets the bits `mask` and leaves the others. An interrupt handler that writes the same
    /// register must not come in between.
    pub fn set(self, mask: u32) {
        self.write(self.read() | mask);
    }

    /// Clears the bits `mask` and leaves the others, as [`Register::set`] does.
    pub fn clear(self, mask: u32) {
        self.write(self.read() & !mask);
    }
}
