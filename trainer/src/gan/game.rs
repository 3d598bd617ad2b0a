//! The game itself: alternating updates of both networks.

use burn::Tensor;
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::Device;

use super::discriminator::Discriminator;
use super::draws::{Draws, label_tensor};
use super::generator::Generator;
use super::loss;
use super::recipe::Recipe;
use crate::data::Images;
use crate::fused::Adam;

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
}

/// What a step measured, before its updates.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Losses {
    /// The discriminator's loss, penalties included.
    pub discriminator: f32,
    /// The generator's loss.
    pub generator: f32,
}

impl Losses {
    /// The moving average's step: `decay` of these and the rest of the `newest`.
    pub fn follow(self, newest: Losses, decay: f32) -> Losses {
        let mix = |old: f32, new: f32| old * decay + new * (1.0 - decay);
        Losses {
            discriminator: mix(self.discriminator, newest.discriminator),
            generator: mix(self.generator, newest.generator),
        }
    }
}

impl Game {
    /// A game of `steps` steps for images like `images`, with random networks. The same seed gives
    /// the same training. `device` is a plain one, without automatic differentiation.
    pub fn new(recipe: Recipe, steps: u32, seed: u64, images: &Images, device: &Device) -> Self {
        let size = [images.height, images.width, images.channels];
        let training = device.clone().autodiff();
        device.seed(seed);
        let generator = Generator::new(recipe.generator, images.classes, size, &training);
        Self {
            seed,
            steps,
            step: 0,
            average: generator.valid(),
            generator,
            discriminator: Discriminator::new(images.classes, size, &training),
            generator_optimizer: Adam::optimizer(recipe.betas),
            discriminator_optimizer: Adam::optimizer(recipe.betas),
            device: training,
            recipe,
        }
    }

    /// Steps done.
    pub fn step_count(&self) -> u32 {
        self.step
    }

    /// The moving average of the generator: the one to use.
    pub fn average(&self) -> &Generator {
        &self.average
    }

    /// One step: an update of the discriminator, then one of the generator. Both see the same real
    /// images; generated images carry the labels of the real ones that they are paired with.
    pub fn step(&mut self, images: &Images) -> Losses {
        let recipe = &self.recipe;
        let device = &self.device;
        let rate = recipe.learning_rate_at(self.step, self.steps);
        let mut draws = Draws::new(self.seed, self.step);
        let real = draws.batch(images, recipe.batch, device);
        let labels = label_tensor(&real.labels, device);
        let size = real.images.dims();
        let (latent, classes) = (self.generator.latent(), self.generator.classes());

        let input = draws.generator_input(latent, classes, &real.labels, device);
        let fake = Tensor::from_inner(self.generator.valid().forward(input.inner()));
        let both = Tensor::cat(vec![real.images.clone(), fake], 0);
        let noise_size = [2 * size[0], size[1], size[2], size[3]];
        let noise = draws.noise(noise_size, recipe.penalty_noise, device);
        let all = Tensor::cat(vec![both.clone(), both + noise], 0);
        let logits = self.discriminator.forward(all, labels.clone().repeat(&[4]));
        let (at, near) = halves(logits);
        // Twice the mean over both kinds of images is the sum of R1 and R2.
        let weight = 2.0 * recipe.penalty;
        let penalty = loss::gradient_penalty(at.clone(), near, weight, recipe.penalty_noise);
        let (real_logits, fake_logits) = halves(at);
        let discriminator_loss = loss::discriminator(real_logits, fake_logits) + penalty;
        let gradients =
            GradientsParams::from_grads(discriminator_loss.backward(), &self.discriminator);
        self.discriminator =
            self.discriminator_optimizer
                .step(rate, self.discriminator.clone(), gradients);

        let judge = self.discriminator.valid();
        let real_logits =
            Tensor::from_inner(judge.forward(real.images.inner(), labels.clone().inner()));
        let judge = self.discriminator.clone().no_grad();
        let input = draws.generator_input(latent, classes, &real.labels, device);
        let fake_logits = judge.forward(self.generator.forward(input), labels);
        let generator_loss = loss::generator(real_logits, fake_logits);
        let gradients = GradientsParams::from_grads(generator_loss.backward(), &self.generator);
        self.generator = self
            .generator_optimizer
            .step(rate, self.generator.clone(), gradients);

        self.step += 1;
        // The average starts as a plain one, so that it does not remember the random start.
        let decay = recipe
            .ema
            .min(f64::from(self.step) / (f64::from(self.step) + 10.0));
        self.average = self.average.clone().follow(&self.generator.valid(), decay);
        Losses {
            discriminator: discriminator_loss.into_scalar(),
            generator: generator_loss.into_scalar(),
        }
    }
}

fn halves(logits: Tensor<1>) -> (Tensor<1>, Tensor<1>) {
    let [count] = logits.dims();
    (
        logits.clone().narrow(0, 0, count / 2),
        logits.narrow(0, count / 2, count - count / 2),
    )
}
