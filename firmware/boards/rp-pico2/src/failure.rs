//! The panic handlers, and how the display is started anew to say why.

use core::panic::PanicInfo;

use cortex::failure::READ_MS;
use firmware::Words;
use fugit::{ExtU32, RateExtU32};
use oled::Oled;
use rp235x_hal::gpio::Pins;
use rp235x_hal::{Sio, Watchdog, pac};

use crate::board::Bus;

/// Frequency that `init_clocks_and_plls` gives to all peripherals.
const PERIPHERAL_HZ: u32 = 150_000_000;

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    cortex::failure::panicked(info, show)
}

#[defmt::panic_handler]
fn defmt_panic() -> ! {
    cortex::failure::panicked_in_defmt(show)
}

/// Writes `words` on the display, if there is one, and leaves time to read them.
fn show(words: &Words) {
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
    let shown =
        Oled::start(bus.start(&mut chip.RESETS, PERIPHERAL_HZ.Hz())).and_then(|mut display| {
            words.show(&mut display)?;
            display.flush()
        });
    if shown.is_ok() {
        Watchdog::new(chip.WATCHDOG).start(READ_MS.millis());
    }
}
