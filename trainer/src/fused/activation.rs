//! Activations, alone and together with the bias before them.

use burn::Tensor;
use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::flex::FlexTensor;
use burn::tensor::activation;

use super::flex::{self, OnFlex, change, from_values, with_values};

/// `x` where it is positive, `slope * x` (`0 <= slope <= 1`) elsewhere.
pub fn leaky_relu<const D: usize>(input: Tensor<D>, slope: f32) -> Tensor<D> {
    let forward = |input| change(input, |values| leak(values, slope));
    match flex::unwrap(input) {
        Ok(OnFlex::Plain(input)) => flex::plain(forward(input)),
        Ok(OnFlex::Tracked(input)) => {
            let operation = LeakyRelu.prepare::<NoCheckpointing>([input.node()]);
            flex::tracked(match operation.compute_bound().stateful() {
                OpsKind::Tracked(operation) => {
                    let output = forward(input.into_primitive());
                    operation.finish((output.clone(), slope), output)
                }
                OpsKind::UnTracked(operation) => operation.finish(forward(input.into_primitive())),
            })
        }
        Err(input) => activation::leaky_relu(input, f64::from(slope)),
    }
}

/// The leaky ReLU of `input + bias`: input `[row][channel]`, bias `[channel]`. A slope of one is no
/// activation.
pub fn bias_leaky_relu(input: Tensor<2>, bias: Tensor<1>, slope: f32) -> Tensor<2> {
    let (input, bias) = match (flex::unwrap(input), flex::unwrap(bias)) {
        (Ok(OnFlex::Plain(input)), Ok(OnFlex::Plain(bias))) => {
            return flex::plain(add_and_leak(input, &bias, slope));
        }
        (Ok(OnFlex::Tracked(input)), Ok(OnFlex::Tracked(bias))) => {
            let nodes = [input.node(), bias.node()];
            let operation = BiasLeakyRelu.prepare::<NoCheckpointing>(nodes);
            let forward = || add_and_leak(input.into_primitive(), bias.primitive(), slope);
            return flex::tracked(match operation.compute_bound().stateful() {
                OpsKind::Tracked(operation) => {
                    let output = forward();
                    operation.finish((output.clone(), slope), output)
                }
                OpsKind::UnTracked(operation) => operation.finish(forward()),
            });
        }
        (input, bias) => (flex::wrap(input), flex::wrap(bias)),
    };
    let sum = input + bias.unsqueeze();
    if slope == 1.0 {
        sum
    } else {
        activation::leaky_relu(sum, f64::from(slope))
    }
}

/// The hyperbolic tangent, to 3e-7.
pub fn tanh<const D: usize>(input: Tensor<D>) -> Tensor<D> {
    let forward = |input| {
        change(input, |values| {
            values.iter_mut().for_each(|value| *value = tanh_of(*value));
        })
    };
    match flex::unwrap(input) {
        Ok(OnFlex::Plain(input)) => flex::plain(forward(input)),
        Ok(OnFlex::Tracked(input)) => {
            let operation = Tanh.prepare::<NoCheckpointing>([input.node()]);
            flex::tracked(match operation.compute_bound().stateful() {
                OpsKind::Tracked(operation) => {
                    let output = forward(input.into_primitive());
                    operation.finish(output.clone(), output)
                }
                OpsKind::UnTracked(operation) => operation.finish(forward(input.into_primitive())),
            })
        }
        Err(input) => activation::tanh(input),
    }
}

#[derive(Debug)]
struct LeakyRelu;

impl Backward<Flex, 1> for LeakyRelu {
    /// The output, whose sign is the input's, and the slope.
    type State = (FlexTensor, f32);

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (output, slope) = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            with_values(&output, |output| {
                change(gradient, |gradient| leak_back(gradient, output, slope))
            })
        });
    }
}

#[derive(Debug)]
struct BiasLeakyRelu;

