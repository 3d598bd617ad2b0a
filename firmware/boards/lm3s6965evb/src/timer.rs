//! Time from SysTick: the app's clock.

use core::sync::atomic::{AtomicU32, Ordering};

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

use crate::sysctl::CLOCK_HZ;

const TICKS_PER_MICROSECOND: u32 = CLOCK_HZ / 1_000_000;
const TICKS_PER_MILLISECOND: u32 = CLOCK_HZ / 1_000;

/// Milliseconds since [`Timer::start`], wrapping.
static MILLISECONDS: AtomicU32 = AtomicU32::new(0);

#[exception]
fn SysTick() {
    MILLISECONDS.fetch_add(1, Ordering::Relaxed);
}

/// SysTick, interrupting every millisecond.
#[derive(Clone, Copy)]
pub struct Timer(());

impl Timer {
    /// Starts counting.
    pub fn start(mut syst: SYST) -> Self {
        syst.set_clock_source(SystClkSource::Core);
        syst.set_reload(TICKS_PER_MILLISECOND - 1);
        syst.clear_current();
        syst.enable_counter();
        syst.enable_interrupt();
        Self(())
    }

    /// Microseconds since [`Timer::start`], wrapping at 2^32.
    pub fn micros(self) -> u32 {
        loop {
            let milliseconds = MILLISECONDS.load(Ordering::Relaxed);
            // SysTick counts down.
            let ticks = TICKS_PER_MILLISECOND - 1 - SYST::get_current();
            // Only if no interrupt came in between do both belong together.
            if MILLISECONDS.load(Ordering::Relaxed) == milliseconds {
                let microseconds = ticks / TICKS_PER_MICROSECOND;
                return milliseconds.wrapping_mul(1_000).wrapping_add(microseconds);
            }
        }
    }

    /// Sleeps until the next millisecond, or another interrupt.
    pub fn rest(self) {
        cortex_m::asm::wfi();
    }
}
