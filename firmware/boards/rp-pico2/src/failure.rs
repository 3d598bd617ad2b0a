//! What happens when the firmware fails: the log and the display say why, and the chip starts anew.

use core::panic::PanicInfo;
use core::sync::atomic::{AtomicBool, Ordering};

use cortex_m_rt::exception;
use fugit::{ExtU32, RateExtU32};
use rp235x_hal::gpio::Pins;
use rp235x_hal::{Sio, Watchdog, pac};

use crate::board::{Bus, oled};

/// How long the reason can be read.
const READ_MS: u32 = 5_000;
/// Frequency that `init_clocks_and_plls` gives to all peripherals.
const PERIPHERAL_HZ: u32 = 150_000_000;

/// Set by the first failure. A second one comes from reporting the first.
static FAILED: AtomicBool = AtomicBool::new(false);

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    if !failed_before() {
        defmt::error!("{}", defmt::Display2Format(info));
        let (file, line) = info
            .location()
            .map_or(("", 0), |place| (place.file(), place.line()));
        show(format_args!("Failed: {}, {file}:{line}", info.message()));
    }
    wait_for_watchdog()
}

/// defmt's own panics have written their message to the log already.
#[defmt::panic_handler]
fn defmt_panic() -> ! {
    if !failed_before() {
        show("Failed: the log says why");
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
    panic!("unexpected interrupt {interrupt}");
}

fn failed_before() -> bool {
    FAILED.swap(true, Ordering::Relaxed)
}

/// Writes `text` on the display, if there is one, and leaves time to read it.
fn show(text: impl core::fmt::Display) {
    cortex_m::interrupt::disable();
    // SAFETY: nothing that owned these runs any more, and nothing will until the reset.
    #[allow(unsafe_code)]
    let mut chip = unsafe { pac::Peripherals::steal() };
    let sio = Sio::new(chip.SIO);
    let pins = Pins::new(
        chip.IO_BANK0,
        chip.PADS_BANK0,
        sio.gpio_bank0,
        &mut chip.RESETS,
    );
    let bus = Bus {
        i2c: chip.I2C0,
        sda: pins.gpio4,
        scl: pins.gpio5,
    };
    let shown = oled(bus.start(&mut chip.RESETS, PERIPHERAL_HZ.Hz())).and_then(|mut display| {
        firmware::show_text(&mut display, text)?;
        display.flush()
    });
    if shown.is_ok() {
        Watchdog::new(chip.WATCHDOG).start(READ_MS.millis());
    }
}

/// Waits until the watchdog resets the chip.
pub fn wait_for_watchdog() -> ! {
    loop {
        cortex_m::asm::wfi();
    }
}
