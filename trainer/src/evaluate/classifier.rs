//! The classifier that reads images: the judge of every model, and the extractor of the features
//! that the Fréchet distance compares.

use burn::Tensor;
use burn::module::{Module, ModuleMapper, Param};
use burn::optim::{AdamConfig, GradientsParams};
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::activation::{leaky_relu, log_softmax};
use burn::tensor::{Bytes, DType, Device, TensorData};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::data::Images;
use crate::gan::draws::{label_tensor, to_float};
use crate::gan::layers::uniform_fan_in;
use crate::gan::recipe::SLOPE;
use crate::patches::{blocks, bordered, corners};

const FIRST: usize = 32;
const SECOND: usize = 64;
/// Length of the feature vector.
pub const FEATURES: usize = 64;
/// Images that are read at a time.
const CHUNK: usize = 500;

/// A small convolutional classifier: two convolutions of 4x4 with stride 2 and padding 1, and two
/// dense layers. The features are what goes into the last layer.
#[derive(Module, Debug)]
pub struct Classifier {
    first: Layer,
    second: Layer,
    features: Layer,
    logits: Layer,
}

#[derive(Module, Debug)]
struct Layer {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

/// What a classifier makes of images.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The most likely class of each image.
    pub classes: Vec<u8>,
    /// `[image][FEATURES]`.
    pub features: Vec<f32>,
}

impl Layer {
    fn new(inputs: usize, outputs: usize, device: &Device) -> Self {
        Self {
            weight: uniform_fan_in([inputs, outputs], inputs, device),
            bias: uniform_fan_in([outputs], inputs, device),
        }
    }

    fn forward<const D: usize>(&self, input: Tensor<D>) -> Tensor<D> {
        burn::tensor::module::linear(input, self.weight.val(), Some(self.bias.val()))
    }
}

impl Classifier {
    /// A classifier with random weights for images of `[height, width, channels]`, height and
    /// width multiples of four, in `classes` classes.
    pub fn new(classes: usize, [height, width, channels]: [usize; 3], device: &Device) -> Self {
        Self {
            first: Layer::new(16 * channels, FIRST, device),
            second: Layer::new(16 * FIRST, SECOND, device),
            features: Layer::new(height / 4 * (width / 4) * SECOND, FEATURES, device),
            logits: Layer::new(FEATURES, classes, device),
        }
    }

    /// Features `[batch][FEATURES]` of images `[batch][height][width][channel]` in `[-1, 1]`.
    fn features(&self, images: Tensor<4>) -> Tensor<2> {
        let batch = images.dims()[0];
        let convolve = |layer: &Layer, images| {
            leaky_relu(layer.forward(corners(blocks(bordered(images), 2))), SLOPE)
        };
        let images = convolve(&self.second, convolve(&self.first, images));
        let flat = images.reshape([batch as i32, -1]);
        leaky_relu(self.features.forward(flat), SLOPE)
    }

    /// Reads images of `pixels` `[image][height][width][channel]`.
    pub fn read(&self, pixels: &[u8], [height, width, channels]: [usize; 3]) -> Reading {
        let device = self.first.weight.val().device();
        let size = height * width * channels;
        let mut reading = Reading {
            classes: vec![],
            features: vec![],
        };
        for chunk in pixels.chunks(CHUNK * size) {
            let values: Vec<f32> = chunk.iter().map(|&pixel| to_float(pixel)).collect();
            let shape = [chunk.len() / size, height, width, channels];
            let features =
                self.features(Tensor::from_data(TensorData::new(values, shape), &device));
            let classes = self.logits.forward(features.clone()).argmax(1);
            let classes = classes.into_data().convert::<i64>();
            reading
                .classes
                .extend(classes.iter::<i64>().map(|class| class as u8));
            reading.features.extend(features.into_data().iter::<f32>());
        }
        reading
    }

    /// Trains a classifier on `images` for `epochs` passes, with shifts of up to two pixels. The
    /// same seed gives the same classifier. `progress` is told of each step: steps done, steps in
    /// all.
    pub fn train(
        images: &Images,
        epochs: usize,
        seed: u64,
        device: &Device,
        mut progress: impl FnMut(usize, usize),
    ) -> Self {
        const BATCH: usize = 128;
        const RATE: f64 = 2e-3;
        let size = [images.height, images.width, images.channels];
        let device = device.clone().autodiff();
        device.seed(seed);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let mut classifier = Self::new(images.classes, size, &device);
        let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
        let mut order: Vec<usize> = (0..images.len()).collect();
        let total = epochs * images.len().div_ceil(BATCH);
        let mut done = 0;
        for _ in 0..epochs {
            order.shuffle(&mut rng);
            for batch in order.chunks(BATCH) {
                let mut values = Vec::with_capacity(batch.len() * images.image_len());
                for &index in batch {
                    shifted(images, index, &mut rng, &mut values);
                }
                let shape = [batch.len(), size[0], size[1], size[2]];
                let input = Tensor::from_data(TensorData::new(values, shape), &device);
                let labels: Vec<u8> = batch.iter().map(|&index| images.labels[index]).collect();
                let labels = label_tensor(&labels, &device).unsqueeze_dim(1);
                let logits = classifier.logits.forward(classifier.features(input));
                let loss = -log_softmax(logits, 1).gather(1, labels).mean();
                let gradients = GradientsParams::from_grads(loss.backward(), &classifier);
                // Half a cosine from the full rate to none.
                let angle = std::f64::consts::PI * done as f64 / total as f64;
                let rate = RATE * (0.5 + 0.5 * angle.cos());
                classifier = optimizer.step(rate, classifier, gradients);
                done += 1;
                progress(done, total);
            }
        }
        classifier.valid()
    }

    /// The weights as bytes, in half precision.
    ///
    /// # Errors
    /// [`RecordError`] if they cannot be serialised.
    pub fn to_bytes(&self) -> Result<Vec<u8>, RecordError> {
        let half = self.clone().map(&mut Cast(DType::F16));
        Ok(half.into_record().into_bytes()?.to_vec())
    }

    /// A classifier with weights that [`Classifier::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`RecordError`] if `bytes` are not the weights of such a classifier.
    pub fn from_bytes(
        bytes: &[u8],
        classes: usize,
        size: [usize; 3],
        device: &Device,
    ) -> Result<Self, RecordError> {
        let record = ModuleRecord::from_bytes(Bytes::from_bytes_vec(bytes.to_vec()))?;
        Self::new(classes, size, device).try_load_record(record.cast_to_module_dtype())
    }
}

struct Cast(DType);

impl ModuleMapper for Cast {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|tensor| tensor.cast(self.0))
    }
}

/// Appends image `index` in floats, shifted by up to two pixels each way.
fn shifted(images: &Images, index: usize, rng: &mut Xoshiro256PlusPlus, values: &mut Vec<f32>) {
    let (height, width) = (images.height as i32, images.width as i32);
    let (down, right) = (rng.random_range(-2..=2), rng.random_range(-2..=2));
    let image = images.image(index);
    for y in 0..height {
        for x in 0..width {
            let (from_y, from_x) = (y - down, x - right);
            let inside = (0..height).contains(&from_y) && (0..width).contains(&from_x);
            let at = (from_y * width + from_x) as usize * images.channels;
            for channel in 0..images.channels {
                values.push(to_float(if inside { image[at + channel] } else { 0 }));
            }
        }
    }
}
