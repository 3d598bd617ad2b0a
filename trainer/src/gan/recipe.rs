//! What is trained, and how: the networks' sizes and the optimisation's numbers.

use super::loss::Loss;

/// A training recipe.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// Name on the command line and in the model's provenance.
    pub name: &'static str,
    /// Components of the latent, uniform on (-1, 1).
    pub latent: usize,
    /// Whether the networks are told the images' labels.
    pub conditional: bool,
    /// The generator.
    pub generator: GeneratorShape,
    /// The discriminator.
    pub discriminator: DiscriminatorShape,
    /// What each of the two minimises.
    pub loss: Loss,
    /// The gradient penalties, if any.
    pub penalty: Option<Penalty>,
    /// Weight of [`super::loss::mismatch`] in the discriminator's loss; 0 for none. Without labels
    /// there is none.
    pub mismatch: f64,
    /// Images in a batch.
    pub batch: usize,
    /// Learning rate of both Adam optimisers at the start.
    pub learning_rate: f64,
    /// How the learning rate goes on.
    pub decay: Decay,
    /// Adam's decay of the first and second moment.
    pub betas: (f32, f32),
    /// Decay of the exponential moving average of the generator's weights, per step. The average
    /// is what is exported. Without one, the newest weights are.
    pub ema: Option<f64>,
    /// How long the training is when nothing else is asked for, and how it draws its batches.
    pub length: Length,
}

/// Which generator, and its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GeneratorShape {
    /// Transposed convolutions without normalisation.
    Conv(ConvShape),
    /// Input → dense → leaky ReLU → dense → tanh.
    Perceptron {
        /// Hidden units.
        hidden: usize,
    },
    /// Transposed convolutions with batch normalisation (Radford et al. 2016).
    Dcgan {
        /// Channels before the last layer; the layer before has twice as many.
        filters: usize,
    },
}

/// Sizes of our generator: latent and label → dense → `[h/4][w/4][channel]` → leaky ReLU → transposed
/// convolution → `[h/2][w/2][channel]` → leaky ReLU → transposed convolution → `[h][w][channel]` →
/// tanh, with two numbers of channels; with three, it begins with `[h/8][w/8][channel]`, rounded up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvShape {
    /// Channels that the dense layer makes, and then each transposed convolution but the last, which
    /// makes the image: at least one number. Each of these doubles height and width.
    pub channels: &'static [usize],
    /// How wide the weights are on the device.
    pub weights: Weights,
}

/// How many bits each weight of a [`ConvShape`] has on the device. Training sees what rounding to
/// four bits does to the images; eight bits need no such care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// The dense layer. The label's weights have eight bits always.
    pub dense: Bits,
    /// The transposed convolutions.
    pub convolutions: Bits,
}

impl Weights {
    /// Eight bits everywhere.
    pub const INT8: Weights = Weights {
        dense: Bits::Eight,
        convolutions: Bits::Eight,
    };
    /// Four bits everywhere.
    pub const INT4: Weights = Weights {
        dense: Bits::Four,
        convolutions: Bits::Four,
    };
    /// Four bits where most of the weights are.
    pub const MIXED: Weights = Weights {
        dense: Bits::Four,
        convolutions: Bits::Eight,
    };
}

/// Bits of a weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bits {
    /// -7 to 7.
    Four,
    /// -127 to 127.
    Eight,
}

impl Bits {
    /// The number of bits.
    pub fn count(self) -> u8 {
        match self {
            Bits::Four => 4,
            Bits::Eight => 8,
        }
    }

    /// The largest magnitude of a weight, in steps.
    pub fn largest(self) -> f64 {
        match self {
            Bits::Four => 7.0,
            Bits::Eight => 127.0,
        }
    }
}

/// Which discriminator, and its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiscriminatorShape {
    /// Patches and a projection of the label, of matrix products only.
    Patches,
    /// One dense layer, from the pixels to the logit.
    Linear,
    /// One hidden layer of that many units, with leaky ReLU.
    Hidden(usize),
    /// Strided convolutions with batch normalisation (Radford et al. 2016).
    Dcgan {
        /// Channels after the first layer; the second has twice as many.
        filters: usize,
    },
}

