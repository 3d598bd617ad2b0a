//! What happens when the firmware fails: the reason goes to the log and to the display, and the
//! watchdog resets the chip.

use core::fmt::Display;
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m_rt::exception;
use firmware::Words;

use crate::board::start_display;
use crate::watchdog::Watchdog;
use crate::{ssd0323, sysctl};

/// Set by the first failure. A second one comes from reporting the first.
static FAILED: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    fail(info)
}

/// defmt's own panics have written their message already.
#[defmt::panic_handler]
fn defmt_panic() -> ! {
    fail(&"see the log")
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    fail(&format_args!("hard fault at {:#010x}", frame.pc()))
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn DefaultHandler(interrupt: i16) {
    fail(&format_args!("unexpected interrupt {interrupt}"))
}

/// Reports the failure and waits for the watchdog, some seconds in which it can be read.
///
/// The display is started anew: nobody knows what the failed program had sent to it.
fn fail(reason: &dyn Display) -> ! {
    if !FAILED.swap(true, Ordering::Relaxed) {
        // Perhaps it failed before it had started these.
        sysctl::start();
        Watchdog::start();
        let words = Words::of(format_args!("Restarting: {reason}"));
        defmt::error!("{=str}", words.as_str());
        let mut shadow = ssd0323::BLACK;
        let Ok(()) = words.show(&mut start_display(&mut shadow));
    }
    loop {
        cortex_m::asm::nop();
    }
}