impl Backward<Flex, 2> for BiasLeakyRelu {
    /// The output, whose sign is that of input and bias together, and the slope.
    type State = (FlexTensor, f32);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (output, slope) = ops.state;
        let [input, bias] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        let channels = output.layout().shape()[1];
        let gradient = if slope == 1.0 {
            gradient
        } else {
            with_values(&output, |output| {
                change(gradient, |gradient| leak_back(gradient, output, slope))
            })
        };
        if let Some(bias) = bias {
            let sums = with_values(&gradient, |gradient| column_sums(gradient, channels));
            grads.register::<Flex>(bias.id, from_values(sums, [channels]));
        }
        if let Some(input) = input {
            grads.register::<Flex>(input.id, gradient);
        }
    }
}

#[derive(Debug)]
struct Tanh;

impl Backward<Flex, 1> for Tanh {
    /// The output.
    type State = FlexTensor;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        let output = ops.state;
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            with_values(&output, |output| {
                change(gradient, |gradient| {
                    for (gradient, y) in gradient.iter_mut().zip(output) {
                        *gradient *= 1.0 - y * y;
                    }
                })
            })
        });
    }
}

fn leak(values: &mut [f32], slope: f32) {
    for value in values {
        *value = leaky(*value, slope);
    }
}

/// Written so that no number stays no number, and so that it becomes one instruction.
fn leaky(value: f32, slope: f32) -> f32 {
    let scaled = slope * value;
    if value > scaled { value } else { scaled }
}

fn leak_back(gradient: &mut [f32], output: &[f32], slope: f32) {
    for (gradient, &y) in gradient.iter_mut().zip(output) {
        *gradient *= if y < 0.0 { slope } else { 1.0 };
    }
}

fn add_and_leak(input: FlexTensor, bias: &FlexTensor, slope: f32) -> FlexTensor {
    let bias = with_values(bias, repeated);
    change(input, |values| {
        for row in values.chunks_mut(bias.len()) {
            for (value, bias) in row.iter_mut().zip(&bias) {
                *value = leaky(*value + bias, slope);
            }
        }
    })
}

/// Rows so long that a loop over one of them is worth its overhead.
const LONG: usize = 64;

/// A row as often in a row as [`LONG`] asks for.
fn repeated(row: &[f32]) -> Vec<f32> {
    row.repeat(LONG.div_ceil(row.len().max(1)))
}

/// The sum of each of `columns` columns.
fn column_sums(values: &[f32], columns: usize) -> Vec<f32> {
    let mut wide = vec![0.0; columns * LONG.div_ceil(columns.max(1))];
    for row in values.chunks(wide.len()) {
        for (sum, value) in wide.iter_mut().zip(row) {
            *sum += value;
        }
    }
    let mut sums = vec![0.0; columns];
    for row in wide.chunks(columns) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value;
        }
    }
    sums
}

