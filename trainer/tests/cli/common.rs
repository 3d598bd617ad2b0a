//! Running the `trainer` program and looking at what it says.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape};
use runtime::geometry::Geometry;
use runtime::layout;
use tempfile::TempDir;
use trainer::data::strokes::strokes;

/// The program with these arguments, away from this user's data and settings.
pub fn trainer(arguments: &[&str], home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trainer"));
    command
        .args(arguments)
        .env_clear()
        .env("HOME", home)
        .current_dir(home);
    command
}

/// What the program said on stderr.
pub fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Checks that the program failed with this exit code and one sentence, which contains all of
/// `parts`.
#[track_caller]
pub fn assert_fails(output: &Output, code: i32, parts: &[&str]) {
    let stderr = stderr(output);
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    assert_eq!(stderr.lines().count(), 1, "{stderr}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    for part in parts {
        assert!(stderr.contains(part), "no {part:?} in {stderr}");
    }
}

/// Names of the files in a folder, hidden ones too.
pub fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// A valid model file of one dense layer: latents of 4, images of 5x6, `classes` classes.
pub fn model(classes: u8) -> Vec<u8> {
    dense(classes, Shape::new(5, 6, 1))
}

/// The same with square images of `side` pixels a side.
pub fn model_of(classes: u8, side: u16) -> Vec<u8> {
    dense(classes, Shape::new(side, side, 1))
}

fn dense(classes: u8, image: Shape) -> Vec<u8> {
    let geometry = Geometry {
        kind: Kind::Dense,
        input: Shape::new(1, 1, 4),
        output: image,
    };
    let plain: Vec<_> = (0..geometry.weights()).map(|i| small(i * 53)).collect();
    let mut weights = vec![0; layout::weights_len(&geometry, 8)];
    layout::pack(&geometry, 8, &plain, &mut weights);
    let label: Vec<_> = (0..usize::from(classes) * geometry.output.len())
        .map(|i| small(i * 31) as u8)
        .collect();
    let layer = Layer {
        kind: geometry.kind,
        output: geometry.output,
        activation: Activation::Tanh,
        bits: 8,
        pre_shift: 6,
        post_shift: 15,
        multipliers: &20_000u16.to_le_bytes(),
        bias_shift: 0,
        bias: &[],
        label_shift: 6,
        label: &label,
        weights: &weights,
    };
    let provenance = Provenance {
        data_set: "by hand",
        ..Provenance::UNKNOWN
    };
    let layers = [layer].into_iter().collect();
    let file = File::new(provenance, 4, classes, layers);
    file.encode(&mut [0; 1 << 15]).unwrap().to_vec()
}

/// Some number of -127 to 127.
fn small(number: usize) -> i8 {
    ((number % 255) as i16 - 127) as i8
}

/// Files of as many images of strokes as are asked for; the path of their folder from `home`.
pub fn small_mnist(home: &TempDir, count: u32) -> &'static str {
    cropped_mnist(home, count, 28);
    "data"
}

/// The same in a folder `data`, of which only the middle `side` x `side` pixels are left.
pub fn cropped_mnist(home: &TempDir, count: u32, side: usize) {
    let images = strokes(count as usize, 5);
    let folder = home.path().join("data");
    fs::create_dir(&folder).unwrap();
    let header = |magic: u32, sizes: &[u32]| -> Vec<u8> {
        let numbers = [&[magic, count], sizes].concat();
        numbers.iter().flat_map(|n| n.to_be_bytes()).collect()
    };
    let margin = (images.width - side) / 2;
    let mut pixels = header(2051, &[side as u32; 2]);
    for index in 0..images.len() {
        for row in images
            .image(index)
            .chunks(images.width)
            .skip(margin)
            .take(side)
        {
            pixels.extend(&row[margin..margin + side]);
        }
    }
    let labels = [header(2049, &[]), images.labels].concat();
    for part in ["train", "t10k"] {
        fs::write(folder.join(format!("{part}-images-idx3-ubyte")), &pixels).unwrap();
        fs::write(folder.join(format!("{part}-labels-idx1-ubyte")), &labels).unwrap();
    }
}
