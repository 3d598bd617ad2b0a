//! What happens when the firmware fails: the log and the display say why, and the watchdog resets
//! the chip.

use core::cell::Cell;
use core::panic::PanicInfo;

use cortex_m_rt::exception;
use critical_section::Mutex;
use firmware::Words;

/// How long the reason should be readable, in milliseconds.
pub const READ_MS: u32 = 5_000;

/// Set by the first failure. A second one comes from reporting the first.
static FAILED: Mutex<Cell<bool>> = Mutex::new(Cell::new(false));

/// Reports a panic, and waits for the watchdog. `show` writes the words on the display, if there is
/// one, and sees to it that the watchdog leaves [`READ_MS`] to read them.
pub fn panicked(info: &PanicInfo<'_>, show: fn(&Words)) -> ! {
    report(|| {
        let words = Words::of_panic(info);
        defmt::error!("{=str}", words.as_str());
        show(&words);
    })
}

/// The same for defmt's own panics, which have written their message to the log already.
pub fn panicked_in_defmt(show: fn(&Words)) -> ! {
    report(|| show(&Words::of("Failed: the log says why")))
}

/// Waits until the watchdog resets the chip.
pub fn wait_for_watchdog() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}

fn report(how: impl FnOnce()) -> ! {
    if !critical_section::with(|section| FAILED.borrow(section).replace(true)) {
        how();
    }
    wait_for_watchdog()
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn HardFault(frame: &cortex_m_rt::ExceptionFrame) -> ! {
    panic!("hard fault at {:#010x}", frame.pc());
}

#[exception]
#[allow(unsafe_code)] // cortex-m-rt asks for an unsafe function here
unsafe fn DefaultHandler(interrupt: i16) {
    match u32::try_from(interrupt) {
        Ok(interrupt) => panic!("unexpected interrupt {interrupt}"),
        Err(_) => panic!("unexpected exception"),
    }
}
