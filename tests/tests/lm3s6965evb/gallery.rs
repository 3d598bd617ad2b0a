//! The gallery, the log, and the program that runs the firmware.

use std::fs;
use std::path::Path;
use std::process::Command;

use runtime::{Latent, Model};

use tests::emulator::Emulator;
use tests::gallery::{hold_page, turn_page};

use crate::{COMMITTED, FOLDER, PATIENCE, RANDOM, assert_shows, black, levels, start};

/// Digits on a page: two rows of four.
const PAGE: u32 = 8;

/// The grey levels of page `page`, `[row][column]`: two rows of four digits, 28 pixels apart, 8
/// pixels from the left and 4 from the top. Digit `n` has the seed `n` and the label `n` modulo
/// ten. A pixel has the nearest of 16 levels.
fn expected_page(model: &[u8], page: u32) -> Vec<Vec<u8>> {
    let model = Model::from_bytes(model).unwrap();
    let mut screen = black();
    for cell in 0..PAGE {
        let number = page * PAGE + cell;
        let latent = Latent::from_seed(number, model.latent_len());
        let picture = levels(&model, &latent, (number % 10) as u8);
        let (left, top) = (8 + cell % 4 * 28, 4 + cell / 4 * 28);
        for (y, row) in picture.iter().enumerate() {
            screen[top as usize + y][left as usize..][..28].copy_from_slice(row);
        }
    }
    screen
}

/// Two pages that follow each other hold all ten digits.
fn assert_two_pages_are_the_hosts(emulator: &mut Emulator, model: &[u8]) {
    let first = hold_page(emulator).unwrap_or_else(|error| panic!("{error}"));
    let screen = emulator.screen().unwrap();
    assert_shows(
        &screen,
        &expected_page(model, first),
        &format!("page {first}"),
    );
    let second = turn_page(emulator).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(second, first + 1, "a press turns one page");
    let screen = emulator.screen().unwrap();
    assert_shows(
        &screen,
        &expected_page(model, second),
        &format!("page {second}"),
    );
}

#[test]
fn all_ten_digits_have_the_pixels_that_the_host_computes() {
    let (bytes, elf) = &*RANDOM;
    let mut emulator = start(elf);
    assert_two_pages_are_the_hosts(&mut emulator, bytes);
    let complaints = emulator.complaints();
    assert!(
        !complaints.contains("ssd0323"),
        "the emulated display got commands that it does not know: {complaints}"
    );
}

#[test]
fn without_a_choice_the_board_shows_the_model_of_the_repository() {
    let (bytes, elf) = &*COMMITTED;
    assert_two_pages_are_the_hosts(&mut start(elf), bytes);
}

#[test]
fn the_log_tells_where_the_model_is_from_and_how_long_a_digit_takes() {
    let (bytes, elf) = &*RANDOM;
    let model = Model::from_bytes(bytes).unwrap();
    let mut emulator = start(elf);
    let mut log = Vec::new();
    emulator
        .wait_for("the first page", PATIENCE, |message| {
            log.push(message.to_owned());
            (message == "page 0 ready").then_some(())
        })
        .unwrap();
    let has = |text: &str| log.iter().any(|message| message.contains(text));
    assert!(
        has("model: random digits, recipe none, 0 steps, seed 20240601, by tests"),
        "{log:#?}"
    );
    assert!(has(&format!("{} bytes of flash", bytes.len())), "{log:#?}");
    assert!(
        has(&format!("{} bytes of RAM", model.workspace_len())),
        "{log:#?}"
    );
    assert!(
        has(&format!("{} multiply-accumulates", model.macs())),
        "{log:#?}"
    );
    for number in 0..PAGE {
        let start = format!("gallery: label {number}, seed {number}, ");
        let micros: u32 = log
            .iter()
            .find_map(|message| {
                message
                    .strip_prefix(&start)?
                    .split(' ')
                    .next()?
                    .parse()
                    .ok()
            })
            .unwrap_or_else(|| panic!("{log:#?}"));
        // Between one and a hundred instructions for each multiply-accumulate, of 32 ns each.
        let macs_micros = model.macs() as u32 * 32 / 1_000;
        assert!(
            (macs_micros..100 * macs_micros).contains(&micros),
            "{micros} us"
        );
    }
}

#[test]
fn a_screenshot_is_four_times_the_display_with_a_rim() {
    let (bytes, elf) = &*RANDOM;
    // Relative paths count from --directory.
    let output = Command::new(env!("CARGO_BIN_EXE_emulate"))
        .args([
            "--board",
            "lm3s6965evb",
            "--screenshot",
            "page.png",
            "--page",
            "3",
        ])
        .arg("--directory")
        .arg(FOLDER)
        .arg(elf)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");

    let file = fs::File::open(Path::new(FOLDER).join("page.png")).unwrap();
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .unwrap();
    let mut picture = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut picture).unwrap();
    const RIM: usize = 12;
    let (width, height) = (4 * 128 + 2 * RIM, 4 * 64 + 2 * RIM);
    assert_eq!((info.width as usize, info.height as usize), (width, height));
    let page = expected_page(bytes, 3);
    for (index, grey) in picture.into_iter().enumerate() {
        let (x, y) = (index % width, index / width);
        let expected = match (x.checked_sub(RIM), y.checked_sub(RIM)) {
            (Some(x), Some(y)) if x < 512 && y < 256 => 17 * page[y / 4][x / 4],
            _ => 0,
        };
        assert_eq!(grey, expected, "{x}, {y}");
    }
}
