//! The firmware of the board `rp-pico` on an emulated Pico with an SSD1306.

mod failure;
mod modes;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use runtime::{Generator, Latent, Model};

use tests::firmware::build_package;
use tests::log::Log;
use tests::pico::Pico;
use tests::random_model::random_model;
use tests::screen::Screen;

/// Microseconds that an answer of the firmware may take.
const PATIENCE: u64 = 10_000_000;
/// GPIO pins of the buttons.
const MODE: u8 = 14;
const ACTION: u8 = 15;

/// Folder for files that tests make.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

/// A model of random weights, and the firmware that shows it.
static RANDOM: LazyLock<(Vec<u8>, Firmware)> = LazyLock::new(|| {
    let bytes = random_model(20_240_602);
    let model = file("pico-random.gen.bin", &bytes);
    (bytes, Firmware::build(Some(&model), "rp-pico-random.elf"))
});

/// A firmware file, and what its log means.
struct Firmware {
    elf: PathBuf,
    log: Log,
}

impl Firmware {
    fn build(model: Option<&Path>, name: &str) -> Self {
        let elf = Path::new(FOLDER).join(name);
        build_package("rp-pico", "thumbv6m-none-eabi", model, &elf)
            .unwrap_or_else(|error| panic!("{error}"));
        Self::read(elf)
    }

    fn read(elf: PathBuf) -> Self {
        let log = Log::of(&elf).unwrap();
        Self { elf, log }
    }

    fn start(&self) -> Pico<'_> {
        Pico::start(&self.elf, &self.log, 20_240_603).unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Writes a file, unless it is there already: a newer one would be built again.
fn file(name: &str, bytes: &[u8]) -> PathBuf {
    let path = Path::new(FOLDER).join(name);
    if fs::read(&path).ok().as_deref() != Some(bytes) {
        fs::write(&path, bytes).unwrap();
    }
    path
}

/// Waits for a message that begins with `start`, and returns the first `N` numbers in what follows.
#[track_caller]
fn numbers_after<const N: usize>(pico: &mut Pico, start: &str) -> [u32; N] {
    let numbers = pico.wait_for(start, PATIENCE, |message| {
        let rest = message.strip_prefix(start)?;
        let words = rest.split(|character: char| !character.is_ascii_digit());
        let mut numbers = words.filter_map(|word| word.parse().ok());
        let array = [(); N].map(|()| numbers.next());
        Some(array.map(|number| number.expect("as many numbers")))
    });
    numbers.unwrap_or_else(|error| panic!("{error}"))
}

/// The ink of a picture of 28x28 pixels, `[row][column]`.
fn ink(model: &[u8], latent: impl Fn(usize) -> Latent, label: u32) -> Vec<Vec<u8>> {
    let model = Model::from_bytes(model).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut pixels = [0; 28 * 28];
    let latent = latent(model.latent_len());
    generator
        .generate(&latent, label as u8, &mut pixels)
        .unwrap();
    pixels.chunks(28).map(Vec::from).collect()
}

/// A picture as a display of one bit shows it, each pixel `scale` times as large, `[row][column]`:
/// a repeated matrix of 4x4 thresholds, ranked as Bayer ranks them, around the middle of the range.
fn dithered(ink: &[Vec<u8>], scale: usize) -> Vec<Vec<u8>> {
    const RANKS: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let [height, width] = [ink.len(), ink[0].len()].map(|side| side * scale);
    let lit = |y: usize, x: usize| {
        let ink = u32::from(ink[y / scale][x / scale]);
        (ink > 68 + 8 * RANKS[y % 4][x % 4]).into()
    };
    (0..height)
        .map(|y| (0..width).map(|x| lit(y, x)).collect())
        .collect()
}

/// A dark display, `[row][column]`.
fn dark() -> Vec<Vec<u8>> {
    vec![vec![0; 128]; 64]
}

/// Puts a picture on a display.
fn put(screen: &mut [Vec<u8>], (left, top): (usize, usize), picture: &[Vec<u8>]) {
    for (y, row) in picture.iter().enumerate() {
        screen[top + y][left..left + row.len()].copy_from_slice(row);
    }
}

#[track_caller]
fn assert_shows(screen: &Screen, expected: &[Vec<u8>], what: &str) {
    assert!(
        screen.rows().eq(expected.iter()),
        "{what} shows\n{screen:?}"
    );
}
