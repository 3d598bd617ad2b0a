//! What the page tells of a model, in words of 32 bits: the page reads them in this order.

use runtime::Model;
use runtime::format::{Kind, Layer, MAX_LAYERS, Provenance, Shape};
use runtime::geometry::Geometry;

/// Stands for a figure that the file does not give.
const NONE: u32 = u32::MAX;

/// The facts about a model.
#[repr(C)]
pub struct Facts {
    /// Bytes of the file: what the model takes of the flash.
    file_len: u32,
    /// CRC-32 at its end.
    checksum: u32,
    /// Bytes of RAM that generating works in.
    workspace_len: u32,
    /// Multiply-accumulates for an image.
    macs: Wide,
    latent_len: u32,
    classes: u32,
    image: Sides,
    data_set: Words,
    recipe: Words,
    tool: Words,
    steps: u32,
    seed: Wide,
    /// In 1/10000, or [`NONE`].
    recognised: u32,
    /// In 1/100, or [`NONE`].
    frechet: u32,
    layer_count: u32,
    layers: [LayerFacts; MAX_LAYERS],
}

/// Height, width and channels.
type Sides = [u32; 3];

/// A number of 64 bits: low and high half.
type Wide = [u32; 2];

/// Where a text is in the file: UTF-8.
#[repr(C)]
struct Words {
    start: *const u8,
    len: u32,
}

/// A layer.
#[repr(C)]
#[derive(Clone, Copy)]
struct LayerFacts {
    /// 0 dense, 1 convolution, 2 transposed convolution, 3 depthwise convolution, 4 upsampling.
    kind: u32,
    /// Kernel height and width, or the factor of an upsampling; 0 in a dense layer.
    kernel: u32,
    /// 0 in a dense layer and an upsampling.
    stride: u32,
    input: Sides,
    output: Sides,
    weight_bits: u32,
    macs: Wide,
}

impl Facts {
    /// The facts about `model`, which was loaded from `file`.
    pub(crate) fn new(model: &Model<'_>, file: &[u8]) -> Self {
        let Provenance {
            data_set,
            recipe,
            tool,
            steps,
            seed,
            scores,
        } = model.provenance();
        let mut layers = [LayerFacts::EMPTY; MAX_LAYERS];
        for (place, (geometry, layer)) in layers.iter_mut().zip(model.layers()) {
            *place = LayerFacts::new(&geometry, &layer);
        }
        Self {
            file_len: model.file_len() as u32,
            checksum: file
                .last_chunk()
                .map_or(0, |last| u32::from_le_bytes(*last)),
            workspace_len: model.workspace_len() as u32,
            macs: wide(model.macs()),
            latent_len: model.latent_len() as u32,
            classes: model.classes().into(),
            image: sides(model.image()),
            data_set: data_set.into(),
            recipe: recipe.into(),
            tool: tool.into(),
            steps,
            seed: wide(seed),
            recognised: scores.map_or(NONE, |scores| scores.recognised.into()),
            frechet: scores.map_or(NONE, |scores| scores.frechet),
            layer_count: model.layers().len() as u32,
            layers,
        }
    }
}

impl LayerFacts {
    const EMPTY: Self = Self {
        kind: 0,
        kernel: 0,
        stride: 0,
        input: [0; 3],
        output: [0; 3],
        weight_bits: 0,
        macs: [0; 2],
    };

    fn new(geometry: &Geometry, layer: &Layer) -> Self {
        let (kind, kernel, stride) = match layer.kind {
            Kind::Dense => (0, 0, 0),
            Kind::Conv(window) => (1, window.kernel, window.stride),
            Kind::ConvTranspose(window) => (2, window.kernel, window.stride),
            Kind::Depthwise(window) => (3, window.kernel, window.stride),
            Kind::Upsample(factor) => (4, factor, 0),
        };
        Self {
            kind,
            kernel: kernel.into(),
            stride: stride.into(),
            input: sides(geometry.input),
            output: sides(geometry.output),
            weight_bits: layer.bits.into(),
            macs: wide(geometry.macs()),
        }
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self {
            start: text.as_ptr(),
            len: text.len() as u32,
        }
    }
}

fn sides(shape: Shape) -> Sides {
    [shape.height, shape.width, shape.channels].map(u32::from)
}

fn wide(number: u64) -> Wide {
    [number as u32, (number >> 32) as u32]
}
