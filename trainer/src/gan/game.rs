//! The game itself: alternating updates of both networks.

mod state;

use burn::module::Module;
use burn::optim::{GradientsAccumulator, ModuleOptimizer};
use burn::tensor::Device;

use super::average;
use super::crew::Crew;
use super::discriminator::Discriminator;
use super::draws::{Draws, epoch_order};
use super::generator::Generator;
use super::recipe::{Length, Recipe};
use super::share::{Judged, Share, Unloaded};
use crate::data::Images;
use crate::fused::{self, Adam};

pub use super::losses::Losses;
pub use state::GameState;

/// Shares of a batch that are worked on at the same time. It does not depend on the machine, so that
/// the sums of their gradients, and with them the results, do not either.
const SHARES: usize = 2;

/// A training under way.
pub struct Game {
    recipe: Recipe,
    seed: u64,
    steps: u32,
    step: u32,
    device: Device,
    crew: Crew,
    generator: Generator,
    average: Generator,
    discriminator: Discriminator,
    generator_optimizer: ModuleOptimizer,
    discriminator_optimizer: ModuleOptimizer,
    /// Number and order of the epoch whose images were drawn last.
    epoch: Option<(u32, Vec<usize>)>,
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
        let discriminator = Discriminator::new(recipe.discriminator, classes, size, &training);
        // Where images are normalised together, a part of the batch would be normalised differently.
        let together = generator.compares_within_batch() || discriminator.compares_within_batch();
        let shares = if together || !fused::supports(device) {
            1
        } else {
            SHARES
        };
        Self {
            seed,
            steps,
            step: 0,
            average: generator.valid(),
            generator,
            discriminator,
            crew: Crew::new(shares),
            generator_optimizer: Adam::optimizer(recipe.betas),
            discriminator_optimizer: Adam::optimizer(recipe.betas),
            device: training,
            recipe,
            epoch: None,
        }
    }

    /// Cuts each batch into so many shares, each worked on by a thread. Every share draws its own
    /// latents, so trainings are alike only if this number is the same; it follows from the backend
    /// and the recipe unless it is set here.
    ///
    /// # Panics
    /// If the system starts no more threads.
    pub fn in_shares(mut self, shares: usize) -> Self {
        self.crew = Crew::new(shares);
        self
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
        let shares = self.shares(images);

        let generator = self.generator.valid();
        let judged = self.crew.map(shares, |share| {
            let mut share = share.load(images, &self.recipe, &self.device);
            let judged = share.judge(&self.discriminator, &generator);
            (share, judged)
        });
        let (shares, judged): (Vec<Share>, Vec<Judged>) = judged.into_iter().unzip();
        let mut gradients = GradientsAccumulator::new();
        let (mut discriminator_loss, mut real, mut fake) = (0.0, vec![], vec![]);
        for judged in judged {
            gradients.accumulate(&self.discriminator, judged.gradients);
            discriminator_loss += judged.loss;
            real.extend(judged.real);
            fake.extend(judged.fake);
        }
        self.discriminator =
            self.discriminator_optimizer
                .step(rate, self.discriminator.clone(), gradients.grads());

        let deceived = self.crew.map(shares, |mut share| {
            share.deceive(&self.generator, &self.discriminator)
        });
        let mut gradients = GradientsAccumulator::new();
        let mut generator_loss = 0.0;
        for deceived in deceived {
            gradients.accumulate(&self.generator, deceived.gradients);
            generator_loss += deceived.loss;
        }
        self.generator =
            self.generator_optimizer
                .step(rate, self.generator.clone(), gradients.grads());

        self.step += 1;
        self.average = match self.recipe.ema {
            // The average starts as a plain one, so that it does not remember the random start.
            Some(ema) => {
                let decay = ema.min(f64::from(self.step) / (f64::from(self.step) + 10.0));
                average::follow(self.average.clone(), &self.generator.valid(), decay)
            }
            None => self.generator.valid(),
        };
        Losses::measure(discriminator_loss, generator_loss, &real, &fake)
    }

    /// The next step's batch, cut into as many shares as there are threads.
    fn shares(&mut self, images: &Images) -> Vec<Unloaded> {
        let mut draws = Draws::new(self.seed, self.step);
        let indices = self.real_indices(&mut draws, images);
        let each = indices.len().div_ceil(self.crew.size());
        indices
            .chunks(each.max(1))
            .map(|share| Unloaded {
                indices: share.to_vec(),
                weight: share.len() as f64 / indices.len() as f64,
                draws: draws.part(),
            })
            .collect()
    }

    /// Which images are the next step's real ones.
    fn real_indices(&mut self, draws: &mut Draws, images: &Images) -> Vec<usize> {
        let batch = self.recipe.batch;
        match self.recipe.length {
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
        }
    }
}
