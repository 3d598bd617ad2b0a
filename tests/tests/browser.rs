//! The browser board's page in headless Chromium: what it shows is what this machine draws, and
//! everything on it works.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::{env, fs};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use embedded_graphics::Pixel;
use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{OriginDimensions, Point, Size};
use embedded_graphics::pixelcolor::{BinaryColor, Rgb565, Rgb888, RgbColor};
use firmware::{App, Board, Clock, Ink, Input, Time};
use runtime::{Generator, Latent, Model};
use serde::Deserialize;
use tempfile::TempDir;
use tests::page;
use tests::random_model::random_model;

const ADVICE: &str = "the page's tests need Chromium, Node.js and their packages: \
    `apt-get install chromium nodejs npm`, then `npm ci` in tests/browser";

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn default_model() -> Vec<u8> {
    fs::read(embed::default_model()).unwrap()
}

/// The page with the repository's model, built as its user does.
fn the_page() -> &'static Path {
    static PAGE: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = PAGE.get_or_init(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["build", "--release", "--quiet", "--locked", "--target-dir"])
            .arg(&target)
            .current_dir(here().join("../firmware/boards/browser"));
        for variable in [
            "CARGO_BUILD_TARGET",
            "CARGO_ENCODED_RUSTFLAGS",
            "GEN_BIN",
            "RUSTFLAGS",
        ] {
            command.env_remove(variable);
        }
        let built = command.output().unwrap();
        let errors = String::from_utf8_lossy(&built.stderr);
        assert!(
            built.status.success(),
            "the page's firmware does not build; if the target is missing: \
             rustup target add wasm32-unknown-unknown\n{errors}"
        );
        let folder = tempfile::tempdir().unwrap();
        let wasm = target.join("wasm32-unknown-unknown/release/browser.wasm");
        let bytes = fs::metadata(&wasm).unwrap().len();
        assert!(
            bytes < 80 * 1024,
            "the module with the model takes {bytes} bytes"
        );
        let path = page::write(&wasm, folder.path()).unwrap();
        (folder, path)
    });
    path
}

/// Runs Node.js in `tests/browser` on the page.
fn node(arguments: &[&str], variables: &[(&str, &Path)]) -> Output {
    let folder = here().join("browser");
    let packages = folder.join("node_modules/puppeteer-core").is_dir();
    let chromium = chromium().filter(|_| packages).expect(ADVICE);
    Command::new("node")
        .args(arguments)
        .current_dir(folder)
        .env("CHROMIUM", chromium)
        .env("PAGE", the_page())
        .envs(variables.iter().copied())
        .output()
        .expect(ADVICE)
}

/// Chromium, by any of its names.
fn chromium() -> Option<PathBuf> {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| names.map(|name| folder.join(name)))
        .find(|program| program.is_file())
}

/// What `observe.mjs` prints.
#[derive(Deserialize)]
struct Observed {
    boards: Vec<ObservedBoard>,
    pictures: Vec<Picture>,
}

#[derive(Deserialize)]
struct ObservedBoard {
    color: String,
    mode: String,
    rgb: String,
    digits: Vec<Digit>,
}

/// A digit in the page's log.
#[derive(Deserialize)]
struct Digit {
    label: u8,
    from: u32,
    to: u32,
    t: u16,
}

#[derive(Deserialize)]
struct Picture {
    seed: u32,
    label: u8,
    right: u16,
    down: u16,
    rgb: String,
    map: String,
}

type Rgb = [u8; 3];

fn pixels(base64: &str) -> Vec<Rgb> {
    let bytes = BASE64_STANDARD.decode(base64).unwrap();
    bytes.as_chunks().0.to_vec()
}

/// The image of a latent and a label: ink.
fn draw(model: &Model, latent: &Latent, label: u8) -> Vec<u8> {
    let mut workspace = vec![0; model.workspace_len()];
    let mut ink = vec![0; model.image().len()];
    let mut generator = Generator::new(model, &mut workspace).unwrap();
    generator.generate(latent, label, &mut ink).unwrap();
    ink
}

