//! The model file: what `FORMAT.md` shows, what it costs, and what is refused.

mod common;

use common::aligned::Aligned;
use common::net::{Net, Spec};
use common::random::Dice;
use common::{draw, reference, rounds};
use runtime::format::{
    Activation, EncodeError, File, Kind, Layer, MAGIC, Provenance, Scores, Shape, VERSION, Window,
};
use runtime::geometry::Geometry;
use runtime::{Model, ModelError, Part};

/// The model of `FORMAT.md`.
fn example() -> Net {
    let dense = Spec {
        kind: Kind::Dense,
        output: Shape::new(1, 2, 1),
        activation: Activation::LeakyRelu { slope: 6554 },
        bits: 8,
        pre_shift: 2,
        post_shift: 13,
        multipliers: vec![20_000],
        bias_shift: 1,
        bias: vec![100, -100],
        label_shift: 3,
        label: vec![1, 2, -3, 4],
        weights: vec![10, -20, 30, -40, 50, -60],
    };
    let transposed = Spec {
        kind: Kind::ConvTranspose(Window {
            kernel: 2,
            stride: 2,
            padding: 0,
        }),
        output: Shape::new(2, 4, 1),
        activation: Activation::Tanh,
        bits: 4,
        pre_shift: 0,
        post_shift: 14,
        multipliers: vec![17_000],
        bias_shift: 0,
        bias: vec![],
        label_shift: 0,
        label: vec![],
        weights: vec![7, -7, 3, 1],
    };
    Net {
        latent: 3,
        classes: 2,
        layers: vec![dense, transposed],
    }
}

fn example_provenance() -> Provenance<'static> {
    Provenance {
        data_set: "mnist",
        recipe: "tiny",
        tool: "0.1.0",
        steps: 1000,
        seed: 7,
        scores: Some(Scores {
            recognised: 9870,
            frechet: 1170,
        }),
    }
}

/// The bytes in the hexadecimal listing of `FORMAT.md`, where a semicolon begins a comment.
fn listing() -> Vec<u8> {
    let document = include_str!("../FORMAT.md");
    let (_, listing) = document.split_once("```hex\n").expect("a listing");
    let (listing, _) = listing.split_once("```").expect("its end");
    let hex = listing
        .lines()
        .filter_map(|line| line.split(';').next())
        .flat_map(str::split_whitespace);
    hex.map(|byte| u8::from_str_radix(byte, 16).expect("a byte in hexadecimal"))
        .collect()
}

#[test]
fn the_example_of_the_document_is_what_is_written() {
    assert_eq!(example().encode_as(&example_provenance()), listing());
    // The same as a file, for the example of the crate's page.
    assert_eq!(listing(), include_bytes!("vectors/example.gen.bin"));
}

#[test]
fn the_example_of_the_document_is_read() {
    let bytes = Aligned::new(&listing());
    let model = Model::from_bytes(&bytes).expect("a model");
    assert_eq!(model.image(), Shape::new(2, 4, 1));
    assert_eq!((model.latent_len(), model.classes()), (3, 2));
    assert_eq!(model.file_len(), bytes.len());
    assert_eq!(model.macs(), 3 * 2 + 2 * 4);
    assert_eq!(model.provenance(), example_provenance());
    let latent = [100, -50, 3];
    for label in 0..2 {
        let drawn = draw(&example(), &latent, label);
        assert_eq!(drawn, reference::pixels(&example(), &latent, label));
    }
}

/// The layers that the file of `net` holds.
fn read_back(net: &Net) -> Vec<(Kind, Shape, Activation, u8)> {
    let bytes = Aligned::new(&net.encode());
    let model = Model::from_bytes(&bytes).expect("a model");
    let layers = model.layers().map(|(geometry, layer)| {
        assert_eq!((geometry.kind, geometry.output), (layer.kind, layer.output));
        (layer.kind, layer.output, layer.activation, layer.bits)
    });
    layers.collect()
}

#[test]
fn what_is_written_is_read_back() {
    let mut dice = Dice::new(21);
    for _ in 0..rounds(200) {
        let net = dice.net(8, 400);
        let written: Vec<_> = net
            .layers
            .iter()
            .map(|layer| (layer.kind, layer.output, layer.activation, layer.bits))
            .collect();
        assert_eq!(read_back(&net), written);
    }
}

