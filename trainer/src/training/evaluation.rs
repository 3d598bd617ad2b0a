//! The small evaluation that runs along with a training, and the best model by it.

use runtime::{GenerateError, Model};
use serde::{Deserialize, Serialize};

use crate::data::{DataSet, Images};
use crate::evaluate::{Judge, draw, some};

/// Images generated for an evaluation.
pub const IMAGES: u32 = 2000;
/// Seed of the first of them: far from those by which a finished model is judged.
const SEED: u32 = 1 << 31;
/// Training images, at the most, that the generated ones are compared with.
const REAL: usize = 10_000;
/// A better Fréchet distance does not count if the share of recognised images is so much lower.
const GUARD: f64 = 0.005;

/// How good a generator is, measured on what the integer runtime draws.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Share of the images read as the class asked for; none for an unconditional model.
    pub recognised: Option<f64>,
    /// Fréchet distance to training images.
    pub frechet: f64,
    /// How much images of the same class differ, as a part of how much real ones do: 0 if the
    /// generator draws the same image every time, about 1 if it is as varied as the data. Of an
    /// unconditional model, all images are one class.
    pub diversity: f64,
}

/// The best model of a training so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// Steps that it was trained for.
    pub step: u32,
    /// How good it is.
    pub evaluation: Evaluation,
    /// The model file, without scores.
    pub model: Vec<u8>,
}

/// Evaluates models during a training. It compares with training images: the test images remain
/// unseen until the training is over.
pub struct Evaluator {
    judge: Judge,
    real: Images,
}

impl Evaluator {
    /// An evaluator with the classifier of `judge`.
    pub fn new(judge: &Judge, data: &DataSet) -> Self {
        let real = some_of(&data.train, REAL);
        Self {
            judge: judge.against(&real),
            real,
        }
    }

    /// Evaluates a model.
    ///
    /// # Errors
    /// [`GenerateError`] never for a checked model; it is the runtime's.
    pub fn evaluate(&self, model: &Model) -> Result<Evaluation, GenerateError> {
        let pixels = draw(model, IMAGES, SEED)?;
        let classes = usize::from(model.classes());
        let quality = self.judge.judge_pixels(&pixels, classes);
        let size = self.real.image_len();
        let (ours, theirs) = if classes == 0 {
            (
                spread(&pixels, size, 1, |_| 0),
                spread(&self.real.pixels, size, 1, |_| 0),
            )
        } else {
            (
                spread(&pixels, size, classes, |i| i % classes),
                spread(&self.real.pixels, size, classes, |i| {
                    usize::from(self.real.labels[i])
                }),
            )
        };
        Ok(Evaluation {
            recognised: quality.recognised,
            frechet: quality.frechet,
            // Data without any variety are matched by a generator without any.
            diversity: if theirs > 0.0 { ours / theirs } else { 1.0 },
        })
    }
}

impl Evaluation {
    /// Whether a model with this evaluation is to take the place of one with `other`: its Fréchet
    /// distance is lower, and no more than half a percentage point fewer images are recognised.
    pub fn beats(&self, other: &Evaluation) -> bool {
        let recognised = |evaluation: &Evaluation| evaluation.recognised.unwrap_or(0.0);
        let closer = self.frechet < other.frechet || other.frechet.is_nan();
        closer && recognised(self) >= recognised(other) - GUARD
    }
}

/// `count` of the images with their labels, or all if there are no more.
fn some_of(images: &Images, count: usize) -> Images {
    Images {
        pixels: some(&images.pixels, images.image_len(), count),
        labels: some(&images.labels, 1, count),
        ..*images
    }
}

