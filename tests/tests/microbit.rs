//! The firmware of the board `microbit`, in the little memory that its linker script leaves it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use runtime::{Generator, Latent, Model};

use tests::Error;
use tests::firmware::build_package;
use tests::microbit::Microbit;
use tests::random_model::random_model_of;
use tests::sizes::Sizes;

/// Folder for files that tests make.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");
/// Bytes with which the display is cleared, twice: by the driver and by the app.
const CLEARED: u64 = 2 * 1024;
/// Bytes of a digit: 28 columns in four pages.
const DIGIT: u64 = 4 * 28;
/// Digits of a page: two rows of four.
const PAGE: u64 = 8;

/// RAM that the linker script leaves the firmware, in bytes.
const RAM: usize = 2 * 1024;

/// The model that the firmware has if it is not told another, and the firmware.
static DEFAULT: LazyLock<(Vec<u8>, PathBuf)> = LazyLock::new(|| {
    let elf = Path::new(FOLDER).join("microbit.elf");
    build_package("microbit", "thumbv6m-none-eabi", None, &elf)
        .unwrap_or_else(|error| panic!("{error}"));
    let model = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/models/pico.gen.bin");
    (fs::read(model).unwrap(), elf)
});

/// Page `page` of the gallery: digit `n` has the seed `n` and the label `n` modulo ten, and pixels
/// are on above thresholds that repeat every 4x4 pixels of a picture.
fn expected_page(model: &[u8], page: u64) -> Vec<Vec<u8>> {
    const RANKS: [[u32; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
    let model = Model::from_bytes(model).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut screen = vec![vec![0; 128]; 64];
    for cell in 0..PAGE {
        let number = page * PAGE + cell;
        let mut pixels = [0; 28 * 28];
        let latent = Latent::from_seed(number as u32, model.latent_len());
        generator
            .generate(&latent, (number % 10) as u8, &mut pixels)
            .unwrap();
        let (left, top) = (8 + cell as usize % 4 * 28, 4 + cell as usize / 4 * 28);
        for (index, ink) in pixels.into_iter().enumerate() {
            let (y, x) = (index / 28, index % 28);
            let lit = u32::from(ink) > 68 + 8 * RANKS[y % 4][x % 4];
            screen[top + y][left + x] = lit.into();
        }
    }
    screen
}

#[test]
fn two_pages_have_the_pixels_that_the_host_computes() {
    let (model, elf) = &*DEFAULT;
    let mut board = Microbit::start(elf).unwrap();
    for page in 0..2 {
        board
            .run_until_pixels(CLEARED + (page + 1) * PAGE * DIGIT)
            .unwrap_or_else(|error| panic!("{error}"));
        let screen = board.screen();
        assert!(
            screen.rows().eq(expected_page(model, page).iter()),
            "page {page}:\n{screen:?}"
        );
    }
    let stack = board.stack().unwrap();
    assert!((RAM / 2..=RAM).contains(&stack), "{stack} bytes");
}

#[test]
fn it_fits_in_16_kb_of_flash_and_2_kb_of_ram() {
    let sizes = Sizes::of(&DEFAULT.1).unwrap();
    assert!(sizes.flash <= 16 * 1024, "{sizes:?}");
    // The stack has all of the RAM. If it needed more, it would leave the memory that QEMU has there,
    // and nothing would be drawn.
    assert_eq!(sizes.fixed_ram, 0);
}

#[test]
fn a_model_with_layers_that_are_left_out_fails_the_build() {
    // The second layer sums 2x2 pixels of 40 channels.
    let path = Path::new(FOLDER).join("microbit-long.gen.bin");
    fs::write(&path, random_model_of(1, 16, [40, 8])).unwrap();
    let elf = Path::new(FOLDER).join("microbit-never.elf");
    let built = build_package("microbit", "thumbv6m-none-eabi", Some(&path), &elf);
    let Err(Error::Build { output, .. }) = built else {
        panic!("the build does not fail");
    };
    let sentence = "microbit-long.gen.bin: layer 1 needs the feature `long`";
    assert!(output.contains(sentence), "{output}");
}

#[test]
fn a_model_that_was_damaged_in_flash_makes_the_display_white() {
    let (model, elf) = &*DEFAULT;
    let mut elf = fs::read(elf).unwrap();
    let start = elf
        .windows(model.len())
        .position(|window| window == model)
        .expect("the model is in the firmware as it is");
    elf[start + model.len() / 2] ^= 0x10;
    let damaged = Path::new(FOLDER).join("microbit-damaged.elf");
    fs::write(&damaged, elf).unwrap();
    let mut board = Microbit::start(&damaged).unwrap();
    board
        .run_until_pixels(CLEARED)
        .unwrap_or_else(|error| panic!("{error}"));
    let screen = board.screen();
    assert!(
        screen.rows().flatten().all(|level| *level == 1),
        "{screen:?}"
    );
}
