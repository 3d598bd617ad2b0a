//! How a core that rests wakes up again.

use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

/// How often the core wakes up when it rests.
const WAKE_UP_HZ: u32 = 100;

/// Starts an interrupt that does nothing but end a rest, a hundred times a second of a core that
/// runs at `core_hz`.
pub fn wake_up_regularly(mut syst: SYST, core_hz: u32) {
    syst.set_clock_source(SystClkSource::Core);
    syst.set_reload(core_hz / WAKE_UP_HZ - 1);
    syst.clear_current();
    syst.enable_counter();
    syst.enable_interrupt();
}

#[exception]
fn SysTick() {}
