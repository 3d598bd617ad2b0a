//! Small images through every kernel: every width of panel, both widths of weights, every rule of
//! activation, windows of many inputs and of none, rows that are made two at a time.
//!
//! Small enough for Miri, which checks every access to memory: `fuzz/README.md` has the commands.

mod common;

use common::assert_equals_reference;
use common::net::Net;
use common::random::Dice;
use runtime::format::{Activation, Kind, Shape, Window};
use runtime::geometry::Geometry;

const BITS: [u8; 2] = [8, 4];
const ACTIVATIONS: [Activation; 4] = [
    Activation::Identity,
    Activation::LeakyRelu { slope: 6554 },
    Activation::Tanh,
    Activation::Sigmoid,
];

/// A layer to be: what it is and its channels, or a dense layer's output.
#[derive(Clone, Copy)]
enum Plan {
    Dense(u16, u16, u16),
    /// Kernel, stride, padding, output padding, channels.
    Transposed(u8, u8, u8, u8, u16),
    /// Kernel, stride, padding, channels.
    Conv(u8, u8, u8, u16),
    /// Kernel.
    Depthwise(u8),
}

impl Plan {
    fn geometry(self, input: Shape) -> Geometry {
        let window = |kernel, stride, padding| Window {
            kernel,
            stride,
            padding,
        };
        let geometry = match self {
            Self::Dense(height, width, channels) => Some(Geometry {
                kind: Kind::Dense,
                input,
                output: Shape::new(height, width, channels),
            }),
            Self::Transposed(kernel, stride, padding, extra, channels) => {
                Geometry::conv_transpose(window(kernel, stride, padding), extra, input, channels)
            }
            Self::Conv(kernel, stride, padding, channels) => {
                let window = window(kernel, stride, padding);
                Geometry::conv(Kind::Conv(window), window, input, channels)
            }
            Self::Depthwise(kernel) => {
                let window = window(kernel, 1, kernel / 2);
                Geometry::conv(Kind::Depthwise(window), window, input, input.channels)
            }
        };
        geometry.expect("a window that fits its input")
    }
}

/// Draws with random weights of every width and with every activation, and compares.
fn check(latent: u8, plans: &[Plan]) {
    check_with(&ACTIVATIONS, latent, plans);
}

fn check_with(activations: &[Activation], latent: u8, plans: &[Plan]) {
    let mut dice = Dice::new(u64::from(latent));
    for bits in BITS {
        for &activation in activations {
            let mut net = Net {
                latent,
                classes: 2,
                layers: Vec::new(),
            };
            for (index, plan) in plans.iter().enumerate() {
                let geometry = plan.geometry(net.input(index));
                let mut layer = dice.layer(&geometry, bits, activation);
                if geometry.kind == Kind::Dense {
                    dice.add_label_table(&mut layer, 2);
                }
                net.layers.push(layer);
            }
            let components = dice.latent(latent);
            assert_equals_reference(&net, &components, 1);
        }
    }
}

#[test]
fn panels_of_every_width() {
    // 8, 8, 4 and 2 columns, and one more.
    check(5, &[Plan::Dense(1, 1, 22), Plan::Dense(1, 1, 23)]);
    check(6, &[Plan::Dense(2, 2, 6), Plan::Conv(2, 1, 1, 6)]);
}

#[test]
fn windows_of_more_inputs_than_are_gathered_at_a_time() {
    // Minutes of Miri. What follows the sums is the same for all lengths.
    let activations = if cfg!(miri) {
        &ACTIVATIONS[..1]
    } else {
        &ACTIVATIONS
    };
    // 128, and one more; panels of 8, 2 and 2 columns.
    let plans = [Plan::Dense(1, 1, 129), Plan::Dense(1, 1, 11)];
    check_with(activations, 1, &plans);
}

#[test]
fn windows_of_no_inputs() {
    check(3, &[Plan::Dense(2, 1, 4), Plan::Transposed(1, 2, 0, 0, 9)]);
    check(4, &[Plan::Dense(1, 2, 4), Plan::Transposed(2, 3, 0, 2, 3)]);
}

#[test]
fn rows_that_are_made_two_at_a_time() {
    check(8, &[Plan::Dense(2, 3, 6), Plan::Transposed(4, 2, 1, 0, 1)]);
    check(9, &[Plan::Dense(2, 2, 4), Plan::Transposed(2, 2, 0, 1, 1)]);
    check(2, &[Plan::Dense(1, 3, 4), Plan::Transposed(6, 2, 2, 0, 1)]);
}

#[test]
fn layers_behind_each_other() {
    let plans = [
        Plan::Dense(2, 2, 5),
        Plan::Depthwise(3),
        Plan::Transposed(3, 2, 1, 1, 3),
        Plan::Conv(3, 2, 1, 3),
    ];
    check(1, &plans);
}
