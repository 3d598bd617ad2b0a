//! What is measured: models with random weights, and the committed models.

use std::fs;
use std::path::Path;

use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;
use runtime::format::{Activation, File, Kind, Layer, MAX_LAYERS, Provenance, Shape, Window};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};

use crate::Result;

/// A model to measure.
pub struct Case {
    pub name: String,
    /// Whether the result is the last layer alone: then the layers before it only feed it.
    pub last_layer_only: bool,
    /// The model file cut after each layer, the whole model last.
    pub prefixes: Vec<Vec<u8>>,
    /// What each layer is.
    pub layers: Vec<LayerInfo>,
}

/// What the report says of a layer.
pub struct LayerInfo {
    pub name: String,
    /// Bits of a weight.
    bits: u8,
    pub macs: u64,
}

const LEAKY: Activation = Activation::LeakyRelu { slope: 6554 };
const DOUBLING: Kind = Kind::ConvTranspose(Window {
    kernel: 4,
    stride: 2,
    padding: 1,
});

/// One layer of a model to be made.
struct Spec {
    kind: Kind,
    output: Shape,
    activation: Activation,
    bits: u8,
}

fn spec(kind: Kind, output: [u16; 3], activation: Activation, bits: u8) -> Spec {
    let [height, width, channels] = output;
    Spec {
        kind,
        output: Shape::new(height, width, channels),
        activation,
        bits,
    }
}

/// All cases.
pub fn all() -> Result<Vec<Case>> {
    use Activation::{Identity, Tanh};
    use Kind::Dense;
    let generator = |[first, second]: [u16; 2], bits| {
        vec![
            spec(Dense, [7, 7, first], LEAKY, bits),
            spec(DOUBLING, [14, 14, second], LEAKY, bits),
            spec(DOUBLING, [28, 28, 1], Tanh, bits),
        ]
    };
    // Fed by a small layer, so that drawing the latent does not count.
    let dense_layer = |inputs, outputs, bits| {
        vec![
            spec(Dense, [1, 1, inputs], Identity, 8),
            spec(Dense, outputs, Identity, bits),
        ]
    };
    let last = |input, output, bits| {
        vec![
            spec(Dense, input, Identity, 8),
            spec(DOUBLING, output, Identity, bits),
        ]
    };
    let mlp = |bits| {
        vec![
            spec(Dense, [1, 1, 128], LEAKY, bits),
            spec(Dense, [28, 28, 1], Tanh, bits),
        ]
    };
    let mut cases = Vec::new();
    let mut add = |name: &str, last_layer_only, latent, classes, layers: Vec<Spec>| {
        cases.push(Case::random(
            name,
            last_layer_only,
            latent,
            classes,
            &layers,
        ));
    };
    add(
        "dense_128x784_i8",
        true,
        1,
        0,
        dense_layer(128, [1, 1, 784], 8),
    );
    add(
        "dense_64x1568_i8",
        true,
        1,
        0,
        dense_layer(64, [7, 7, 32], 8),
    );
    add(
        "dense_128x784_i4",
        true,
        1,
        0,
        dense_layer(128, [1, 1, 784], 4),
    );
    add(
        "convt_7x7x32_14x14x16_i8",
        true,
        1,
        0,
        last([7, 7, 32], [14, 14, 16], 8),
    );
    add(
        "convt_14x14x16_28x28x1_i8",
        true,
        1,
        0,
        last([14, 14, 16], [28, 28, 1], 8),
    );
    add(
        "convt_7x7x32_14x14x16_i4",
        true,
        1,
        0,
        last([7, 7, 32], [14, 14, 16], 4),
    );
    add("seed_mlp_image", false, 100, 0, mlp(8));
    add("seed_mlp_image_i4", false, 100, 0, mlp(4));
    add("conv_generator_image", false, 64, 0, generator([32, 16], 8));
    add(
        "conv_generator_image_i4",
        false,
        64,
        0,
        generator([32, 16], 4),
    );
    add("small_generator_image", false, 16, 10, generator([6, 8], 8));
    add("tiny_generator_image", false, 8, 10, generator([4, 6], 8));
    cases.extend(committed()?);
    Ok(cases)
}

/// The models in `firmware/models`.
fn committed() -> Result<Vec<Case>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/models");
    let Ok(entries) = fs::read_dir(&folder) else {
        return Ok(Vec::new());
    };
    let mut paths = entries
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<Vec<_>>>()?;
    paths.retain(|path| path.to_string_lossy().ends_with(".gen.bin"));
    paths.sort();
    paths
        .iter()
        .map(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = fs::read(path)?;
            Case::committed(name.trim_end_matches(".gen.bin"), &bytes)
                .map_err(|error| format!("{}: {error}", path.display()).into())
        })
        .collect()
}

impl Case {
    fn random(name: &str, last_layer_only: bool, latent: u8, classes: u8, specs: &[Spec]) -> Self {
        let mut random = Xoshiro128PlusPlus::seed_from_u64(1);
        let mut input = Shape::new(1, 1, u16::from(latent));
        let arrays: Vec<Arrays> = specs
            .iter()
            .map(|spec| {
                let geometry = Geometry {
                    kind: spec.kind,
                    input,
                    output: spec.output,
                };
                input = spec.output;
                Arrays::random(geometry, spec, classes, &mut random)
            })
            .collect();
        let layers: Vec<Layer> = arrays.iter().map(Arrays::layer).collect();
        Self {
            name: name.to_string(),
            last_layer_only,
            prefixes: prefixes(latent, classes, &layers),
            layers: arrays
                .iter()
                .map(|arrays| LayerInfo::new(&arrays.geometry, arrays.bits))
                .collect(),
        }
    }