#[test]
fn weights_are_aligned_to_words_and_numbers_to_halfwords() {
    let mut dice = Dice::new(22);
    for _ in 0..rounds(200) {
        let bytes = Aligned::new(&dice.net(8, 400).encode());
        let model = Model::from_bytes(&bytes).expect("a model");
        for (_, layer) in model.layers() {
            assert!(layer.weights.as_ptr().cast::<u32>().is_aligned());
            assert!(layer.multipliers.as_ptr().cast::<u16>().is_aligned());
            assert!(layer.bias.as_ptr().cast::<u16>().is_aligned());
        }
    }
}

/// A generator of digits: dense, three transposed convolutions.
fn four_layers(dice: &mut Dice) -> Net {
    let mut net = Net {
        latent: 8,
        classes: 10,
        layers: Vec::new(),
    };
    let dense = Geometry {
        kind: Kind::Dense,
        input: net.input(0),
        output: Shape::new(7, 7, 4),
    };
    let leaky = Activation::LeakyRelu { slope: 6554 };
    let mut layer = dice.layer(&dense, 8, leaky);
    layer.bias = vec![1; dense.output.len()];
    dice.add_label_table(&mut layer, 10);
    net.layers.push(layer);
    for (kernel, stride, padding, channels, activation) in [
        (3, 1, 1, 4, leaky),
        (4, 2, 1, 6, leaky),
        (4, 2, 1, 1, Activation::Tanh),
    ] {
        let window = Window {
            kernel,
            stride,
            padding,
        };
        let input = net.input(net.layers.len());
        let geometry = Geometry::conv_transpose(window, 0, input, channels).expect("a layer");
        let mut layer = dice.layer(&geometry, 8, activation);
        layer.bias = vec![1; channels.into()];
        net.layers.push(layer);
    }
    net
}

#[test]
fn four_layers_cost_less_than_100_bytes_beside_their_numbers() {
    let net = four_layers(&mut Dice::new(23));
    let bytes = Aligned::new(&net.encode_as(&example_provenance()));
    let model = Model::from_bytes(&bytes).expect("a model");
    let numbers: usize = model
        .layers()
        .map(|(_, layer)| {
            layer.weights.len() + layer.multipliers.len() + layer.bias.len() + layer.label.len()
        })
        .sum();
    let overhead = bytes.len() - numbers;
    assert!(overhead < 100, "{overhead} bytes of {}", bytes.len());
}

fn load(bytes: &[u8]) -> Result<(), ModelError> {
    Model::from_bytes(&Aligned::new(bytes)).map(|_| ())
}

#[test]
fn other_files_are_told_apart_from_damaged_models() {
    let bytes = example().encode();
    assert_eq!(load(b""), Err(ModelError::NotAModel));
    assert_eq!(load(b"PGA"), Err(ModelError::NotAModel));
    assert_eq!(load(b"\x89PNG\r\n\x1a\n"), Err(ModelError::NotAModel));
    assert_eq!(load(&MAGIC), Err(ModelError::Checksum));
    assert_eq!(load(&bytes[..bytes.len() - 1]), Err(ModelError::Checksum));
    let mut newer = bytes.clone();
    newer[4] = VERSION + 1;
    let error = ModelError::Version {
        found: VERSION + 1,
        supported: VERSION,
    };
    assert_eq!(load(&newer), Err(error));
    assert_eq!(
        error.to_string(),
        "the model file has format version 2, this program reads version 1"
    );
}

#[test]
fn models_at_odd_addresses_are_refused() {
    let bytes = example().encode();
    let shifted = Aligned::new(&[&[0][..], &bytes].concat());
    let error = Model::from_bytes(&shifted[1..]).map(|_| ());
    assert_eq!(error, Err(ModelError::Unaligned));
}

/// Writes `net`, changed by `change`, and reads it.
fn changed(change: impl FnOnce(&mut Net)) -> Result<(), ModelError> {
    let mut net = example();
    change(&mut net);
    load(&net.encode())
}

#[test]
fn impossible_models_are_refused_with_the_layer_and_the_part() {
    let range = |layer, part| Err(ModelError::LayerRange { layer, part });
    assert_eq!(changed(|_| {}), Ok(()));
    assert_eq!(
        changed(|net| net.layers.clear()),
        Err(ModelError::LayerCount { found: 0 })
    );
    assert_eq!(
        changed(|net| net.layers[0].pre_shift = 32),
        range(0, Part::Shift)
    );
    assert_eq!(
        changed(|net| net.layers[1].post_shift = 32),
        range(1, Part::Shift)
    );
    assert_eq!(
        changed(|net| net.layers[0].label_shift = 24),
        range(0, Part::Shift)
    );
    assert_eq!(
        changed(|net| net.layers[1].multipliers[0] = 32_768),
        range(1, Part::Multipliers)
    );
    assert_eq!(
        changed(|net| net.layers[0].activation = Activation::LeakyRelu { slope: 32_769 }),
        range(0, Part::Activation)
    );
    assert_eq!(
        changed(|net| net.layers[0].label_shift = 23),
        Err(ModelError::LayerOverflow { layer: 0 })
    );
}

