//! The model file, checked once.

use crate::error::{ModelError, Part};
use crate::format::{
    Activation, File, Kind, Layer, MAGIC, MAX_ACTIVATION, MAX_CHANNELS, MAX_LATENT, MAX_SIDE,
    Provenance, Shape, VERSION, crc32,
};
use crate::geometry::Geometry;
use crate::layout::{matrix_start, panel_width};
use crate::requantize::rounding;

/// A model whose every property has been checked, so that generating from it cannot fail.
///
/// It borrows the file: weights, biases and multipliers stay where they are, in flash.
#[derive(Clone, Debug)]
pub struct Model<'a> {
    file: File<'a>,
    file_len: usize,
}

impl<'a> Model<'a> {
    /// Checks `bytes`, the whole content of a model file.
    ///
    /// # Errors
    /// [`ModelError`] says what is wrong. No byte string makes this panic.
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, ModelError> {
        let (magic, rest) = bytes.split_at_checked(4).ok_or(ModelError::NotAModel)?;
        if magic != MAGIC {
            return Err(ModelError::NotAModel);
        }
        let version = *rest.first().ok_or(ModelError::Checksum)?;
        if version != VERSION {
            return Err(ModelError::Version {
                found: version,
                supported: VERSION,
            });
        }
        let (content, crc) = bytes.split_last_chunk().ok_or(ModelError::Checksum)?;
        if u32::from_le_bytes(*crc) != crc32(content) {
            return Err(ModelError::Checksum);
        }
        let (file, after) =
            postcard::take_from_bytes::<File>(content).map_err(|_| ModelError::Malformed)?;
        if !after.is_empty() {
            return Err(ModelError::Malformed);
        }
        let model = Self {
            file,
            file_len: bytes.len(),
        };
        model.check()?;
        Ok(model)
    }

    fn check(&self) -> Result<(), ModelError> {
        let file = &self.file;
        if file.latent == 0 || file.latent as usize > MAX_LATENT {
            return Err(ModelError::LatentLength { found: file.latent });
        }
        if file.layers.is_empty() {
            return Err(ModelError::NoLayers);
        }
        let mut input = self.latent_shape();
        for (index, layer) in file.layers.iter().enumerate() {
            check_layer(index as u8, layer, input, file.classes)?;
            input = layer.output;
        }
        Ok(())
    }

    fn latent_shape(&self) -> Shape {
        Shape::new(1, 1, u16::from(self.file.latent))
    }

    /// Shape of the generated image. Pixels are u8, 0 black and 255 full ink.
    pub fn image(&self) -> Shape {
        self.file
            .layers
            .last()
            .map_or(self.latent_shape(), |layer| layer.output)
    }

    /// Number of classes to choose from: labels are 0 to one less. An unconditional model has
    /// none and takes label 0.
    pub fn classes(&self) -> u8 {
        self.file.classes
    }

    /// Components of the latent.
    pub fn latent_len(&self) -> usize {
        self.file.latent as usize
    }

    /// The layers, in the order of their computation.
    pub fn layers(&self) -> &[Layer<'a>] {
        &self.file.layers
    }

    /// Shapes of the layers, in the same order.
    pub fn geometries(&self) -> impl Iterator<Item = Geometry> + '_ {
        self.layers()
            .iter()
            .scan(self.latent_shape(), |input, layer| {
                let geometry = Geometry {
                    kind: layer.kind,
                    input: *input,
                    output: layer.output,
                };
                *input = layer.output;
                Some(geometry)
            })
    }

    /// Where the model comes from.
    pub fn provenance(&self) -> &Provenance<'a> {
        &self.file.provenance
    }

    /// Size of the file, in bytes: what the model takes of the flash.
    pub fn file_len(&self) -> usize {
        self.file_len
    }

    /// Multiply-accumulates for one image, cropped edges included.
    pub fn macs(&self) -> u64 {
        self.geometries().map(|geometry| geometry.macs()).sum()
    }

    /// Bytes of RAM that a [`Generator`](crate::Generator) works in: the rows of each activation
    /// that the next layer looks at, and one row of the image.
    pub fn workspace_len(&self) -> usize {
        let kept: usize = self.geometries().skip(1).map(|g| g.kept_len()).sum();
        kept + self.image().row_len()
    }
}

fn check_layer(index: u8, layer: &Layer, input: Shape, classes: u8) -> Result<(), ModelError> {
    let output = layer.output;
    if output.is_empty()
        || output.height > MAX_SIDE
        || output.width > MAX_SIDE
        || output.channels > MAX_CHANNELS
        || output.len() > MAX_ACTIVATION
    {
        return Err(ModelError::LayerShape { layer: index });
    }
    let geometry = Geometry {
        kind: layer.kind,
        input,
        output,
    };
    if !geometry.is_well_formed() {
        return Err(ModelError::LayerGeometry { layer: index });
    }
    let outputs = output.len();
    let channels = output.channels as usize;
    let dense = layer.kind == Kind::Dense;

    let length = |part, found: usize, expected: usize| {
        if found == expected {
            return Ok(());
        }
        Err(ModelError::LayerLength {
            layer: index,
            part,
            expected: expected as u32,
            found: found as u32,
        })
    };
    length(Part::Weights, layer.weights.len(), geometry.weights())?;
    length(Part::Multipliers, layer.multipliers.len(), 2 * channels)?;
    if !layer.bias.is_empty() && !(dense && layer.bias.len() == 2 * outputs) {
        length(Part::Bias, layer.bias.len(), 2 * channels)?;
    }
    if !layer.label.is_empty() {
        let expected = if dense { classes as usize * outputs } else { 0 };
        length(Part::Label, layer.label.len(), expected)?;
    }
    if layer.padding.len() > 3 {
        length(Part::Padding, layer.padding.len(), 0)?;
    }

    let range = |part| Err(ModelError::LayerRange { layer: index, part });
    if layer.pre_shift > 31
        || layer.post_shift > 31
        || layer.bias_shift > 15
        || layer.label_shift > 23
    {
        return range(Part::Shift);
    }
    if let Activation::LeakyRelu { slope } = layer.activation
        && slope > 1 << 15
    {
        return range(Part::Activation);
    }
    if layer
        .multipliers
        .as_chunks::<2>()
        .0
        .iter()
        .any(|&m| u16::from_le_bytes(m) > i16::MAX as u16)
    {
        return range(Part::Multipliers);
    }
    if layer.weights.contains(&0x80) {
        return range(Part::Weights);
    }
    check_sums(index, layer, &geometry, classes)
}

