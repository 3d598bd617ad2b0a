//! Whatever is drawn equals the naive reference, bit for bit.

mod common;

use common::net::{Net, Spec};
use common::random::{Dice, upsample};
use common::{assert_equals_reference, rounds};
use runtime::format::{Activation, Kind, MAX_SIDE, Shape, Window};
use runtime::geometry::Geometry;

/// Windows of kernel 1 to 5, stride 1 to 3 and every padding.
fn windows() -> impl Iterator<Item = Window> {
    (1..=5u8).flat_map(|kernel| {
        (1..=3).flat_map(move |stride| {
            (0..kernel).map(move |padding| Window {
                kernel,
                stride,
                padding,
            })
        })
    })
}

/// What the layers of one window can be, all output paddings included.
fn geometries(window: Window, input: Shape, channels: u16) -> Vec<Geometry> {
    let transposed =
        (0..window.stride).map(|extra| Geometry::conv_transpose(window, extra, input, channels));
    let conv = Geometry::conv(Kind::Conv(window), window, input, channels);
    transposed.chain([conv]).flatten().collect()
}

/// A net of a dense layer from three latent components to the input of `layer`, and `layer`.
fn behind_dense(dice: &mut Dice, input: Shape, layer: Spec) -> Net {
    let dense = Geometry {
        kind: Kind::Dense,
        input: Shape::new(1, 1, 3),
        output: input,
    };
    Net {
        latent: 3,
        classes: 0,
        layers: vec![dice.layer(&dense, 8, Activation::Identity), layer],
    }
}

fn check(dice: &mut Dice, geometry: &Geometry, bits: u8) {
    let activation = dice.activation();
    let layer = dice.layer(geometry, bits, activation);
    let net = behind_dense(dice, geometry.input, layer);
    let latent = dice.latent(3);
    assert_equals_reference(&net, &latent, 0);
}

fn check_windows(bits: u8) {
    let mut dice = Dice::new(u64::from(bits));
    // Every pair of channels for every window, the input sizes taking turns.
    let sizes = [(1, 1), (3, 5), (2, 3), (7, 4), (5, 1)];
    let mut turn = 0;
    let mut checked = 0;
    for window in windows() {
        for inputs in 1..=9 {
            for outputs in 1..=9 {
                let (height, width) = sizes[turn % sizes.len()];
                turn += 1;
                let input = Shape::new(height, width, inputs);
                for geometry in geometries(window, input, outputs) {
                    check(&mut dice, &geometry, bits);
                    checked += 1;
                }
            }
        }
    }
    // Every size for every window, the channels taking turns.
    for window in windows() {
        for height in [1, 2, 3, 5, 7] {
            for width in [1, 2, 3, 5, 7] {
                turn += 1;
                let channels = [(1, 1), (4, 2), (3, 5)][turn % 3];
                let input = Shape::new(height, width, channels.0);
                for geometry in geometries(window, input, channels.1) {
                    check(&mut dice, &geometry, bits);
                    checked += 1;
                }
                let input = Shape::new(height, width, 1 + (turn % 9) as u16);
                let depthwise =
                    Geometry::conv(Kind::Depthwise(window), window, input, input.channels);
                if let Some(geometry) = depthwise {
                    check(&mut dice, &geometry, bits);
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 10_000, "only {checked} shapes are possible");
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_window_with_8_bit_weights() {
    check_windows(8);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_window_with_4_bit_weights() {
    check_windows(4);
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn dense_layers_of_all_small_sizes() {
    let mut dice = Dice::new(3);
    for bits in [8, 4] {
        for inputs in 1..=17 {
            for outputs in 1..=19 {
                let geometry = Geometry {
                    kind: Kind::Dense,
                    input: Shape::new(1, 1, inputs),
                    output: Shape::new(1 + outputs % 3, 1 + outputs % 2, outputs),
                };
                check(&mut dice, &geometry, bits);
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn convolutions_of_the_latent_itself() {
    let mut dice = Dice::new(4);
    for window in windows() {
        for latent in [1, 4, 7] {
            let input = Shape::new(1, 1, latent);
            let depthwise = Geometry::conv(Kind::Depthwise(window), window, input, latent);
            let all = geometries(window, input, 3).into_iter().chain(depthwise);
            for geometry in all {
                let layer = dice.layer(&geometry, 8, Activation::Identity);
                let net = Net {
                    latent: latent as u8,
                    classes: 0,
                    layers: vec![layer],
                };
                let latent = dice.latent(net.latent);
                assert_equals_reference(&net, &latent, 0);
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn upsampling_by_every_factor() {
    let mut dice = Dice::new(5);
    for factor in 1..=16 {
        for (height, width) in [(1, 1), (2, 3), (4, 1)] {
            for channels in 1..=9 {
                let input = Shape::new(height, width, channels);
                if input.height * u16::from(factor) > MAX_SIDE {
                    continue;
                }
                let net = behind_dense(&mut dice, input, upsample(input, factor));
                let latent = dice.latent(3);
                assert_equals_reference(&net, &latent, 0);
            }
        }
    }
}

#[test]
fn every_class_of_a_conditional_model() {
    let mut dice = Dice::new(6);
    for bits in [8, 4] {
        for outputs in [1, 2, 5, 8, 13, 24] {
            let geometry = Geometry {
                kind: Kind::Dense,
                input: Shape::new(1, 1, 9),
                output: Shape::new(2, 3, outputs),
            };
            let mut layer = dice.layer(&geometry, bits, Activation::Identity);
            layer.bias = (0..geometry.output.len())
                .map(|_| dice.range(-500, 500) as i16)
                .collect();
            dice.add_label_table(&mut layer, 10);
            let net = Net {
                latent: 9,
                classes: 10,
                layers: vec![layer],
            };
            let latent = dice.latent(9);
            for label in 0..10 {
                assert_equals_reference(&net, &latent, label);
            }
        }
    }
}

#[test]
fn random_networks_of_up_to_eight_layers() {
    let mut dice = Dice::new(7);
    for _ in 0..rounds(400) {
        let net = dice.net(8, 1500);
        let latent = dice.latent(net.latent);
        let label = dice.range(0, i64::from(net.classes).max(1) - 1) as u8;
        assert_equals_reference(&net, &latent, label);
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn random_colour_images_of_64_by_64() {
    let mut dice = Dice::new(8);
    for (kernel, bits) in [(4, 8), (4, 4), (2, 8)] {
        let window = Window {
            kernel,
            stride: 2,
            padding: (kernel - 2) / 2,
        };
        let mut net = Net {
            latent: 16,
            classes: 3,
            layers: Vec::new(),
        };
        let dense = Geometry {
            kind: Kind::Dense,
            input: net.input(0),
            output: Shape::new(16, 16, 12),
        };
        let mut layer = dice.layer(&dense, bits, Activation::LeakyRelu { slope: 6554 });
        dice.add_label_table(&mut layer, 3);
        net.layers.push(layer);
        for (channels, activation) in [(10, Activation::Relu), (3, Activation::Tanh)] {
            let input = net.input(net.layers.len());
            let geometry = Geometry::conv_transpose(window, 0, input, channels)
                .expect("a usual transposed convolution");
            net.layers.push(dice.layer(&geometry, bits, activation));
        }
        let latent = dice.latent(16);
        assert_equals_reference(&net, &latent, 2);
    }
}
