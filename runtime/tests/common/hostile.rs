//! Model files as an attacker or a broken flash would make them, and what must hold of any.

use super::aligned::Aligned;
use crc::{CRC_32_ISO_HDLC, Crc};
use heapless::Vec as Layers;
use runtime::format::{Activation, File, Kind, Layer, MAX_LAYERS, Provenance, Shape, Window};
use runtime::geometry::Geometry;
use runtime::layout::weights_len;
use runtime::{GenerateError, Generator, Latent, Model, ModelError};

/// Products beyond which a model is loaded but not run: an image may not take long here.
const MOST_MACS: u64 = 300_000;

/// Loads `bytes`. If they are a model, draws with it; nothing may panic.
pub fn load_and_draw(bytes: &[u8]) -> Result<(), ModelError> {
    let bytes = Aligned::new(bytes);
    let model = Model::from_bytes(&bytes)?;
    assert_eq!(model.file_len(), bytes.len());
    let layers = model.layers().count();
    assert!((1..=MAX_LAYERS).contains(&layers), "{layers} layers");
    let needed = model.workspace_len();
    let _ = model.provenance();
    if model.macs() > MOST_MACS || needed + model.image().len() > 1 << 20 {
        return Ok(());
    }
    let mut workspace = vec![0xff; needed];
    let too_small = Generator::new(&model, &mut workspace[..needed - 1]).map(|_| ());
    let given = needed - 1;
    assert_eq!(
        too_small,
        Err(GenerateError::WorkspaceTooSmall { needed, given })
    );
    let mut generator = Generator::new(&model, &mut workspace).expect("a workspace that fits");
    let latents = [
        Latent::from_seed(1, model.latent_len()),
        Latent::from_components(&vec![-128; model.latent_len()]).expect("a latent within limits"),
    ];
    let mut pixels = vec![0; model.image().len()];
    for (latent, label) in latents.iter().zip([0, model.classes().saturating_sub(1)]) {
        let mut rows = 0;
        generator
            .rows(latent, label, |y, row| {
                assert_eq!((y, row.len()), (rows, model.image().row_len()));
                rows += 1;
            })
            .expect("a label and a latent of the model");
        assert_eq!(rows, model.image().height as usize);
    }
    let label = model.classes().max(1);
    let refused = generator.generate(&latents[0], label, &mut pixels);
    let classes = model.classes();
    assert_eq!(refused, Err(GenerateError::NoSuchLabel { label, classes }));
    Ok(())
}

/// Puts the right checksum at the end of `bytes`.
pub fn repair_checksum(bytes: &mut Vec<u8>) {
    const CRC: Crc<u32> = Crc::<u32>::new(&CRC_32_ISO_HDLC);
    let content = bytes.len().saturating_sub(4);
    bytes.truncate(content);
    let checksum = CRC.checksum(bytes).to_le_bytes();
    bytes.extend(checksum);
}

/// Changes the model file `bytes` as `script` says, in steps of four bytes: what, where (two
/// bytes) and with what value. The checksum is right afterwards.
pub fn mutate(bytes: &mut Vec<u8>, script: &[u8]) {
    let content = bytes.len() - 4;
    bytes.truncate(content);
    for step in script.chunks_exact(4) {
        let (what, value) = (step[0], step[3]);
        let place = usize::from(u16::from_le_bytes([step[1], step[2]]));
        let anywhere = place % bytes.len().max(1);
        // Header and records are the first bytes.
        let ahead = place % bytes.len().clamp(1, 64);
        match what % 9 {
            0 | 1 if ahead < bytes.len() => bytes[ahead] = value,
            2 if ahead < bytes.len() => bytes[ahead] = bytes[ahead].wrapping_add(value % 5),
            3 if anywhere < bytes.len() => bytes[anywhere] = value,
            4 if anywhere < bytes.len() => bytes[anywhere] ^= 1 << (value % 8),
            5 => bytes.insert(ahead.min(bytes.len()), value),
            6 if ahead < bytes.len() => {
                bytes.remove(ahead);
            }
            7 => bytes.truncate(anywhere.max(5)),
            8 => bytes.resize(bytes.len() + usize::from(value), value),
            _ => {}
        }
    }
    bytes.extend([0; 4]);
    repair_checksum(bytes);
}

