//! The facts about a model, as they appear in JSON too.

use runtime::Model;
use runtime::format::{Activation, Kind, Layer, Shape};
use runtime::geometry::Geometry;
use serde::Serialize;

/// Everything that `trainer inspect` tells. The fields are those of its JSON.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The file, as the user named it.
    pub file: String,
    /// Bytes of the file: what the model takes of the flash.
    pub flash_bytes: usize,
    /// Bytes of RAM that generating works in.
    pub workspace_bytes: usize,
    /// Multiply-accumulates for an image.
    pub macs: u64,
    /// Components of the latent.
    pub latent: usize,
    /// Classes to choose from; 0 for an unconditional model.
    pub classes: u8,
    /// Size of an image, `[height, width, channels]`.
    pub image: [u16; 3],
    /// Where the model comes from.
    pub provenance: Provenance,
    /// The layers in the order of their computation.
    pub layers: Vec<LayerReport>,
}

/// Where a model comes from.
#[derive(Debug, Serialize)]
pub struct Provenance {
    /// Data set that it was trained on.
    pub data_set: String,
    /// Training recipe.
    pub recipe: String,
    /// Name and version of the program that wrote the file.
    pub tool: String,
    /// Training steps.
    pub steps: u32,
    /// Training seed.
    pub seed: u64,
    /// Share of generated images that a classifier reads as the requested class, 0 to 1, if that
    /// was measured.
    pub recognised: Option<f64>,
    /// Fréchet distance to real test images, if that was measured.
    pub frechet: Option<f64>,
}

/// What a layer is and costs.
#[derive(Debug, Serialize)]
pub struct LayerReport {
    /// `dense`, `conv`, `conv_transpose`, `depthwise` or `upsample`.
    pub kind: &'static str,
    /// Kernel height and width of a convolution.
    pub kernel: Option<u8>,
    /// Stride of a convolution, or factor of an upsampling.
    pub stride: Option<u8>,
    /// Padding of a convolution, as in PyTorch.
    pub padding: Option<u8>,
    /// Shape of the input, `[height, width, channels]`.
    pub input: [u16; 3],
    /// Shape of the output, likewise.
    pub output: [u16; 3],
    /// `identity`, `relu`, `leaky_relu`, `tanh` or `sigmoid`.
    pub activation: &'static str,
    /// Slope of a leaky ReLU below zero.
    pub slope: Option<f64>,
    /// Number of weights.
    pub weights: usize,
    /// Bits of a weight, if there are any.
    pub weight_bits: Option<u8>,
    /// Smallest and largest scale of the output channels: a sum times its channel's scale is the
    /// input of the activation function, in the activation's steps.
    pub scales: Option<[f64; 2]>,
    /// Multiply-accumulates.
    pub macs: u64,
    /// Bytes of weights, multipliers, biases and label table.
    pub flash_bytes: usize,
}

impl Report {
    /// The facts about `model`, which is in the file `file`.
    pub fn new(file: &str, model: &Model) -> Self {
        let provenance = model.provenance();
        let scores = provenance.scores;
        Self {
            file: file.to_owned(),
            flash_bytes: model.file_len(),
            workspace_bytes: model.workspace_len(),
            macs: model.macs(),
            latent: model.latent_len(),
            classes: model.classes(),
            image: sides(model.image()),
            provenance: Provenance {
                data_set: provenance.data_set.to_owned(),
                recipe: provenance.recipe.to_owned(),
                tool: provenance.tool.to_owned(),
                steps: provenance.steps,
                seed: provenance.seed,
                // Where there are no classes, none was asked for.
                recognised: scores
                    .filter(|_| model.classes() > 0)
                    .map(|scores| f64::from(scores.recognised) / 10_000.0),
                frechet: scores.map(|scores| f64::from(scores.frechet) / 100.0),
            },
            layers: model
                .layers()
                .map(|(geometry, layer)| LayerReport::new(&geometry, &layer))
                .collect(),
        }
    }
}

impl LayerReport {
    fn new(geometry: &Geometry, layer: &Layer) -> Self {
        let (kind, window) = match layer.kind {
            Kind::Dense => ("dense", None),
            Kind::Conv(window) => ("conv", Some(window)),
            Kind::ConvTranspose(window) => ("conv_transpose", Some(window)),
            Kind::Depthwise(window) => ("depthwise", Some(window)),
            Kind::Upsample(_) => ("upsample", None),
        };
        let factor = match layer.kind {
            Kind::Upsample(factor) => Some(factor),
            _ => None,
        };
        let (activation, slope) = match layer.activation {
            Activation::Identity => ("identity", None),
            Activation::Relu => ("relu", None),
            // In Q15.
            Activation::LeakyRelu { slope } => ("leaky_relu", Some(f64::from(slope) / 32_768.0)),
            Activation::Tanh => ("tanh", None),
            Activation::Sigmoid => ("sigmoid", None),
        };
        let weights = geometry.weights();
        let arrays = [layer.weights, layer.multipliers, layer.bias, layer.label];
        Self {
            kind,
            kernel: window.map(|window| window.kernel),
            stride: window.map(|window| window.stride).or(factor),
            padding: window.map(|window| window.padding),
            input: sides(geometry.input),
            output: sides(geometry.output),
            activation,
            slope,
            weights,
            weight_bits: (weights > 0).then_some(layer.bits),
            scales: scales(layer),
            macs: geometry.macs(),
            flash_bytes: arrays.iter().map(|array| array.len()).sum(),
        }
    }
}

