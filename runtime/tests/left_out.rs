//! Models with layers that the crate was built without: `cargo test -p runtime --no-default-features
//! --test left_out`.
#![cfg(not(any(
    feature = "any-stride",
    feature = "conv",
    feature = "depthwise",
    feature = "int4",
    feature = "long",
    feature = "upsample"
)))]

mod common;

use common::aligned::Aligned;
use common::models::{Builder, draw_lines, models};
use runtime::format::{Activation, Shape, Window};
use runtime::{Feature, Model, ModelError};

const LEFT_OUT: [(&str, u8, Feature); 3] = [
    ("nibbles", 0, Feature::Int4),
    ("mixed", 1, Feature::Int4),
    ("colour", 2, Feature::Depthwise),
];

fn load(file: &[u8]) -> Result<(), ModelError> {
    Model::from_bytes(&Aligned::new(file)).map(|_| ())
}

#[test]
fn layers_that_are_left_out_are_refused_with_the_feature_they_need() {
    let start = || Builder::new(8, 16, 0).dense(Shape::new(4, 4, 33), 8, Activation::Relu);
    let window = |kernel, stride, padding| Window {
        kernel,
        stride,
        padding,
    };
    let conv = start().conv(window(1, 1, 0), 3, 8, Activation::Tanh);
    let any_stride = start().transposed(window(3, 2, 1), 3, 8, Activation::Tanh);
    let long = start().transposed(window(4, 2, 1), 3, 8, Activation::Tanh);
    let upsample = start().upsample(2);
    let mut cases = vec![
        (conv.net, 1, Feature::Conv),
        (any_stride.net, 1, Feature::AnyStride),
        (long.net, 1, Feature::Long),
        (upsample.net, 1, Feature::Upsample),
    ];
    for (name, net) in models() {
        if let Some(&(_, layer, feature)) = LEFT_OUT.iter().find(|(of, ..)| *of == name) {
            cases.push((net, layer, feature));
        }
    }
    assert_eq!(cases.len(), 7);
    for (net, layer, feature) in cases {
        let refused = Err(ModelError::LayerLeftOut { layer, feature });
        assert_eq!(load(&net.encode()), refused, "{feature}");
    }
}

/// Without the code that is only there for speed, the rest draws the same images.
#[test]
fn what_is_left_draws_the_same() {
    let expected = include_str!("vectors/hashes.csv");
    for name in ["mlp", "conv"] {
        let (_, net) = models()
            .into_iter()
            .find(|(of, _)| *of == name)
            .expect("a model of that name");
        for line in draw_lines(name, &net.encode()) {
            assert!(expected.contains(&line), "{line}");
        }
    }
}
