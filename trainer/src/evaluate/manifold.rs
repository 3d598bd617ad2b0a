//! Precision and recall of a generator: how much of what it draws looks real, and how much of what
//! is real it can draw.

use serde::Serialize;

use super::neighbours::Vectors;

/// The neighbour whose distance is the radius of the ball around each vector.
pub const K: usize = 3;

/// Improved precision and recall (Kynkäänniemi et al. 2019, "Improved Precision and Recall Metric
/// for Assessing Generative Models"). Each set of vectors stands for a manifold: the union of balls
/// around them that reach to the [`K`]th nearest other vector of the set. They depend on the
/// numbers of vectors, so only figures of equal numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PrecisionRecall {
    /// Share of the generated vectors in the manifold of the real ones.
    pub precision: f64,
    /// Share of the real vectors in the manifold of the generated ones.
    pub recall: f64,
}

impl PrecisionRecall {
    /// Compares two sets of vectors.
    pub fn new(real: &Vectors, generated: &Vectors) -> Self {
        Self {
            precision: covered(generated, real),
            recall: covered(real, generated),
        }
    }
}

/// Share of `vectors` in the manifold of `others`; 0 of none.
fn covered(vectors: &Vectors, others: &Vectors) -> f64 {
    let radii = others.kth_nearest_squares(K);
    let inside = vectors.map_distances(others, |_, squares| {
        squares
            .iter()
            .zip(&radii)
            .any(|(square, radius)| square <= radius)
    });
    let count = inside.iter().filter(|&&inside| inside).count();
    count as f64 / inside.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(values: &[f32]) -> Vectors {
        Vectors::new(values.to_vec(), 1)
    }

    #[test]
    fn counts_the_vectors_within_the_others_balls() {
        // Balls: 0 ± 3, 1 ± 2, 2 ± 2, 3 ± 3 around the real ones: -3 to 6. Around the generated
        // ones: 5 ± 2, 6 ± 1 (third nearest: 5), 7 ± 2 (5), 6.5 ± 1.5 (5).
        let real = line(&[0.0, 1.0, 2.0, 3.0]);
        let generated = line(&[5.0, 6.0, 7.0, 6.5]);
        let result = PrecisionRecall::new(&real, &generated);
        assert_eq!(result.precision, 0.5);
        assert_eq!(result.recall, 0.25);
    }

    #[test]
    fn a_set_covers_itself() {
        let set = line(&[0.0, 1.5, 2.0, 8.0, 9.0]);
        let result = PrecisionRecall::new(&set, &set);
        assert_eq!((result.precision, result.recall), (1.0, 1.0));
    }

    #[test]
    fn one_prototype_drawn_again_and_again_is_precise_but_recalls_nothing() {
        let real: Vec<f32> = (0..100).map(|i| i as f32).collect();
        let result = PrecisionRecall::new(&line(&real), &line(&[50.5; 100]));
        assert_eq!((result.precision, result.recall), (1.0, 0.0));
    }
}
