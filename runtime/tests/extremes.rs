//! The largest numbers that a model may hold, and the first ones that it may not.

mod common;

use common::aligned::Aligned;
use common::assert_equals_reference;
use common::net::{Net, Spec};
use common::random::Dice;
use runtime::format::{Activation, Kind, Shape, Window};
use runtime::geometry::Geometry;
use runtime::{Model, ModelError};

/// Activations that a hidden layer can be made to have throughout.
const LEVELS: [i8; 4] = [-128, 127, -127, 0];

/// A dense layer whose outputs are all `level`, whatever its inputs.
fn constant(input: Shape, output: Shape, level: i8) -> Spec {
    let inputs = input.len();
    Spec {
        kind: Kind::Dense,
        output,
        activation: Activation::Identity,
        bits: 8,
        pre_shift: 0,
        post_shift: 0,
        multipliers: vec![1; output.channels.into()],
        bias_shift: 0,
        bias: vec![level.into(); output.channels.into()],
        label_shift: 0,
        label: Vec::new(),
        weights: vec![0; inputs * output.len()],
    }
}

/// One latent component, a hidden layer that is `level` throughout, and `layer` made of it.
fn behind_constant(input: Shape, level: i8, layer: Spec) -> Net {
    Net {
        latent: 1,
        classes: 0,
        layers: vec![constant(Shape::new(1, 1, 1), input, level), layer],
    }
}

fn load(net: &Net) -> Result<(), ModelError> {
    Model::from_bytes(&Aligned::new(&net.encode())).map(|_| ())
}

/// A layer of the given shapes with all weights `weight` (or alternating with `-weight`), scaled
/// so that the largest sum is just in range.
fn uniform(geometry: &Geometry, bits: u8, weight: i8, alternating: bool) -> Spec {
    let mut layer = Dice::new(1).layer(geometry, bits, Activation::Identity);
    for (place, w) in layer.weights.iter_mut().enumerate() {
        *w = if alternating && place % 2 == 1 {
            -weight
        } else {
            weight
        };
    }
    layer.bias.clear();
    let bound = 128 * 127 * (geometry.weights() as u64);
    layer.pre_shift = (64 - bound.leading_zeros()).saturating_sub(15) as u8;
    layer.post_shift = 22;
    layer
}

fn check_uniform(geometry: &Geometry) {
    for bits in [8, 4] {
        for sign in [1, -1] {
            for alternating in [false, true] {
                let weight = sign * if bits == 8 { 127 } else { 7 };
                let layer = uniform(geometry, bits, weight, alternating);
                for level in LEVELS {
                    let net = behind_constant(geometry.input, level, layer.clone());
                    assert_equals_reference(&net, &[127], 0);
                }
            }
        }
    }
}

#[test]
fn dense_with_the_largest_weights_and_activations() {
    for inputs in [1, 3, 4, 127, 128, 129, 512] {
        check_uniform(&Geometry {
            kind: Kind::Dense,
            input: Shape::new(1, 1, inputs),
            output: Shape::new(1, 1, 15),
        });
    }
}

#[test]
fn convolutions_with_the_largest_weights_and_activations() {
    for (kernel, stride, channels) in [(4, 2, 32), (5, 1, 7), (3, 2, 33), (16, 16, 2)] {
        let window = Window {
            kernel,
            stride,
            padding: kernel / 4,
        };
        let input = Shape::new(3, 4, channels);
        let transposed = Geometry::conv_transpose(window, 0, input, 9);
        let large = Shape::new(16, 17, channels);
        let conv = Geometry::conv(Kind::Conv(window), window, large, 9);
        let depthwise = Geometry::conv(Kind::Depthwise(window), window, large, channels);
        for geometry in [transposed, conv, depthwise].into_iter().flatten() {
            check_uniform(&geometry);
        }
    }
}

#[test]
fn dense_from_a_large_activation() {
    // 61,440 inputs of -128 with weights of 1.
    let geometry = Geometry {
        kind: Kind::Dense,
        input: Shape::new(64, 64, 15),
        output: Shape::new(1, 1, 2),
    };
    let mut layer = uniform(&geometry, 8, 1, false);
    layer.pre_shift = 9;
    layer.post_shift = 23;
    assert_equals_reference(&behind_constant(geometry.input, -128, layer), &[0], 0);
}

