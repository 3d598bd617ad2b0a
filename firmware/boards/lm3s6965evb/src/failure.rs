//! What happens when the firmware fails: the reason goes to the log, and the emulator ends.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m_rt::exception;

/// Set by the first failure. A second one comes from reporting the first.
static FAILED: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if !FAILED.swap(true, Ordering::Relaxed) {
        defmt::error!("{}", defmt::Display2Format(info));
    }
    end()
}

/// defmt's own panics have written their message already.
#[defmt::panic_handler]
fn defmt_panic() -> ! {
    FAILED.store(true, Ordering::Relaxed);
    end()
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    if !FAILED.swap(true, Ordering::Relaxed) {
        defmt::error!("hard fault at {=u32:#010x}", frame.pc());
    }
    end()
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn DefaultHandler(interrupt: i16) {
    defmt::panic!("unexpected interrupt {}", interrupt);
}

/// Ends the emulator with a failure.
fn end() -> ! {
    semihosting::process::exit(1)
}
