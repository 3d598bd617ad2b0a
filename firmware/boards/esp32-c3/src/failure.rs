//! What happens when the firmware fails: the log and the display say why, then the chip starts anew.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use esp_hal::delay::Delay;
use esp_hal::peripherals::Peripherals;
use esp_hal::timer::timg::TimerGroup;
use firmware::Words;
use oled::Oled;

use crate::board::start_bus;

/// How long the reason should be readable, in milliseconds.
const READ_MS: u32 = 5_000;

/// Set by the first failure. A second one comes from reporting the first.
static FAILED: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    fail(|| {
        let words = Words::of_panic(info);
        defmt::error!("{=str}", words.as_str());
        words
    })
}

/// defmt's own panics have written their message to the log already.
#[defmt::panic_handler]
fn defmt_panic() -> ! {
    fail(|| Words::of("Failed: the log says why"))
}

fn fail(words: impl FnOnce() -> Words) -> ! {
    if !FAILED.load(Ordering::Relaxed) {
        FAILED.store(true, Ordering::Relaxed);
        show(&words());
    }
    esp_hal::system::software_reset()
}

/// Writes `words` on the display, if there is one, and leaves time to read them.
fn show(words: &Words) {
    // SAFETY: nothing that owned these runs any more, and nothing will until the reset.
    #[allow(unsafe_code)]
    let chip = unsafe { Peripherals::steal() };
    TimerGroup::new(chip.TIMG0).wdt.disable();
    let display = Oled::start(start_bus(chip.I2C0, chip.GPIO6, chip.GPIO7));
    let shown = display.and_then(|mut display| {
        words.show(&mut display)?;
        display.flush()
    });
    if shown.is_ok() {
        Delay::new().delay_millis(READ_MS);
    }
}
