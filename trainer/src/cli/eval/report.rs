//! Everything that is measured, as programs read it.

use std::path::Path;

use runtime::Model;
use runtime::format::Provenance;
use serde::Serialize;

use super::EvalArgs;
use crate::cli::train::generator_of;
use crate::cli::{CliError, model_file};
use crate::data::DataSet;
use crate::evaluate::classifier::Reading;
use crate::evaluate::{
    self, ClassFigures, Confusion, Judge, K, Memorising, PrecisionRecall, Stacked,
};
use crate::quantize;

/// Images whose nearest training image is looked for, generated and real ones.
const NEAREST: usize = 2_000;

/// What is measured; shares are between 0 and 1.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The model file.
    pub model: String,
    /// What it is compared with.
    pub data_set: String,
    /// Images generated.
    pub images: u32,
    /// Seed of the first.
    pub seed: u32,
    /// Read as the class asked for; none for an unconditional model.
    pub recognised: Option<f64>,
    /// The same for each class; empty for an unconditional model.
    pub recognised_by_class: Vec<f64>,
    /// Fréchet distance to the test images.
    pub frechet: f64,
    /// Fréchet distance to the training images of `real`.
    pub frechet_to_training: f64,
    /// In the manifold of the test images.
    pub precision: f64,
    /// Test images in the manifold of the generated ones.
    pub recall: f64,
    /// Images on each side of precision and recall.
    pub manifold_images: usize,
    /// The neighbour that sets the manifolds' radii.
    pub manifold_k: usize,
    /// Share that is read as each class.
    pub read_as: Vec<f64>,
    /// Total variation distance of `read_as` to the classes asked for or, for an unconditional
    /// model, to the test images' labels.
    pub class_imbalance: f64,
    /// Distances of pixels.
    pub nearest_training_image: Memorising,
    /// What real images get.
    pub real: Real,
    /// Variety within each class, if asked for.
    pub by_class: Option<Vec<ClassFigures>>,
    /// `[class asked for][class read]`, if asked for.
    pub confusion: Option<Confusion>,
    /// Stacked MNIST, if asked for.
    pub stacked: Option<StackedReport>,
    /// What quantization costs, if asked for.
    pub quantization: Option<Quantization>,
}

/// What real images get.
#[derive(Debug, Serialize)]
pub struct Real {
    /// Test images.
    pub test_images: usize,
    /// Test images read as their label.
    pub recognised: f64,
    /// Fréchet distance between two random halves of the test images.
    pub frechet_between_halves: f64,
    /// Training images, as many as generated ones, against the test images.
    pub training: TrainingImages,
}

/// What training images get in place of generated ones.
#[derive(Debug, Serialize)]
pub struct TrainingImages {
    /// How many.
    pub images: usize,
    /// Fréchet distance to the test images.
    pub frechet: f64,
    /// Precision and recall against the test images.
    #[serde(flatten)]
    pub manifold: PrecisionRecall,
}

/// Stacked MNIST of the model and of real images.
#[derive(Debug, Serialize)]
pub struct StackedReport {
    /// The model's images.
    pub model: Stacked,
    /// Test images in their place.
    pub test: Stacked,
}

