//! `trainer train` and data that cannot be used: it says what is wrong before it trains, and
//! leaves an older model alone.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Output;

use crate::common::{assert_fails, names_in, trainer};

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";

/// A user's folder with an older model and, in `data`, seventy images of 28x28 pixels.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let home = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        fs::create_dir(home.path("data")).unwrap();
        fs::write(home.data(IMAGES), images(70)).unwrap();
        fs::write(home.data(LABELS), labels(70)).unwrap();
        fs::write(home.path("gen.bin"), "an older model").unwrap();
        home
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn data(&self, name: &str) -> PathBuf {
        self.path("data").join(name)
    }

    fn train(&self, arguments: &[&str]) -> Output {
        let arguments = [&["train", "--export", "gen.bin"], arguments].concat();
        trainer(&arguments, self.folder.path()).output().unwrap()
    }

    /// Checks that training ended with this exit code and one sentence, which contains all of
    /// `parts`, and that nothing has been written.
    #[track_caller]
    fn assert_refused(&self, output: &Output, code: i32, parts: &[&str]) {
        assert_fails(output, code, parts);
        assert_eq!(fs::read(self.path("gen.bin")).unwrap(), b"an older model");
        let known = |name: &String| matches!(name.as_str(), "data" | "gen.bin" | ".cache");
        assert!(names_in(self.folder.path()).iter().all(known));
    }
}

fn images(count: u8) -> Vec<u8> {
    let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 28, 0, 0, 0, 28];
    [header.to_vec(), vec![100; usize::from(count) * 784]].concat()
}

fn labels(count: u8) -> Vec<u8> {
    let header = vec![0, 0, 8, 1, 0, 0, 0, count];
    [header, (0..count).map(|i| i % 10).collect()].concat()
}

#[test]
fn a_missing_path_is_named() {
    let home = Home::new();
    let output = home.train(&["--data", "absent"]);
    home.assert_refused(&output, 1, &["absent", "mnist", "strokes"]);
}

#[test]
fn a_folder_without_data_is_named() {
    let home = Home::new();
    fs::remove_file(home.data(IMAGES)).unwrap();
    let output = home.train(&["--data", "data"]);
    home.assert_refused(&output, 1, &["no data in data", IMAGES]);
}

#[test]
fn missing_labels_are_named() {
    let home = Home::new();
    fs::remove_file(home.data(LABELS)).unwrap();
    let output = home.train(&["--data", "data"]);
    home.assert_refused(&output, 1, &["labels", &format!("data/{LABELS}")]);
}

#[test]
fn a_broken_images_file_is_named_with_what_is_wrong() {
    let whole = images(70);
    let trailing = [whole.clone(), vec![0]].concat();
    let mut absurd = whole.clone();
    absurd[8] = 0xff;
    let cases: [(&[u8], &str); 7] = [
        (b"", "empty"),
        (&whole[..10], "cut off"),
        (&whole[..20_000], "cut off"),
        (&trailing, "goes on"),
        (&labels(70), "swapped"),
        (b"<!DOCTYPE html>", "not an IDX file"),
        (&absurd, "cannot be right"),
    ];
    for (content, part) in cases {
        let home = Home::new();
        fs::write(home.data(IMAGES), content).unwrap();
        let file = format!("data/{IMAGES}");
        for data in ["data", &file] {
            let output = home.train(&["--data", data]);
            home.assert_refused(&output, 1, &[&file, part]);
        }
    }
}

#[test]
fn a_broken_labels_file_is_named_with_what_is_wrong() {
    let mut eleven = labels(70);
    eleven[20] = 11;
    let cases: [(&[u8], &str); 4] = [
        (&labels(69), "69 labels"),
        (&images(70), "swapped"),
        (&eleven, "label 12 is 11"),
        (&labels(70)[..50], "cut off"),
    ];
    for (content, part) in cases {
        let home = Home::new();
        fs::write(home.data(LABELS), content).unwrap();
        let output = home.train(&["--data", "data"]);
        home.assert_refused(&output, 1, &[&format!("data/{LABELS}"), part]);
    }
}

#[test]
fn a_broken_path_in_the_environment_is_no_reason_to_fall_back() {
    let home = Home::new();
    let output = trainer(&["train", "--export", "gen.bin"], home.folder.path())
        .env("POCKETGAN_DATA", "absent")
        .output()
        .unwrap();
    home.assert_refused(&output, 1, &["absent"]);
}

#[test]
fn mnist_by_name_is_an_error_where_it_cannot_be_downloaded() {
    let home = Home::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mirror = format!("http://{}/mnist", listener.local_addr().unwrap());
    drop(listener);
    for arguments in [
        vec!["--data", "mnist", "--mirror", &mirror],
        vec!["--mirror", &mirror],
    ] {
        let output = home.train(&arguments);
        home.assert_refused(&output, 1, &["MNIST", &mirror, "refused", "--data"]);
    }
}

#[test]
fn a_mirror_that_makes_no_sense_is_a_usage_error() {
    let home = Home::new();
    let output = home.train(&["--mirror", "somewhere"]);
    home.assert_refused(&output, 2, &["--mirror", "https://"]);
    let output = home.train(&["--data", "strokes", "--mirror", "http://127.0.0.1/"]);
    home.assert_refused(&output, 2, &["--mirror", "--data"]);
}

#[test]
fn an_export_without_a_place_is_refused_before_training() {
    let home = Home::new();
    let arguments = ["train", "--data", "data", "--export", "absent/gen.bin"];
    let output = trainer(&arguments, home.folder.path()).output().unwrap();
    home.assert_refused(&output, 1, &["absent/gen.bin", "no folder absent"]);
}