fn latent_of(model: &Model, digit: &Digit) -> Latent {
    let [from, to] = [digit.from, digit.to].map(|seed| Latent::from_seed(seed, model.latent_len()));
    Latent::interpolate(&from, &to, digit.t)
}

/// The colour of ink on a display; `at` is the place in the picture.
fn color(display: &str, ink: u8, at: Point) -> Rgb {
    match display {
        "16 greys" => [((u16::from(ink) + 8) / 17 * 17) as u8; 3],
        "1 bit" => match BinaryColor::from_ink(ink, at) {
            BinaryColor::On => [255; 3],
            BinaryColor::Off => [0; 3],
        },
        "Colour" => {
            let color = Rgb888::from(Rgb565::from_ink(ink, at));
            [color.r(), color.g(), color.b()]
        }
        _ => panic!("no such display: {display}"),
    }
}

/// A black display of 128x64.
struct Screen(Vec<Rgb>);

impl Screen {
    const WIDTH: usize = 128;

    fn new() -> Self {
        Self(vec![[0; 3]; Self::WIDTH * 64])
    }

    /// Draws columns `from` to `to` of an image of 28x28, each pixel as a square of `scale`.
    fn put(
        &mut self,
        display: &str,
        ink: &[u8],
        (left, top): (usize, usize),
        (from, to): (usize, usize),
        scale: usize,
    ) {
        for y in 0..28 * scale {
            for x in 0..(to - from) * scale {
                let at = Point::new(x as i32, y as i32);
                let ink = ink[y / scale * 28 + from + x / scale];
                self.0[(top + y) * Self::WIDTH + left + x] = color(display, ink, at);
            }
        }
    }
}

/// What a board must show, from the digits that its log tells.
fn expected(model: &Model, board: &ObservedBoard) -> Vec<Rgb> {
    let mut screen = Screen::new();
    let display = &board.color;
    let draw = |digit: &Digit| draw(model, &latent_of(model, digit), digit.label);
    match board.mode.as_str() {
        "Gallery" => {
            for (number, digit) in board.digits.iter().enumerate() {
                assert_eq!(usize::from(digit.label), number % 10);
                let place = (8 + number % 4 * 28, 4 + number % 8 / 4 * 28);
                screen.put(display, &draw(digit), place, (0, 28), 1);
            }
        }
        "Morph" | "Ask" => {
            let digit = board.digits.last().unwrap();
            screen.put(display, &draw(digit), (36, 4), (0, 28), 2);
        }
        "Handwriting" => {
            // Ten digits in two rows: five to 128 pixels leave each 25 columns of its 28.
            for (number, digit) in board.digits.iter().enumerate() {
                assert_eq!(usize::from(digit.label), number);
                assert_eq!(digit.from, board.digits[0].from);
                let place = (1 + number % 5 * 25, 4 + number / 5 * 28);
                screen.put(display, &draw(digit), place, (1, 26), 1);
            }
        }
        "Clock" => {
            let labels: Vec<u8> = board.digits.iter().map(|digit| digit.label).collect();
            assert_eq!(labels, [0, 0, 3, 5]);
            screen = clock(model, board.digits[0].from);
        }
        mode => panic!("no such mode: {mode}"),
    }
    screen.0
}

/// The app's clock on this machine, at 0:35 in the handwriting of a seed.
fn clock(model: &Model, seed: u32) -> Screen {
    let mut host = Host {
        display: GreyScreen(Screen::new()),
        seeds: VecDeque::from([seed]),
    };
    let mut workspace = vec![0; model.workspace_len()];
    let mut app = App::<Clock>::start(model, &mut workspace, &mut host).unwrap();
    while app.step(&mut host).unwrap().is_some() {}
    host.display.0
}

struct Host {
    display: GreyScreen,
    seeds: VecDeque<u32>,
}

impl Board for Host {
    type Display = GreyScreen;

    fn display(&mut self) -> &mut GreyScreen {
        &mut self.display
    }

    fn micros(&self) -> u32 {
        0
    }

    fn input(&mut self) -> Option<Input> {
        None
    }

    fn entropy(&mut self) -> Option<u32> {
        self.seeds.pop_front()
    }

