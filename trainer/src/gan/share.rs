//! What one thread does in a step: both networks' gradients at a share of the batch.

use burn::Tensor;
use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int};

use super::discriminator::Discriminator;
use super::draws::{Batch, Draws, label_tensor};
use super::generator::Generator;
use super::layers::values;
use super::loss::{self, Loss};
use super::recipe::{Penalty, Recipe};
use crate::data::Images;

/// Which images a share consists of.
pub struct Unloaded {
    /// Its real images.
    pub indices: Vec<usize>,
    /// Its part of the batch, and of the batch's mean losses.
    pub weight: f64,
    /// Its random numbers.
    pub draws: Draws,
}

/// A share of the batch.
pub struct Share {
    real: Batch,
    labels: Tensor<1, Int>,
    weight: f64,
    draws: Draws,
    loss: Loss,
    penalty: Option<Penalty>,
    mismatch: f64,
    device: Device,
}

/// What the discriminator's update takes from a share. Losses and gradients are the share's part of
/// the batch's.
pub struct Judged {
    /// The discriminator's gradients.
    pub gradients: GradientsParams,
    /// Its loss, penalties included.
    pub loss: f32,
    /// Its logits of the real images.
    pub real: Vec<f32>,
    /// Its logits of the generated images.
    pub fake: Vec<f32>,
}

/// What the generator's update takes from a share. Losses and gradients are the share's part of the
/// batch's.
pub struct Deceived {
    /// The generator's gradients.
    pub gradients: GradientsParams,
    /// Its loss.
    pub loss: f32,
}

impl Unloaded {
    /// The share, with its images. `device` is one with automatic differentiation.
    pub fn load(self, images: &Images, recipe: &Recipe, device: &Device) -> Share {
        let real = Batch::of(images, &self.indices, device);
        Share {
            labels: label_tensor(&real.labels, device),
            real,
            weight: self.weight,
            draws: self.draws,
            loss: recipe.loss,
            penalty: recipe.penalty,
            mismatch: recipe.mismatch,
            device: device.clone(),
        }
    }
}

impl Share {
    /// The discriminator's side: real images against those of a generator without automatic
    /// differentiation.
    pub fn judge(&mut self, discriminator: &Discriminator, generator: &Generator) -> Judged {
        // A copy with a graph of its own: threads that share one wait for each other.
        let discriminator = discriminator.clone().fork(&self.device);
        let input = self.generator_input(generator);
        let fake = Tensor::from_inner(generator.forward(input.inner()));
        let classes = generator.classes();
        let (loss, real, fake) = self.verdict(&discriminator, fake, classes);
        let loss = loss.mul_scalar(self.weight);
        let gradients = GradientsParams::from_grads(loss.backward(), &discriminator);
        Judged {
            gradients,
            loss: loss.into_scalar(),
            real: values(real.inner()),
            fake: values(fake.inner()),
        }
    }

    /// The generator's side, against the discriminator as it is now.
    pub fn deceive(&mut self, generator: &Generator, discriminator: &Discriminator) -> Deceived {
        let generator = generator.clone().fork(&self.device);
        let judge = discriminator.clone().fork(&self.device).no_grad();
        let input = self.generator_input(&generator);
        let fake = judge.forward(generator.forward(input), self.labels.clone());
        let real = || {
            let (images, labels) = (self.real.images.clone(), self.labels.clone());
            let judge = discriminator.valid();
            Tensor::from_inner(judge.forward(images.inner(), labels.inner()))
        };
        let loss = self.loss.generator(real, fake).mul_scalar(self.weight);
        let gradients = GradientsParams::from_grads(loss.backward(), &generator);
        Deceived {
            gradients,
            loss: loss.into_scalar(),
        }
    }

    fn generator_input(&mut self, generator: &Generator) -> Tensor<2> {
        let (latent, classes) = (generator.latent(), generator.classes());
        self.draws
            .generator_input(latent, classes, &self.real.labels, &self.device)
    }

    /// The discriminator's loss, penalties included, and its logits of the real and of `fake`
    /// images.
    fn verdict(
        &mut self,
        discriminator: &Discriminator,
        fake: Tensor<4>,
        classes: usize,
    ) -> (Tensor<1>, Tensor<1>, Tensor<1>) {
        let real = self.real.images.clone();
        let judge = |images: Tensor<4>, kinds| {
            discriminator.forward(images, self.labels.clone().repeat(&[kinds]))
        };
        if let Some(penalty) = self.penalty {
            let size = real.dims();
            let both = Tensor::cat(vec![real, fake], 0);
            let noise_size = [2 * size[0], size[1], size[2], size[3]];
            let noise = self.draws.noise(noise_size, penalty.noise, &self.device);
            let all = Tensor::cat(vec![both.clone(), both + noise], 0);
            let labels = self.labels.clone().repeat(&[4]);
            let (logits, mismatch) = if self.mismatch > 0.0 && classes > 1 {
                let others = self.draws.other_labels(&self.real.labels, classes);
                let others = label_tensor(&others, &self.device);
                let (logits, other) = discriminator.forward_mislabelled(all, labels, others);
                let own = logits.clone().narrow(0, 0, size[0]);
                let loss = loss::mismatch(own, other).mul_scalar(self.mismatch);
                (logits, Some(loss))
            } else {
                (discriminator.forward(all, labels), None)
            };
            let (at, near) = halves(logits);
            // Twice the mean over both kinds of images is the sum of R1 and R2.
            let weight = 2.0 * penalty.weight;
            let penalty = loss::gradient_penalty(at.clone(), near, weight, penalty.noise);
            let (real, fake) = halves(at);
            let loss = self.loss.discriminator(real.clone(), fake.clone()) + penalty;
            let loss = match mismatch {
                Some(mismatch) => loss + mismatch,
                None => loss,
            };
            return (loss, real, fake);
        }
        let (real, fake) = if discriminator.compares_within_batch() {
            (judge(real, 1), judge(fake, 1))
        } else {
            halves(judge(Tensor::cat(vec![real, fake], 0), 2))
        };
        (
            self.loss.discriminator(real.clone(), fake.clone()),
            real,
            fake,
        )
    }
}

fn halves(logits: Tensor<1>) -> (Tensor<1>, Tensor<1>) {
    let [count] = logits.dims();
    (
        logits.clone().narrow(0, 0, count / 2),
        logits.narrow(0, count / 2, count - count / 2),
    )
}
