//! From a trained generator in floats to the integers of a model file.
//!
//! Weights of eight bits (four where the training has seen to it) with one scale per output channel, activations with one
//! scale per layer, chosen from what the generator puts out for many latents. All zero points are
//! zero. `runtime/ARITHMETIC.md` says what the runtime makes of it.

mod fixed_point;
mod layer;
mod stages;

use heapless::Vec as Layers;
use runtime::format::{self, Activation, File, Provenance, Scores, Shape};
use runtime::geometry::Geometry;
use runtime::{Latent, Model};
use thiserror::Error;

use crate::gan::draws::one_hot;
use crate::gan::generator::Generator;
use crate::gan::layers::values;
use burn::Tensor;
use burn::tensor::TensorData;

use stages::stages;

pub use layer::{FloatLayer, IntegerLayer};

/// What one step of the tanh table's input stands for.
pub const TANH_STEP: f64 = 1.0 / 64.0;
/// Images that the activations' ranges are taken from.
const CALIBRATION: u32 = 2000;
/// Share of the activations' values that may be cut at the ends of their range.
const CLIPPED: f64 = 3e-4;

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
    let layers = layers.iter().map(IntegerLayer::as_file_layer).collect();
    to_bytes(provenance, latent, classes, layers)
}

/// The bytes of the file of `model` with other scores.
pub fn with_scores(model: &Model, scores: Scores) -> Vec<u8> {
    let provenance = Provenance {
        scores: Some(scores),
        ..model.provenance()
    };
    let layers = model.layers().map(|(_, layer)| layer).collect();
    let classes = usize::from(model.classes());
    to_bytes(provenance, model.latent_len(), classes, layers)
}

fn to_bytes(
    provenance: Provenance,
    latent: usize,
    classes: usize,
    layers: Layers<format::Layer, { format::MAX_LAYERS }>,
) -> Vec<u8> {
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

/// What one step of the latent's integers stands for.
fn latent_step(generator: &Generator) -> f64 {
    generator.spread() / 128.0
}

/// The input of a float generator that stands for the same image as `(latent, label)` does on the
/// device: `[1][latent + classes]`.
pub fn float_input(generator: &Generator, latent: &Latent, label: u8) -> Vec<f32> {
    let step = latent_step(generator) as f32;
    latent
        .components()
        .map(|q| f32::from(q) * step)
        .chain((0..generator.classes()).map(|class| one_hot(class, label)))
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
            float_input(generator, &latent, (i as usize % classes.max(1)) as u8)
        })
        .collect();
    let device = generator.device();
    Tensor::from_data(TensorData::new(values, [count as usize, width]), &device)
}

/// The layers in floats: each one's input is what the one before puts out.
fn float_layers(generator: &Generator) -> Vec<FloatLayer> {
    let mut input = Shape::new(1, 1, generator.latent() as u16);
    let mut input_step = latent_step(generator);
    let inputs = float_inputs(generator, CALIBRATION, u32::MAX / 2);
    stages(generator, inputs)
        .into_iter()
        .map(|stage| {
            let [_, height, width, channels] = stage.output.dims();
            let output = Shape::new(height as u16, width as u16, channels as u16);
            let output_step = match stage.activation {
                Activation::Tanh => TANH_STEP,
                _ => activation_step(stage.output),
            };
            let layer = FloatLayer {
                geometry: Geometry {
                    kind: stage.kind,
                    input,
                    output,
                },
                bits: stage.bits,
                weights: stage.weights,
                bias: stage.bias,
                label: stage.label,
                activation: stage.activation,
                input_step,
                output_step,
            };
            (input, input_step) = (output, output_step);
            layer
        })
        .collect()
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
