//! The losses of the game, as functions of the discriminator's logits `[batch]`.
//!
//! The discriminator's probability D of an image being real is the logistic sigmoid of its logit,
//! so that `-log D = softplus(-logit)` and `-log(1 - D) = softplus(logit)`.

use burn::Tensor;
use burn::tensor::activation::softplus;

/// What the two networks minimise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// Relativistic pairing (Jolicoeur-Martineau 2018, "The relativistic discriminator"): each real
    /// image is to look more real than the generated one that it is paired with,
    /// `mean softplus(-(logit(real) - logit(fake)))`; the generator wants it the other way round.
    Relativistic,
    /// The discriminator as in [`Loss::Minimax`]; the generator minimises `-mean log D(fake)`, which
    /// has the same fixed point and much larger gradients as long as the discriminator wins
    /// (Goodfellow et al. 2014, section 3).
    NonSaturating,
    /// Both networks play for the value `V = mean log D(real) + mean log(1 - D(fake))` (Goodfellow
    /// et al. 2014, equation 1): the discriminator minimises `-V`, the generator what it can change
    /// of `V`, `mean log(1 - D(fake))`.
    Minimax,
}

impl Loss {
    /// All of them.
    pub const ALL: [Loss; 3] = [Loss::Relativistic, Loss::NonSaturating, Loss::Minimax];

    /// The name on the command line and in the model's provenance.
    pub fn name(self) -> &'static str {
        match self {
            Loss::Relativistic => "relativistic",
            Loss::NonSaturating => "non-saturating",
            Loss::Minimax => "minimax",
        }
    }

    /// The loss of that name.
    pub fn named(name: &str) -> Option<Loss> {
        Self::ALL.into_iter().find(|loss| loss.name() == name)
    }

    /// What the discriminator minimises.
    pub fn discriminator(self, real: Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
        match self {
            Loss::Relativistic => softplus(fake - real, 1.0).mean(),
            Loss::NonSaturating | Loss::Minimax => {
                softplus(-real, 1.0).mean() + softplus(fake, 1.0).mean()
            }
        }
    }

    /// What the generator minimises, at the logits of `fake` and, for a loss that looks at them, of
    /// `real` images.
    pub fn generator(self, real: impl FnOnce() -> Tensor<1>, fake: Tensor<1>) -> Tensor<1> {
        match self {
            Loss::Relativistic => softplus(real() - fake, 1.0).mean(),
            Loss::NonSaturating => softplus(-fake, 1.0).mean(),
            Loss::Minimax => -softplus(fake, 1.0).mean(),
        }
    }
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

/// `mean softplus(-(logit(x, y) - logit(x, y')))`: a real image `x` is to look more real with its
/// own label `y` than with another one (the matching-aware discriminator of Reed et al. 2016, as a
/// relativistic pair). What the discriminator learns about labels from real images is what the
/// generator then has to comply with.
pub fn mismatch(own: Tensor<1>, other: Tensor<1>) -> Tensor<1> {
    softplus(other - own, 1.0).mean()
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, Tensor};

    use super::*;

    const LN_2: f32 = std::f32::consts::LN_2;

    fn logits(values: &[f32]) -> Tensor<1> {
        Tensor::from_floats(values, &Device::flex())
    }

    /// The loss of each network at these logits.
    fn losses(loss: Loss, real: &[f32], fake: &[f32]) -> (f32, f32) {
        let (real, fake) = (|| logits(real), || logits(fake));
        (
            loss.discriminator(real(), fake()).into_scalar(),
            loss.generator(real, fake()).into_scalar(),
        )
    }

    #[track_caller]
    fn assert_close((a, b): (f32, f32), (x, y): (f32, f32)) {
        assert!(
            (a - x).abs() < 1e-5 && (b - y).abs() < 1e-5,
            "{a} {b} are not {x} {y}"
        );
    }

    #[test]
    fn relativistic_losses_are_log_2_when_real_and_generated_look_alike() {
        let same = [1.5, -0.5];
        assert_close(losses(Loss::Relativistic, &same, &same), (LN_2, LN_2));
    }

    #[test]
    fn relativistic_losses_equal_the_formula() {
        let (real, fake) = ([2.0f32, 0.0], [1.0f32, 3.0]);
        let mean = |sign: f32| {
            let pairs = real.iter().zip(fake);
            pairs
                .map(|(r, f)| (1.0 + (sign * (f - r)).exp()).ln())
                .sum::<f32>()
                / 2.0
        };
        assert_close(
            losses(Loss::Relativistic, &real, &fake),
            (mean(1.0), mean(-1.0)),
        );
    }

    #[test]
    fn mismatch_falls_as_the_own_label_looks_more_real() {
        let loss = |own: f32| mismatch(logits(&[own]), logits(&[1.0])).into_scalar::<f32>();
        assert!((loss(1.0) - LN_2).abs() < 1e-6);
        assert!((loss(1.0 + 3f32.ln()) - (4.0f32 / 3.0).ln()).abs() < 1e-6);
    }

    #[test]
    fn undecided_discriminator_loses_log_4() {
        let half = [0.0; 3];
        assert_close(losses(Loss::Minimax, &half, &half), (2.0 * LN_2, -LN_2));
        assert_close(
            losses(Loss::NonSaturating, &half, &half),
            (2.0 * LN_2, LN_2),
        );
    }

    #[test]
    fn minimax_and_non_saturating_equal_hand_computed_values() {
        // D(real) = 3/4 and 1/2, D(fake) = 1/5 and 1/3.
        let real = [3f32.ln(), 0.0];
        let fake = [0.25f32.ln(), 0.5f32.ln()];
        // -(log 3/4 + log 1/2)/2 - (log 4/5 + log 2/3)/2
        let discriminator = 0.490_415 + 0.314_304;
        assert_close(
            losses(Loss::Minimax, &real, &fake),
            (discriminator, -0.314_304),
        );
        // -(log 1/5 + log 1/3)/2
        assert_close(
            losses(Loss::NonSaturating, &real, &fake),
            (discriminator, 1.354_025),
        );
    }

    #[test]
    fn minimax_saturates_where_the_discriminator_is_sure_and_non_saturating_does_not() {
        let slope = |loss: Loss| {
            let fake = Tensor::<1>::from_floats([-12.0], &Device::flex().autodiff()).require_grad();
            let gradients = loss.generator(|| fake.clone(), fake.clone()).backward();
            fake.grad(&gradients).unwrap().into_scalar::<f32>()
        };
        // d/dx log(1 - sigmoid(x)) = -sigmoid(x), d/dx -log sigmoid(x) = sigmoid(x) - 1.
        assert!((slope(Loss::Minimax) + 6.1e-6).abs() < 1e-7);
        assert!((slope(Loss::NonSaturating) + 1.0).abs() < 1e-4);
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