    fn time(&mut self) -> Option<Time> {
        Time::new(0, 35)
    }
}

struct GreyScreen(Screen);

impl OriginDimensions for GreyScreen {
    fn size(&self) -> Size {
        Size::new(128, 64)
    }
}

impl DrawTarget for GreyScreen {
    type Color = embedded_graphics::pixelcolor::Gray4;
    type Error = Infallible;

    fn draw_iter<I: IntoIterator<Item = Pixel<Self::Color>>>(
        &mut self,
        pixels: I,
    ) -> Result<(), Infallible> {
        use embedded_graphics::pixelcolor::GrayColor;
        for Pixel(at, color) in pixels {
            self.0.0[at.y as usize * Screen::WIDTH + at.x as usize] = [color.luma() * 17; 3];
        }
        Ok(())
    }
}

/// The ink between four seeds, by the runtime alone.
fn between(model: &Model, seed: u32, label: u8, right: u16, down: u16) -> Vec<u8> {
    let corner = |n: u32| Latent::from_seed(seed.wrapping_add(n), model.latent_len());
    let upper = Latent::interpolate(&corner(0), &corner(1), right);
    let lower = Latent::interpolate(&corner(2), &corner(3), right);
    draw(model, &Latent::interpolate(&upper, &lower, down), label)
}

/// Asserts that two pictures are the same, and says where they differ.
fn assert_same(found: &[Rgb], expected: &[Rgb], width: usize, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let different: Vec<_> = (0..found.len())
        .filter(|&index| found[index] != expected[index])
        .map(|index| (index % width, index / width, found[index], expected[index]))
        .collect();
    assert!(
        different.is_empty(),
        "{what}: {} pixels differ, the first (x, y, found, expected): {:?}",
        different.len(),
        &different[..different.len().min(5)]
    );
}

#[test]
fn every_pixel_is_the_hosts() {
    let output = node(&["observe.mjs"], &[]);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let observed: Observed = serde_json::from_slice(&output.stdout).unwrap();

    let file = Aligned::new(&default_model());
    let model = Model::from_bytes(file.bytes()).unwrap();
    assert_eq!(observed.boards.len(), 7);
    for board in &observed.boards {
        let what = format!("{} on {}", board.mode, board.color);
        assert_same(&pixels(&board.rgb), &expected(&model, board), 128, &what);
    }

    assert_eq!(observed.pictures.len(), 4);
    for &Picture {
        seed,
        label,
        right,
        down,
        ref rgb,
        ref map,
    } in &observed.pictures
    {
        let what = format!("seed {seed}, label {label}, {right} right, {down} down");
        let grey = |ink: Vec<u8>| ink.into_iter().map(|ink| [ink; 3]).collect::<Vec<_>>();
        let expected = grey(between(&model, seed, label, right, down));
        assert_same(&pixels(rgb), &expected, 28, &what);
        let map = pixels(map);
        for cell in 0..49 {
            let way = |index: usize| (index as f64 * 256.0 / 6.0).round() as u16;
            let (column, row) = (cell % 7, cell / 7);
            let expected = grey(between(&model, seed, label, way(column), way(row)));
            let rows = (0..28).flat_map(|y| &map[(row * 28 + y) * 196 + column * 28..][..28]);
            let found: Vec<Rgb> = rows.copied().collect();
            assert_same(
                &found,
                &expected,
                28,
                &format!("{what}, cell {cell} of the map"),
            );
        }
    }
}

#[test]
fn every_control_works() {
    let scratch = tempfile::tempdir().unwrap();
    let model = scratch.path().join("random.bin");
    fs::write(&model, random_model(1)).unwrap();
    let variables = [("MODEL", model.as_path()), ("SCRATCH", scratch.path())];
    let output = node(&["--test", "page.test.mjs"], &variables);
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
}

/// A file at an address that suits the runtime.
struct Aligned {
    words: Vec<u32>,
    len: usize,
}

impl Aligned {
    fn new(bytes: &[u8]) -> Self {
        let mut words = vec![0; bytes.len().div_ceil(4)];
        bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
        Self {
            words,
            len: bytes.len(),
        }
    }

    fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}