/// Gradient penalties on real and on generated images (R1 and R2), by finite differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Penalty {
    /// Their weight (gamma).
    pub weight: f64,
    /// Standard deviation of the noise by which the gradients are estimated.
    pub noise: f64,
}

/// How the learning rate goes on from its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decay {
    /// It stays.
    None,
    /// It falls linearly to a hundredth over the last half of the training.
    LastHalf,
}

/// How long a training is by default, and how its batches are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// That many steps (one update of each network is a step), whose images are drawn with
    /// replacement.
    Steps(u32),
    /// That many epochs: passes over all images, each in an order of its own.
    Epochs(u32),
}

/// Slope of every leaky ReLU, in all networks.
pub const SLOPE: f64 = 0.2;

/// Standard deviation of DCGAN's random weights.
pub const DCGAN_DEVIATION: f64 = 0.02;

/// Adam's learning rate and decays in the textbook's recipes.
const TEXTBOOK_ADAM: (f64, (f32, f32)) = (2e-4, (0.5, 0.999));

impl Recipe {
    /// The recipes by name, the default first.
    pub const ALL: [Recipe; 7] = [
        Recipe::ours("small", 24, &[16, 24], Weights::INT8, 3e-3, 0.2),
        Recipe::ours("tiny", 24, &[11, 6, 10], Weights::INT8, 5e-3, 0.2),
        Recipe::ours("nano", 20, &[7, 4, 8], Weights::MIXED, 6e-3, 0.2),
        Recipe::ours("pico", 16, &[4, 4, 8], Weights::MIXED, 6e-3, 0.2),
        Recipe::ours("femto", 8, &[2, 4, 8], Weights::INT4, 6e-3, 0.2),
        Recipe::textbook(
            "goodfellow",
            GeneratorShape::Perceptron { hidden: 128 },
            DiscriminatorShape::Hidden(256),
            Loss::Minimax,
            Length::Epochs(100),
        ),
        Recipe::textbook(
            "dcgan",
            GeneratorShape::Dcgan { filters: 64 },
            DiscriminatorShape::Dcgan { filters: 64 },
            Loss::NonSaturating,
            Length::Epochs(25),
        ),
    ];

    const fn ours(
        name: &'static str,
        latent: usize,
        channels: &'static [usize],
        weights: Weights,
        learning_rate: f64,
        mismatch: f64,
    ) -> Self {
        Self {
            name,
            latent,
            conditional: true,
            generator: GeneratorShape::Conv(ConvShape { channels, weights }),
            discriminator: DiscriminatorShape::Patches,
            loss: Loss::Relativistic,
            penalty: Some(Penalty {
                weight: 0.03,
                noise: 0.05,
            }),
            mismatch,
            batch: 64,
            learning_rate,
            decay: Decay::LastHalf,
            betas: (0.5, 0.99),
            ema: Some(0.999),
            length: Length::Steps(5000),
        }
    }

    const fn textbook(
        name: &'static str,
        generator: GeneratorShape,
        discriminator: DiscriminatorShape,
        loss: Loss,
        length: Length,
    ) -> Self {
        let (learning_rate, betas) = TEXTBOOK_ADAM;
        Self {
            name,
            latent: 100,
            conditional: false,
            generator,
            discriminator,
            loss,
            penalty: None,
            mismatch: 0.0,
            batch: 128,
            learning_rate,
            decay: Decay::None,
            betas,
            ema: None,
            length,
        }
    }

    /// The recipe of that name.
    pub fn named(name: &str) -> Option<Recipe> {
        Self::ALL.into_iter().find(|recipe| recipe.name == name)
    }

    /// Whether the finished generator is tried with wider latents ([`Generator::spread`]): ours is;
    /// the textbook's games are exported as they are played.
    ///
    /// [`Generator::spread`]: super::generator::Generator::spread
    pub fn may_spread(&self) -> bool {
        self.conditional && matches!(self.generator, GeneratorShape::Conv(_))
    }

