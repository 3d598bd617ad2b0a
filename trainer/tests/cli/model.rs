//! `trainer sample` and `trainer inspect`: what they write, and how they refuse.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use crate::common::{self, assert_fails, names_in, stderr, trainer};
use runtime::{Generator, Latent, Model};

/// A user's folder that holds a model of ten classes.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("gen.bin"), common::model(10)).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        trainer(arguments, self.folder.path()).output().unwrap()
    }
}

/// The images that the runtime draws for these seeds and labels.
fn drawn(model: &Path, wanted: impl IntoIterator<Item = (u32, u8)>) -> Vec<u8> {
    let bytes = fs::read(model).unwrap();
    let model = Model::from_bytes(&bytes).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut images = Vec::new();
    for (seed, label) in wanted {
        let mut image = vec![0; model.image().len()];
        let latent = Latent::from_seed(seed, model.latent_len());
        generator.generate(&latent, label, &mut image).unwrap();
        images.extend(image);
    }
    images
}

#[test]
fn raw_holds_what_the_runtime_draws_class_after_class() {
    let home = Home::new();
    let output = home.run(&[
        "sample",
        "gen.bin",
        "--count",
        "13",
        "--seed",
        "4294967290",
        "--raw",
        "out.raw",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let wanted = (0..13u32).map(|i| (4_294_967_290u32.wrapping_add(i), (i % 10) as u8));
    let expected = drawn(&home.path("gen.bin"), wanted);
    assert_eq!(expected.len(), 13 * 5 * 6);
    assert_eq!(fs::read(home.path("out.raw")).unwrap(), expected);
}

#[test]
fn digit_draws_one_class() {
    let home = Home::new();
    let output = home.run(&[
        "sample", "gen.bin", "--digit", "7", "--count", "3", "--raw", "out.raw",
    ]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = drawn(&home.path("gen.bin"), [(0, 7), (1, 7), (2, 7)]);
    assert_ne!(
        expected,
        drawn(&home.path("gen.bin"), [(0, 6), (1, 6), (2, 6)])
    );
    assert_eq!(fs::read(home.path("out.raw")).unwrap(), expected);
}

#[test]
fn an_unconditional_model_draws_without_classes() {
    let home = Home::new();
    fs::write(home.path("gen.bin"), common::model(0)).unwrap();
    let output = home.run(&["sample", "gen.bin", "--count", "2", "--raw", "out.raw"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let expected = drawn(&home.path("gen.bin"), [(0, 0), (1, 0)]);
    assert_eq!(fs::read(home.path("out.raw")).unwrap(), expected);
    let output = home.run(&["sample", "gen.bin", "--digit", "0"]);
    assert_fails(&output, 2, &["--digit 0", "gen.bin", "no classes"]);
}

#[test]
fn out_is_a_png_that_is_the_same_every_time() {
    let home = Home::new();
    for name in ["a.png", "b.png"] {
        let output = home.run(&["sample", "gen.bin", "--out", name]);
        assert!(output.status.success(), "{}", stderr(&output));
    }
    let png = fs::read(home.path("a.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(png, fs::read(home.path("b.png")).unwrap());
}

#[test]
fn without_a_file_there_is_a_preview_in_plain_text() {
    let home = Home::new();
    let output = home.run(&["sample", "gen.bin", "--seed", "40"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.is_ascii(), "no colours where there is no terminal");
    // Ten images of 5x6 a line: two captions, and twice three lines for five rows.
    assert_eq!(text.lines().count(), 2 * (1 + 3));
    assert!(text.lines().all(|line| line.len() <= 80));
}

#[cfg(unix)]
#[test]
fn a_reader_that_stops_is_no_failure() {
    let home = Home::new();
    let mut child = trainer(
        &["sample", "gen.bin", "--count", "10000"],
        home.folder.path(),
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(stderr(&output), "");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn inspect_tells_layers_and_totals() {
    let home = Home::new();
    let output = home.run(&["inspect", "gen.bin"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let text = String::from_utf8(output.stdout).unwrap();
    for part in [
        "0 dense",
        "5x6x1",
        "tanh",
        "120 int8",
        "10 classes",
        "by hand",
    ] {
        assert!(text.contains(part), "no {part:?} in {text}");
    }
}

#[test]
fn inspect_json_can_be_parsed() {
    let home = Home::new();
    let output = home.run(&["inspect", "gen.bin", "--json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["macs"], 120);
    assert_eq!(json["flash_bytes"], common::model(10).len());
    assert_eq!(json["provenance"]["data_set"], "by hand");
    assert_eq!(json["layers"].as_array().unwrap().len(), 1);
}

#[test]
fn rejects_a_missing_model() {
    let home = Home::new();
    for command in ["sample", "inspect"] {
        let output = home.run(&[command, "absent.bin"]);
        assert_fails(&output, 1, &["cannot read absent.bin"]);
    }
}

#[test]
fn rejects_a_folder_for_a_model() {
    let home = Home::new();
    fs::create_dir(home.path("folder")).unwrap();
    assert_fails(
        &home.run(&["inspect", "folder"]),
        1,
        &["cannot read folder"],
    );
}

#[test]
fn rejects_a_model_that_is_cut_or_flipped() {
    let home = Home::new();
    let whole = common::model(10);
    let places = [
        0,
        1,
        3,
        4,
        5,
        20,
        whole.len() / 2,
        whole.len() - 5,
        whole.len() - 1,
    ];
    for place in places {
        let mut flipped = whole.clone();
        flipped[place] ^= 0x10;
        for bytes in [&whole[..place], &flipped] {
            fs::write(home.path("bad.bin"), bytes).unwrap();
            let output = home.run(&["sample", "bad.bin", "--out", "out.png"]);
            assert_fails(&output, 1, &["cannot use bad.bin"]);
        }
    }
    assert_eq!(names_in(home.folder.path()), ["bad.bin", "gen.bin"]);
}

#[test]
fn rejects_what_the_model_cannot_draw_as_a_usage_error() {
    let home = Home::new();
    for (arguments, parts) in [
        (
            vec!["--digit", "12"],
            vec!["--digit 12", "gen.bin", "0 to 9"],
        ),
        (vec!["--digit", "10"], vec!["--digit 10"]),
        (vec!["--digit", "seven"], vec!["--digit", "seven"]),
        (vec!["--count", "0"], vec!["--count", "0"]),
        (vec!["--count", "-1"], vec!["-1"]),
        (vec!["--count", "20000"], vec!["--count 20000", "--raw"]),
        (vec!["--seed", "x"], vec!["--seed"]),
        (
            vec!["--raw", "same", "--out", "same"],
            vec!["--out", "--raw"],
        ),
        (vec!["--nonsense"], vec!["--nonsense"]),
    ] {
        let arguments = [vec!["sample", "gen.bin"], arguments].concat();
        assert_fails(&home.run(&arguments), 2, &parts);
    }
    assert_eq!(names_in(home.folder.path()), ["gen.bin"]);
}

#[test]
fn rejects_unknown_and_missing_commands_as_usage_errors() {
    let home = Home::new();
    assert_fails(&home.run(&["sampel"]), 2, &["sampel", "'sample'"]);
    assert_fails(&home.run(&["sample"]), 2, &["MODEL"]);
    let output = home.run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("Usage: trainer"));
}

#[test]
fn help_and_version_are_no_failure() {
    let home = Home::new();
    for (argument, part) in [("--help", "inspect"), ("--version", "trainer ")] {
        let output = home.run(&[argument]);
        assert!(output.status.success());
        assert!(String::from_utf8(output.stdout).unwrap().contains(part));
    }
}

#[test]
fn an_output_that_cannot_be_written_is_named() {
    let home = Home::new();
    fs::write(home.path("file"), "in the way").unwrap();
    for option in ["--out", "--raw"] {
        for (path, part) in [
            ("absent/a", "there is no folder absent"),
            ("file/a", "cannot write file/a"),
            (".", "it is a folder"),
        ] {
            let output = home.run(&["sample", "gen.bin", option, path]);
            assert_fails(&output, 1, &[path, part]);
        }
    }
    assert_eq!(names_in(home.folder.path()), ["file", "gen.bin"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_reported() {
    let home = Home::new();
    for option in ["--out", "--raw"] {
        let output = home.run(&["sample", "gen.bin", option, "/dev/full"]);
        assert_fails(&output, 1, &["cannot write /dev/full", "space"]);
    }
    assert!(!fs::metadata("/dev/full").unwrap().is_file());
}

#[test]
fn a_failure_leaves_an_existing_output_untouched() {
    let home = Home::new();
    fs::write(home.path("old"), "kept").unwrap();
    fs::write(home.path("bad.bin"), &common::model(10)[..100]).unwrap();
    for option in ["--out", "--raw"] {
        assert_fails(
            &home.run(&["sample", "bad.bin", option, "old"]),
            1,
            &["bad.bin"],
        );
        assert_fails(
            &home.run(&["sample", "gen.bin", "--digit", "12", option, "old"]),
            2,
            &[],
        );
        assert_eq!(fs::read(home.path("old")).unwrap(), b"kept");
    }
}
