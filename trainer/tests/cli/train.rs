//! `trainer train`.

use std::fs;

use runtime::Model;
use runtime::format::{Activation, Kind, Shape, Window};
use tempfile::TempDir;

use crate::common::{assert_fails, cropped_mnist, names_in, small_mnist, stderr, trainer};

fn up(padding: u8) -> Kind {
    Kind::ConvTranspose(Window {
        kernel: 4,
        stride: 2,
        padding,
    })
}

#[test]
fn train_exports_a_model_with_every_field_and_a_grid_of_samples() {
    let home = TempDir::new().unwrap();
    let arguments = "train --data strokes --recipe nano --steps 12 --seed 9 --export model.bin";
    let arguments: Vec<_> = arguments.split(' ').collect();
    let output = trainer(&arguments, home.path()).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(
        names_in(home.path()),
        ["model.bin", "model.png", "model.run"]
    );

    let bytes = fs::read(home.path().join("model.bin")).unwrap();
    let model = Model::from_bytes(&bytes).unwrap();
    assert_eq!(model.image(), Shape::new(28, 28, 1));
    assert_eq!((model.classes(), model.latent_len()), (10, 20));
    let provenance = model.provenance();
    assert_eq!(provenance.data_set, "strokes");
    assert_eq!(provenance.recipe, "nano");
    assert_eq!((provenance.steps, provenance.seed), (12, 9));
    assert_eq!(
        provenance.tool,
        concat!("pocketgan ", env!("CARGO_PKG_VERSION"))
    );
    assert!(provenance.scores.is_some());
    let leaky = Activation::LeakyRelu { slope: 6554 };
    let layers: Vec<_> = model
        .layers()
        .map(|(_, layer)| (layer.kind, layer.output, layer.bits, layer.activation))
        .collect();
    let expected = [
        (Kind::Dense, Shape::new(4, 4, 7), 4, leaky),
        (up(2), Shape::new(7, 7, 4), 8, leaky),
        (up(1), Shape::new(14, 14, 8), 8, leaky),
        (up(1), Shape::new(28, 28, 1), 8, Activation::Tanh),
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
fn train_keeps_history_plot_grids_animation_and_checkpoint() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    let arguments = format!("train --data {data} --recipe nano --steps 50 --run kept");
    let arguments: Vec<_> = arguments.split(' ').collect();
    let output = trainer(&arguments, home.path()).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let kept = home.path().join("kept");
    let names = names_in(&kept);
    let expected = [
        "best.gen.bin",
        "checkpoint",
        "grids",
        "history.csv",
        "plot.png",
        "training.gif",
    ];
    assert_eq!(names, expected);

    let history = fs::read_to_string(kept.join("history.csv")).unwrap();
    let rows: Vec<Vec<&str>> = history
        .lines()
        .map(|line| line.split(',').collect())
        .collect();
    let names = "step,loss_discriminator,loss_generator,d_real,d_fake,value,recognised,frechet,\
                 diversity";
    assert_eq!(rows[0], names.split(',').collect::<Vec<_>>());
    let steps: Vec<_> = rows[1..].iter().map(|row| row[0]).collect();
    assert_eq!(steps, ["20", "40", "50"]);
    let number = |text: &str| -> f64 { text.parse().unwrap() };
    for row in &rows[1..] {
        assert!((0.0..=1.0).contains(&number(row[3])), "{row:?}");
        assert!(number(row[5]) < 0.0, "{row:?}");
    }
    assert_eq!(rows[1][6..], ["", "", ""]);
    assert!((0.0..=1.0).contains(&number(rows[3][6])), "{:?}", rows[3]);
    assert!(number(rows[3][7]) > 0.0, "{:?}", rows[3]);

    let grids = names_in(&kept.join("grids"));
    assert_eq!(grids.first().unwrap(), "step-0000000.png");
    assert_eq!(grids.last().unwrap(), "step-0000050.png");
    let gif = fs::read(kept.join("training.gif")).unwrap();
    let mut decoder = gif::DecodeOptions::new().read_info(&gif[..]).unwrap();
    let mut frames = 0;
    while decoder.read_next_frame().unwrap().is_some() {
        frames += 1;
    }
    assert_eq!(frames, grids.len());
    let best = fs::read(kept.join("best.gen.bin")).unwrap();
    assert_eq!(Model::from_bytes(&best).unwrap().provenance().steps, 50);
}

#[test]
fn goodfellow_trains_in_all_its_variants_tells_epochs_and_exports() {
    let home = TempDir::new().unwrap();
    small_mnist(&home, 300);
    let leaky = Activation::LeakyRelu { slope: 6554 };
    let layers = [
        (Kind::Dense, Shape::new(1, 1, 128), leaky),
        (Kind::Dense, Shape::new(28, 28, 1), Activation::Tanh),
    ];
    for (arguments, label, steps, epochs) in [
        ("goodfellow --epochs 2", "goodfellow", 6, 2),
        (
            "goodfellow --steps 3 --loss non-saturating --discriminator linear",
            "goodfellow+linear+non-saturating",
            3,
            1,
        ),
    ] {
        let said = train_textbook(&home, arguments, label, steps, &layers);
        assert_eq!(said.matches(": loss D ").count(), epochs, "{said}");
    }
}

#[test]
fn dcgan_trains_and_exports_without_its_normalisations() {
    let home = TempDir::new().unwrap();
    // Its full size draws slowly.
    cropped_mnist(&home, 200, 12);
    let layers = [
        (Kind::Dense, Shape::new(3, 3, 128), Activation::Relu),
        (up(1), Shape::new(6, 6, 64), Activation::Relu),
        (up(1), Shape::new(12, 12, 1), Activation::Tanh),
    ];
    train_textbook(&home, "dcgan --steps 2", "dcgan", 2, &layers);
}

/// Trains on the images in `data`, checks the exported model, and returns what was said.
fn train_textbook(
    home: &TempDir,
    arguments: &str,
    label: &str,
    steps: u32,
    layers: &[(Kind, Shape, Activation)],
) -> String {
    let arguments = format!("train --data data --export g.bin --recipe {arguments}");
    let arguments: Vec<_> = arguments.split(' ').collect();
    let output = trainer(&arguments, home.path()).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    let bytes = fs::read(home.path().join("g.bin")).unwrap();
    let model = Model::from_bytes(&bytes).unwrap();
    assert_eq!((model.classes(), model.latent_len()), (0, 100));
    let provenance = model.provenance();
    assert_eq!((provenance.recipe, provenance.steps), (label, steps));
    let found: Vec<_> = model
        .layers()
        .map(|(_, layer)| (layer.kind, layer.output, layer.activation))
        .collect();
    assert_eq!(found, layers);
    assert!(said.contains("V = -log 4 = -1.386"), "{said}");
    assert!(!said.contains("read as the class asked for"), "{said}");
    said
}

#[test]
fn same_seed_gives_the_same_model_and_another_seed_another() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    let train = |seed: &str, file: &str| {
        let arguments =
            format!("train --data {data} --recipe nano --steps 3 --seed {seed} --export {file}");
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
    let cases: [(&str, i32, &[&str]); 12] = [
        ("train --data strokes --recipe huge", 2, &["huge", "small"]),
        (
            "train --data strokes --recipe tiny --discriminator linear",
            2,
            &["--discriminator", "tiny", "goodfellow"],
        ),
        (
            "train --data strokes --recipe goodfellow --discriminator deep",
            2,
            &["deep", "hidden", "linear"],
        ),
        (
            "train --data strokes --loss hinge",
            2,
            &["hinge", "minimax", "non-saturating"],
        ),
        (
            "train --data strokes --steps 3 --epochs 1",
            2,
            &["--steps", "--epochs"],
        ),
        ("train --data strokes --steps 0", 2, &["--steps", "0"]),
        ("train --data strokes --export no/where.bin", 1, &["no"]),
        (
            "train --data strokes --export a.png",
            2,
            &["a.png", "--grid"],
        ),
        ("train --data missing --export old.bin", 1, &["missing"]),
        ("train --data strokes --run no/where", 1, &["no"]),
        ("train --data strokes --run .", 1, &[".", "--run"]),
        (
            "train --data strokes --run gen.png",
            2,
            &["gen.png", "--run"],
        ),
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
