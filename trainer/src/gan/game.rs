//! The game itself: alternating updates of both networks.

use std::fmt;

use burn::Tensor;
use burn::module::Module;
use burn::optim::{AdamConfig, GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, Int};

use super::average;
use super::discriminator::Discriminator;
use super::draws::{Batch, Draws, epoch_order, label_tensor};
use super::generator::Generator;
use super::layers::values;
use super::loss;
use super::recipe::{Length, Recipe};
use crate::data::Images;

/// A training under way.
pub struct Game {
    recipe: Recipe,
    seed: u64,
    steps: u32,
    step: u32,
    device: Device,
    generator: Generator,
    average: Generator,
    discriminator: Discriminator,
    generator_optimizer: ModuleOptimizer,
    discriminator_optimizer: ModuleOptimizer,
    /// Number and order of the epoch whose images were drawn last.
    epoch: Option<(u32, Vec<usize>)>,
}

/// What a step measured, before its updates: the game as one can watch it.
///
/// `D` is the probability that the discriminator gives to an image being real, the logistic sigmoid
/// of its logit. Where generated images cannot be told from real ones, no discriminator does better
/// than [`Losses::EQUILIBRIUM`].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
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

    /// From the losses, each of one number, and the discriminator's logits `[batch]`, all read at
    /// once.
    pub(crate) fn measure(
        discriminator: Tensor<1>,
        generator: Tensor<1>,
        real_logits: Tensor<1>,
        fake_logits: Tensor<1>,
    ) -> Losses {
        let [count] = real_logits.dims();
        let all = [discriminator, generator, real_logits, fake_logits];
        let all = values(Tensor::cat(all.map(Tensor::inner).into(), 0));
        let (losses, logits) = all.split_at(2);
        let (real, fake) = logits.split_at(count);
        let mean = |logits: &[f32], of: fn(f64) -> f64| {
            let sum: f64 = logits.iter().map(|&logit| of(f64::from(logit))).sum();
            sum / logits.len() as f64
        };
        Losses {
            discriminator: losses[0],
            generator: losses[1],
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

impl Game {
    /// A game of `steps` steps for images like `images`, with random networks. The same seed gives
    /// the same training. `device` is a plain one, without automatic differentiation.
    pub fn new(recipe: Recipe, steps: u32, seed: u64, images: &Images, device: &Device) -> Self {
        let size = [images.height, images.width, images.channels];
        let classes = if recipe.conditional {
            images.classes
        } else {
            0
        };
        let training = device.clone().autodiff();
        device.seed(seed);
        let generator = Generator::new(recipe.generator, recipe.latent, classes, size, &training);
        let adam = AdamConfig::new()
            .with_beta_1(recipe.betas.0)
            .with_beta_2(recipe.betas.1)
            .with_epsilon(1e-8);
        Self {
            seed,
            steps,
            step: 0,
            average: generator.valid(),
            generator,
            discriminator: Discriminator::new(recipe.discriminator, classes, size, &training),
            generator_optimizer: adam.init(),
            discriminator_optimizer: adam.init(),
            device: training,
            recipe,
            epoch: None,
        }
    }

    /// Steps done.
    pub fn step_count(&self) -> u32 {
        self.step
    }

    /// The generator to use: the moving average of its weights if the recipe has one, else the
    /// newest.
    pub fn average(&self) -> &Generator {
        &self.average
    }

    /// One step: an update of the discriminator, then one of the generator. Both see the same real
    /// images; generated images carry the labels of the real ones that they are paired with.
    pub fn step(&mut self, images: &Images) -> Losses {
        let rate = self.recipe.learning_rate_at(self.step, self.steps);
        let mut draws = Draws::new(self.seed, self.step);
        let real = self.real_batch(&mut draws, images);
        let recipe = &self.recipe;
        let device = &self.device;
        let labels = label_tensor(&real.labels, device);
        let (latent, classes) = (self.generator.latent(), self.generator.classes());

        let input = draws.generator_input(latent, classes, &real.labels, device);
        let fake = Tensor::from_inner(self.generator.valid().forward(input.inner()));
        let (discriminator_loss, real_logits, fake_logits) =
            self.judge(real.images.clone(), fake, &labels, &mut draws);
        let gradients =
            GradientsParams::from_grads(discriminator_loss.backward(), &self.discriminator);
        self.discriminator =
            self.discriminator_optimizer
                .step(rate, self.discriminator.clone(), gradients);

        let judge = self.discriminator.clone().no_grad();
        let input = draws.generator_input(latent, classes, &real.labels, device);
        let fake_again = judge.forward(self.generator.forward(input), labels.clone());
        let real_again = || {
            let judge = self.discriminator.valid();
            Tensor::from_inner(judge.forward(real.images.inner(), labels.inner()))
        };
        let generator_loss = recipe.loss.generator(real_again, fake_again);
        let gradients = GradientsParams::from_grads(generator_loss.backward(), &self.generator);
        self.generator = self
            .generator_optimizer
            .step(rate, self.generator.clone(), gradients);

        self.step += 1;
        self.average = match recipe.ema {
            // The average starts as a plain one, so that it does not remember the random start.
            Some(ema) => {
                let decay = ema.min(f64::from(self.step) / (f64::from(self.step) + 10.0));
                average::follow(self.average.clone(), &self.generator.valid(), decay)
            }
            None => self.generator.valid(),
        };
        Losses::measure(discriminator_loss, generator_loss, real_logits, fake_logits)
    }

    /// The real images of the next step.
    fn real_batch(&mut self, draws: &mut Draws, images: &Images) -> Batch {
        let batch = self.recipe.batch;
        let indices = match self.recipe.length {
            Length::Steps(_) => draws.indices(images.len(), batch),
            Length::Epochs(_) => {
                let steps = self.recipe.steps_per_epoch(images.len());
                let (number, within) = (self.step / steps, (self.step % steps) as usize);
                let order = match self.epoch.take() {
                    Some((last, order)) if last == number => order,
                    _ => epoch_order(self.seed, number, images.len()),
                };
                let indices = order[within * batch..]
                    .iter()
                    .take(batch)
                    .copied()
                    .collect();
                self.epoch = Some((number, order));
                indices
            }
        };
        Batch::of(images, &indices, &self.device)
    }

    /// The discriminator's loss, penalties included, and its logits of `real` and `fake` images.
    fn judge(
        &self,
        real: Tensor<4>,
        fake: Tensor<4>,
        labels: &Tensor<1, Int>,
        draws: &mut Draws,
    ) -> (Tensor<1>, Tensor<1>, Tensor<1>) {
        let judge = |images: Tensor<4>, kinds| {
            self.discriminator
                .forward(images, labels.clone().repeat(&[kinds]))
        };
        let loss = self.recipe.loss;
        if let Some(penalty) = self.recipe.penalty {
            let size = real.dims();
            let both = Tensor::cat(vec![real, fake], 0);
            let noise_size = [2 * size[0], size[1], size[2], size[3]];
            let noise = draws.noise(noise_size, penalty.noise, &self.device);
            let all = Tensor::cat(vec![both.clone(), both + noise], 0);
            let (at, near) = halves(judge(all, 4));
            // Twice the mean over both kinds of images is the sum of R1 and R2.
            let weight = 2.0 * penalty.weight;
            let penalty = loss::gradient_penalty(at.clone(), near, weight, penalty.noise);
            let (real, fake) = halves(at);
            let loss = loss.discriminator(real.clone(), fake.clone()) + penalty;
            return (loss, real, fake);
        }
        let (real, fake) = if self.discriminator.compares_within_batch() {
            (judge(real, 1), judge(fake, 1))
        } else {
            halves(judge(Tensor::cat(vec![real, fake], 0), 2))
        };
        (loss.discriminator(real.clone(), fake.clone()), real, fake)
    }
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// `log(sigmoid(logit))`, also where the sigmoid is too small for a number.
fn log_sigmoid(logit: f64) -> f64 {
    logit.min(0.0) - (-logit.abs()).exp().ln_1p()
}

fn halves(logits: Tensor<1>) -> (Tensor<1>, Tensor<1>) {
    let [count] = logits.dims();
    (
        logits.clone().narrow(0, 0, count / 2),
        logits.narrow(0, count / 2, count - count / 2),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(real: &[f32], fake: &[f32]) -> Losses {
        let tensor = |values: &[f32]| Tensor::<1>::from_floats(values, &Device::flex());
        Losses::measure(tensor(&[1.5]), tensor(&[-2.5]), tensor(real), tensor(fake))
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
