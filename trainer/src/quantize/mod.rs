//! From a trained generator in floats to the integers of a model file.
//!
//! Post-training quantization: weights with one scale per output channel, activations with one
//! scale per layer, chosen from what the generator puts out for many latents. All zero points are
//! zero. `runtime/ARITHMETIC.md` says what the runtime makes of it.

mod fixed_point;
mod layer;

use heapless::Vec as Layers;
use runtime::Latent;
use runtime::format::{Activation, File, Kind, Provenance, Shape, Window};
use runtime::geometry::Geometry;
use thiserror::Error;

use crate::gan::draws::one_hot;
use crate::gan::generator::{Generator, LABEL_SCALE, UpConv};
use crate::gan::recipe::SLOPE;
use burn::Tensor;
use burn::tensor::TensorData;

pub use layer::{FloatLayer, IntegerLayer};

/// What one step of the latent's integers stands for.
pub const LATENT_STEP: f64 = 1.0 / 128.0;
/// What one step of the tanh table's input stands for.
pub const TANH_STEP: f64 = 1.0 / 64.0;
/// Images that the activations' ranges are taken from.
const CALIBRATION: u32 = 2000;
/// Share of the activations' values that may be cut at the ends of their range.
const CLIPPED: f64 = 1e-5;

/// Why a generator has no integer form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum QuantizeError {
    /// A weight is infinite or not a number: the training has diverged.
    #[error("the weights of layer {layer} are not finite: the training has diverged")]
    NotFinite {
        /// Index of the layer, from 0.
        layer: usize,
    },
    /// The layer's scales are outside of what the fixed-point arithmetic can hold.
    #[error("the weights of layer {layer} are too large or too small for integers")]
    Range {
        /// Index of the layer, from 0.
        layer: usize,
    },
}

/// Quantizes `generator`, a plain one (without automatic differentiation).
///
/// # Errors
/// [`QuantizeError`] if the weights are not finite or out of range.
pub fn quantize(generator: &Generator) -> Result<Vec<IntegerLayer>, QuantizeError> {
    float_layers(generator)
        .iter()
        .enumerate()
        .map(|(index, layer)| layer.quantize(index))
        .collect()
}

/// The bytes of the model file with these layers.
pub fn encode(
    layers: &[IntegerLayer],
    latent: usize,
    classes: usize,
    provenance: Provenance,
) -> Vec<u8> {
    let layers: Layers<_, { runtime::format::MAX_LAYERS }> =
        layers.iter().map(IntegerLayer::as_file_layer).collect();
    let size: usize = layers
        .iter()
        .map(|l| l.weights.len() + l.label.len() + l.bias.len() + l.multipliers.len() + 64)
        .sum();
    let strings = provenance.data_set.len() + provenance.recipe.len() + provenance.tool.len();
    let mut buffer = vec![0; size + strings + 128];
    File::new(provenance, latent as u8, classes as u8, layers)
        .encode(&mut buffer)
        .expect("the buffer is larger than the file")
        .to_vec()
}

/// The input of a float generator that stands for the same image as `(latent, label)` does on the
/// device: `[1][latent + classes]`.
pub fn float_input(latent: &Latent, label: u8, classes: usize) -> Vec<f32> {
    latent
        .components()
        .map(|q| f32::from(q) * LATENT_STEP as f32)
        .chain((0..classes).map(|class| one_hot(class, label)))
        .collect()
}

/// The inputs of images `0..count` in the numbering of `trainer sample`: seed `seed + i`, label
/// `i mod classes`.
pub fn float_inputs(generator: &Generator, count: u32, seed: u32) -> Tensor<2> {
    let classes = generator.classes();
    let width = generator.latent() + classes;
    let values: Vec<f32> = (0..count)
        .flat_map(|i| {
            let latent = Latent::from_seed(seed.wrapping_add(i), generator.latent());
            float_input(&latent, (i as usize % classes) as u8, classes)
        })
        .collect();
    let device = generator.dense.val().device();
    Tensor::from_data(TensorData::new(values, [count as usize, width]), &device)
}

fn float_layers(generator: &Generator) -> [FloatLayer; 3] {
    let outputs = generator.activations(float_inputs(generator, CALIBRATION, u32::MAX / 2));
    let shape = |tensor: &Tensor<4>| {
        let [_, height, width, channels] = tensor.dims();
        Shape::new(height as u16, width as u16, channels as u16)
    };
    let shapes = [
        Shape::new(1, 1, generator.latent() as u16),
        shape(&outputs.dense),
        shape(&outputs.first),
        shape(&outputs.logits),
    ];
    let steps = [
        LATENT_STEP,
        activation_step(outputs.dense),
        activation_step(outputs.first),
        TANH_STEP,
    ];
    let leaky = Activation::LeakyRelu {
        slope: (SLOPE * 32768.0).round() as u16,
    };
    let layer = |index: usize, kind, activation, (weights, bias, label)| FloatLayer {
        geometry: Geometry {
            kind,
            input: shapes[index],
            output: shapes[index + 1],
        },
        weights,
        bias,
        label,
        activation,
        input_step: steps[index],
        output_step: steps[index + 1],
    };
    let up = Kind::ConvTranspose(Window {
        kernel: 4,
        stride: 2,
        padding: 1,
    });
    [
        layer(0, Kind::Dense, leaky, dense_weights(generator)),
        layer(1, up, leaky, up_weights(&generator.first)),
        layer(2, up, Activation::Tanh, up_weights(&generator.second)),
    ]
}

/// Weights, bias and label table of a layer.
type Parameters = (Vec<f32>, Vec<f32>, Vec<f32>);

/// The latent's part of the dense layer is its weight matrix; the label's part, one row for each
/// class, is what the label adds.
fn dense_weights(generator: &Generator) -> Parameters {
    let [inputs, outputs] = generator.dense.dims();
    let latent = generator.latent();
    let rows = values(generator.dense.val());
    let weights = (0..outputs)
        .flat_map(|output| (0..latent).map(move |input| (input, output)))
        .map(|(input, output)| rows[input * outputs + output])
        .collect();
    let label = rows[latent * outputs..inputs * outputs]
        .iter()
        .map(|weight| weight * LABEL_SCALE)
        .collect();
    (weights, vec![], label)
}

fn up_weights(layer: &UpConv) -> Parameters {
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
    (weights, values(layer.bias.val()), vec![])
}

/// The step that lets the integers -127 to 127 span all but [`CLIPPED`] of the values.
fn activation_step(activations: Tensor<4>) -> f64 {
    let mut magnitudes: Vec<f32> = values(activations).into_iter().map(f32::abs).collect();
    let cut = (magnitudes.len() as f64 * CLIPPED) as usize;
    let index = magnitudes.len() - 1 - cut;
    let (_, &mut range, _) = magnitudes.select_nth_unstable_by(index, f32::total_cmp);
    // A layer that is always silent still needs a step.
    f64::from(range).max(1e-6) / 127.0
}

fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec()
        .expect("the weights of a generator are 32-bit floats")
}
