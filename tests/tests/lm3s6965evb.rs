//! The firmware of the board `lm3s6965evb` on its emulated display.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_6X10;
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU4};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use object::{Object, ObjectSection, ObjectSymbol};
use runtime::{Generator, Latent, Model};

use tests::Error;
use tests::board::LM3S6965EVB;
use tests::emulator::{Emulator, Window};
use tests::firmware::build;
use tests::gallery::{hold_page, turn_page};
use tests::random_model::random_model;
use tests::screen::Screen;

const PATIENCE: Duration = Duration::from_secs(60);
/// Digits on a page: two rows of four.
const PAGE: u32 = 8;

/// Folder for files that tests make.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// A model of random weights, and the firmware that shows it.
static RANDOM: LazyLock<(Vec<u8>, PathBuf)> = LazyLock::new(|| {
    let bytes = random_model(20_240_601);
    let model = file("random.gen.bin", &bytes);
    let elf = Path::new(FOLDER).join("lm3s6965evb-random.elf");
    build(&LM3S6965EVB, Some(&model), &elf).unwrap_or_else(|error| panic!("{error}"));
    (bytes, elf)
});

/// Writes a file, unless it is there already: a newer one would be built again.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(FOLDER).join(name);
    if fs::read(&path).ok().as_deref() != Some(bytes) {
        fs::write(&path, bytes).unwrap();
    }
    path
}

fn start(elf: &Path) -> Emulator {
    Emulator::start(&LM3S6965EVB, elf, Window::Hidden).unwrap_or_else(|error| panic!("{error}"))
}

/// The grey levels of page `page`, `[row][column]`: two rows of four digits, 28 pixels apart, 8
/// pixels from the left and 4 from the top. Digit `n` has the seed `n` and the label `n` modulo
/// ten. A pixel has the nearest of 16 levels.
fn expected_page(model: &[u8], page: u32) -> Vec<Vec<u8>> {
    let model = Model::from_bytes(model).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut screen = vec![vec![0; 128]; 64];
    for cell in 0..PAGE {
        let number = page * PAGE + cell;
        let mut pixels = [0; 28 * 28];
        let latent = Latent::from_seed(number, model.latent_len());
        generator
            .generate(&latent, (number % 10) as u8, &mut pixels)
            .unwrap();
        let (left, top) = (8 + cell % 4 * 28, 4 + cell / 4 * 28);
        for (index, ink) in pixels.into_iter().enumerate() {
            let level = (f64::from(ink) / 255.0 * 15.0).round() as u8;
            screen[top as usize + index / 28][left as usize + index % 28] = level;
        }
    }
    screen
}

fn assert_shows(screen: &Screen, expected: &[Vec<u8>], what: &str) {
    assert!(
        screen.rows().eq(expected.iter()),
        "{what} shows\n{screen:?}"
    );
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
    let bytes = fs::read(embed::default_model()).expect("the model of the repository");
    let elf = Path::new(FOLDER).join("lm3s6965evb-default.elf");
    build(&LM3S6965EVB, None, &elf).unwrap_or_else(|error| panic!("{error}"));
    assert_two_pages_are_the_hosts(&mut start(&elf), &bytes);
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
        let start = format!("digit {number}: label {number}, seed {number}, ");
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
            message.starts_with("stopped: ").then_some(())
        })
        .unwrap_or_else(|error| panic!("{error}"));
    let reason = "the model file is cut or damaged (wrong checksum)";
    assert!(log.contains(&format!("no picture: {reason}")), "{log:#?}");
    let lines = [
        "No picture: the model",
        "file is cut or",
        "damaged (wrong",
        "checksum)",
    ];
    let mut frame =
        Framebuffer::<Gray4, RawU4, BigEndian, 128, 64, { buffer_size::<Gray4>(128, 64) }>::new();
    let style = MonoTextStyle::new(&FONT_6X10, Gray4::WHITE);
    for (row, line) in lines.into_iter().enumerate() {
        let corner = Point::new(0, 10 * row as i32);
        Text::with_baseline(line, corner, style, Baseline::Top)
            .draw(&mut frame)
            .unwrap();
    }
    let expected: Vec<Vec<u8>> = (0..64)
        .map(|y| {
            (0..128)
                .map(|x| frame.pixel(Point::new(x, y)).unwrap().luma())
                .collect()
        })
        .collect();
    assert_shows(&emulator.screen().unwrap(), &expected, "the display");
}

#[test]
fn a_fault_is_logged_and_ends_the_emulator_with_a_failure() {
    let (_, elf) = &*RANDOM;
    let mut faulty = fs::read(elf).unwrap();
    let (address, place) = place_of(&faulty, "main");
    // The permanently undefined instruction.
    faulty[place..place + 2].copy_from_slice(&0xDE00_u16.to_le_bytes());
    let faulty = file("lm3s6965evb-faulty.elf", &faulty);

    let error = Emulator::start(&LM3S6965EVB, &faulty, Window::Hidden)
        .and_then(|mut emulator| {
            emulator.wait_for("the first page", PATIENCE, |message| {
                message.starts_with("page").then_some(())
            })
        })
        .unwrap_err();
    let Error::Ended { status, log, .. } = error else {
        panic!("{error}");
    };
    assert_eq!(status.and_then(|status| status.code()), Some(1));
    assert!(
        log.contains(&format!("hard fault at {address:#010x}")),
        "{log}"
    );
}

/// Address of a function in an ELF file of Thumb code, and its place in the file.
fn place_of(elf: &[u8], name: &str) -> (u64, usize) {
    let file = object::File::parse(elf).unwrap();
    let symbol = file.symbol_by_name(name).expect("the function is there");
    // Bit 0 of a function's address says that it is Thumb code.
    let address = symbol.address() & !1;
    let section = file
        .section_by_index(symbol.section_index().unwrap())
        .unwrap();
    let (offset, _) = section.file_range().unwrap();
    (address, (address - section.address() + offset) as usize)
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
