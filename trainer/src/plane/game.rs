//! The training in the plane.

use burn::Tensor;
use burn::module::Module;
use burn::optim::{GradientsParams, ModuleOptimizer};
use burn::tensor::{Device, TensorData};
use rand::Rng;

use super::Point;
use super::distribution::{Distribution, normal};
use super::networks::Network;
use crate::fused::Adam;
use crate::gan::average;
use crate::gan::draws::stream;
use crate::gan::game::Losses;
use crate::gan::layers::values;
use crate::gan::loss::{Loss, gradient_penalty};
use crate::gan::recipe::Penalty;

/// Points that are generated at a time.
const CHUNK: usize = 10_000;

/// Adam's decay of the first and second moment.
const BETAS: (f32, f32) = (0.5, 0.99);

/// How the game is played.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// What each network minimises.
    pub loss: Loss,
    /// The gradient penalties, if any: without, the networks circle around the equilibrium
    /// (Mescheder, Geiger and Nowozin 2018).
    pub penalty: Option<Penalty>,
    /// Points in a batch.
    pub batch: usize,
    /// Units of each hidden layer, in both networks.
    pub hidden: usize,
    /// Learning rate of both Adam optimisers at the start; it falls linearly to a hundredth.
    pub learning_rate: f64,
    /// Decay of the exponential moving average of the generator's weights, per step.
    pub ema: f64,
    /// Training steps.
    pub steps: u32,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            loss: Loss::NonSaturating,
            penalty: Some(Penalty {
                weight: 0.1,
                noise: 0.01,
            }),
            batch: 256,
            hidden: 64,
            learning_rate: 4e-3,
            ema: 0.998,
            steps: 8000,
        }
    }
}

/// A training under way.
pub struct Game {
    rules: Rules,
    distribution: Distribution,
    seed: u64,
    step: u32,
    device: Device,
    generator: Network,
    average: Network,
    discriminator: Network,
    generator_optimizer: ModuleOptimizer,
    discriminator_optimizer: ModuleOptimizer,
}

impl Game {
    /// A game with random networks. The same seed gives the same training. `device` is a plain one,
    /// without automatic differentiation.
    pub fn new(rules: Rules, distribution: Distribution, seed: u64, device: &Device) -> Self {
        let training = device.clone().autodiff();
        device.seed(seed);
        let generator = Network::new(rules.hidden, 2, &training);
        Self {
            distribution,
            seed,
            step: 0,
            average: generator.valid(),
            generator,
            discriminator: Network::new(rules.hidden, 1, &training),
            generator_optimizer: Adam::optimizer(BETAS),
            discriminator_optimizer: Adam::optimizer(BETAS),
            device: training,
            rules,
        }
    }

    /// One step: an update of the discriminator, then one of the generator.
    pub fn step(&mut self) -> Losses {
        let rules = &self.rules;
        let count = rules.batch;
        let left = 1.0 - f64::from(self.step) / f64::from(rules.steps);
        let rate = rules.learning_rate * left.max(0.01);
        let mut rng = stream(self.seed, self.step);
        let mut normals = || tensor(count, || normal(&mut rng), &self.device);

        let latent = normals();
        let fake = Tensor::from_inner(self.generator.valid().forward(latent.inner()));
        let again = normals();
        let noise = Tensor::cat(vec![normals(), normals()], 0);
        let real = tensor(count, || self.distribution.draw(&mut rng), &self.device);
        let both = Tensor::cat(vec![real.clone(), fake], 0);
        let logits = logits(&self.discriminator, both.clone());
        let (real_logits, fake_logits) = (
            logits.clone().narrow(0, 0, count),
            logits.clone().narrow(0, count, count),
        );
        let mut loss = rules
            .loss
            .discriminator(real_logits.clone(), fake_logits.clone());
        if let Some(Penalty {
            weight,
            noise: sigma,
        }) = rules.penalty
        {
            let near = self::logits(&self.discriminator, both + noise * sigma);
            // Twice the mean over both kinds of points is the sum of R1 and R2.
            loss = loss + gradient_penalty(logits, near, 2.0 * weight, sigma);
        }
        let gradients = GradientsParams::from_grads(loss.backward(), &self.discriminator);
        self.discriminator =
            self.discriminator_optimizer
                .step(rate, self.discriminator.clone(), gradients);

        let judge = self.discriminator.clone().no_grad();
        let fake_again = self::logits(&judge, self.generator.forward(again));
        let real_again = || self::logits(&judge, real);
        let generator_loss = rules.loss.generator(real_again, fake_again);
        let gradients = GradientsParams::from_grads(generator_loss.backward(), &self.generator);
        self.generator = self
            .generator_optimizer
            .step(rate, self.generator.clone(), gradients);

        self.step += 1;
        // The average starts as a plain one, so that it does not remember the random start.
        let decay = rules
            .ema
            .min(f64::from(self.step) / (f64::from(self.step) + 10.0));
        self.average = average::follow(self.average.clone(), &self.generator.valid(), decay);
        let [loss, generator_loss] = [loss, generator_loss].map(|loss| loss.into_scalar::<f32>());
        let [real, fake] = [real_logits, fake_logits].map(|logits| values(logits.inner()));
        Losses::measure(loss, generator_loss, &real, &fake)
    }

