//! What can be watched of the game.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a step measured, before its updates: the game as one can watch it.
///
/// `D` is the probability that the discriminator gives to an image being real, the logistic sigmoid
/// of its logit. Where generated images cannot be told from real ones, no discriminator does better
/// than [`Losses::EQUILIBRIUM`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Losses {
    /// The discriminator's loss, penalties included.
    pub discriminator: f32,
    /// The generator's loss.
    pub generator: f32,
    /// Mean `D(x)` of the real images.
    pub d_real: f32,
    /// Mean `D(G(z))` of the generated images.
    pub d_fake: f32,
    /// The value of the minimax game, `V = mean log D(x) + mean log(1 - D(G(z)))`, whatever the
    /// losses are.
    pub value: f32,
}

impl Losses {
    /// `D` of every image and the value where the best discriminator cannot tell generated images
    /// from real ones: 1/2 and `-log 4` (Goodfellow et al. 2014, theorem 1).
    pub const EQUILIBRIUM: (f32, f32) = (0.5, -2.0 * std::f32::consts::LN_2);

    /// The moving average's step: `decay` of these and the rest of the `newest`.
    pub fn follow(self, newest: Losses, decay: f32) -> Losses {
        let mix = |old: f32, new: f32| old * decay + new * (1.0 - decay);
        Losses {
            discriminator: mix(self.discriminator, newest.discriminator),
            generator: mix(self.generator, newest.generator),
            d_real: mix(self.d_real, newest.d_real),
            d_fake: mix(self.d_fake, newest.d_fake),
            value: mix(self.value, newest.value),
        }
    }

    /// From the losses and the discriminator's logits of real and of generated images.
    pub(crate) fn measure(
        discriminator: f32,
        generator: f32,
        real: &[f32],
        fake: &[f32],
    ) -> Losses {
        let mean = |logits: &[f32], of: fn(f64) -> f64| {
            let sum: f64 = logits.iter().map(|&logit| of(f64::from(logit))).sum();
            sum / logits.len() as f64
        };
        Losses {
            discriminator,
            generator,
            d_real: mean(real, sigmoid) as f32,
            d_fake: mean(fake, sigmoid) as f32,
            value: (mean(real, log_sigmoid) + mean(fake, |logit| log_sigmoid(-logit))) as f32,
        }
    }
}

impl fmt::Display for Losses {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "loss D {:.3} G {:.3}, D(x) {:.2}, D(G(z)) {:.2}, V {:.3}",
            self.discriminator, self.generator, self.d_real, self.d_fake, self.value
        )
    }
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// `log(sigmoid(logit))`, also where the sigmoid is too small for a number.
fn log_sigmoid(logit: f64) -> f64 {
    logit.min(0.0) - (-logit.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(real: &[f32], fake: &[f32]) -> Losses {
        Losses::measure(1.5, -2.5, real, fake)
    }

    #[test]
    fn probabilities_and_value_equal_hand_computed_ones() {
        // D(x) = 3/4 and 1/2, D(G(z)) = 1/5 and 1/3.
        let losses = measured(&[3f32.ln(), 0.0], &[0.25f32.ln(), 0.5f32.ln()]);
        assert_eq!((losses.discriminator, losses.generator), (1.5, -2.5));
        assert!((losses.d_real - 0.625).abs() < 1e-6);
        assert!((losses.d_fake - 0.266_667).abs() < 1e-6);
        // (log 3/4 + log 1/2)/2 + (log 4/5 + log 2/3)/2
        assert!((losses.value + 0.804_719).abs() < 1e-5);
    }

    #[test]
    fn value_is_that_of_the_equilibrium_where_the_discriminator_cannot_tell() {
        let losses = measured(&[0.0; 4], &[0.0; 4]);
        let (d, value) = Losses::EQUILIBRIUM;
        assert_eq!((losses.d_real, losses.d_fake), (d, d));
        assert!((losses.value - value).abs() < 1e-6);
        assert!((value + 4f32.ln()).abs() < 1e-6);
    }

    #[test]
    fn value_is_finite_where_the_discriminator_is_sure_and_wrong() {
        let losses = measured(&[-500.0], &[500.0]);
        assert_eq!(losses.value, -1000.0);
        assert_eq!((losses.d_real, losses.d_fake), (0.0, 1.0));
    }
}
