//! What is trained, and how: the networks' sizes and the optimisation's numbers.

/// A training recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Name on the command line and in the model's provenance.
    pub name: &'static str,
    /// The generator's sizes.
    pub generator: GeneratorShape,
    /// Images in a batch.
    pub batch: usize,
    /// Learning rate of both Adam optimisers at the start; it falls linearly to a tenth over the
    /// last half of the training.
    pub learning_rate: f64,
    /// Adam's decay of the first and second moment.
    pub betas: (f32, f32),
    /// Decay of the exponential moving average of the generator's weights, per step. The average
    /// is what is exported.
    pub ema: f64,
    /// Weight of the gradient penalties on real and on generated images (gamma of R1 and R2).
    pub penalty: f64,
    /// Standard deviation of the noise by which the gradients are estimated.
    pub penalty_noise: f64,
    /// Training steps when none are asked for: one update of each network is a step.
    pub steps: u32,
}

/// Sizes of the class-conditional generator: latent and label → dense → `[h/4][w/4][first]` →
/// leaky ReLU → transposed convolution → `[h/2][w/2][second]` → leaky ReLU → transposed
/// convolution → `[h][w][channel]` → tanh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GeneratorShape {
    /// Components of the latent.
    pub latent: usize,
    /// Channels after the dense layer.
    pub first: usize,
    /// Channels after the first transposed convolution.
    pub second: usize,
}

/// Slope of every leaky ReLU, in both networks.
pub const SLOPE: f64 = 0.2;

impl Recipe {
    /// The recipes by name, the default first.
    pub const ALL: [Recipe; 3] = [
        Recipe::new(
            "small",
            GeneratorShape {
                latent: 24,
                first: 16,
                second: 24,
            },
            5e-4,
        ),
        Recipe::new(
            "tiny",
            GeneratorShape {
                latent: 16,
                first: 6,
                second: 8,
            },
            8e-4,
        ),
        Recipe::new(
            "nano",
            GeneratorShape {
                latent: 8,
                first: 4,
                second: 6,
            },
            1e-3,
        ),
    ];

    const fn new(name: &'static str, generator: GeneratorShape, learning_rate: f64) -> Self {
        Self {
            name,
            generator,
            batch: 64,
            learning_rate,
            betas: (0.5, 0.99),
            ema: 0.999,
            penalty: 0.01,
            penalty_noise: 0.05,
            steps: 5000,
        }
    }

    /// The recipe of that name.
    pub fn named(name: &str) -> Option<Recipe> {
        Self::ALL.into_iter().find(|recipe| recipe.name == name)
    }

    /// Learning rate at `step` of `steps`.
    pub fn learning_rate_at(&self, step: u32, steps: u32) -> f64 {
        let done = f64::from(step) / f64::from(steps.max(1));
        self.learning_rate * (1.0 - 0.9 * (2.0 * done - 1.0).max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_rate_falls_to_a_tenth_in_the_second_half() {
        let recipe = &Recipe::ALL[0];
        let at = |step| recipe.learning_rate_at(step, 1000) / recipe.learning_rate;
        assert_eq!(at(0), 1.0);
        assert_eq!(at(500), 1.0);
        assert!((at(750) - 0.55).abs() < 1e-9);
        assert!((at(1000) - 0.1).abs() < 1e-9);
    }

    #[test]
    fn recipes_are_found_by_name() {
        for recipe in Recipe::ALL {
            assert_eq!(Recipe::named(recipe.name).as_ref(), Some(&recipe));
        }
        assert_eq!(Recipe::named("huge"), None);
    }
}