/// Standard deviation of the pixels within a class: the root of the variance's mean over all
/// classes and pixels. `pixels` are images of `size` bytes, image `i` being of `class(i)`.
fn spread(pixels: &[u8], size: usize, classes: usize, class: impl Fn(usize) -> usize) -> f64 {
    let mut sums = vec![(0u64, 0u64); classes * size];
    let mut counts = vec![0u64; classes];
    for (index, image) in pixels.chunks_exact(size).enumerate() {
        let class = class(index);
        counts[class] += 1;
        for ((sum, squares), &pixel) in sums[class * size..].iter_mut().zip(image) {
            *sum += u64::from(pixel);
            *squares += u64::from(pixel).pow(2);
        }
    }
    let mut variance = 0.0;
    let mut present = 0;
    for (sums, &count) in sums.chunks_exact(size).zip(&counts) {
        if count > 0 {
            present += 1;
            let count = count as f64;
            variance += sums
                .iter()
                .map(|&(sum, squares)| squares as f64 / count - (sum as f64 / count).powi(2))
                .sum::<f64>();
        }
    }
    (variance / (present * size).max(1) as f64).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use burn::Tensor;
    use burn::tensor::Device;
    use runtime::format::Provenance;

    use super::*;
    use crate::data::strokes::strokes;
    use crate::evaluate::classifier::Classifier;
    use crate::gan::game::Losses;
    use crate::gan::generator::{Generator, GeneratorNetwork};
    use crate::gan::recipe::Recipe;
    use crate::quantize;
    use crate::training::{Trouble, Watch};

    /// A random generator in whose input the latent counts `part` as much as usual.
    fn model(part: f32) -> Vec<u8> {
        let recipe = Recipe::named("nano").unwrap();
        let device = Device::flex();
        device.seed(1);
        let size = [28, 28, 1];
        let mut generator = Generator::new(recipe.generator, recipe.latent, 10, size, &device);
        let GeneratorNetwork::Conv(network) = &mut generator.network else {
            panic!("nano is convolutional");
        };
        let latent = Tensor::<2>::ones([recipe.latent, 1], &device) * part;
        let label = Tensor::ones([10, 1], &device);
        let parts = Tensor::cat(vec![latent, label], 0);
        network.dense = network.dense.clone().map(|weight| weight * parts);
        let layers = quantize::quantize(&generator).unwrap();
        quantize::encode(&layers, recipe.latent, 10, Provenance::UNKNOWN)
    }

    #[test]
    fn real_images_are_of_all_classes_where_these_take_turns() {
        let images = strokes(600, 1);
        let chosen = some_of(&images, 100);
        assert_eq!(chosen.len(), 100);
        let classes: std::collections::BTreeSet<u8> = chosen.labels.iter().copied().collect();
        assert_eq!(classes.len(), 10);
        // Each keeps its label.
        for (index, &label) in chosen.labels.iter().enumerate() {
            let same = (0..images.len()).find(|&i| images.image(i) == chosen.image(index));
            assert_eq!(images.labels[same.unwrap()], label);
        }
    }

    #[test]
    fn a_generator_that_ignores_its_latent_is_a_collapse() {
        let data = DataSet {
            name: "strokes".into(),
            origin: "made".into(),
            train: strokes(500, 1),
            test: strokes(100, 2),
        };
        let device = Device::flex();
        let classifier = Classifier::new(10, [28, 28, 1], &device);
        let evaluator = Evaluator::new(&Judge::new(classifier, &data.test), &data);
        let evaluate = |part| {
            let bytes = model(part);
            evaluator
                .evaluate(&Model::from_bytes(&bytes).unwrap())
                .unwrap()
        };
        let (constant, varied) = (evaluate(0.01), evaluate(10.0));
        assert!(constant.diversity < 0.02, "{constant:?}");
        assert!(varied.diversity > 3.0 * constant.diversity, "{varied:?}");
        let troubles = Watch::default().look(1000, Losses::default(), &constant);
        assert!(
            matches!(troubles[..], [Trouble::Collapse { .. }]),
            "{troubles:?}"
        );
    }

    fn evaluation(recognised: f64, frechet: f64) -> Evaluation {
        Evaluation {
            recognised: Some(recognised),
            frechet,
            diversity: 1.0,
        }
    }

    #[test]
    fn the_lower_distance_wins_unless_recognition_suffers() {
        let old = evaluation(0.98, 20.0);
        assert!(evaluation(0.98, 19.0).beats(&old));
        assert!(evaluation(0.976, 19.0).beats(&old));
        assert!(!evaluation(0.974, 10.0).beats(&old));
        assert!(!evaluation(1.0, 20.0).beats(&old));
        let unconditional = |frechet| Evaluation {
            recognised: None,
            ..evaluation(0.0, frechet)
        };
        assert!(unconditional(5.0).beats(&unconditional(6.0)));
    }

    #[test]
    fn a_distance_that_is_no_number_loses() {
        assert!(!evaluation(1.0, f64::NAN).beats(&evaluation(0.0, 1e9)));
        assert!(evaluation(0.5, 1e9).beats(&evaluation(0.5, f64::NAN)));
    }

    #[test]
    fn spread_is_within_classes() {
        // Two classes in turn, of two images each with two pixels; the classes lie far apart.
        let pixels = [0, 10, 200, 100, 4, 10, 200, 110];
        let within = spread(&pixels, 2, 2, |i| i % 2);
        // Variances: 4 and 0, 0 and 25.
        assert!((within - (29.0f64 / 4.0).sqrt()).abs() < 1e-9);
        let all = spread(&pixels, 2, 1, |_| 0);
        assert!(all > 50.0);
    }

    #[test]
    fn equal_images_have_no_spread() {
        assert_eq!(spread(&[7; 60], 6, 1, |_| 0), 0.0);
        assert_eq!(spread(&[7; 60], 6, 3, |i| i % 2), 0.0);
    }
}