#[test]
fn latents_beyond_the_limit_are_refused() {
    for latent in [0, 129, 255] {
        let geometry = Geometry {
            kind: Kind::Dense,
            input: Shape::new(1, 1, latent),
            output: Shape::new(1, 1, 1),
        };
        let net = Net {
            latent: latent as u8,
            classes: 0,
            layers: vec![Spec {
                weights: vec![0; geometry.weights()],
                label: Vec::new(),
                ..example().layers.swap_remove(0)
            }],
        };
        let net = Net {
            layers: vec![Spec {
                output: geometry.output,
                bias: Vec::new(),
                ..net.layers[0].clone()
            }],
            ..net
        };
        let found = latent as u8;
        assert_eq!(load(&net.encode()), Err(ModelError::LatentLength { found }));
    }
}

/// What the writer says to one layer from a latent of 4.
fn write(layer: Layer) -> Result<usize, EncodeError> {
    let layers = [layer].into_iter().collect();
    let mut buffer = [0; 4096];
    let file = File::new(Provenance::UNKNOWN, 4, 2, layers);
    file.encode(&mut buffer).map(<[u8]>::len)
}

#[test]
fn the_writer_refuses_arrays_of_another_length_than_the_shapes_ask_for() {
    let layer = Layer {
        kind: Kind::Dense,
        output: Shape::new(1, 1, 2),
        weights: &[0; 8],
        multipliers: &[0; 4],
        bias: &[0; 4],
        label: &[0; 4],
        ..Layer::upsample(Shape::new(1, 1, 2), 1)
    };
    assert_eq!(write(layer), Ok(48));
    let parts = [
        (
            Part::Weights,
            Layer {
                weights: &[0; 7],
                ..layer
            },
            8,
            7,
        ),
        (
            Part::Multipliers,
            Layer {
                multipliers: &[0; 3],
                ..layer
            },
            4,
            3,
        ),
        (
            Part::Bias,
            Layer {
                bias: &[0; 2],
                ..layer
            },
            4,
            2,
        ),
        (
            Part::Label,
            Layer {
                label: &[0; 2],
                ..layer
            },
            4,
            2,
        ),
    ];
    for (part, layer, expected, found) in parts {
        let error = ModelError::LayerLength {
            layer: 0,
            part,
            expected,
            found,
        };
        assert_eq!(write(layer), Err(EncodeError::Layer(error)));
    }
    let odd = Layer { bits: 5, ..layer };
    let error = ModelError::LayerRange {
        layer: 0,
        part: Part::Weights,
    };
    assert_eq!(write(odd), Err(EncodeError::Layer(error)));
}

#[test]
fn the_writer_refuses_shapes_that_do_not_follow_from_the_window() {
    let window = Window {
        kernel: 4,
        stride: 2,
        padding: 1,
    };
    let geometry = Geometry {
        kind: Kind::ConvTranspose(window),
        input: Shape::new(1, 1, 4),
        output: Shape::new(2, 3, 1),
    };
    let weights = vec![0; runtime::layout::weights_len(&geometry, 8)];
    let layer = Layer {
        kind: geometry.kind,
        output: geometry.output,
        weights: &weights,
        multipliers: &[0; 2],
        ..Layer::upsample(geometry.input, 1)
    };
    let error = ModelError::LayerGeometry { layer: 0 };
    assert_eq!(write(layer), Err(EncodeError::Layer(error)));
}

#[test]
fn the_writer_refuses_a_buffer_that_is_too_small() {
    let layer = Layer {
        kind: Kind::Dense,
        output: Shape::new(1, 1, 1),
        weights: &[0; 8],
        multipliers: &[0; 2],
        ..Layer::upsample(Shape::new(1, 1, 1), 1)
    };
    let file = File::new(Provenance::UNKNOWN, 4, 0, [layer].into_iter().collect());
    let mut buffer = [0; 256];
    let len = file.encode(&mut buffer).expect("a large buffer").len();
    for short in 0..len {
        let error = file.encode(&mut buffer[..short]);
        assert_eq!(error, Err(EncodeError::BufferTooSmall), "{short} bytes");
    }
    assert!(file.encode(&mut buffer[..len]).is_ok());
}