    fn committed(name: &str, bytes: &[u8]) -> Result<Self> {
        let mut words = vec![0u32; bytes.len().div_ceil(4)];
        let aligned: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
        aligned[..bytes.len()].copy_from_slice(bytes);
        let model = runtime::Model::from_bytes(&aligned[..bytes.len()])?;
        let layers: Vec<Layer> = model.layers().map(|(_, layer)| layer).collect();
        let info = model
            .layers()
            .map(|(geometry, layer)| LayerInfo::new(&geometry, layer.bits));
        Ok(Self {
            name: format!("model_{name}"),
            last_layer_only: false,
            prefixes: prefixes(model.latent_len() as u8, model.classes(), &layers),
            layers: info.collect(),
        })
    }

    /// Whether a runtime without optional features can load it: none of the cases has more kinds of
    /// layers than that.
    pub fn is_basic(&self) -> bool {
        self.layers.iter().all(|layer| layer.bits == 8)
    }
}

impl LayerInfo {
    fn new(geometry: &Geometry, bits: u8) -> Self {
        let shape = |shape: Shape| format!("{}x{}x{}", shape.height, shape.width, shape.channels);
        let kind = match geometry.kind {
            Kind::Dense => "dense".to_string(),
            Kind::ConvTranspose(w) => format!("conv transposed {0}x{0} s{1}", w.kernel, w.stride),
            Kind::Conv(w) => format!("conv {0}x{0} s{1}", w.kernel, w.stride),
            Kind::Depthwise(w) => format!("depthwise {0}x{0} s{1}", w.kernel, w.stride),
            Kind::Upsample(factor) => format!("upsample {factor}"),
        };
        let (input, output) = (shape(geometry.input), shape(geometry.output));
        Self {
            name: format!("{kind} {input} → {output}, int{bits}"),
            bits,
            macs: geometry.macs(),
        }
    }
}

/// Model files of the first layer, the first two, and so on.
fn prefixes(latent: u8, classes: u8, layers: &[Layer]) -> Vec<Vec<u8>> {
    (1..=layers.len())
        .map(|count| {
            let layers: heapless::Vec<Layer, MAX_LAYERS> =
                layers[..count].iter().copied().collect();
            let mut buffer = vec![0; 1 << 20];
            File::new(Provenance::UNKNOWN, latent, classes, layers)
                .encode(&mut buffer)
                .expect("the layers fit together, and the buffer is larger than the file")
                .to_vec()
        })
        .collect()
}

/// A layer's random arrays.
struct Arrays {
    geometry: Geometry,
    activation: Activation,
    bits: u8,
    pre_shift: u8,
    post_shift: u8,
    bias_shift: u8,
    label_shift: u8,
    weights: Vec<u8>,
    multipliers: Vec<u8>,
    bias: Vec<u8>,
    label: Vec<u8>,
}

impl Arrays {
    /// Weights are uniform over their range. Scales are such that no sum can overflow and the
    /// results spread by about a third of the range.
    fn random(
        geometry: Geometry,
        spec: &Spec,
        classes: u8,
        random: &mut Xoshiro128PlusPlus,
    ) -> Self {
        let largest = if spec.bits == 4 { 7 } else { 127 };
        let mut uniform = |largest: i32| {
            ((i64::from(random.next_u32()) * i64::from(2 * largest + 1)) >> 32) as i32 - largest
        };
        let plain: Vec<i8> = (0..geometry.weights())
            .map(|_| uniform(largest) as i8)
            .collect();
        let mut weights = vec![0; weights_len(&geometry, spec.bits)];
        pack(&geometry, spec.bits, &plain, &mut weights);
        let inputs = geometry.taps(0) * geometry.group(0).segment;
        let bound = f64::from(largest) * 128.0 * inputs as f64 * 1.5;
        let spread = f64::from(largest) / 3f64.sqrt() * 60.0 * (inputs as f64).sqrt();
        let pre_shift = (bound.log2().ceil() - 16.0).max(0.0);
        let post_shift = (spread / pre_shift.exp2() * 24_000.0 / 45.0)
            .log2()
            .round()
            .max(0.0);
        let bias_shift = (spread / 128.0).log2().floor().clamp(0.0, 15.0);
        let channels = geometry.output.channels as usize;
        let dense = geometry.kind == Kind::Dense;
        let multipliers = (0..channels).map(|_| (24_000 + uniform(7_000)) as u16);
        let multipliers = multipliers.flat_map(u16::to_le_bytes).collect();
        let biases = if dense && channels == 1 {
            geometry.output.len()
        } else {
            channels
        };
        let bias = (0..biases)
            .map(|_| uniform(60) as i16)
            .flat_map(i16::to_le_bytes)
            .collect();
        let labels = if dense {
            usize::from(classes) * geometry.output.len()
        } else {
            0
        };
        Self {
            geometry,
            activation: spec.activation,
            bits: spec.bits,
            pre_shift: pre_shift as u8,
            post_shift: post_shift as u8,
            bias_shift: bias_shift as u8,
            label_shift: if labels == 0 { 0 } else { bias_shift as u8 },
            weights,
            multipliers,
            bias,
            label: (0..labels).map(|_| uniform(60) as u8).collect(),
        }
    }

    fn layer(&self) -> Layer<'_> {
        Layer {
            kind: self.geometry.kind,
            output: self.geometry.output,
            activation: self.activation,
            bits: self.bits,
            pre_shift: self.pre_shift,
            post_shift: self.post_shift,
            multipliers: &self.multipliers,
            bias_shift: self.bias_shift,
            bias: &self.bias,
            label_shift: self.label_shift,
            label: &self.label,
            weights: &self.weights,
        }
    }
}
