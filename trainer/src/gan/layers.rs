//! Layers that several networks share.

use burn::Tensor;
use burn::module::{Initializer, Module, Param};
use burn::tensor::Device;

use crate::fused::{bias_leaky_relu, matmul};

/// What is added to a variance before the division by its root, as PyTorch does.
const EPSILON: f64 = 1e-5;

/// A dense layer.
#[derive(Module, Debug)]
pub struct Dense {
    /// `[input][output]`.
    pub weight: Param<Tensor<2>>,
    /// `[output]`.
    pub bias: Param<Tensor<1>>,
}

impl Dense {
    /// A layer with random weights and biases, uniform within `1 / sqrt(inputs)`.
    pub fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            weight: uniform_fan_in([inputs, outputs], inputs, device),
            bias: uniform_fan_in([outputs], inputs, device),
        }
    }

    /// A layer with normal random weights of standard deviation `deviation`, and biases of zero.
    pub fn normal(inputs: usize, outputs: usize, deviation: f64, device: &Device) -> Self {
        Self {
            weight: normal([inputs, outputs], deviation, device),
            bias: Initializer::Zeros.init([outputs], device),
        }
    }

    /// `[row][input]` to `[row][output]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<2> {
        self.forward_leaky(input, 1.0)
    }

    /// The same with a leaky ReLU behind it.
    pub fn forward_leaky(&self, input: Tensor<2>, slope: f64) -> Tensor<2> {
        let product = matmul(input, self.weight.val());
        bias_leaky_relu(product, self.bias.val(), slope as f32)
    }
}

/// Batch normalisation (Ioffe and Szegedy 2015) of the last axis, by the statistics of the batch at
/// hand. There are no running averages: what is exported has the statistics of many more images,
/// measured once at the end, folded into the weights before ([`Normalisation`]).
#[derive(Module, Debug)]
pub struct BatchNorm {
    /// Factor of each channel after the division by the standard deviation.
    pub scale: Param<Tensor<1>>,
    /// What each channel is shifted by in the end.
    pub shift: Param<Tensor<1>>,
}

/// A batch normalisation with fixed statistics: channel `c` becomes `factor[c] * x + offset[c]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Normalisation {
    /// Factor of each channel.
    pub factor: Vec<f32>,
    /// Offset of each channel.
    pub offset: Vec<f32>,
}

impl BatchNorm {
    /// A normalisation of `channels` channels; its scales are normal around 1 with the standard
    /// deviation `deviation`.
    pub fn new(channels: usize, deviation: f64, device: &Device) -> Self {
        Self {
            scale: Initializer::Normal {
                mean: 1.0,
                std: deviation,
            }
            .init([channels], device),
            shift: Initializer::Zeros.init([channels], device),
        }
    }

    /// `[batch][height][width][channel]`, each channel normalised over the three other axes.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        let dims = input.dims();
        let rows = input.reshape([dims[0] * dims[1] * dims[2], dims[3]]);
        let (mean, variance) = moments(rows.clone());
        let factor = self.scale.val().unsqueeze() * (variance + EPSILON).sqrt().recip();
        let normal = (rows - mean) * factor + self.shift.val().unsqueeze();
        normal.reshape(dims)
    }

    /// What [`BatchNorm::forward`] does to `input`, as one factor and offset for each channel.
    pub fn at(&self, input: Tensor<4>) -> Normalisation {
        let dims = input.dims();
        let rows = input.reshape([dims[0] * dims[1] * dims[2], dims[3]]);
        let (mean, variance) = moments(rows);
        let factor = self.scale.val().unsqueeze() * (variance + EPSILON).sqrt().recip();
        let offset = self.shift.val().unsqueeze() - mean * factor.clone();
        Normalisation {
            factor: values(factor),
            offset: values(offset),
        }
    }
}

/// Mean and (biased) variance of each column, `[1][column]`.
fn moments(rows: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let mean = rows.clone().mean_dim(0);
    let variance = (rows - mean.clone()).square().mean_dim(0);
    (mean, variance)
}

/// Random weights as PyTorch initialises its layers: uniform within `1 / sqrt(fan_in)`.
pub fn uniform_fan_in<const D: usize>(
    shape: [usize; D],
    fan_in: usize,
    device: &Device,
) -> Param<Tensor<D>> {
    let bound = 1.0 / (fan_in as f64).sqrt();
    Initializer::Uniform {
        min: -bound,
        max: bound,
    }
    .init(shape, device)
}

/// Random weights, normal around zero.
pub fn normal<const D: usize>(
    shape: [usize; D],
    deviation: f64,
    device: &Device,
) -> Param<Tensor<D>> {
    Initializer::Normal {
        mean: 0.0,
        std: deviation,
    }
    .init(shape, device)
}

/// The numbers of a tensor, flattened.
pub fn values<const D: usize>(tensor: Tensor<D>) -> Vec<f32> {
    tensor
        .into_data()
        .try_to_vec()
        .expect("networks are made of 32-bit floats")
}
