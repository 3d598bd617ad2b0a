//! Our generator: transposed convolutions without normalisation, small enough for a
//! microcontroller.

use burn::Tensor;
use burn::module::{Initializer, Module, Param};
use burn::tensor::Device;

use crate::fused::{bias_leaky_relu, leaky_relu, matmul, tanh};
use crate::gan::int4::rounded;
use crate::gan::layers::{normal, uniform_fan_in};
use crate::gan::recipe::{Bits, ConvShape, SLOPE, Weights};
use crate::patches::{all_corners, interleaved, overlapped};

/// A generator; [`ConvShape`] says how its layers follow each other.
#[derive(Module, Debug)]
pub struct ConvGenerator {
    /// The dense layer: weight `[latent + classes][height * width * channel]` of the smallest
    /// image. It has no bias: the label's rows are one for each class.
    pub dense: Param<Tensor<2>>,
    /// The transposed convolutions, the last of which makes the image.
    pub ups: Vec<UpConv>,
    #[module(skip)]
    shape: ConvShape,
    #[module(skip)]
    latent: usize,
    /// Height and width of what the dense layer puts out, and each transposed convolution.
    #[module(skip)]
    sizes: Vec<[usize; 2]>,
}

impl ConvGenerator {
    /// A generator with random weights, from a latent and a label of `classes` classes to images of
    /// `height`, `width` and `channels`. Wherever one of the sides that are halved is odd, the other
    /// one must be, too.
    pub fn new(
        shape: ConvShape,
        latent: usize,
        classes: usize,
        [height, width, channels]: [usize; 3],
        device: &Device,
    ) -> Self {
        let mut sizes = vec![[height, width]];
        for _ in shape.channels {
            sizes.push(sizes[sizes.len() - 1].map(|side| side.div_ceil(2)));
        }
        sizes.reverse();
        let inputs = latent + classes;
        let outputs = sizes[0][0] * sizes[0][1] * shape.channels[0];
        let made = shape.channels[1..].iter().copied().chain([channels]);
        Self {
            dense: uniform_fan_in([inputs, outputs], inputs, device),
            ups: (shape.channels.iter().zip(made))
                .map(|(&inputs, outputs)| UpConv::new(inputs, outputs, device))
                .collect(),
            shape,
            latent,
            sizes,
        }
    }

    /// Images of inputs `[batch][input]`: `[batch][height][width][channel]` in `[-1, 1]`.
    pub fn forward(&self, input: Tensor<2>) -> Tensor<4> {
        let mut outputs = self.outputs(input);
        tanh(outputs.pop().expect("there are layers"))
    }

    /// How wide the weights of each layer are on the device.
    pub fn weights(&self) -> Weights {
        self.shape.weights
    }

    /// What every layer puts out, `[batch][height][width][channel]`: after its activation, but the
    /// last one's before the tanh.
    pub fn outputs(&self, input: Tensor<2>) -> Vec<Tensor<4>> {
        let [batch, _] = input.dims();
        let bits = self.shape.weights;
        let channels = self.shape.channels[0];
        let [height, width] = self.sizes[0];
        let weight = rounded(self.dense.val(), self.latent, channels, bits.dense);
        let mut output = leaky_relu(matmul(input, weight), SLOPE as f32)
            .reshape([batch, height, width, channels]);
        let mut outputs = vec![output.clone()];
        for (up, &size) in self.ups.iter().zip(&self.sizes[1..]) {
            let last = outputs.len() == self.ups.len();
            let slope = if last { 1.0 } else { SLOPE };
            output = cropped(up.forward_leaky(output, slope, bits.convolutions), size);
            outputs.push(output.clone());
        }
        outputs
    }
}

/// Images `[batch][height][width][channel]` without their first row and column where these are one
/// too many. A transposed convolution of padding 2 makes them so, of an output padding of 1.
fn cropped(images: Tensor<4>, size: [usize; 2]) -> Tensor<4> {
    let mut images = images;
    for (axis, side) in [1, 2].into_iter().zip(size) {
        let before = images.dims()[axis] - side;
        if before > 0 {
            images = images.narrow(axis, before, side);
        }
    }
    images
}

/// A transposed convolution with a 4x4 kernel, stride 2 and padding 1, as one matrix product.
///
/// The 2x2 outputs around each corner between input pixels see the same 2x2 inputs: so the layer
/// is a 2x2 convolution of the padded input with four times the channels, whose outputs are then
/// interleaved. The integer runtime computes it the same way.
#[derive(Module, Debug)]
pub struct UpConv {
    /// `[2 input rows][2 input columns][input channel]` by `[2 output rows][2 output
    /// columns][output channel]`, each flattened.
    pub weight: Param<Tensor<2>>,
    /// `[output channel]`.
    pub bias: Param<Tensor<1>>,
}