/// `1 - 2 / (e^(2 |x|) + 1)` with the sign of `x`; without a call or a branch, so that compilers make
/// vector instructions of a loop over it.
fn tanh_of(x: f32) -> f32 {
    // Added to a number below 2^22, it rounds it to an integer, which its last bits then hold.
    const ROUND: f32 = 12_582_912.0;
    // The Taylor series of 2^f around 0: exact to 1.5e-7 for |f| <= 1/2.
    const SERIES: [f32; 7] = [
        1.540_353e-4,
        1.333_355_8e-3,
        9.618_129e-3,
        5.550_411e-2,
        2.402_265e-1,
        std::f32::consts::LN_2,
        1.0,
    ];
    // No larger, as the result is 1 anyway; "no number" is not larger.
    let exponent = 2.0 * std::f32::consts::LOG2_E * x.abs();
    let exponent = if exponent > 40.0 { 40.0 } else { exponent };
    let rounded = exponent + ROUND;
    let fraction = exponent - (rounded - ROUND);
    let power = SERIES.iter().fold(0.0, |sum, term| sum * fraction + term);
    let scale = f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0f32.to_bits()));
    (1.0 - 2.0 / (power * scale + 1.0)).copysign(x)
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, Tolerance};

    use super::*;

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        Tensor::random(shape, Distribution::Normal(0.0, 2.0), &Device::flex())
    }

    /// Output and gradients of `function` at `input` and `bias`, for a loss that weighs every output
    /// differently.
    fn differentiate(
        input: &Tensor<2>,
        bias: &Tensor<1>,
        function: impl Fn(Tensor<2>, Tensor<1>) -> Tensor<2>,
    ) -> [burn::tensor::TensorData; 3] {
        let input = Tensor::from_inner(input.clone()).require_grad();
        let bias = Tensor::from_inner(bias.clone()).require_grad();
        let output = function(input.clone(), bias.clone());
        let [rows, columns] = output.dims();
        let weights: Vec<f32> = (0..rows * columns).map(|i| (i as f32).sin()).collect();
        let weights = Tensor::<1>::from_floats(weights.as_slice(), &input.device());
        let loss = (output.clone() * weights.reshape([rows, columns])).sum();
        let gradients = loss.backward();
        [
            output.into_data(),
            input.grad(&gradients).unwrap().into_data(),
            bias.grad(&gradients).unwrap().into_data(),
        ]
    }

    #[test]
    fn bias_and_leaky_relu_equal_burns_forward_and_backward() {
        for (rows, channels) in [(5, 3), (200, 1), (67, 64), (3, 130)] {
            for slope in [0.2, 1.0] {
                let (input, bias) = (random([rows, channels]), random([channels]));
                let ours = differentiate(&input, &bias, |input, bias| {
                    bias_leaky_relu(input, bias, slope)
                });
                let burns = differentiate(&input, &bias, |input, bias| {
                    activation::leaky_relu(input + bias.unsqueeze(), f64::from(slope))
                });
                for (ours, burns) in ours.iter().zip(&burns) {
                    ours.assert_approx_eq::<f32>(burns, Tolerance::absolute(1e-4));
                }
                let plain = bias_leaky_relu(input, bias, slope).into_data();
                plain.assert_eq(&ours[0], true);
            }
        }
    }

    #[test]
    fn leaky_relu_and_tanh_equal_burns_forward_and_backward() {
        let (input, bias) = (random([9, 7]), random([7]));
        let check = |ours: fn(Tensor<2>) -> Tensor<2>, burns: fn(Tensor<2>) -> Tensor<2>| {
            let of = |function: fn(Tensor<2>) -> Tensor<2>| {
                differentiate(&input, &bias, |input, bias| {
                    function(input + bias.unsqueeze())
                })
            };
            for (ours, burns) in of(ours).iter().zip(&of(burns)) {
                ours.assert_approx_eq::<f32>(burns, Tolerance::absolute(1e-5));
            }
        };
        check(|x| leaky_relu(x, 0.2), |x| activation::leaky_relu(x, 0.2));
        check(tanh, activation::tanh);
    }

    #[test]
    fn an_input_that_others_need_stays_as_it_was() {
        let input = random([4, 4]);
        let before = input.clone().into_data();
        let _ = leaky_relu(input.clone(), 0.2);
        let _ = tanh(input.clone());
        let _ = bias_leaky_relu(input.clone(), random([4]), 0.2);
        input.into_data().assert_eq(&before, true);
    }

    #[test]
    fn transposed_and_sliced_inputs_are_read_in_their_order() {
        let input = random([6, 5]);
        let view = input.clone().transpose().slice([1..4, 2..6]);
        let expected = activation::leaky_relu(view.clone(), 0.2);
        let ours = leaky_relu(view, 0.2);
        ours.into_data().assert_eq(&expected.into_data(), true);
    }

    #[test]
    fn tanh_is_exact_to_3e_7_and_odd() {
        for i in -40_000..=40_000 {
            let x = i as f32 / 2000.0;
            let error = f64::from(tanh_of(x)) - f64::from(x).tanh();
            assert!(error.abs() < 3e-7, "{error} at {x}");
            assert_eq!(tanh_of(-x), -tanh_of(x));
        }
        assert_eq!(tanh_of(f32::INFINITY), 1.0);
        assert_eq!(tanh_of(f32::NEG_INFINITY), -1.0);
    }

    #[test]
    fn no_number_stays_no_number() {
        assert!(tanh_of(f32::NAN).is_nan());
        assert!(leaky(f32::NAN, 0.2).is_nan());
    }
}