/// A dense layer with the largest bias, and weights of the other sign, which meet inputs of -128,
/// whose absolute sum is `norm`.
fn brimming(norm: usize, sign: i8) -> Net {
    let inputs = 517;
    let mut weights: Vec<i8> = vec![127 * -sign; inputs];
    let mut excess = inputs * 127 - norm;
    for weight in &mut weights {
        let part = excess.min(127);
        *weight += sign * part as i8;
        excess -= part;
    }
    let layer = Spec {
        kind: Kind::Dense,
        output: Shape::new(1, 1, 1),
        activation: Activation::Identity,
        bits: 8,
        pre_shift: 16,
        post_shift: 24,
        multipliers: vec![32767],
        bias_shift: 15,
        bias: vec![i16::MAX * i16::from(sign)],
        label_shift: 0,
        label: Vec::new(),
        weights,
    };
    behind_constant(Shape::new(1, 1, inputs as u16), -128, layer)
}

#[test]
fn the_largest_sum_of_products_is_drawn_and_one_more_is_refused() {
    // 128 * 65280 + 2^15 is 2^23.
    for sign in [1, -1] {
        assert_equals_reference(&brimming(65_279, sign), &[0], 0);
        assert_eq!(
            load(&brimming(65_280, sign)),
            Err(ModelError::LayerOverflow { layer: 1 })
        );
    }
}

#[test]
fn the_largest_sum_is_drawn_and_one_more_is_refused() {
    // (32767 << 15) + (128 << 23) + 128 * 127, plus 2^14 for the rounding, is 2^31 - 128.
    let net = |norm| {
        let mut net = brimming(norm, -1);
        let layer = &mut net.layers[1];
        (layer.pre_shift, layer.post_shift) = (15, 17);
        (layer.label_shift, layer.label) = (23, vec![-128]);
        net.classes = 1;
        net
    };
    assert_equals_reference(&net(127), &[0], 0);
    let overflow = Err(ModelError::LayerOverflow { layer: 1 });
    assert_eq!(load(&net(128)), overflow);
}

#[test]
fn the_largest_product_is_drawn_and_one_more_is_refused() {
    // 65534 * 32767 leaves room for a rounding of 2^16, not of 2^17.
    let net = |bias: i16, bias_shift, multiplier, post_shift| {
        let mut layer = constant(Shape::new(1, 1, 1), Shape::new(1, 1, 1), 0);
        layer.bias = vec![bias];
        layer.bias_shift = bias_shift;
        layer.multipliers = vec![multiplier];
        layer.post_shift = post_shift;
        Net {
            latent: 1,
            classes: 0,
            layers: vec![layer],
        }
    };
    for bias in [i16::MAX, -i16::MAX] {
        assert_equals_reference(&net(bias, 1, 32767, 17), &[127], 0);
        assert_equals_reference(&net(bias, 1, 32767, 0), &[127], 0);
    }
    let overflow = Err(ModelError::LayerOverflow { layer: 0 });
    assert_eq!(load(&net(i16::MAX, 2, 32767, 24)), overflow);
    assert_eq!(load(&net(i16::MAX, 1, 32767, 18)), overflow);
}

#[test]
fn the_steepest_slope_is_drawn_and_larger_sums_are_refused() {
    let net = |bias_shift, slope| {
        let mut layer = constant(Shape::new(1, 1, 1), Shape::new(1, 1, 1), 0);
        layer.activation = Activation::LeakyRelu { slope };
        layer.bias = vec![-i16::MAX];
        layer.bias_shift = bias_shift;
        layer.post_shift = 9;
        Net {
            latent: 1,
            classes: 0,
            layers: vec![layer],
        }
    };
    for slope in [0, 1, 6554, 32767, 32768] {
        assert_equals_reference(&net(1, slope), &[-127], 0);
    }
    let range = ModelError::LayerRange {
        layer: 0,
        part: runtime::Part::Activation,
    };
    assert_eq!(load(&net(1, 32769)), Err(range));
    assert_eq!(
        load(&net(2, 32768)),
        Err(ModelError::LayerOverflow { layer: 0 })
    );
}

#[test]
fn weights_below_the_range_are_refused() {
    for (bits, weight) in [(8, -128), (4, -8)] {
        let geometry = Geometry {
            kind: Kind::Dense,
            input: Shape::new(1, 1, 1),
            output: Shape::new(1, 1, 3),
        };
        let mut layer = Dice::new(2).layer(&geometry, bits, Activation::Identity);
        layer.weights[1] = weight;
        let net = Net {
            latent: 1,
            classes: 0,
            layers: vec![layer],
        };
        let range = ModelError::LayerRange {
            layer: 0,
            part: runtime::Part::Weights,
        };
        assert_eq!(load(&net), Err(range), "{bits} bits");
    }
}
