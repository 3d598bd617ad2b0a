//! The Fréchet distance between two sets of feature vectors.

use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Mean and covariance of a set of vectors.
#[derive(Clone, Debug)]
pub struct Gaussian {
    mean: DVector<f64>,
    covariance: DMatrix<f64>,
}

impl Gaussian {
    /// The Gaussian with mean and (unbiased) covariance of `vectors`, `[vector][dimensions]`, at
    /// least two of them.
    pub fn fit(vectors: &[f32], dimensions: usize) -> Self {
        let count = vectors.len() / dimensions;
        let rows = DMatrix::from_row_iterator(
            count,
            dimensions,
            vectors.iter().map(|&value| f64::from(value)),
        );
        let mean = rows.row_mean().transpose();
        let mut centred = rows;
        for mut row in centred.row_iter_mut() {
            row -= mean.transpose();
        }
        let covariance = centred.tr_mul(&centred) / (count as f64 - 1.0);
        Self { mean, covariance }
    }

    /// `|m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2))`: the squared Wasserstein-2 distance of two
    /// Gaussians (Dowson and Landau 1982), as in the Fréchet inception distance (Heusel et al.
    /// 2017).
    pub fn distance(&self, other: &Self) -> f64 {
        // The trace of (C1 C2)^(1/2) is that of the symmetric (C1^(1/2) C2 C1^(1/2))^(1/2).
        let root = square_root(&self.covariance);
        let product = &root * &other.covariance * &root;
        let cross: f64 = eigenvalues(product)
            .map(|value| value.max(0.0).sqrt())
            .sum();
        (&self.mean - &other.mean).norm_squared()
            + self.covariance.trace()
            + other.covariance.trace()
            - 2.0 * cross
    }
}

fn square_root(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let eigen = SymmetricEigen::new(matrix.clone());
    let roots = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    &eigen.eigenvectors * DMatrix::from_diagonal(&roots) * eigen.eigenvectors.transpose()
}

fn eigenvalues(matrix: DMatrix<f64>) -> impl Iterator<Item = f64> {
    let symmetric = (&matrix + matrix.transpose()) / 2.0;
    let values: Vec<f64> = symmetric.symmetric_eigenvalues().iter().copied().collect();
    values.into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaussian(mean: &[f64], covariance: &[f64]) -> Gaussian {
        let n = mean.len();
        Gaussian {
            mean: DVector::from_row_slice(mean),
            covariance: DMatrix::from_row_slice(n, n, covariance),
        }
    }

    #[test]
    fn distance_of_diagonal_gaussians_is_the_known_formula() {
        let a = gaussian(&[1.0, 2.0], &[4.0, 0.0, 0.0, 9.0]);
        let b = gaussian(&[0.0, 4.0], &[1.0, 0.0, 0.0, 25.0]);
        // 1 + 4 from the means, (2 - 1)^2 + (3 - 5)^2 from the standard deviations.
        assert!((a.distance(&b) - 10.0).abs() < 1e-9);
        assert!((b.distance(&a) - 10.0).abs() < 1e-9);
        assert!(a.distance(&a).abs() < 1e-9);
    }

    #[test]
    fn distance_of_correlated_gaussians_is_the_2x2_formula() {
        let (p, q) = ([2.0, 0.8, 0.8, 1.0], [1.5, -0.3, -0.3, 2.0]);
        let (a, b) = (gaussian(&[0.0; 2], &p), gaussian(&[0.0; 2], &q));
        // tr sqrt(M) = sqrt(tr M + 2 sqrt(det M)) for a 2x2 matrix with positive eigenvalues.
        let trace = p[0] * q[0] + p[1] * q[2] + p[2] * q[1] + p[3] * q[3];
        let det = |m: [f64; 4]| m[0] * m[3] - m[1] * m[2];
        let cross = (trace + 2.0 * (det(p) * det(q)).sqrt()).sqrt();
        let expected = p[0] + p[3] + q[0] + q[3] - 2.0 * cross;
        assert!((a.distance(&b) - expected).abs() < 1e-9);
    }

    #[test]
    fn fit_finds_mean_and_unbiased_covariance() {
        let fitted = Gaussian::fit(&[1.0, 0.0, 3.0, 2.0, 5.0, 1.0], 2);
        assert_eq!(fitted.mean.as_slice(), [3.0, 1.0]);
        assert_eq!(fitted.covariance.as_slice(), [4.0, 1.0, 1.0, 1.0]);
    }
}
