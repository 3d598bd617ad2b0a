//! Weights of four bits, as training sees them.

use burn::Tensor;

use super::recipe::Bits;

/// The weights that the device will have: `weight` `[input][.., output channel]`, rounded to `bits`
/// with one scale for each of `channels` output channels, the widest weight of each being the
/// largest integer.
///
/// Only the first `rows` inputs are rounded; further ones are a label's, which the device keeps in
/// eight bits. Gradients pass as if nothing had been rounded (the straight-through estimator of
/// Bengio, Léonard and Courville 2013). Eight bits are as good as floats here, and left alone.
pub fn rounded(weight: Tensor<2>, rows: usize, channels: usize, bits: Bits) -> Tensor<2> {
    if bits == Bits::Eight {
        return weight;
    }
    let [inputs, outputs] = weight.dims();
    if rows < inputs {
        let label = weight.clone().narrow(0, rows, inputs - rows);
        let latent = weight.narrow(0, 0, rows);
        return Tensor::cat(vec![rounded(latent, rows, channels, bits), label], 0);
    }
    let plain = weight.clone().detach();
    let groups = outputs / channels;
    let step = plain
        .clone()
        .abs()
        .reshape([inputs * groups, channels])
        .max_dim(0)
        // A channel that is all zeros has any step.
        .clamp_min(f64::from(f32::MIN_POSITIVE))
        .div_scalar(bits.largest())
        .reshape([1, 1, channels])
        .expand([inputs, groups, channels])
        .reshape([inputs, outputs]);
    let error = (plain.clone() / step.clone()).round() * step - plain;
    weight + error
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::gan::layers::values;

    #[test]
    fn weights_become_multiples_of_their_channels_step() {
        // Two inputs, two places of two channels each: the steps are 0.7 / 7 and 1.4 / 7.
        let weight = [[0.7, 0.33, -0.24, 1.4], [0.06, -0.29, 0.0, 0.11]];
        let weight = Tensor::<2>::from_floats(weight, &Device::flex());
        let expected = [0.7, 0.4, -0.2, 1.4, 0.1, -0.2, 0.0, 0.2];
        let four = values(rounded(weight.clone(), 2, 2, Bits::Four));
        for (value, expected) in four.iter().zip(expected) {
            assert!((value - expected).abs() < 1e-6, "{four:?}");
        }
        assert_eq!(
            values(rounded(weight.clone(), 2, 2, Bits::Eight)),
            values(weight)
        );
    }

    #[test]
    fn a_labels_rows_stay_and_do_not_count_for_the_step() {
        let weight = Tensor::<2>::from_floats([[0.7, -0.32], [9.0, 0.123]], &Device::flex());
        let four = values(rounded(weight, 1, 1, Bits::Four));
        for (value, expected) in four.iter().zip([0.7, -0.3, 9.0, 0.123]) {
            assert!((value - expected).abs() < 1e-6, "{four:?}");
        }
    }

    #[test]
    fn gradients_pass_straight_through() {
        let device = Device::flex().autodiff();
        let weight = Tensor::<2>::from_floats([[0.7, -0.32]], &device).require_grad();
        let sum = rounded(weight.clone(), 1, 1, Bits::Four) * 3.0;
        let gradients = sum.sum().backward();
        assert_eq!(values(weight.grad(&gradients).unwrap()), [3.0, 3.0]);
    }
}