/// Smallest and largest real value of the requantization: `multiplier / 2^(shifts)`.
fn scales(layer: &Layer) -> Option<[f64; 2]> {
    let (multipliers, _) = layer.multipliers.as_chunks::<2>();
    let multipliers = multipliers.iter().map(|&bytes| u16::from_le_bytes(bytes));
    let shifts = i32::from(layer.pre_shift) + i32::from(layer.post_shift);
    let scale = |multiplier: u16| f64::from(multiplier) * 2f64.powi(-shifts);
    let (smallest, largest) = (multipliers.clone().min()?, multipliers.max()?);
    Some([scale(smallest), scale(largest)])
}

fn sides(shape: Shape) -> [u16; 3] {
    [shape.height, shape.width, shape.channels]
}

#[cfg(test)]
mod tests {
    use runtime::format::{File, Provenance, Scores, Window};
    use runtime::layout;

    use super::*;

    fn geometry() -> Geometry {
        Geometry {
            kind: Kind::Dense,
            input: Shape::new(1, 1, 4),
            output: Shape::new(2, 2, 1),
        }
    }

    /// A model of a dense layer 4 -> 2x2x1 and an upsampling by two, written as a file.
    fn file() -> Vec<u8> {
        let geometry = geometry();
        let mut weights = vec![0; layout::weights_len(&geometry, 8)];
        layout::pack(&geometry, 8, &[5; 16], &mut weights);
        let dense = Layer {
            kind: geometry.kind,
            output: geometry.output,
            activation: Activation::LeakyRelu { slope: 8192 },
            bits: 8,
            pre_shift: 4,
            post_shift: 10,
            multipliers: &16_384u16.to_le_bytes(),
            bias_shift: 0,
            bias: &[0; 2],
            label_shift: 0,
            label: &[1; 20],
            weights: &weights,
        };
        let upsample = Layer::upsample(Shape::new(2, 2, 1), 2);
        let provenance = Provenance {
            data_set: "mnist",
            recipe: "tiny",
            tool: "trainer 0.1.0",
            steps: 600,
            seed: 7,
            scores: Some(Scores {
                recognised: 9_731,
                frechet: 1_250,
            }),
        };
        let layers = [dense, upsample].into_iter().collect();
        let mut buffer = [0; 1000];
        File::new(provenance, 4, 5, layers)
            .encode(&mut buffer)
            .unwrap()
            .to_vec()
    }

    #[test]
    fn tells_every_fact() {
        let bytes = file();
        let model = Model::from_bytes(&bytes).unwrap();
        let json = serde_json::json!(Report::new("gen.bin", &model));
        assert_eq!(json["file"], "gen.bin");
        assert_eq!(json["flash_bytes"], bytes.len());
        assert_eq!(json["workspace_bytes"], model.workspace_len());
        assert_eq!(json["macs"], 16);
        assert_eq!(json["latent"], 4);
        assert_eq!(json["classes"], 5);
        assert_eq!(json["image"], serde_json::json!([4, 4, 1]));
        assert_eq!(
            json["provenance"],
            serde_json::json!({
                "data_set": "mnist", "recipe": "tiny", "tool": "trainer 0.1.0",
                "steps": 600, "seed": 7, "recognised": 0.9731, "frechet": 12.5,
            })
        );
        assert_eq!(
            json["layers"][0],
            serde_json::json!({
                "kind": "dense", "kernel": null, "stride": null, "padding": null,
                "input": [1, 1, 4], "output": [2, 2, 1],
                "activation": "leaky_relu", "slope": 0.25,
                "weights": 16, "weight_bits": 8, "scales": [1.0, 1.0],
                "macs": 16, "flash_bytes": layout::weights_len(&geometry(), 8) + 2 + 2 + 20,
            })
        );
        assert_eq!(json["layers"][1]["kind"], "upsample");
        assert_eq!(json["layers"][1]["stride"], 2);
        assert_eq!(json["layers"][1]["scales"], serde_json::Value::Null);
    }

    #[test]
    fn tells_the_window_of_a_convolution() {
        let window = Window {
            kernel: 4,
            stride: 2,
            padding: 1,
        };
        let geometry = Geometry {
            kind: Kind::ConvTranspose(window),
            input: Shape::new(7, 7, 6),
            output: Shape::new(14, 14, 8),
        };
        let layer = Layer {
            kind: geometry.kind,
            output: geometry.output,
            activation: Activation::Tanh,
            bits: 4,
            multipliers: &[0, 1, 0, 2], // 256 and 512
            post_shift: 9,
            ..Layer::upsample(geometry.input, 1)
        };
        let report = LayerReport::new(&geometry, &layer);
        assert_eq!(report.kind, "conv_transpose");
        assert_eq!(
            (report.kernel, report.stride, report.padding),
            (Some(4), Some(2), Some(1))
        );
        assert_eq!(report.scales, Some([0.5, 1.0]));
        assert_eq!(report.weights, 768);
        assert_eq!(report.macs, 7 * 7 * 768);
        assert_eq!(report.weight_bits, Some(4));
    }
}