    /// `count` points of the averaged generator.
    pub fn generate(&self, count: usize, rng: &mut impl Rng) -> Vec<Point> {
        let device = self.device.clone().inner();
        let mut points = Vec::with_capacity(count);
        while points.len() < count {
            let chunk = CHUNK.min(count - points.len());
            let latent = tensor(chunk, || normal(rng), &device);
            let coordinates = values(self.average.forward(latent));
            let pairs = coordinates.as_chunks::<2>().0.iter();
            points.extend(pairs.map(|pair| pair.map(f64::from)));
        }
        points
    }
}

fn logits(discriminator: &Network, points: Tensor<2>) -> Tensor<1> {
    let [count, _] = points.dims();
    discriminator.forward(points).reshape([count])
}

/// Points as a tensor `[count][2]`.
fn tensor(count: usize, point: impl FnMut() -> Point, device: &Device) -> Tensor<2> {
    let points = std::iter::repeat_with(point).take(count);
    let values: Vec<f32> = points.flatten().map(|value| value as f32).collect();
    Tensor::from_data(TensorData::new(values, [count, 2]), device)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::super::distribution::Gaussian;
    use super::super::estimate::Moments;
    use super::*;

    const MEAN: Point = [1.0, -1.0];
    const COVARIANCE: [[f64; 2]; 2] = [[0.5, -0.3], [-0.3, 0.4]];

    /// Losses of the last step of a training of `steps` steps, and points of its generator.
    fn play(steps: u32) -> (Losses, Vec<Point>) {
        let rules = Rules {
            steps,
            ..Rules::default()
        };
        let gaussian = Distribution::Gaussian(Gaussian::new(MEAN, COVARIANCE).unwrap());
        let mut game = Game::new(rules, gaussian, 3, &Device::flex());
        let losses = (0..steps).map(|_| game.step()).last().unwrap();
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        (losses, game.generate(20_000, &mut rng))
    }

    #[test]
    fn a_short_training_finds_the_gaussian_and_the_equilibrium() {
        let (losses, points) = play(1000);
        let moments = Moments::of(&points);
        for (i, row) in moments.covariance.iter().enumerate() {
            assert!((moments.mean[i] - MEAN[i]).abs() < 0.15, "{moments:?}");
            for (j, covariance) in row.iter().enumerate() {
                assert!((covariance - COVARIANCE[i][j]).abs() < 0.2, "{moments:?}");
            }
        }
        let (d, value) = Losses::EQUILIBRIUM;
        assert!((losses.d_real - d).abs() < 0.05, "{losses}");
        assert!((losses.d_fake - d).abs() < 0.05, "{losses}");
        assert!((losses.value - value).abs() < 0.1, "{losses}");
    }

    #[test]
    fn the_same_seed_gives_the_same_generator() {
        assert_eq!(play(5).1, play(5).1);
    }
}
