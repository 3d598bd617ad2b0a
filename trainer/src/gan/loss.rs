//! The losses of the game, as functions of the discriminator's logits `[batch]`.

use burn::Tensor;
use burn::tensor::activation::softplus;

/// The discriminator's relativistic pairing loss, `mean softplus(-(D(real) - D(fake)))`
/// (Jolicoeur-Martineau 2018, "The relativistic discriminator"): each real image is to look more
/// real than the generated one that it is paired with.
pub fn discriminator(real: Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
    softplus(fake - real, 1.0).mean()
}

/// The generator's side of the same: the pair the other way round.
pub fn generator(real: Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
    softplus(real - fake, 1.0).mean()
}

/// `gamma / 2 * E |grad D|^2` at the images behind `at` (R1 on real images, R2 on generated ones;
/// Mescheder, Geiger and Nowozin 2018), estimated without a second derivative: `near` are the
/// logits of the same images with normal noise of standard deviation `sigma` added, and the
/// expectation of `(near - at)^2 / sigma^2` over the noise is `|grad D|^2` for small `sigma`.
pub fn gradient_penalty(at: Tensor<1>, near: Tensor<1>, gamma: f64, sigma: f64) -> Tensor<1> {
    (near - at)
        .square()
        .mean()
        .mul_scalar(gamma / (2.0 * sigma * sigma))
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, Tensor};

    use super::*;

    fn logits(values: &[f32]) -> Tensor<1> {
        Tensor::from_floats(values, &Device::flex())
    }

    #[test]
    fn both_sides_are_log_2_when_real_and_generated_look_alike() {
        let same = || logits(&[1.5, -0.5]);
        let ln2 = std::f32::consts::LN_2;
        assert!((discriminator(same(), same()).into_scalar::<f32>() - ln2).abs() < 1e-6);
        assert!((generator(same(), same()).into_scalar::<f32>() - ln2).abs() < 1e-6);
    }

    #[test]
    fn losses_equal_the_formula() {
        let (real, fake) = ([2.0f32, 0.0], [1.0f32, 3.0]);
        let expected: f32 = real
            .iter()
            .zip(fake)
            .map(|(r, f)| (1.0 + (f - r).exp()).ln())
            .sum();
        let loss = discriminator(logits(&real), logits(&fake)).into_scalar::<f32>();
        assert!((loss - expected / 2.0).abs() < 1e-5);
    }

    #[test]
    fn penalty_of_a_linear_function_is_its_squared_slope() {
        let device = Device::flex();
        device.seed(3);
        let slope = Tensor::<2>::from_floats([[0.5], [-1.0], [2.0]], &device);
        let images = Tensor::<2>::random([20_000, 3], Distribution::Default, &device);
        let sigma = 0.05;
        let noise = Tensor::<2>::random([20_000, 3], Distribution::Normal(0.0, sigma), &device);
        let at = images.clone().matmul(slope.clone()).reshape([20_000]);
        let near = (images + noise).matmul(slope).reshape([20_000]);
        let penalty = gradient_penalty(at, near, 0.01, sigma).into_scalar::<f32>();
        let exact = 0.01 / 2.0 * (0.25 + 1.0 + 4.0);
        assert!(
            (penalty / exact - 1.0).abs() < 0.05,
            "{penalty} against {exact}"
        );
    }
}
