//! Stacked MNIST: how many of the thousand combinations of three digits come about.

use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use runtime::{GenerateError, Model};
use serde::Serialize;

use super::{Judge, shares};
use crate::data::Images;
use crate::drawing::{self, Point};

/// Samples of three images, as in PacGAN (Lin et al. 2018).
pub const SAMPLES: usize = 26_000;
/// Images that are drawn and read at a time.
const CHUNK: usize = 6_000;

/// What a classifier reads in samples of three images each, the red, green and blue channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Stacked {
    /// Samples of three images.
    pub samples: usize,
    /// Combinations of three classes that were read at least once.
    pub modes: usize,
    /// All there are.
    pub of: usize,
    /// KL(model ‖ data) in nats, of the distributions over the combinations (Metz et al. 2017).
    /// Of `n` samples from the data's own distribution, about `(modes - 1) / 2n` is expected.
    pub kl: f64,
}

impl Stacked {
    /// Modes and divergence of the classes read, three images a sample, against data in which each
    /// class has the given share (its images are drawn independently).
    pub fn new(classes: &[u8], shares: &[f64]) -> Self {
        let count = shares.len();
        let samples = classes.len() / 3;
        let mut found = vec![0u32; count.pow(3)];
        for sample in classes.chunks_exact(3) {
            let index = sample
                .iter()
                .fold(0, |i, &class| i * count + usize::from(class));
            found[index] += 1;
        }
        let expected = |index: usize| {
            shares[index / count / count] * shares[index / count % count] * shares[index % count]
        };
        let kl = found.iter().enumerate().filter(|&(_, &found)| found > 0);
        let kl = kl.map(|(index, &found)| {
            let share = f64::from(found) / samples as f64;
            share * (share / expected(index)).ln()
        });
        Self {
            samples,
            modes: found.iter().filter(|&&found| found > 0).count(),
            of: found.len(),
            kl: kl.sum(),
        }
    }

    /// Three images of `model` a sample, each with a seed of its own, from `seed` on, and the class
    /// of some training image: a class-conditional generator is asked for classes as the data have
    /// them.
    ///
    /// # Errors
    /// [`GenerateError`] never for a checked model whose classes are those of the data.
    pub fn of_model(
        model: &Model,
        judge: &Judge,
        training: &Images,
        seed: u32,
    ) -> Result<Self, GenerateError> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(u64::from(seed));
        let labels: Vec<u8> = (0..3 * SAMPLES)
            .map(|_| match model.classes() {
                0 => 0,
                _ => training.labels[rng.random_range(0..training.len())],
            })
            .collect();
        let mut classes = Vec::with_capacity(labels.len());
        for start in (0..labels.len()).step_by(CHUNK) {
            let pixels = drawing::draw(model, CHUNK.min(labels.len() - start), |i| {
                let seed = seed.wrapping_add((start + i) as u32);
                Point::of_seed(model, seed, labels[start + i])
            })?;
            classes.extend(judge.read(&pixels).classes);
        }
        Ok(Self::new(
            &classes,
            &shares(&training.labels, training.classes),
        ))
    }

    /// Three test images a sample, drawn with replacement: what real images get from the judge.
    pub fn of_test_images(judge: &Judge, training: &Images) -> Self {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
        let read = &judge.test().classes;
        let classes: Vec<u8> = (0..3 * SAMPLES)
            .map(|_| read[rng.random_range(0..read.len())])
            .collect();
        Self::new(&classes, &shares(&training.labels, training.classes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_combinations_once_have_no_divergence_from_even_shares() {
        let all: Vec<u8> = (0..27).flat_map(|i| [i / 9, i / 3 % 3, i % 3]).collect();
        let result = Stacked::new(&all, &[1.0 / 3.0; 3]);
        assert_eq!((result.samples, result.modes, result.of), (27, 27, 27));
        assert!(result.kl.abs() < 1e-12);
    }

    #[test]
    fn one_combination_again_and_again_has_the_logarithm_of_its_rarity() {
        let same: Vec<u8> = [2, 0, 1].repeat(50);
        let result = Stacked::new(&same, &[0.5, 0.25, 0.25]);
        assert_eq!((result.samples, result.modes), (50, 1));
        assert!((result.kl - 32f64.ln()).abs() < 1e-12);
    }
}
