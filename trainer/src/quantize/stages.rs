//! What each generator consists of, in the runtime's terms: layers with weights in its order.

use burn::Tensor;
use runtime::format::{Activation, Kind, Window};

use crate::gan::generator::{
    ConvGenerator, DcganGenerator, Generator, GeneratorNetwork, LABEL_SCALE, PerceptronGenerator,
    UpConv,
};
use crate::gan::layers::{Normalisation, values};
use crate::gan::recipe::{Bits, SLOPE};

/// A layer with its activation.
pub struct Stage {
    /// What the layer computes.
    pub kind: Kind,
    /// Its activation function.
    pub activation: Activation,
    /// What it puts out for some inputs, `[batch][height][width][channel]`, after its activation;
    /// the last layer's before it.
    pub output: Tensor<4>,
    /// How wide the weights become.
    pub bits: Bits,
    /// In the order of [`super::FloatLayer::weights`].
    pub weights: Vec<f32>,
    /// As [`super::FloatLayer::bias`].
    pub bias: Vec<f32>,
    /// As [`super::FloatLayer::label`].
    pub label: Vec<f32>,
}

/// An up-convolution of the generators.
const fn up(padding: u8) -> Kind {
    Kind::ConvTranspose(Window {
        kernel: 4,
        stride: 2,
        padding,
    })
}

/// One whose output is twice as high and wide as its input.
const UP: Kind = up(1);
/// One whose output has a row and a column less, of an output padding of 1.
const CROPPED_UP: Kind = up(2);

/// The layers of a generator, with what they put out for `inputs` `[batch][latent + classes]`.
pub fn stages(generator: &Generator, inputs: Tensor<2>) -> Vec<Stage> {
    match &generator.network {
        GeneratorNetwork::Conv(network) => conv(network, generator.latent(), inputs),
        GeneratorNetwork::Perceptron(network) => perceptron(network, generator.latent(), inputs),
        GeneratorNetwork::Dcgan(network) => dcgan(network, generator.latent(), inputs),
    }
}

fn leaky() -> Activation {
    Activation::LeakyRelu {
        slope: (SLOPE * 32768.0).round() as u16,
    }
}

fn conv(network: &ConvGenerator, latent: usize, inputs: Tensor<2>) -> Vec<Stage> {
    let bits = network.weights();
    let outputs = network.outputs(inputs);
    let sides: Vec<usize> = outputs.iter().map(|output| output.dims()[1]).collect();
    let mut outputs = outputs.into_iter();
    let (weights, label) = dense_weights(network.dense.val(), latent);
    let mut stages = vec![Stage {
        kind: Kind::Dense,
        activation: leaky(),
        output: outputs.next().expect("a dense layer begins"),
        bits: bits.dense,
        weights,
        bias: vec![],
        label,
    }];
    for ((layer, side), output) in network.ups.iter().zip(sides).zip(outputs) {
        let last = stages.len() == network.ups.len();
        stages.push(Stage {
            kind: if output.dims()[1] < 2 * side {
                CROPPED_UP
            } else {
                UP
            },
            activation: if last { Activation::Tanh } else { leaky() },
            output,
            bits: bits.convolutions,
            weights: up_weights(layer),
            bias: values(layer.bias.val()),
            label: vec![],
        });
    }
    stages
}

fn perceptron(network: &PerceptronGenerator, latent: usize, inputs: Tensor<2>) -> Vec<Stage> {
    let hidden = network.hidden(inputs);
    let logits = network.output.forward(hidden.clone());
    let [batch, units] = hidden.dims();
    let [height, width, channels] = network.size();
    let (weights, label) = dense_weights(network.hidden.weight.val(), latent);
    let (output_weights, _) = dense_weights(network.output.weight.val(), units);
    vec![
        Stage {
            kind: Kind::Dense,
            activation: leaky(),
            output: hidden.reshape([batch, 1, 1, units]),
            bits: Bits::Eight,
            weights,
            bias: values(network.hidden.bias.val()),
            label,
        },
        Stage {
            kind: Kind::Dense,
            activation: Activation::Tanh,
            output: logits.reshape([batch, height, width, channels]),
            bits: Bits::Eight,
            weights: output_weights,
            bias: values(network.output.bias.val()),
            label: vec![],
        },
    ]
}

/// The batch normalisations, with the statistics of all of `inputs`, become factors of the weights
/// before them, and biases.
fn dcgan(network: &DcganGenerator, latent: usize, inputs: Tensor<2>) -> Vec<Stage> {
    let statistics = network.statistics(inputs);
    let (mut dense, mut label) = dense_weights(network.dense.val(), latent);
    let (norm, channels) = (&statistics.dense_norm, statistics.dense_norm.factor.len());
    for (index, weight) in dense.iter_mut().enumerate() {
        *weight *= norm.factor[index / latent % channels];
    }
    scale_channels(&mut label, norm);
    let mut first = up_weights(&network.first);
    scale_channels(&mut first, &statistics.first_norm);
    vec![
        Stage {
            kind: Kind::Dense,
            activation: Activation::Relu,
            output: statistics.dense,
            bits: Bits::Eight,
            weights: dense,
            bias: statistics.dense_norm.offset,
            label,
        },
        Stage {
            kind: UP,
            activation: Activation::Relu,
            output: statistics.first,
            bits: Bits::Eight,
            weights: first,
            bias: statistics.first_norm.offset,
            label: vec![],
        },
        Stage {
            kind: UP,
            activation: Activation::Tanh,
            output: statistics.logits,
            bits: Bits::Eight,
            weights: up_weights(&network.second),
            bias: values(network.second.bias.val()),
            label: vec![],
        },
    ]
}

/// Multiplies numbers whose last axis is the channel by the factors of the channels.
fn scale_channels(numbers: &mut [f32], norm: &Normalisation) {
    for (index, number) in numbers.iter_mut().enumerate() {
        *number *= norm.factor[index % norm.factor.len()];
    }
}

/// Weights `[output][input]` and label table of a dense layer of `[latent + classes][output]`: the
/// latent's part is the weights; the label's part, one row for each class, is what the label adds.
fn dense_weights(matrix: Tensor<2>, latent: usize) -> (Vec<f32>, Vec<f32>) {
    let [inputs, outputs] = matrix.dims();
    let rows = values(matrix);
    let weights = (0..outputs)
        .flat_map(|output| (0..latent).map(move |input| (input, output)))
        .map(|(input, output)| rows[input * outputs + output])
        .collect();
    let label = rows[latent * outputs..inputs * outputs]
        .iter()
        .map(|weight| weight * LABEL_SCALE)
        .collect();
    (weights, label)
}

fn up_weights(layer: &UpConv) -> Vec<f32> {
    let [inputs, outputs] = layer.weight.dims().map(|side| side / 4);
    let matrix = values(layer.weight.val());
    let mut weights = Vec::with_capacity(matrix.len());
    for place in 0..16 {
        let kernel = [place / 4, place % 4];
        for input in 0..inputs {
            for output in 0..outputs {
                let [row, column] =
                    UpConv::weight_index([inputs, outputs], kernel, [input, output]);
                weights.push(matrix[row * 4 * outputs + column]);
            }
        }
    }
    weights
}
