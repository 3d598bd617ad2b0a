//! Variety within each class.

use serde::Serialize;

use super::classifier::{FEATURES, Reading};
use super::neighbours::Vectors;
use super::{PrecisionRecall, some};

/// A class's generated images against the test images of the same class, all by the judge's
/// features.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ClassFigures {
    /// The class.
    pub class: usize,
    /// Images on each side.
    pub images: usize,
    /// Root mean square distance between two generated images.
    pub spread: f64,
    /// Root mean square distance between two test images.
    pub spread_real: f64,
    /// Within the class.
    pub precision: f64,
    /// Within the class.
    pub recall: f64,
}

/// Figures of every class of which there are images on both sides. `asked` and `labels` are the
/// classes of the generated and of the test images.
pub fn by_class(
    generated: &Reading,
    asked: &[u8],
    test: &Reading,
    labels: &[u8],
    classes: usize,
) -> Vec<ClassFigures> {
    let figures = |class: usize| {
        let generated = features_of(generated, asked, class);
        let test = features_of(test, labels, class);
        let images = (generated.len() / FEATURES).min(test.len() / FEATURES);
        if images < 2 {
            return None;
        }
        let chosen = |features| some(features, FEATURES, images);
        let (generated, test) = (chosen(&generated), chosen(&test));
        let (spread, spread_real) = (spread(&generated, FEATURES), spread(&test, FEATURES));
        let vectors = |features| Vectors::new(features, FEATURES);
        let manifold = PrecisionRecall::new(&vectors(test), &vectors(generated));
        Some(ClassFigures {
            class,
            images,
            spread,
            spread_real,
            precision: manifold.precision,
            recall: manifold.recall,
        })
    };
    (0..classes).filter_map(figures).collect()
}

fn features_of(reading: &Reading, classes: &[u8], class: usize) -> Vec<f32> {
    let features = reading.features.chunks_exact(FEATURES).zip(classes);
    features
        .filter(|(_, of)| usize::from(**of) == class)
        .flat_map(|(features, _)| features)
        .copied()
        .collect()
}

/// Root mean square distance between two different vectors: its square is twice the sum of the
/// components' (unbiased) variances.
fn spread(vectors: &[f32], dimensions: usize) -> f64 {
    let count = (vectors.len() / dimensions) as f64;
    let variance = |component: usize| {
        let values = || vectors.iter().skip(component).step_by(dimensions);
        let mean = values().map(|&value| f64::from(value)).sum::<f64>() / count;
        let squares = values().map(|&value| (f64::from(value) - mean).powi(2));
        squares.sum::<f64>() / (count - 1.0)
    };
    (2.0 * (0..dimensions).map(variance).sum::<f64>()).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spread_is_the_root_mean_square_distance_of_pairs() {
        let vectors = [[0.0f32, 1.0], [3.0, 5.0], [-2.0, 4.0], [0.5, 0.5]];
        let mut sum = 0.0;
        for (i, a) in vectors.iter().enumerate() {
            for b in &vectors[..i] {
                sum += f64::from((a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2));
            }
        }
        let expected = (sum / 6.0).sqrt();
        assert!((spread(vectors.as_flattened(), 2) - expected).abs() < 1e-9);
    }

    #[test]
    fn a_class_without_variety_spreads_and_recalls_nothing() {
        // Two classes in turn; class 1 is the same image every time.
        let asked: Vec<u8> = (0..40).map(|i| i % 2).collect();
        let reading = |varied: &dyn Fn(usize) -> bool| Reading {
            classes: asked.clone(),
            features: (0..40)
                .flat_map(|i| {
                    let value = if varied(i) { i as f32 } else { 50.0 };
                    (0..FEATURES).map(move |f| if f == 0 { value } else { 0.0 })
                })
                .collect(),
        };
        let (real, fake) = (reading(&|_| true), reading(&|i| i % 2 == 0));
        let figures = by_class(&fake, &asked, &real, &asked, 3);
        assert_eq!(figures.len(), 2, "there are no images of class 2");
        assert_eq!((figures[0].recall, figures[1].recall), (1.0, 0.0));
        assert_eq!(figures[0].spread, figures[0].spread_real);
        assert_eq!((figures[1].spread, figures[1].images), (0.0, 20));
    }
}
