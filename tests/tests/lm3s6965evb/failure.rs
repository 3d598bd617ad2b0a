//! What the board does when something is wrong.

use std::fs;
use std::path::Path;
use std::time::Duration;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_5X8;
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU4};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use object::{Object, ObjectSection, ObjectSymbol};

use tests::Error;
use tests::board::LM3S6965EVB;
use tests::firmware::build;
use tests::random_model::random_model;

use crate::{FOLDER, PATIENCE, RANDOM, assert_shows, file, start};

/// The display with these lines of text, `[row][column]`.
fn text(lines: &[&str]) -> Vec<Vec<u8>> {
    let mut frame =
        Framebuffer::<Gray4, RawU4, BigEndian, 128, 64, { buffer_size::<Gray4>(128, 64) }>::new();
    let style = MonoTextStyle::new(&FONT_5X8, Gray4::WHITE);
    for (row, line) in lines.iter().enumerate() {
        let corner = Point::new(0, 8 * row as i32);
        Text::with_baseline(line, corner, style, Baseline::Top)
            .draw(&mut frame)
            .unwrap();
    }
    let level = |x, y| frame.pixel(Point::new(x, y)).unwrap().luma();
    let row = |y| (0..128).map(|x| level(x, y)).collect();
    (0..64).map(row).collect()
}

#[test]
fn a_model_that_was_damaged_in_flash_is_explained_on_the_display() {
    let (bytes, elf) = &*RANDOM;
    let mut damaged = fs::read(elf).unwrap();
    let start_of_model = damaged
        .windows(bytes.len())
        .position(|window| window == bytes)
        .expect("the model is in the firmware as it is");
    damaged[start_of_model + bytes.len() / 2] ^= 0x10;

    let mut emulator = start(&file("lm3s6965evb-damaged.elf", &damaged));
    let mut log = Vec::new();
    emulator
        .wait_for("the end of the app", PATIENCE, |message| {
            log.push(message.to_owned());
            (message == "stopped").then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let reason = "the model file is cut or damaged (wrong checksum)";
    assert!(log.contains(&format!("No picture: {reason}")), "{log:#?}");
    let lines = [
        "No picture: the model",
        "file is cut or damaged",
        "(wrong checksum)",
    ];
    assert_shows(&emulator.screen().unwrap(), &text(&lines), "the display");
}

/// The permanently undefined instruction.
const UNDEFINED: u16 = 0xDE00;
/// A branch to itself.
const FOREVER: u16 = 0xE7FE;

#[test]
fn a_fault_is_logged_and_shown_and_the_board_restarts() {
    let (_, elf) = &*RANDOM;
    let (faulty, address) = with_instruction(elf, &["Painter", "draw"], UNDEFINED);
    let mut emulator = start(&file("lm3s6965evb-faulty.elf", &faulty));
    let reason = format!("Restarting: hard fault at {address:#010x}");
    for _ in 0..2 {
        emulator
            .wait_for("the model", PATIENCE, starts_with("model: random"))
            .and_then(|()| emulator.wait_for("the fault", PATIENCE, starts_with(&reason)))
            .unwrap_or_else(|error| panic!("{error}"));
    }
    let lines = reason.split_at("Restarting: hard fault at".len());
    let lines = [lines.0, lines.1.trim_start()];
    let expected = text(&lines);
    let shown = (0..PATIENCE.as_secs() * 10).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        emulator.screen().unwrap().rows().eq(expected.iter())
    });
    assert!(shown, "{:?}", emulator.screen());
}

#[test]
fn a_fault_before_anything_has_started_is_logged_and_the_board_restarts() {
    let (_, elf) = &*RANDOM;
    let (faulty, address) = with_instruction(elf, &["__cortex_m_rt_main"], UNDEFINED);
    let mut emulator = start(&file("lm3s6965evb-stillborn.elf", &faulty));
    let reason = format!("Restarting: hard fault at {address:#010x}");
    for _ in 0..2 {
        emulator
            .wait_for("the fault", PATIENCE, starts_with(&reason))
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn a_program_that_hangs_is_restarted_by_the_watchdog() {
    let (_, elf) = &*RANDOM;
    let (hanging, _) = with_instruction(elf, &["Painter", "draw"], FOREVER);
    let mut emulator = start(&file("lm3s6965evb-hanging.elf", &hanging));
    for _ in 0..2 {
        emulator
            .wait_for("the model", PATIENCE, starts_with("model: random"))
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

fn starts_with(start: &str) -> impl FnMut(&str) -> Option<()> {
    move |message| message.starts_with(start).then_some(())
}

/// The firmware `elf` with another first instruction of a function, whose symbol contains all of
/// `words`, and the address of that instruction.
fn with_instruction(elf: &Path, words: &[&str], instruction: u16) -> (Vec<u8>, u64) {
    let mut bytes = fs::read(elf).unwrap();
    let file = object::File::parse(&*bytes).unwrap();
    let is_it = |symbol: &object::Symbol<'_, '_>| {
        let name = symbol.name().unwrap_or_default();
        words.iter().all(|word| name.contains(word))
    };
    let symbol = file
        .symbols()
        .filter(|symbol| symbol.kind() == object::SymbolKind::Text)
        .find(is_it)
        .expect("the function is there");
    // Bit 0 of a function's address says that it is Thumb code.
    let address = symbol.address() & !1;
    let section = file
        .section_by_index(symbol.section_index().unwrap())
        .unwrap();
    let (offset, _) = section.file_range().unwrap();
    let place = (address - section.address() + offset) as usize;
    bytes[place..place + 2].copy_from_slice(&instruction.to_le_bytes());
    (bytes, address)
}

#[test]
fn a_damaged_model_fails_the_build_with_one_sentence() {
    let mut bytes = random_model(1);
    bytes.pop();
    let model = file("damaged.gen.bin", &bytes);
    let elf = Path::new(FOLDER).join("lm3s6965evb-never.elf");
    let Err(Error::Build { output, .. }) = build(&LM3S6965EVB, Some(&model), &elf) else {
        panic!("the build does not fail");
    };
    let sentence = output
        .lines()
        .find(|line| line.contains("damaged.gen.bin"))
        .unwrap_or_else(|| panic!("{output}"));
    assert!(
        sentence.starts_with("error: ") && sentence.contains("the model file is cut or damaged"),
        "{output}"
    );
    assert!(!output.contains("panicked"), "{output}");
}
