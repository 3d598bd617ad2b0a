//! `trainer train`.

use std::fs;

use runtime::Model;
use runtime::format::{Activation, Kind, Shape, Window};
use tempfile::TempDir;

use crate::common::{assert_fails, names_in, stderr, trainer};

#[test]
fn train_exports_a_model_with_every_field_and_a_grid_of_samples() {
    let home = TempDir::new().unwrap();
    let arguments = "train --data strokes --recipe nano --steps 12 --seed 9 --export model.bin";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let output = trainer(&arguments, home.path()).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(names_in(home.path()), ["model.bin", "model.png"]);

    let bytes = fs::read(home.path().join("model.bin")).unwrap();
    let model = Model::from_bytes(&bytes).unwrap();
    assert_eq!(model.image(), Shape::new(28, 28, 1));
    assert_eq!((model.classes(), model.latent_len()), (10, 8));
    let provenance = model.provenance();
    assert_eq!(provenance.data_set, "strokes");
    assert_eq!(provenance.recipe, "nano");
    assert_eq!((provenance.steps, provenance.seed), (12, 9));
    assert_eq!(
        provenance.tool,
        concat!("pocketgan ", env!("CARGO_PKG_VERSION"))
    );
    assert!(provenance.scores.is_some());
    let up = Kind::ConvTranspose(Window {
        kernel: 4,
        stride: 2,
        padding: 1,
    });
    let leaky = Activation::LeakyRelu { slope: 6554 };
    let layers: Vec<_> = model
        .layers()
        .map(|(_, layer)| (layer.kind, layer.output, layer.activation))
        .collect();
    let expected = [
        (Kind::Dense, Shape::new(7, 7, 4), leaky),
        (up, Shape::new(14, 14, 6), leaky),
        (up, Shape::new(28, 28, 1), Activation::Tanh),
    ];
    assert_eq!(layers, expected);
    // The figures that the summary names are the file's.
    let flash = format!("{} bytes of flash", bytes.len());
    let ram = format!("{} bytes of RAM", model.workspace_len());
    for part in [flash.as_str(), &ram, "model.png", "cargo run --release"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn same_seed_gives_the_same_model_and_another_seed_another() {
    let home = TempDir::new().unwrap();
    let train = |seed: &str, file: &str| {
        let arguments =
            format!("train --data strokes --recipe nano --steps 3 --seed {seed} --export {file}");
        let arguments: Vec<_> = arguments.split(' ').collect();
        let output = trainer(&arguments, home.path()).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        fs::read(home.path().join(file)).unwrap()
    };
    let first = train("1", "a.bin");
    assert_eq!(first, train("1", "b.bin"));
    assert_ne!(first, train("2", "c.bin"));
}

#[test]
fn unusable_arguments_are_refused_before_any_work() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("old.bin"), "precious").unwrap();
    let cases: [(&str, i32, &[&str]); 5] = [
        ("train --data strokes --recipe huge", 2, &["huge", "small"]),
        ("train --data strokes --steps 0", 2, &["--steps", "0"]),
        ("train --data strokes --export no/where.bin", 1, &["no"]),
        (
            "train --data strokes --export a.png",
            2,
            &["a.png", "--grid"],
        ),
        ("train --data missing --export old.bin", 1, &["missing"]),
    ];
    for (arguments, code, parts) in cases {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let output = trainer(&arguments, home.path()).output().unwrap();
        assert_fails(&output, code, parts);
    }
    assert_eq!(names_in(home.path()), ["old.bin"]);
    let kept = fs::read_to_string(home.path().join("old.bin")).unwrap();
    assert_eq!(kept, "precious");
}

#[test]
fn images_of_an_unsuitable_size_are_refused() {
    let home = TempDir::new().unwrap();
    let data = home.path().join("tiny");
    fs::create_dir(&data).unwrap();
    let mut images = vec![0, 0, 8, 3, 0, 0, 0, 14, 0, 0, 0, 10, 0, 0, 0, 10];
    images.extend([7; 14 * 100]);
    let mut labels = vec![0, 0, 8, 1, 0, 0, 0, 14];
    labels.extend([1; 14]);
    fs::write(data.join("train-images-idx3-ubyte"), images).unwrap();
    fs::write(data.join("train-labels-idx1-ubyte"), labels).unwrap();
    let output = trainer(&["train", "--data", "tiny"], home.path())
        .output()
        .unwrap();
    assert_fails(&output, 1, &["10x10", "28x28"]);
    assert_eq!(names_in(home.path()), ["tiny"]);
}