/// A model file with the shapes, shifts and arrays that `script` says, if the writer takes it.
/// Everything that the reader has to refuse is possible but wrong lengths.
pub fn grow(script: &[u8]) -> Option<Vec<u8>> {
    let mut script = Script(script);
    let latent = script.byte() % 130;
    let classes = script.byte() % 4;
    let mut input = Shape::new(1, 1, u16::from(latent));
    let mut arrays = Vec::new();
    for _ in 0..script.byte() % 5 + 1 {
        let layer = script.layer(input, classes)?;
        input = layer.0.output;
        arrays.push(layer);
    }
    let layers: Layers<Layer, MAX_LAYERS> = arrays
        .iter()
        .map(|(layer, arrays)| Layer {
            weights: &arrays[0],
            multipliers: &arrays[1],
            bias: &arrays[2],
            label: &arrays[3],
            ..*layer
        })
        .collect();
    let mut buffer = vec![0; 1 << 15];
    let file = File::new(Provenance::UNKNOWN, latent, classes, layers);
    let len = file.encode(&mut buffer).ok()?.len();
    buffer.truncate(len);
    Some(buffer)
}

/// Bytes that decide; zeros when they are used up.
struct Script<'a>(&'a [u8]);

impl Script<'_> {
    fn byte(&mut self) -> u8 {
        match self.0.split_first() {
            Some((&byte, rest)) => {
                self.0 = rest;
                byte
            }
            None => 0,
        }
    }

    /// Mostly below `usual`.
    fn below(&mut self, usual: u8) -> u8 {
        let byte = self.byte();
        if byte > 250 { byte } else { byte % usual }
    }

    fn layer(&mut self, input: Shape, classes: u8) -> Option<(Layer<'static>, [Vec<u8>; 4])> {
        let window = Window {
            kernel: self.below(7),
            stride: self.below(5),
            padding: self.below(5),
        };
        let channels = u16::from(self.below(12));
        let what = self.byte();
        let geometry = match what % 8 {
            0..=2 => Geometry::conv_transpose(window, self.byte() % 4, input, channels),
            3 => Geometry::conv(Kind::Conv(window), window, input, channels),
            4 => Geometry::conv(Kind::Depthwise(window), window, input, input.channels),
            5 => Geometry::upsample(self.byte() % 5, input),
            _ => Some(Geometry {
                kind: Kind::Dense,
                input,
                output: Shape::new(u16::from(self.below(9)), u16::from(self.below(9)), channels),
            }),
        }?;
        let outputs = geometry.output.len();
        let channels = geometry.output.channels as usize;
        let bits = if what & 8 == 0 { 8 } else { 4 };
        if geometry.weights() > 1 << 13 || outputs > 1 << 12 {
            return None;
        }
        let layer = Layer {
            kind: geometry.kind,
            output: geometry.output,
            activation: match self.byte() % 5 {
                0 => Activation::Identity,
                1 => Activation::Relu,
                2 => Activation::Tanh,
                3 => Activation::Sigmoid,
                _ => Activation::LeakyRelu {
                    slope: u16::from_le_bytes([self.byte(), self.byte() % 144]),
                },
            },
            bits,
            pre_shift: self.below(16),
            post_shift: self.below(32),
            bias_shift: self.byte() % 16,
            label_shift: self.below(24),
            ..Layer::upsample(input, 1)
        };
        if let Kind::Upsample(_) = layer.kind {
            return Some((layer, Default::default()));
        }
        let bias = match what >> 4 & 3 {
            0 => 0,
            1 if geometry.kind == Kind::Dense => outputs,
            _ => channels,
        };
        let label = match geometry.kind {
            Kind::Dense if what & 0x80 != 0 => outputs * usize::from(classes),
            _ => 0,
        };
        let weights = self.fill(weights_len(&geometry, bits), 0xff);
        let mut multipliers = self.fill(2 * channels, 0xff);
        for high in multipliers.iter_mut().skip(1).step_by(2) {
            *high &= 0x7f;
        }
        let arrays = [
            weights,
            multipliers,
            self.fill(2 * bias, 0xff),
            self.fill(label, 0xff),
        ];
        Some((layer, arrays))
    }

    /// `len` bytes: what comes next in the script, over and over.
    fn fill(&mut self, len: usize, mask: u8) -> Vec<u8> {
        let count = usize::from(self.byte() % 8) + 1;
        let pattern: Vec<u8> = (0..count).map(|_| self.byte() & mask).collect();
        (0..len).map(|at| pattern[at % count]).collect()
    }
}
