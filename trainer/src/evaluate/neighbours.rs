//! Euclidean distances between two sets of vectors, fast enough for tens of thousands of them:
//! `|a - b|^2 = |a|^2 + |b|^2 - 2 a·b`, where the inner products are one matrix product for many
//! pairs.

use nalgebra::DMatrixView;
use rayon::prelude::*;

/// Queries that share a matrix product.
const BLOCK: usize = 32;

/// A set of vectors of one length.
#[derive(Clone, Debug)]
pub struct Vectors {
    /// `[vector][dimensions]`.
    values: Vec<f32>,
    dimensions: usize,
    square_norms: Vec<f32>,
}

impl Vectors {
    /// The vectors in `values`, `[vector][dimensions]`.
    pub fn new(values: Vec<f32>, dimensions: usize) -> Self {
        let norm = |vector: &[f32]| vector.iter().map(|value| value * value).sum();
        Self {
            square_norms: values.chunks_exact(dimensions).map(norm).collect(),
            values,
            dimensions,
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.square_norms.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.square_norms.is_empty()
    }

    /// Applies `reduce` to each vector's index and its square distances to all of `others`, in
    /// their order; the results are in the order of the vectors.
    pub fn map_distances<T: Send>(
        &self,
        others: &Vectors,
        reduce: impl Fn(usize, &[f32]) -> T + Sync,
    ) -> Vec<T> {
        let dimensions = self.dimensions;
        // Both are column-major: a vector is a column.
        let others_matrix = DMatrixView::from_slice(&others.values, dimensions, others.len());
        let block = |(block, queries): (usize, &[f32])| {
            let count = queries.len() / dimensions;
            let queries = DMatrixView::from_slice(queries, dimensions, count);
            // A query's products are to lie one after another.
            let mut products = (queries.transpose() * others_matrix).transpose();
            let mut results = Vec::with_capacity(count);
            for (i, mut column) in products.column_iter_mut().enumerate() {
                let index = block * BLOCK + i;
                let own = self.square_norms[index];
                for (product, norm) in column.iter_mut().zip(&others.square_norms) {
                    // Rounding can make the distance of equal vectors negative.
                    *product = (own + norm - 2.0 * *product).max(0.0);
                }
                results.push(reduce(index, column.as_slice()));
            }
            results
        };
        self.values
            .par_chunks(BLOCK * dimensions)
            .enumerate()
            .flat_map_iter(block)
            .collect()
    }

    /// Distance of each vector to the nearest of `others`, which must not be empty.
    pub fn nearest(&self, others: &Vectors) -> Vec<f32> {
        self.map_distances(others, |_, squares| {
            squares.iter().copied().fold(f32::INFINITY, f32::min).sqrt()
        })
    }

    /// Square distance of each vector to its `k`th nearest among the others of this set; infinite
    /// if there are fewer.
    pub fn kth_nearest_squares(&self, k: usize) -> Vec<f32> {
        self.map_distances(self, |index, squares| {
            let mut nearest = vec![f32::INFINITY; k];
            for (other, &square) in squares.iter().enumerate() {
                if square < nearest[k - 1] && other != index {
                    let place = nearest.partition_point(|&found| found <= square);
                    nearest[place..].rotate_right(1);
                    nearest[place] = square;
                }
            }
            nearest[k - 1]
        })
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    const DIMENSIONS: usize = 7;

    fn random(count: usize, seed: u64) -> Vec<f32> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        (0..count * DIMENSIONS)
            .map(|_| rng.random_range(-3.0..3.0))
            .collect()
    }

    /// Distances in double precision, one pair after another.
    fn naive(a: &[f32], b: &[f32]) -> Vec<Vec<f64>> {
        let distance = |x: &[f32], y: &[f32]| {
            let squares = x.iter().zip(y).map(|(x, y)| f64::from(x - y).powi(2));
            squares.sum::<f64>().sqrt()
        };
        a.chunks_exact(DIMENSIONS)
            .map(|x| b.chunks_exact(DIMENSIONS).map(|y| distance(x, y)).collect())
            .collect()
    }

    #[test]
    fn distances_equal_those_of_single_pairs() {
        // More than a block, and not a whole number of them.
        let (a, b) = (random(75, 1), random(90, 2));
        let (from, to) = (
            Vectors::new(a.clone(), DIMENSIONS),
            Vectors::new(b.clone(), DIMENSIONS),
        );
        let ours = from.map_distances(&to, |index, squares| (index, squares.to_vec()));
        for (i, (expected, (index, squares))) in naive(&a, &b).iter().zip(&ours).enumerate() {
            assert_eq!(*index, i);
            assert_eq!(squares.len(), 90);
            for (square, distance) in squares.iter().zip(expected) {
                assert!((f64::from(square.sqrt()) - distance).abs() < 1e-4);
            }
        }
    }

    #[test]
    fn nearest_is_the_least_distance() {
        let (a, b) = (random(40, 3), random(50, 4));
        let ours =
            Vectors::new(a.clone(), DIMENSIONS).nearest(&Vectors::new(b.clone(), DIMENSIONS));
        for (expected, ours) in naive(&a, &b).iter().zip(ours) {
            let least = expected.iter().copied().fold(f64::INFINITY, f64::min);
            assert!((f64::from(ours) - least).abs() < 1e-4);
        }
    }

    #[test]
    fn kth_nearest_leaves_out_the_vector_itself_but_not_its_equals() {
        let line = Vectors::new(vec![0.0, 0.0, 1.0, 3.0, 7.0], 1);
        assert_eq!(line.kth_nearest_squares(1), [0.0, 0.0, 1.0, 4.0, 16.0]);
        assert_eq!(line.kth_nearest_squares(3), [9.0, 9.0, 4.0, 9.0, 49.0]);
        assert_eq!(line.kth_nearest_squares(5), [f32::INFINITY; 5]);
    }
}