impl UpConv {
    /// A layer with random weights.
    pub fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            weight: uniform_fan_in([4 * inputs, 4 * outputs], 4 * inputs, device),
            bias: uniform_fan_in([outputs], 4 * inputs, device),
        }
    }

    /// A layer with normal random weights of standard deviation `deviation`, and biases of zero.
    pub fn normal(inputs: usize, outputs: usize, deviation: f64, device: &Device) -> Self {
        Self {
            weight: normal([4 * inputs, 4 * outputs], deviation, device),
            bias: Initializer::Zeros.init([outputs], device),
        }
    }

    /// `[batch][height][width][input channel]` to `[batch][2 height][2 width][output channel]`.
    pub fn forward(&self, input: Tensor<4>) -> Tensor<4> {
        self.forward_leaky(input, 1.0, Bits::Eight)
    }

    /// The same with a leaky ReLU behind it, and weights as they are when they have `bits` bits.
    pub fn forward_leaky(&self, input: Tensor<4>, slope: f64, bits: Bits) -> Tensor<4> {
        let [batch, height, width, inputs] = input.dims();
        let [outputs] = self.bias.dims();
        let corners = (height + 1) * (width + 1);
        let weight = rounded(self.weight.val(), 4 * inputs, outputs, bits);
        // Gathering the inputs of every corner copies each input four times, adding up what every
        // input contributes to its corners copies each output four times: the smaller one.
        let sums = if outputs * 4 < inputs {
            let pixels = input.reshape([batch * height * width, inputs]);
            let parts = matmul(pixels, weight_by_input(weight));
            overlapped([height, width, outputs])
                .apply(parts.reshape([batch, height * width * 16 * outputs]))
        } else {
            let inputs_of_corners = all_corners([height, width, inputs])
                .apply(input.reshape([batch, height * width * inputs]))
                .reshape([batch * corners, 4 * inputs]);
            let products = matmul(inputs_of_corners, weight);
            interleaved([height, width, outputs])
                .apply(products.reshape([batch, corners * 4 * outputs]))
        };
        let sums = sums.reshape([batch * 4 * height * width, outputs]);
        bias_leaky_relu(sums, self.bias.val(), slope as f32).reshape([
            batch,
            2 * height,
            2 * width,
            outputs,
        ])
    }

    /// Place in [`UpConv::weight`] of the weight that PyTorch's `ConvTranspose2d` has at
    /// `[input][output][kernel_row][kernel_column]`: row and column of the matrix.
    pub fn weight_index(
        [inputs, outputs]: [usize; 2],
        [kernel_row, kernel_column]: [usize; 2],
        [input, output]: [usize; 2],
    ) -> [usize; 2] {
        // An output at 2i + 1 + a sees kernel row 2 + a - 2p of input i + p, for a and p in {0, 1}.
        let split = |kernel: usize| (1 - kernel / 2, kernel % 2);
        let (input_row, output_row) = split(kernel_row);
        let (input_column, output_column) = split(kernel_column);
        [
            (2 * input_row + input_column) * inputs + input,
            (2 * output_row + output_column) * outputs + output,
        ]
    }
}

/// [`UpConv::weight`] as `[input channel]` by `[2 input rows][2 input columns][2 output rows][2
/// output columns][output channel]`.
fn weight_by_input(weight: Tensor<2>) -> Tensor<2> {
    let [inputs, outputs] = weight.dims().map(|size| size / 4);
    weight
        .reshape([4, inputs, 4 * outputs])
        .permute([1, 0, 2])
        .reshape([inputs, 16 * outputs])
}

#[cfg(test)]
mod tests {
    use burn::tensor::module::conv_transpose2d;
    use burn::tensor::ops::ConvTransposeOptions;
    use burn::tensor::{Distribution, Tolerance};

    use super::*;

    #[test]
    fn up_conv_equals_burns_transposed_convolution() {
        for (inputs, outputs) in [(3, 2), (9, 2)] {
            check_up_conv(inputs, outputs, [10, 8], 1);
        }
    }

    #[test]
    fn cropped_up_conv_equals_burns_of_padding_2_and_output_padding_1() {
        check_up_conv(3, 2, [9, 7], 2);
    }

    #[test]
    fn layers_double_sides_that_may_be_odd() {
        let shape = ConvShape {
            channels: &[5, 4, 3],
            weights: Weights::INT8,
        };
        let device = Device::flex();
        let generator = ConvGenerator::new(shape, 6, 10, [28, 60, 2], &device);
        let outputs = generator.outputs(Tensor::ones([3, 16], &device));
        let sizes: Vec<[usize; 4]> = outputs.iter().map(|output| output.dims()).collect();
        let expected = [[4, 8, 5], [7, 15, 4], [14, 30, 3], [28, 60, 2]];
        assert_eq!(sizes, expected.map(|[h, w, c]| [3, h, w, c]));
    }

    fn check_up_conv(inputs: usize, outputs: usize, size: [usize; 2], padding: usize) {
        let device = Device::flex();
        let layer = UpConv::new(inputs, outputs, &device);
        let input = Tensor::<4>::random([2, 5, 4, inputs], Distribution::Default, &device);
        let matrix: Vec<f32> = layer.weight.val().into_data().try_to_vec().unwrap();
        let mut kernel = vec![];
        for i in 0..inputs {
            for o in 0..outputs {
                for row in 0..4 {
                    for column in 0..4 {
                        let [r, c] = UpConv::weight_index([inputs, outputs], [row, column], [i, o]);
                        kernel.push(matrix[r * 4 * outputs + c]);
                    }
                }
            }
        }
        let kernel =
            Tensor::<1>::from_floats(kernel.as_slice(), &device).reshape([inputs, outputs, 4, 4]);
        let expected = conv_transpose2d(
            input.clone().permute([0, 3, 1, 2]),
            kernel,
            Some(layer.bias.val()),
            ConvTransposeOptions::new([2, 2], [padding; 2], [padding - 1; 2], [1, 1], 1),
        )
        .permute([0, 2, 3, 1]);
        let ours = cropped(layer.forward(input), size);
        assert_eq!(ours.dims(), [2, size[0], size[1], outputs]);
        ours.into_data()
            .assert_approx_eq::<f32>(&expected.into_data(), Tolerance::absolute(1e-5));
    }
}
