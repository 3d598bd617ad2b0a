//! The panic handlers, and how the display is started anew to say why.

use core::panic::PanicInfo;

use cortex::failure::READ_MS;
use firmware::Words;
use oled::Oled;
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

use crate::board;

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
    let chip = unsafe { pac::Peripherals::steal() };
    let mut rcc = board::start_clocks(chip.RCC);
    let port_b = chip.GPIOB.split(&mut rcc);
    let bus = board::start_bus(chip.I2C1, port_b.pb6, port_b.pb7, &mut rcc);
    let shown = Oled::start(bus).and_then(|mut display| {
        words.show(&mut display)?;
        display.flush()
    });
    if shown.is_ok() {
        IndependentWatchdog::new(chip.IWDG).start(READ_MS.millis());
    }
}
