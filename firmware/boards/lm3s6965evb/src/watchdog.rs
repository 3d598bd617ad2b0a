//! The watchdog timer.

use crate::register::Register;
use crate::sysctl::CLOCK_HZ;

const BASE: usize = 0x4000_0000;
const LOAD: Register = Register::new(BASE);
const CTL: Register = Register::new(BASE + 0x08);
const CTL_INTEN: u32 = 1 << 0;
const CTL_RESEN: u32 = 1 << 1;
const ICR: Register = Register::new(BASE + 0x0C);
const TEST: Register = Register::new(BASE + 0x418);
const TEST_STALL: u32 = 1 << 8;
const LOCK: Register = Register::new(BASE + 0xC00);
const LOCKED: u32 = 0;
const UNLOCKED: u32 = 0x1ACC_E551;

/// The counter runs out twice before the chip is reset: after four seconds without a
/// [`Watchdog::feed`].
const LOAD_TICKS: u32 = 2 * CLOCK_HZ;

/// The running watchdog: whoever does not feed it for four seconds is reset. It stands still while
/// a debugger halts the core.
#[derive(Clone, Copy)]
pub struct Watchdog(());

impl Watchdog {
    /// Starts it. Nothing but a reset stops it.
    pub fn start() -> Self {
        LOCK.write(UNLOCKED);
        LOAD.write(LOAD_TICKS);
        TEST.write(TEST_STALL);
        CTL.write(CTL_RESEN);
        // Starts the counter.
        CTL.set(CTL_INTEN);
        LOCK.write(LOCKED);
        Self(())
    }

    /// Gives the program four more seconds.
    pub fn feed(self) {
        LOCK.write(UNLOCKED);
        ICR.write(1);
        LOCK.write(LOCKED);
    }
}
