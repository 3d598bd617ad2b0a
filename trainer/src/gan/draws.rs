//! All randomness of the training: what each step draws follows from the seed and the step alone,
//! so that a training can be repeated, and taken up again at any step.

use burn::Tensor;
use burn::tensor::{Device, Int, TensorData};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::generator::LABEL_SCALE;
use crate::data::Images;

/// What separates the streams of successive steps and epochs: 2^64 over the golden ratio.
const STRIDE: u64 = 0x9e37_79b9_7f4a_7c15;

/// The random numbers of one step.
pub struct Draws {
    rng: Xoshiro256PlusPlus,
}

/// Images `[batch][height][width][channel]` in `[-1, 1]` and their labels `[batch]`.
pub struct Batch {
    /// The images.
    pub images: Tensor<4>,
    /// The labels.
    pub labels: Vec<u8>,
}

impl Batch {
    /// The images of these indices.
    pub fn of(images: &Images, indices: &[usize], device: &Device) -> Self {
        let mut pixels = Vec::with_capacity(indices.len() * images.image_len());
        for &index in indices {
            pixels.extend(images.image(index).iter().map(|&pixel| to_float(pixel)));
        }
        let shape = [indices.len(), images.height, images.width, images.channels];
        Self {
            images: Tensor::from_data(TensorData::new(pixels, shape), device),
            labels: indices.iter().map(|&index| images.labels[index]).collect(),
        }
    }
}

/// The stream of random numbers of `step` of the training with `seed`.
pub fn stream(seed: u64, step: u32) -> Xoshiro256PlusPlus {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let stream = rng.random::<u64>() ^ u64::from(step).wrapping_mul(STRIDE);
    Xoshiro256PlusPlus::seed_from_u64(stream)
}

/// The order in which `epoch` of the training with `seed` goes through all of `0..images`.
pub fn epoch_order(seed: u64, epoch: u32, images: usize) -> Vec<usize> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    // The first number is for the streams of the steps.
    let _ = rng.random::<u64>();
    let stream = rng.random::<u64>() ^ u64::from(epoch).wrapping_mul(STRIDE);
    let mut order: Vec<usize> = (0..images).collect();
    order.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(stream));
    order
}

impl Draws {
    /// What `step` of the training with `seed` draws.
    pub fn new(seed: u64, step: u32) -> Self {
        Self {
            rng: stream(seed, step),
        }
    }

    /// The random numbers of another part of this step, independent of all others.
    pub fn part(&mut self) -> Self {
        Self {
            rng: Xoshiro256PlusPlus::seed_from_u64(self.rng.random()),
        }
    }

    /// `count` of `0..images`, drawn with replacement.
    pub fn indices(&mut self, images: usize, count: usize) -> Vec<usize> {
        let index = || self.rng.random_range(0..images);
        std::iter::repeat_with(index).take(count).collect()
    }

    /// The generator's input for each label: a latent, uniform on (-1, 1), and [`LABEL_SCALE`]
    /// times the one-hot label.
    pub fn generator_input(
        &mut self,
        latent: usize,
        classes: usize,
        labels: &[u8],
        device: &Device,
    ) -> Tensor<2> {
        let mut input = Vec::with_capacity(labels.len() * (latent + classes));
        for &label in labels {
            input.extend((0..latent).map(|_| self.rng.random_range(-1.0f32..1.0)));
            input.extend((0..classes).map(|c| one_hot(c, label)));
        }
        Tensor::from_data(
            TensorData::new(input, [labels.len(), latent + classes]),
            device,
        )
    }

    /// For each label another one of `classes` (at least 2).
    pub fn other_labels(&mut self, labels: &[u8], classes: usize) -> Vec<u8> {
        let mut other = |label: u8| {
            let away = self.rng.random_range(1..classes);
            ((usize::from(label) + away) % classes) as u8
        };
        labels.iter().map(|&label| other(label)).collect()
    }

    /// Normal noise of standard deviation `sigma`.
    pub fn noise(&mut self, shape: [usize; 4], sigma: f64, device: &Device) -> Tensor<4> {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count)
            .map(|_| self.rng.sample::<f32, _>(StandardNormal) * sigma as f32)
            .collect();
        Tensor::from_data(TensorData::new(values, shape), device)
    }
}

/// A pixel as the networks see it.
pub fn to_float(pixel: u8) -> f32 {
    f32::from(pixel) / 127.5 - 1.0
}

/// Component `class` of the scaled one-hot vector of `label`.
pub fn one_hot(class: usize, label: u8) -> f32 {
    if class == label as usize {
        LABEL_SCALE
    } else {
        0.0
    }
}

/// Labels as a tensor.
pub fn label_tensor(labels: &[u8], device: &Device) -> Tensor<1, Int> {
    let labels: Vec<i32> = labels.iter().map(|&label| i32::from(label)).collect();
    Tensor::from_data(TensorData::new(labels.clone(), [labels.len()]), device)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_epoch_takes_every_image_once_in_an_order_of_its_own() {
        let first = epoch_order(7, 0, 100);
        let mut sorted = first.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (0..100).collect::<Vec<_>>());
        assert_ne!(first, sorted);
        assert_ne!(first, epoch_order(7, 1, 100));
        assert_ne!(first, epoch_order(8, 0, 100));
        assert_eq!(first, epoch_order(7, 0, 100));
    }

    #[test]
    fn other_labels_are_all_but_the_own() {
        let labels: Vec<u8> = (0..1000).map(|i| (i % 3) as u8).collect();
        let others = Draws::new(1, 1).other_labels(&labels, 3);
        let mut seen = [[0; 3]; 3];
        for (&label, &other) in labels.iter().zip(&others) {
            seen[label as usize][other as usize] += 1;
        }
        for (label, row) in seen.iter().enumerate() {
            for (other, &count) in row.iter().enumerate() {
                assert_eq!(count > 100, label != other, "{seen:?}");
            }
        }
    }

    #[test]
    fn every_step_draws_its_own_numbers() {
        let indices = |seed, step| Draws::new(seed, step).indices(1000, 8);
        assert_eq!(indices(1, 5), indices(1, 5));
        assert_ne!(indices(1, 5), indices(1, 6));
        assert_ne!(indices(1, 5), indices(2, 5));
        assert!(indices(3, 3).iter().all(|&index| index < 1000));
    }
}
