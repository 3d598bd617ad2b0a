//! `trainer sample` in latent space: interpolation, style, attributes, and animated GIFs.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::common::{self, assert_fails, names_in, stderr, trainer};
use runtime::{Generator, Latent, Model};

/// Bytes of an image of the models.
const SIZE: usize = 5 * 6;

/// A user's folder that holds a model.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new(classes: u8) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gen.bin"), common::model(classes)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn sample(&self, arguments: &[&str]) -> Output {
        let arguments = [&["sample", "gen.bin"], arguments].concat();
        trainer(&arguments, self.folder.path()).output().unwrap()
    }

    /// The images that these arguments draw.
    fn raw(&self, arguments: &[&str]) -> Vec<Vec<u8>> {
        let output = self.sample(&[arguments, &["--raw", "out.raw"]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let bytes = fs::read(self.path("out.raw")).unwrap();
        bytes.chunks_exact(SIZE).map(<[u8]>::to_vec).collect()
    }

    /// What the runtime draws of a latent.
    fn draw(&self, latent: &Latent, label: u8) -> Vec<u8> {
        let bytes = fs::read(self.path("gen.bin")).unwrap();
        let model = Model::from_bytes(&bytes).unwrap();
        let mut workspace = vec![0; model.workspace_len()];
        let mut image = vec![0; SIZE];
        let mut generator = Generator::new(&model, &mut workspace).unwrap();
        generator.generate(latent, label, &mut image).unwrap();
        image
    }

    fn draw_seed(&self, seed: u32, label: u8) -> Vec<u8> {
        self.draw(&Latent::from_seed(seed, 4), label)
    }
}

/// Pixels and durations of a GIF's frames.
fn frames(gif: &[u8]) -> Vec<(Vec<u8>, u16)> {
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::Indexed);
    let mut decoder = options.read_info(gif).unwrap();
    let mut frames = Vec::new();
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        frames.push((frame.buffer.to_vec(), frame.delay));
    }
    frames
}

#[test]
fn interpolation_moves_the_latent_as_the_runtime_does() {
    let home = Home::new(10);
    let images = home.raw(&[
        "--interpolate",
        "--count",
        "2",
        "--steps",
        "5",
        "--seed",
        "7",
    ]);
    assert_eq!(images.len(), 10);
    let (from, to) = (Latent::from_seed(7, 4), Latent::from_seed(8, 4));
    for (step, t) in [0, 64, 128, 192, 256].into_iter().enumerate() {
        let latent = Latent::interpolate(&from, &to, t);
        assert_eq!(images[step], home.draw(&latent, 0), "step {step}");
    }
    // The second row has the next class and latents of its own.
    assert_eq!(images[5], home.draw_seed(9, 1));
    assert_eq!(images[9], home.draw_seed(10, 1));
}

#[test]
fn interpolation_between_digits_begins_and_ends_with_them() {
    let home = Home::new(10);
    let images = home.raw(&["--interpolate", "3,8", "--count", "1", "--steps", "9"]);
    assert_eq!(images.len(), 9);
    assert_eq!(images[0], home.draw_seed(0, 3));
    assert_eq!(images[8], home.draw_seed(1, 8));
    // On the way no step is as far as the whole way.
    let far = |a: &[u8], b: &[u8]| -> u32 {
        a.iter()
            .zip(b)
            .map(|(&a, &b)| u32::from(a.abs_diff(b)))
            .sum()
    };
    let whole = far(&images[0], &images[8]);
    assert!(whole > 0);
    assert!(
        images
            .windows(2)
            .all(|pair| far(&pair[0], &pair[1]) < whole)
    );
    // The same digit twice is a way between latents alone.
    let images = home.raw(&["--interpolate", "4,4", "--count", "1", "--steps", "3"]);
    let (from, to) = (Latent::from_seed(0, 4), Latent::from_seed(1, 4));
    assert_eq!(
        images[1],
        home.draw(&Latent::interpolate(&from, &to, 128), 4)
    );
}

#[test]
fn style_draws_one_latent_with_all_labels() {
    let home = Home::new(10);
    let images = home.raw(&["--style", "--count", "2", "--seed", "5"]);
    assert_eq!(images.len(), 20);
    for label in 0..10 {
        assert_eq!(images[usize::from(label)], home.draw_seed(5, label));
        assert_eq!(images[10 + usize::from(label)], home.draw_seed(6, label));
    }
}

