//! The crate against `vectors/arithmetic.json`, which `vectors/arithmetic.py` makes from its own
//! implementation of `ARITHMETIC.md`.

mod common;

use common::net::{Net, Spec};
use common::{draw, reference};
use runtime::Latent;
use runtime::format::{Activation, Kind, Shape, Window};
use serde_json::Value;

fn vectors(name: &str) -> Vec<Value> {
    let text = include_str!("vectors/arithmetic.json");
    let all: Value = serde_json::from_str(text).expect("JSON");
    let vectors = all[name].as_array().expect("a list").clone();
    assert!(!vectors.is_empty(), "no vectors for {name}");
    vectors
}

fn number(value: &Value, name: &str) -> i64 {
    value[name]
        .as_i64()
        .unwrap_or_else(|| panic!("no number {name}"))
}

fn list<T: TryFrom<i64>>(value: &Value, name: &str) -> Vec<T> {
    let list = value[name]
        .as_array()
        .unwrap_or_else(|| panic!("no list {name}"));
    list.iter()
        .filter_map(Value::as_i64)
        .map(|number| {
            T::try_from(number).unwrap_or_else(|_| panic!("{number} in {name} is out of range"))
        })
        .collect()
}

fn activation(value: &Value) -> Activation {
    match value["activation"].as_str() {
        Some("identity") => Activation::Identity,
        Some("relu") => Activation::Relu,
        Some("leaky_relu") => Activation::LeakyRelu {
            slope: number(value, "slope") as u16,
        },
        Some("tanh") => Activation::Tanh,
        Some("sigmoid") => Activation::Sigmoid,
        other => panic!("activation {other:?}"),
    }
}

fn layer(value: &Value) -> Spec {
    let window = || match list::<u8>(value, "window")[..] {
        [kernel, stride, padding] => Window {
            kernel,
            stride,
            padding,
        },
        _ => panic!("not a window"),
    };
    let output = list::<u16>(value, "output");
    Spec {
        kind: match value["kind"].as_str() {
            Some("dense") => Kind::Dense,
            Some("conv") => Kind::Conv(window()),
            Some("conv_transpose") => Kind::ConvTranspose(window()),
            Some("depthwise") => Kind::Depthwise(window()),
            Some("upsample") => Kind::Upsample(number(value, "factor") as u8),
            other => panic!("kind {other:?}"),
        },
        output: Shape::new(output[0], output[1], output[2]),
        activation: activation(value),
        bits: number(value, "bits") as u8,
        pre_shift: number(value, "pre_shift") as u8,
        post_shift: number(value, "post_shift") as u8,
        multipliers: list(value, "multipliers"),
        bias_shift: number(value, "bias_shift") as u8,
        bias: list(value, "bias"),
        label_shift: number(value, "label_shift") as u8,
        label: list(value, "label"),
        weights: list(value, "weights"),
    }
}

#[test]
fn whole_networks_match_the_vectors() {
    for vector in vectors("networks") {
        let latent: Vec<i8> = list(&vector, "latent");
        let net = Net {
            latent: latent.len() as u8,
            classes: number(&vector, "classes") as u8,
            layers: vector["layers"]
                .as_array()
                .expect("layers")
                .iter()
                .map(layer)
                .collect(),
        };
        let label = number(&vector, "label") as u8;
        let expected: Vec<u8> = list(&vector, "pixels");
        assert_eq!(reference::pixels(&net, &latent, label), expected);
        assert_eq!(draw(&net, &latent, label), expected);
    }
}

/// A layer of one output whose sum is `bias << bias_shift`.
fn requantized(vector: &Value, activation: Activation) -> i64 {
    let layer = Spec {
        kind: Kind::Dense,
        output: Shape::new(1, 1, 1),
        activation,
        bits: 8,
        pre_shift: number(vector, "pre_shift") as u8,
        post_shift: number(vector, "post_shift") as u8,
        multipliers: list(vector, "multipliers"),
        bias_shift: number(vector, "bias_shift") as u8,
        bias: vec![number(vector, "bias") as i16],
        label_shift: 0,
        label: Vec::new(),
        weights: vec![0],
    };
    let net = Net {
        latent: 1,
        classes: 0,
        layers: vec![layer],
    };
    i64::from(draw(&net, &[1], 0)[0]) - 128
}

#[test]
fn requantization_matches_the_vectors() {
    for vector in vectors("requantize") {
        let drawn = requantized(&vector, activation(&vector));
        assert_eq!(drawn, number(&vector, "expected"), "{vector}");
    }
}

#[test]
fn tanh_and_sigmoid_match_the_vectors() {
    for vector in vectors("squash") {
        let sum = serde_json::json!({
            "pre_shift": 0,
            "post_shift": 0,
            "multipliers": [1],
            "bias_shift": 0,
            "bias": number(&vector, "v"),
        });
        for activation in [Activation::Tanh, Activation::Sigmoid] {
            let drawn = requantized(&sum, activation);
            assert_eq!(drawn, number(&vector, "expected"), "{vector}");
        }
    }
}

#[test]
fn latents_match_the_vectors() {
    for vector in vectors("latents") {
        let expected: Vec<i8> = list(&vector, "components");
        let seed = u32::try_from(number(&vector, "seed")).expect("a seed of 32 bits");
        let latent = Latent::from_seed(seed, expected.len());
        assert_eq!(latent.components().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn interpolation_matches_the_vectors() {
    for vector in vectors("interpolate") {
        let end = |name| Latent::from_components(&list::<i8>(&vector, name)).expect("a latent");
        let t = number(&vector, "t") as u16;
        let way = Latent::interpolate(&end("a"), &end("b"), t);
        let expected: Vec<i8> = list(&vector, "expected");
        assert_eq!(way.components().collect::<Vec<_>>(), expected, "{vector}");
    }
}
