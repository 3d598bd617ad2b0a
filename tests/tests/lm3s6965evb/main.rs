//! The firmware of the board `lm3s6965evb` on its emulated display.

mod failure;
mod gallery;
mod modes;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Duration;

use runtime::{Generator, Latent, Model};

use tests::board::LM3S6965EVB;
use tests::emulator::{Emulator, Window};
use tests::firmware::build;
use tests::random_model::random_model;
use tests::screen::Screen;

const PATIENCE: Duration = Duration::from_secs(60);

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

/// The model of the repository, and the firmware that shows it.
static COMMITTED: LazyLock<(Vec<u8>, PathBuf)> = LazyLock::new(|| {
    let bytes = fs::read(embed::default_model()).expect("the model of the repository");
    let elf = Path::new(FOLDER).join("lm3s6965evb-default.elf");
    build(&LM3S6965EVB, None, &elf).unwrap_or_else(|error| panic!("{error}"));
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

/// The levels of a picture of 28x28 pixels, `[row][column]`: the nearest of 16 for each pixel.
fn levels(model: &Model, latent: &Latent, label: u8) -> Vec<Vec<u8>> {
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(model, &mut workspace).unwrap();
    let mut pixels = [0; 28 * 28];
    generator.generate(latent, label, &mut pixels).unwrap();
    let level = |&ink: &u8| (f64::from(ink) / 255.0 * 15.0).round() as u8;
    let rows = pixels.chunks(28);
    rows.map(|row| row.iter().map(level).collect()).collect()
}

/// A black display, `[row][column]`.
fn black() -> Vec<Vec<u8>> {
    vec![vec![0; 128]; 64]
}

fn assert_shows(screen: &Screen, expected: &[Vec<u8>], what: &str) {
    assert!(
        screen.rows().eq(expected.iter()),
        "{what} shows\n{screen:?}"
    );
}