#[test]
fn an_attribute_grows_from_left_to_right() {
    let home = Home::new(10);
    let arguments = [
        "--attribute",
        "weight",
        "--count",
        "10",
        "--steps",
        "3",
        "--amount",
        "0.5",
    ];
    let images = home.raw(&arguments);
    assert_eq!(images.len(), 30);
    let ink = |images: Vec<&Vec<u8>>| -> u32 {
        images
            .into_iter()
            .flatten()
            .map(|&pixel| u32::from(pixel))
            .sum()
    };
    let column = |column: usize| images.iter().skip(column).step_by(3).collect::<Vec<_>>();
    assert!(ink(column(0)) < ink(column(1)));
    assert!(ink(column(1)) < ink(column(2)));
    // In the middle nothing is added.
    assert_eq!(images[1], home.draw_seed(0, 0));
    assert_eq!(images[3 * 9 + 1], home.draw_seed(9, 9));
}

#[test]
fn an_unconditional_model_interpolates_and_has_attributes_but_no_style() {
    let home = Home::new(0);
    let images = home.raw(&["--interpolate", "--count", "1", "--steps", "2"]);
    assert_eq!(images, [home.draw_seed(0, 0), home.draw_seed(1, 0)]);
    assert_eq!(
        home.raw(&["--attribute", "slant", "--count", "1"]).len(),
        11
    );
    for arguments in [vec!["--style"], vec!["--interpolate", "0,1"]] {
        assert_fails(&home.sample(&arguments), 2, &[arguments[0], "no classes"]);
    }
}

#[test]
fn every_way_of_drawing_has_a_png_and_a_gif_that_moves() {
    let home = Home::new(10);
    for (arguments, count) in [
        (vec![], 3),
        // There and back, each end once.
        (vec!["--interpolate", "1,7", "--steps", "6"], 10),
        (vec!["--attribute", "width", "--steps", "4"], 6),
        // From each of three handwritings to the next.
        (vec!["--style", "--steps", "4"], 9),
    ] {
        let files = ["--count", "3", "--out", "a.png", "--gif", "a.gif"];
        let output = home.sample(&[&arguments[..], &files].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        let png = fs::read(home.path("a.png")).unwrap();
        assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
        let gif = fs::read(home.path("a.gif")).unwrap();
        let frames = frames(&gif);
        assert_eq!(frames.len(), count, "{arguments:?}");
        assert!(frames.iter().all(|(_, hundredths)| *hundredths > 0));
        assert!(
            frames.windows(2).all(|pair| pair[0].0 != pair[1].0),
            "{arguments:?}"
        );
    }
    assert_eq!(names_in(home.folder.path()), ["a.gif", "a.png", "gen.bin"]);
}

#[test]
fn rejects_arguments_that_do_not_go_together() {
    let home = Home::new(10);
    for (arguments, parts) in [
        (
            vec!["--interpolate", "3,10"],
            vec!["--interpolate 3,10", "0 to 9"],
        ),
        (vec!["--interpolate", "3-8"], vec!["--interpolate", "3,8"]),
        (
            vec!["--interpolate", "--style"],
            vec!["--interpolate", "--style"],
        ),
        (vec!["--style", "--digit", "3"], vec!["--style", "--digit"]),
        (vec!["--attribute", "colour"], vec!["colour", "slant"]),
        (vec!["--amount", "2"], vec!["--attribute"]),
        (
            vec!["--attribute", "slant", "--amount", "nan"],
            vec!["--amount"],
        ),
        (vec!["--steps", "5"], vec!["--steps", "--interpolate"]),
        (vec!["--interpolate", "--steps", "1"], vec!["--steps", "1"]),
        (
            vec!["--interpolate", "--count", "9999"],
            vec!["--count", "--steps", "10000"],
        ),
        (vec!["--out", "a.gif"], vec!["--gif a.gif"]),
        (vec!["--gif", "a", "--raw", "a"], vec!["--gif", "--raw"]),
    ] {
        let arguments = [&arguments[..], &["--seed", "1"]].concat();
        assert_fails(&home.sample(&arguments), 2, &parts);
    }
    assert_eq!(names_in(home.folder.path()), ["gen.bin"]);
}
