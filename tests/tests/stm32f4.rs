//! The firmware of the board `stm32f4` on an emulated Black Pill with an SSD1306.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use runtime::{Generator, Latent, Model};

use tests::black_pill::BlackPill;
use tests::firmware::build_package;
use tests::log::Log;

/// Folder for files that tests make.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// How long something of the firmware may take. It takes a few seconds on an idle host.
const PATIENCE: Duration = Duration::from_secs(180);

/// The firmware as its user builds it.
static ELF: LazyLock<PathBuf> = LazyLock::new(|| {
    let elf = Path::new(FOLDER).join("stm32f4.elf");
    build_package("stm32f4", "thumbv7em-none-eabi", None, &elf)
        .unwrap_or_else(|error| panic!("{error}"));
    elf
});

/// A page of the gallery: two rows of four digits, of these labels and seeds. Pixels are on above
/// thresholds that repeat every 4x4 pixels of a picture.
fn page(model: &[u8], digits: &[[u32; 2]]) -> Vec<Vec<u8>> {
    const RANKS: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let model = Model::from_bytes(model).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut screen = vec![vec![0; 128]; 64];
    for (cell, [label, seed]) in digits.iter().enumerate() {
        let mut pixels = [0; 28 * 28];
        let latent = Latent::from_seed(*seed, model.latent_len());
        generator
            .generate(&latent, *label as u8, &mut pixels)
            .unwrap();
        let (left, top) = (8 + cell % 4 * 28, 4 + cell / 4 * 28);
        for (index, ink) in pixels.into_iter().enumerate() {
            let (y, x) = (index / 28, index % 28);
            let lit = u32::from(ink) > 68 + 8 * RANKS[y % 4][x % 4];
            screen[top + y][left + x] = lit.into();
        }
    }
    screen
}

/// The label and the seed of a digit, as the log tells them.
fn digit(message: &str) -> Option<[u32; 2]> {
    let rest = message.strip_prefix("gallery: label ")?;
    let (label, rest) = rest.split_once(", seed ")?;
    let digits = rest.split(|character: char| !character.is_ascii_digit());
    Some([
        label.parse().ok()?,
        digits.into_iter().next()?.parse().ok()?,
    ])
}

#[test]
fn the_first_page_has_the_pixels_that_the_host_computes() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/models/digits.gen.bin");
    let model = fs::read(path).unwrap();
    let log = Log::of(&ELF).unwrap();
    let mut board = BlackPill::start(&ELF, &log, true).unwrap_or_else(|error| panic!("{error}"));
    let size = format!("; {} bytes of flash, ", model.len());
    let digits: Result<Vec<_>, _> = board
        .wait_for("the model", PATIENCE, |message| {
            (message.starts_with("model: mnist digits") && message.contains(&size)).then_some(())
        })
        .and_then(|()| {
            (0..8)
                .map(|_| board.wait_for("a digit", PATIENCE, digit))
                .collect()
        });
    let digits = digits.unwrap_or_else(|error| panic!("{error}"));
    let labels: Vec<u32> = digits.iter().map(|[label, _]| *label).collect();
    assert_eq!(labels, [0, 1, 2, 3, 4, 5, 6, 7]);
    let ready = board.wait_for("the first page", PATIENCE, |message| {
        (message == "page 0 ready").then_some(())
    });
    ready.unwrap_or_else(|error| panic!("{error}"));
    let screen = board.screen();
    assert!(
        screen.rows().eq(page(&model, &digits).iter()),
        "{digits:?}:\n{screen:?}"
    );
}

#[test]
fn without_a_display_the_log_says_so() {
    let log = Log::of(&ELF).unwrap();
    let mut board = BlackPill::start(&ELF, &log, false).unwrap_or_else(|error| panic!("{error}"));
    let said = board.wait_for("what is wrong", PATIENCE, |message| {
        message.contains("display").then(|| message.to_owned())
    });
    let said = said.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(said, "the display does not answer: starting anew");
}
