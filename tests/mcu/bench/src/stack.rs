//! How deep the stack gets.

use core::arch::asm;

const PAINT: u32 = 0xdead_beef;
/// Bytes right below the stack pointer that are left alone: this module's own frames.
const MARGIN: usize = 256;

unsafe extern "C" {
    // Both run-time crates' linker scripts have it: where static data ends.
    #[link_name = "__sheap"]
    static data_end: u32;
}

/// A stack whose free part is painted.
pub struct Painted {
    top: usize,
}

#[inline(always)]
fn stack_pointer() -> usize {
    let pointer;
    // SAFETY: reads a register.
    unsafe {
        #[cfg(target_arch = "arm")]
        asm!("mov {0}, sp", out(reg) pointer, options(nomem, nostack));
        #[cfg(target_arch = "riscv32")]
        asm!("mv {0}, sp", out(reg) pointer, options(nomem, nostack));
    }
    pointer
}

/// Paints the stack from the end of static data to the stack pointer.
#[inline(always)]
pub fn paint() -> Painted {
    let top = stack_pointer();
    let mut word = (&raw const data_end).cast_mut();
    // SAFETY: this memory is free.
    unsafe {
        while (word as usize) < top - MARGIN {
            word.write_volatile(PAINT);
            word = word.add(1);
        }
    }
    Painted { top }
}

impl Painted {
    /// Bytes below the stack pointer at the time of painting that have been used since.
    #[inline(always)]
    pub fn used(&self) -> usize {
        let mut word = &raw const data_end;
        // SAFETY: as above.
        unsafe {
            while (word as usize) < self.top && word.read_volatile() == PAINT {
                word = word.add(1);
            }
        }
        self.top - word as usize
    }
}
