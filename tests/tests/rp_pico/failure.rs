//! What the board does when something fails.

use std::fs;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_5X8;
use embedded_graphics::pixelcolor::BinaryColor;
use embedded_graphics::pixelcolor::raw::{LittleEndian, RawU1};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};

use tests::pico::Pico;

use crate::{Firmware, PATIENCE, RANDOM, assert_shows, file, numbers_after};

/// An interrupt that the firmware has no use for: that of the real-time clock.
const RTC: u8 = 25;

/// A display with these lines in 5x8 pixels a character.
fn lines(lines: &[&str]) -> Vec<Vec<u8>> {
    type Frame = Framebuffer<
        BinaryColor,
        RawU1,
        LittleEndian,
        128,
        64,
        { buffer_size::<BinaryColor>(128, 64) },
    >;
    let mut frame = Frame::new();
    let style = MonoTextStyle::new(&FONT_5X8, BinaryColor::On);
    for (row, line) in lines.iter().enumerate() {
        let corner = Point::new(0, 8 * row as i32);
        Text::with_baseline(line, corner, style, Baseline::Top)
            .draw(&mut frame)
            .unwrap();
    }
    let level = |x, y| frame.pixel(Point::new(x, y)).unwrap().is_on().into();
    (0..64)
        .map(|y| (0..128).map(|x| level(x, y)).collect())
        .collect()
}

fn wait_for_reset(pico: &mut Pico) {
    for _ in 0..100 {
        if pico.resets() > 0 {
            return;
        }
        pico.run(100_000).unwrap();
    }
    panic!("no reset within 10 s");
}

#[test]
fn a_model_that_was_damaged_in_flash_is_explained_on_the_display() {
    let (bytes, firmware) = &*RANDOM;
    let mut damaged = fs::read(&firmware.elf).unwrap();
    let model = damaged
        .windows(bytes.len())
        .position(|window| window == bytes)
        .expect("the model is in the firmware as it is");
    damaged[model + bytes.len() / 2] ^= 0x10;
    let firmware = Firmware::read(file("rp-pico-damaged.elf", &damaged));

    let mut pico = firmware.start();
    let [] = numbers_after(
        &mut pico,
        "No picture: the model file is cut or damaged (wrong checksum)",
    );
    let expected = lines(&[
        "No picture: the model",
        "file is cut or damaged",
        "(wrong checksum)",
    ]);
    // It stays there: starting anew would not help.
    for _ in 0..2 {
        pico.run(5_000_000).unwrap();
        assert_shows(&pico.screen(), &expected, "the reason");
    }
    assert_eq!(pico.resets(), 0);
}

#[test]
fn a_panic_is_logged_and_shown_and_the_chip_starts_anew() {
    let (_, firmware) = &*RANDOM;
    let mut pico = firmware.start();
    let [] = numbers_after(&mut pico, "page 0 ready");
    pico.interrupt(RTC).unwrap();
    let line = pico
        .wait_for("the panic", PATIENCE, |message| {
            message
                .contains("unexpected interrupt 25")
                .then(|| message.to_owned())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    assert!(line.contains("failure.rs"), "{line}");
    pico.run(1_000_000).unwrap();
    let screen = pico.screen();
    let expected = lines(&["Failed: unexpected", "interrupt 25,"]);
    assert!(
        screen.rows().take(16).eq(expected.iter().take(16)),
        "{screen:?}"
    );

    wait_for_reset(&mut pico);
    let [] = numbers_after(&mut pico, "page 0 ready");
    assert_eq!(pico.resets(), 1);
}

#[test]
fn the_chip_starts_anew_until_a_display_is_plugged_in() {
    let (_, firmware) = &*RANDOM;
    let mut pico = firmware.start();
    let [] = numbers_after(&mut pico, "page 0 ready");
    pico.plug_display(false).unwrap();
    let [] = numbers_after(&mut pico, "the display does not answer");
    wait_for_reset(&mut pico);
    let [] = numbers_after(&mut pico, "the display does not answer");
    pico.plug_display(true).unwrap();
    let [] = numbers_after(&mut pico, "page 0 ready");
}