/// Proves that no sum of the layer, nor any step of its requantization, can leave 32 bits,
/// whatever the inputs: from the sum of each output's absolute weights, inputs of at most 128,
/// its bias and its largest label entry.
fn check_sums(
    index: u8,
    layer: &Layer,
    geometry: &Geometry,
    classes: u8,
) -> Result<(), ModelError> {
    let channels = geometry.output.channels as usize;
    let slope = match layer.activation {
        Activation::LeakyRelu { slope } => u64::from(slope),
        _ => 0,
    };
    for phase in 0..geometry.row_phases() {
        for group in 0..geometry.groups() {
            let shape = geometry.group(group);
            let inputs = geometry.taps(phase) * shape.segment;
            let start = matrix_start(geometry, phase, group);
            let mut panel = layer.weights.get(start..).unwrap_or_default();
            let mut column = 0;
            while column < shape.outputs {
                let width = panel_width(shape.outputs - column);
                let (weights, after) = panel
                    .split_at_checked(inputs * width)
                    .ok_or(ModelError::LayerGeometry { layer: index })?;
                panel = after;
                let norms = panel_norms(weights, geometry.taps(phase), shape.segment, width);
                for (offset, norm) in norms.iter().take(width).enumerate() {
                    let place = phase * shape.outputs + column + offset;
                    let channel = (column + offset) % channels;
                    let bound = u64::from(*norm) * 128
                        + layer.largest_bias(place, channel)
                        + layer.largest_label(place, geometry.output.len(), classes);
                    let multiplier = u64::from(layer.multiplier(channel).unsigned_abs());
                    let pre = rounding(u32::from(layer.pre_shift)) as u32;
                    let post = rounding(u32::from(layer.post_shift)) as u32;
                    let prescaled = (bound + u64::from(pre)) >> layer.pre_shift;
                    let fits = |value: u64| value <= i32::MAX as u64;
                    if !fits(bound + u64::from(pre))
                        || !fits(prescaled * slope + (1 << 14))
                        || !fits(prescaled * multiplier + u64::from(post))
                    {
                        return Err(ModelError::LayerOverflow { layer: index });
                    }
                }
                column += width;
            }
        }
    }
    Ok(())
}

/// Sum of the absolute weights of each column of a panel.
fn panel_norms(weights: &[u8], taps: usize, segment: usize, width: usize) -> [u32; 8] {
    let mut norms = [0; 8];
    let mut weights = weights.iter();
    for _ in 0..taps {
        for k in 0..segment {
            // A quad of `width` columns has the same columns as four single inputs, in pairs of
            // two inputs; a panel of one column has no pairs.
            let in_quad = width > 1 && k < segment / 4 * 4;
            for place in 0..width {
                let column = if in_quad {
                    let flat = (k % 4) * width + place;
                    flat % (2 * width) / 4 * 2 + flat % 2
                } else {
                    place
                };
                let weight = weights.next().map_or(0, |&byte| byte as i8);
                if let Some(norm) = norms.get_mut(column) {
                    *norm += u32::from(weight.unsigned_abs());
                }
            }
        }
    }
    norms
}

impl Layer<'_> {
    /// Requantization multiplier of an output channel.
    pub(crate) fn multiplier(&self, channel: usize) -> i32 {
        read_i16(self.multipliers, channel)
    }

    /// What is in a sum before any product: the bias of output `place` (flattened) of the given
    /// channel.
    pub(crate) fn bias(&self, place: usize, channel: usize) -> i32 {
        let index = if self.bias.len() == self.multipliers.len() {
            channel
        } else {
            place
        };
        read_i16(self.bias, index) << self.bias_shift
    }

    fn largest_bias(&self, place: usize, channel: usize) -> u64 {
        u64::from(self.bias(place, channel).unsigned_abs())
    }

    fn largest_label(&self, place: usize, outputs: usize, classes: u8) -> u64 {
        (0..classes as usize)
            .filter_map(|class| self.label.get(class * outputs + place))
            .map(|&byte| u64::from((byte as i8).unsigned_abs()) << self.label_shift)
            .max()
            .unwrap_or(0)
    }
}

fn read_i16(bytes: &[u8], index: usize) -> i32 {
    match bytes.get(2 * index..2 * index + 2) {
        Some(&[low, high]) => i32::from(i16::from_le_bytes([low, high])),
        _ => 0,
    }
}
