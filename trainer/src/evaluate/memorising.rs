//! Whether a generator repeats training images: distances to the nearest of them.

use serde::Serialize;

use super::neighbours::Vectors;

/// Euclidean distances of pixels, a full ink's difference being 1, from images to the nearest
/// training image.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distances {
    /// Images that were compared.
    pub images: usize,
    /// 5 % of the images are nearer.
    pub percentile_5: f64,
    /// Quarter of the images are nearer.
    pub percentile_25: f64,
    /// Half of the images are nearer.
    pub median: f64,
    /// Three quarters of the images are nearer.
    pub percentile_75: f64,
    /// 95 % of the images are nearer.
    pub percentile_95: f64,
}

/// Generated images beside new real ones. A generator that repeats training images is nearer to
/// them than real images are that it has never seen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Memorising {
    /// Training images that were looked through.
    pub training_images: usize,
    /// The generated images' distances.
    pub generated: Distances,
    /// The test images' distances.
    pub test: Distances,
    /// Share of the generated images that are nearer to a training image than 99 % of the test
    /// images are: 0.01 where they are like new images.
    pub suspicious: f64,
}

impl Memorising {
    /// Compares images, each `[pixel]` of `size` bytes; none of the sets may be empty.
    pub fn new(training: &[u8], generated: &[u8], test: &[u8], size: usize) -> Self {
        let training = vectors(training, size);
        let nearest = |images: &[u8]| {
            let mut distances = vectors(images, size).nearest(&training);
            distances.sort_by(f32::total_cmp);
            distances
        };
        let (generated, test) = (nearest(generated), nearest(test));
        let limit = quantile(&test, 0.01);
        let suspicious = generated.partition_point(|&distance| f64::from(distance) < limit);
        Self {
            training_images: training.len(),
            suspicious: suspicious as f64 / generated.len() as f64,
            generated: Distances::of_sorted(&generated),
            test: Distances::of_sorted(&test),
        }
    }
}

impl Distances {
    fn of_sorted(distances: &[f32]) -> Self {
        Self {
            images: distances.len(),
            percentile_5: quantile(distances, 0.05),
            percentile_25: quantile(distances, 0.25),
            median: quantile(distances, 0.5),
            percentile_75: quantile(distances, 0.75),
            percentile_95: quantile(distances, 0.95),
        }
    }
}

fn vectors(pixels: &[u8], size: usize) -> Vectors {
    let values = pixels.iter().map(|&pixel| f32::from(pixel) / 255.0);
    Vectors::new(values.collect(), size)
}

/// The quantile of sorted values, interpolated linearly between the two nearest.
fn quantile(sorted: &[f32], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (below, above) = (
        sorted[place.floor() as usize],
        sorted[place.ceil() as usize],
    );
    f64::from(below) + f64::from(above - below) * place.fract()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_lie_between_the_values() {
        let sorted = [1.0, 2.0, 4.0, 8.0, 16.0];
        assert_eq!(quantile(&sorted, 0.0), 1.0);
        assert_eq!(quantile(&sorted, 0.5), 4.0);
        assert_eq!(quantile(&sorted, 0.875), 12.0);
        assert_eq!(quantile(&sorted, 1.0), 16.0);
    }

    #[test]
    fn copies_of_training_images_are_suspicious_and_new_images_are_not() {
        // Images of two pixels: a training image on every tenth value, test images between.
        let training: Vec<u8> = (0..20).flat_map(|i| [10 * i, 10 * i]).collect();
        let test: Vec<u8> = (0..19).flat_map(|i| [10 * i + 5, 10 * i + 5]).collect();
        let new: Vec<u8> = (0..19).flat_map(|i| [10 * i + 4, 10 * i + 6]).collect();
        let copies = Memorising::new(&training, &training, &test, 2);
        assert_eq!(copies.suspicious, 1.0);
        assert_eq!(copies.generated.median, 0.0);
        let expected = 50f64.sqrt() / 255.0;
        assert!((copies.test.median - expected).abs() < 1e-6);
        assert_eq!(Memorising::new(&training, &new, &test, 2).suspicious, 0.0);
    }
}
