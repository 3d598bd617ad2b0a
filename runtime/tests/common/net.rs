//! A network in plain arrays, and its model file.

use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};

/// A network, to be encoded as a model file or computed by the reference.
#[derive(Clone, Debug)]
pub struct Net {
    pub latent: u8,
    pub classes: u8,
    pub layers: Vec<Spec>,
}

/// One layer in plain arrays.
#[derive(Clone, Debug)]
pub struct Spec {
    pub kind: Kind,
    pub output: Shape,
    pub activation: Activation,
    pub bits: u8,
    pub pre_shift: u8,
    pub post_shift: u8,
    /// One for each output channel.
    pub multipliers: Vec<u16>,
    pub bias_shift: u8,
    /// Empty, one for each output channel, or one for each output.
    pub bias: Vec<i16>,
    pub label_shift: u8,
    /// `[class][output]`, or empty.
    pub label: Vec<i8>,
    /// Dense `[output][input]`, convolutions `[kernel row][kernel column][input][output]`,
    /// depthwise `[kernel row][kernel column][channel]`.
    pub weights: Vec<i8>,
}

impl Net {
    /// The shape that goes into layer `index`.
    pub fn input(&self, index: usize) -> Shape {
        match index {
            0 => Shape::new(1, 1, u16::from(self.latent)),
            _ => self.layers[index - 1].output,
        }
    }

    pub fn geometry(&self, index: usize) -> Geometry {
        Geometry {
            kind: self.layers[index].kind,
            input: self.input(index),
            output: self.layers[index].output,
        }
    }

    /// The bytes of the model file.
    pub fn encode(&self) -> Vec<u8> {
        self.encode_as(&Provenance {
            data_set: "none",
            recipe: "test",
            tool: "0",
            ..Provenance::UNKNOWN
        })
    }

    /// The bytes of the model file, with the given provenance.
    pub fn encode_as(&self, provenance: &Provenance) -> Vec<u8> {
        let packed: Vec<Packed> = (0..self.layers.len())
            .map(|index| Packed::new(&self.layers[index], &self.geometry(index)))
            .collect();
        let layers = packed.iter().map(Packed::layer).collect();
        let arrays: usize = packed.iter().map(Packed::len).sum();
        let mut buffer = vec![0; arrays + 1024];
        let file = File::new(provenance.clone(), self.latent, self.classes, layers);
        let len = file
            .encode(&mut buffer)
            .unwrap_or_else(|error| panic!("{error}"))
            .len();
        buffer.truncate(len);
        buffer
    }
}

/// The arrays of a layer as the file holds them.
struct Packed<'a> {
    spec: &'a Spec,
    multipliers: Vec<u8>,
    bias: Vec<u8>,
    label: Vec<u8>,
    weights: Vec<u8>,
}

impl<'a> Packed<'a> {
    fn new(spec: &'a Spec, geometry: &Geometry) -> Self {
        let mut weights = vec![0; weights_len(geometry, spec.bits)];
        pack(geometry, spec.bits, &spec.weights, &mut weights);
        Self {
            spec,
            multipliers: spec
                .multipliers
                .iter()
                .flat_map(|m| m.to_le_bytes())
                .collect(),
            bias: spec.bias.iter().flat_map(|b| b.to_le_bytes()).collect(),
            label: spec.label.iter().map(|&l| l as u8).collect(),
            weights,
        }
    }

    fn len(&self) -> usize {
        8 + self.multipliers.len() + self.bias.len() + self.label.len() + self.weights.len()
    }

    fn layer(&self) -> Layer<'_> {
        Layer {
            kind: self.spec.kind,
            output: self.spec.output,
            activation: self.spec.activation,
            bits: self.spec.bits,
            pre_shift: self.spec.pre_shift,
            post_shift: self.spec.post_shift,
            multipliers: &self.multipliers,
            bias_shift: self.spec.bias_shift,
            bias: &self.bias,
            label_shift: self.spec.label_shift,
            label: &self.label,
            weights: &self.weights,
        }
    }
}