    /// Changes how wide the generator's weights are on the device. `false` if the generator has no
    /// choice.
    pub fn set_weights(&mut self, weights: Weights) -> bool {
        match &mut self.generator {
            GeneratorShape::Conv(shape) => {
                shape.weights = weights;
                true
            }
            GeneratorShape::Perceptron { .. } | GeneratorShape::Dcgan { .. } => false,
        }
    }

    /// The name, with what was changed after `+`, such as `goodfellow+linear`: what a model's
    /// provenance says.
    pub fn label(&self) -> String {
        let mut label = self.name.to_owned();
        if let Some(plain) = Recipe::named(self.name) {
            if self.discriminator == DiscriminatorShape::Linear {
                label += "+linear";
            }
            if let GeneratorShape::Conv(shape) = self.generator
                && self.generator != plain.generator
            {
                label += match shape.weights {
                    Weights::INT4 => "+int4",
                    _ => "+int8",
                };
            }
            if self.loss != plain.loss {
                label += "+";
                label += self.loss.name();
            }
        }
        label
    }

    /// Learning rate at `step` of `steps`.
    pub fn learning_rate_at(&self, step: u32, steps: u32) -> f64 {
        match self.decay {
            Decay::None => self.learning_rate,
            Decay::LastHalf => {
                let done = f64::from(step) / f64::from(steps.max(1));
                self.learning_rate * (1.0 - 0.99 * (2.0 * done - 1.0).max(0.0))
            }
        }
    }

    /// Steps of one pass over `images` images, the last batch of which may be smaller.
    pub fn steps_per_epoch(&self, images: usize) -> u32 {
        u32::try_from(images.div_ceil(self.batch)).unwrap_or(u32::MAX)
    }

    /// Steps of a training on `images` images when none are asked for.
    pub fn steps(&self, images: usize) -> u32 {
        match self.length {
            Length::Steps(steps) => steps,
            Length::Epochs(epochs) => epochs.saturating_mul(self.steps_per_epoch(images)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn learning_rate_falls_to_a_hundredth_in_the_second_half() {
        let recipe = Recipe::named("small").unwrap();
        let at = |step| recipe.learning_rate_at(step, 1000) / recipe.learning_rate;
        assert_eq!(at(0), 1.0);
        assert_eq!(at(500), 1.0);
        assert!((at(750) - 0.505).abs() < 1e-9);
        assert!((at(1000) - 0.01).abs() < 1e-9);
    }

    #[test]
    fn learning_rate_of_the_textbook_stays() {
        let recipe = Recipe::named("goodfellow").unwrap();
        assert_eq!(recipe.learning_rate_at(0, 1000), 2e-4);
        assert_eq!(recipe.learning_rate_at(1000, 1000), 2e-4);
    }

    #[test]
    fn an_epoch_sees_every_image() {
        let recipe = Recipe::named("goodfellow").unwrap();
        assert_eq!(recipe.steps_per_epoch(60_000), 469);
        assert_eq!(recipe.steps(60_000), 46_900);
        assert_eq!(recipe.steps_per_epoch(1), 1);
        assert_eq!(Recipe::named("small").unwrap().steps(60_000), 5000);
    }

    #[test]
    fn label_says_what_was_changed() {
        let mut recipe = Recipe::named("goodfellow").unwrap();
        assert_eq!(recipe.label(), "goodfellow");
        recipe.discriminator = DiscriminatorShape::Linear;
        recipe.loss = Loss::NonSaturating;
        assert_eq!(recipe.label(), "goodfellow+linear+non-saturating");
        let mut recipe = Recipe::named("small").unwrap();
        assert!(recipe.set_weights(Weights::INT4));
        assert_eq!(recipe.label(), "small+int4");
    }

    #[test]
    fn recipes_are_found_by_name() {
        for recipe in Recipe::ALL {
            assert_eq!(Recipe::named(recipe.name).as_ref(), Some(&recipe));
        }
        assert_eq!(Recipe::named("huge"), None);
    }
}
