//! The app on a Raspberry Pi Pico.
#![no_std]
#![no_main]

use defmt_rtt as _;
use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Size};
use embedded_graphics_core::pixelcolor::{BinaryColor, Gray4, GrayColor};
use firmware::{Board, Clock, Settings};
use fugit::RateExtU32;
use rp2040_hal::clocks::{Clock as _, init_clocks_and_plls};
use rp2040_hal::gpio::Pins;
use rp2040_hal::rosc::RingOscillator;
use rp2040_hal::{I2C, Sio, Timer, Watchdog, entry, pac};
use ssd1306::mode::BufferedGraphicsMode;
use ssd1306::prelude::*;
use ssd1306::{I2CDisplayInterface, Ssd1306};

include!(concat!(env!("OUT_DIR"), "/model.rs"));

#[unsafe(link_section = ".boot2")]
#[unsafe(no_mangle)]
#[allow(unsafe_code)]
#[used]
static BOOT2_FIRMWARE: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    defmt::error!("{}", defmt::Display2Format(info));
    loop {}
}

struct Oled<DI>(Ssd1306<DI, DisplaySize128x64, BufferedGraphicsMode<DisplaySize128x64>>, u32);
impl<DI> OriginDimensions for Oled<DI> {
    fn size(&self) -> Size { Size::new(128, 64) }
}
impl<DI: WriteOnlyDataCommand> DrawTarget for Oled<DI> {
    type Color = Gray4;
    type Error = display_interface::DisplayError;
    fn draw_iter<I: IntoIterator<Item = Pixel<Gray4>>>(&mut self, p: I) -> Result<(), Self::Error> {
        self.0.draw_iter(p.into_iter().map(|Pixel(at, c)| Pixel(at, if c.luma() > 7 { BinaryColor::On } else { BinaryColor::Off })))?;
        self.1 += 1;
        if self.1 % 28 == 0 { self.0.flush()?; }
        Ok(())
    }
}

struct C(Timer);
impl Clock for C {
    fn micros(&self) -> Option<u32> { Some(self.0.get_counter_low()) }
}

#[entry]
fn main() -> ! {
    let mut pac = pac::Peripherals::take().unwrap();
    let mut watchdog = Watchdog::new(pac.WATCHDOG);
    let clocks = init_clocks_and_plls(12_000_000, pac.XOSC, pac.CLOCKS, pac.PLL_SYS, pac.PLL_USB, &mut pac.RESETS, &mut watchdog).ok().unwrap();
    let sio = Sio::new(pac.SIO);
    let pins = Pins::new(pac.IO_BANK0, pac.PADS_BANK0, sio.gpio_bank0, &mut pac.RESETS);
    let i2c = I2C::i2c0(pac.I2C0, pins.gpio4.reconfigure(), pins.gpio5.reconfigure(), 400.kHz(), &mut pac.RESETS, &clocks.peripheral_clock);
    let timer = Timer::new(pac.TIMER, &mut pac.RESETS, &clocks);
    let mut rosc = RingOscillator::new(pac.ROSC).initialize();
    let seed = rand_core::RngCore::next_u32(&mut rosc);
    let mut oled = Ssd1306::new(I2CDisplayInterface::new(i2c), DisplaySize128x64, DisplayRotation::Rotate0).into_buffered_graphics_mode();
    oled.init().unwrap();
    let workspace = cortex_m::singleton!(: [u8; WORKSPACE] = [0; WORKSPACE]).expect("taken once");
    let board = Board { display: Oled(oled, 0), button: pins.gpio15.into_pull_up_input(), delay: timer, clock: C(timer) };
    let Err(stop) = firmware::run(board, MODEL, workspace, Settings { scale: 1, first_seed: seed });
    defmt::error!("stopped: {}", defmt::Debug2Format(&stop));
    loop { cortex_m::asm::wfi() }
}
