//! `trainer eval`: what it measures, what it prints, and how it refuses.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::common::{self, assert_fails, stderr, trainer};
use serde_json::Value;

/// Pixels of a side of the images.
const SIDE: usize = 12;

/// A user's folder with data of two parts: images of ten kinds that anybody can tell apart.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        fs::create_dir(&data).unwrap();
        for (part, count, seed) in [("train", 400, 1), ("t10k", 200, 2)] {
            let file = |kind: &str| data.join(format!("{part}-{kind}-ubyte"));
            fs::write(file("images-idx3"), images(count, seed)).unwrap();
            fs::write(file("labels-idx1"), labels(count)).unwrap();
        }
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn eval(&self, arguments: &[&str]) -> Output {
        let arguments = [&["eval", "gen.bin", "--data", "data"], arguments].concat();
        trainer(&arguments, self.folder.path()).output().unwrap()
    }

    fn json(&self, arguments: &[&str]) -> Value {
        let output = self.eval(&[&["--json", "--count", "200"], arguments].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// An IDX file of images with a bright block whose place is the class's, of a brightness that
/// differs from image to image.
fn images(count: usize, seed: usize) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    for size in [count, SIDE, SIDE] {
        bytes.extend((size as u32).to_be_bytes());
    }
    for i in 0..count {
        let class = i % 10;
        let (top, left) = (1 + class / 5 * 5, 1 + class % 5 * 2);
        let ink = 100 + (i / 10 * 7 + seed * 3) % 150;
        bytes.extend((0..SIDE * SIDE).map(|at| {
            let (y, x) = (at / SIDE, at % SIDE);
            let inside = (top..top + 5).contains(&y) && (left..left + 2).contains(&x);
            if inside { ink as u8 } else { 0 }
        }));
    }
    bytes
}

fn labels(count: usize) -> Vec<u8> {
    let header = [vec![0, 0, 8, 1], (count as u32).to_be_bytes().to_vec()].concat();
    [header, (0..count).map(|i| (i % 10) as u8).collect()].concat()
}

#[test]
fn json_has_every_figure_and_those_of_real_images() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model_of(10, SIDE as u16)).unwrap();
    let report = home.json(&["--by-class", "--confusion"]);
    assert_eq!(report["images"], 200);
    assert_eq!(report["manifold_images"], 200);
    assert_eq!(report["manifold_k"], 3);
    assert_eq!(report["recognised_by_class"].as_array().unwrap().len(), 10);
    for share in ["recognised", "precision", "recall", "class_imbalance"] {
        let value = report[share].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&value), "{share} {value}");
    }
    assert!(report["frechet"].as_f64().unwrap() > 0.0);
    let nearest = &report["nearest_training_image"];
    assert_eq!(nearest["training_images"], 400);
    for images in ["generated", "test"] {
        assert_eq!(nearest[images]["images"], 200);
        let order = [
            "percentile_5",
            "percentile_25",
            "median",
            "percentile_75",
            "percentile_95",
        ];
        let values: Vec<_> = order
            .iter()
            .map(|name| nearest[images][name].as_f64().unwrap())
            .collect();
        assert!(values.is_sorted(), "{values:?}");
    }
    let real = &report["real"];
    assert_eq!(real["test_images"], 200);
    assert!(real["frechet_between_halves"].as_f64().unwrap() >= 0.0);
    assert_eq!(real["training"]["images"], 200);
    assert!(real["training"]["precision"].as_f64().unwrap() > 0.5);
    let confusion = report["confusion"].as_array().unwrap();
    let counts = confusion.iter().flat_map(|row| row.as_array().unwrap());
    assert_eq!(
        counts.map(|count| count.as_u64().unwrap()).sum::<u64>(),
        200
    );
    let by_class = report["by_class"].as_array().unwrap();
    assert_eq!(by_class.len(), 10);
    assert_eq!(by_class[9]["images"], 20);
    assert!(report["stacked"].is_null());
}

#[test]
fn stacked_counts_the_combinations_of_three_classes() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model_of(10, SIDE as u16)).unwrap();
    let stacked = home.json(&["--stacked"])["stacked"].clone();
    for images in ["model", "test"] {
        assert_eq!(stacked[images]["samples"], 26_000);
        assert_eq!(stacked[images]["of"], 1000);
        assert!((1..=1000).contains(&stacked[images]["modes"].as_u64().unwrap()));
        assert!(stacked[images]["kl"].as_f64().unwrap() > 0.0);
    }
}

#[test]
fn an_unconditional_model_is_judged_without_recognition() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model_of(0, SIDE as u16)).unwrap();
    let report = home.json(&[]);
    assert!(report["recognised"].is_null());
    assert_eq!(report["recognised_by_class"], serde_json::json!([]));
    assert!(report["recall"].is_number());
    let output = home.eval(&["--count", "100"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("no classes"), "{text}");
    let output = home.eval(&["--confusion"]);
    assert_fails(&output, 2, &["--confusion", "gen.bin", "no classes"]);
}

#[test]
fn the_table_names_what_the_figures_stand_for() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model_of(10, SIDE as u16)).unwrap();
    let output = home.eval(&["--count", "150", "--by-class", "--confusion"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "gen.bin against data: 150 images",
        "recognised as asked for",
        "200 test images",
        "Fréchet distance",
        "halves of the test images",
        "150 training images",
        "precision",
        "recall",
        "k = 3",
        "of 150 images and as many test images",
        "Nearest of 400 training images",
        "real spread",
        "asked for, read as",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn the_judge_of_ones_own_data_is_trained_once() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model_of(10, SIDE as u16)).unwrap();
    let first = home.json(&[]);
    let folder = home.path(".cache/pocketgan/classifiers");
    let names = common::names_in(&folder);
    assert_eq!(names.len(), 1);
    let kept = || {
        fs::metadata(folder.join(&names[0]))
            .unwrap()
            .modified()
            .unwrap()
    };
    let before = kept();
    assert_eq!(home.json(&[]), first);
    assert_eq!(kept(), before);
}

#[test]
fn rejects_a_model_of_other_images() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model(10)).unwrap();
    assert_fails(&home.eval(&[]), 1, &["gen.bin", "other images", "--data"]);
    assert_fails(&home.eval(&["--count", "99"]), 2, &["--count", "99"]);
}

#[test]
fn a_trainings_generator_is_compared_with_itself_in_floats() {
    let home = Home::new();
    let train = "train --data data --recipe nano --steps 30 --run run --export gen.bin";
    let arguments: Vec<_> = train.split(' ').collect();
    let output = trainer(&arguments, home.folder.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let report = home.json(&["--run", "run"]);
    let quantization = &report["quantization"];
    assert_eq!(quantization["step"], 30);
    let frechet = |kind: &str| quantization[kind]["frechet"].as_f64().unwrap();
    let (float, quantized) = (frechet("float"), frechet("quantized"));
    assert!(
        float > 0.0 && (quantized / float - 1.0).abs() < 0.1,
        "{float} {quantized}"
    );
    assert_ne!(float, quantized);
    let output = home.eval(&["--run", "data"]);
    assert_fails(&output, 1, &["data", "checkpoint"]);
}