impl Report {
    /// Measures `model`, which must suit the data.
    ///
    /// # Errors
    /// [`CliError::Generate`] never for a checked model.
    pub fn new(
        args: &EvalArgs,
        model: &Model,
        data: &DataSet,
        judge: &Judge,
    ) -> Result<Self, CliError> {
        let size = data.test.image_len();
        let classes = usize::from(model.classes());
        let pixels = evaluate::draw(model, args.count, args.seed)?;
        let reading = judge.read(&pixels);
        let quality = judge.judge_reading(&reading, classes);
        let (manifold, manifold_images) = judge.precision_recall(&reading);

        let count = reading.classes.len().min(data.test.len());
        let training = evaluate::some(&data.train.pixels, size, count);
        let training = judge.read(&training);

        let asked: Vec<u8> = match classes {
            0 => reading.classes.clone(),
            _ => (0..reading.classes.len())
                .map(|i| (i % classes) as u8)
                .collect(),
        };
        let shares = |of: &[u8]| evaluate::shares(of, data.test.classes);
        let read_as = shares(&reading.classes);
        let wanted = match classes {
            0 => shares(&data.test.labels),
            _ => shares(&asked),
        };
        let some = |pixels: &[u8]| evaluate::some(pixels, size, NEAREST);
        let memorising = Memorising::new(
            &data.train.pixels,
            &some(&pixels),
            &some(&data.test.pixels),
            size,
        );
        let by_class = args.by_class.then(|| {
            let labels = &data.test.labels;
            evaluate::by_class(&reading, &asked, judge.test(), labels, data.test.classes)
        });
        let confusion = args.confusion.then(|| {
            let pairs = asked.iter().zip(&reading.classes);
            Confusion::new(
                pairs.map(|(&asked, &read)| (asked, read)),
                data.test.classes,
            )
        });
        let stacked = || -> Result<StackedReport, CliError> {
            Ok(StackedReport {
                model: Stacked::of_model(model, judge, &data.train, args.seed)?,
                test: Stacked::of_test_images(judge, &data.train),
            })
        };
        Ok(Self {
            model: args.model.display().to_string(),
            data_set: data.name.clone(),
            images: quality.images,
            seed: args.seed,
            recognised: quality.recognised,
            recognised_by_class: quality.recognised_by_class,
            frechet: quality.frechet,
            frechet_to_training: Judge::frechet_between(&reading, &training),
            precision: manifold.precision,
            recall: manifold.recall,
            manifold_images,
            manifold_k: K,
            class_imbalance: evaluate::total_variation(&read_as, &wanted),
            read_as,
            nearest_training_image: memorising,
            real: Real::new(data, judge, &training),
            by_class,
            confusion,
            stacked: args.stacked.then(stacked).transpose()?,
            quantization: args
                .run
                .as_deref()
                .map(|folder| Quantization::of(folder, args, data, judge))
                .transpose()?,
        })
    }
}

/// A checkpoint's generator before and after quantization.
#[derive(Debug, Serialize)]
pub struct Quantization {
    /// Training steps of the checkpoint.
    pub step: u32,
    /// Drawn by the network in floats.
    pub float: Figures,
    /// Drawn by the integer runtime.
    pub quantized: Figures,
}

/// How good images are.
#[derive(Debug, Serialize)]
pub struct Figures {
    /// Read as the class asked for; none for an unconditional model.
    pub recognised: Option<f64>,
    /// Fréchet distance to the test images.
    pub frechet: f64,
    /// Precision and recall against the test images.
    #[serde(flatten)]
    pub manifold: PrecisionRecall,
}

impl Quantization {
    /// Judges the generator in the folder of a training.
    fn of(folder: &Path, args: &EvalArgs, data: &DataSet, judge: &Judge) -> Result<Self, CliError> {
        let (generator, step) = generator_of(folder, &data.train)?;
        let layers = quantize::quantize(&generator)?;
        let (latent, classes) = (generator.latent(), generator.classes());
        let bytes = quantize::encode(&layers, latent, classes, Provenance::UNKNOWN);
        let model = model_file::parse(folder, &bytes)?;
        let figures = |pixels: &[u8]| {
            let reading = judge.read(pixels);
            let quality = judge.judge_reading(&reading, classes);
            Figures {
                recognised: quality.recognised,
                frechet: quality.frechet,
                manifold: judge.precision_recall(&reading).0,
            }
        };
        Ok(Self {
            step,
            float: figures(&evaluate::draw_float(&generator, args.count, args.seed)),
            quantized: figures(&evaluate::draw(&model, args.count, args.seed)?),
        })
    }
}

impl Real {
    fn new(data: &DataSet, judge: &Judge, training: &Reading) -> Self {
        Self {
            test_images: data.test.len(),
            recognised: judge.accuracy,
            frechet_between_halves: judge.floor,
            training: TrainingImages {
                images: training.classes.len(),
                frechet: judge.frechet(training),
                manifold: judge.precision_recall(training).0,
            },
        }
    }
}
