//! The distributions that are to be learned.

use rand::{Rng, RngExt};
use rand_distr::StandardNormal;
use thiserror::Error;

use super::Point;

/// A distribution of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// One Gaussian.
    Gaussian(Gaussian),
    /// Eight equally likely Gaussians on a circle, as in Metz et al. 2017, "Unrolled generative
    /// adversarial networks": a generator that only pleases the discriminator of the moment leaves
    /// some of them out.
    Ring,
}

/// A Gaussian with a full covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gaussian {
    mean: Point,
    covariance: [[f64; 2]; 2],
    /// Lower triangle `l` of the Cholesky factor: the covariance is `l` times its transpose.
    factor: [f64; 3],
}

/// Why numbers are no Gaussian that can be learned here.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum GaussianError {
    /// A covariance matrix is symmetric.
    #[error(
        "the covariance must be symmetric, but its numbers beside the diagonal are {0} and {1}"
    )]
    Asymmetric(f64, f64),
    /// The variance in some direction is not within what can be learned. One that is not positive is
    /// no variance.
    #[error(
        "the covariance must have a variance of {min} to {max} in every direction, but in one it is \
         {0:.4}",
        min = Gaussian::VARIANCES.0,
        max = Gaussian::VARIANCES.1
    )]
    Variance(f64),
    /// The mean is too far away.
    #[error("the mean must be between -{max} and {max}, but one of its numbers is {0}", max = Gaussian::FARTHEST)]
    Mean(f64),
}

impl Gaussian {
    /// Largest magnitude of the mean's coordinates. Points are learned as they are, without being
    /// scaled, so neither place nor size may be out of proportion to the networks' first weights.
    pub const FARTHEST: f64 = 10.0;
    /// Smallest and largest variance in any direction.
    pub const VARIANCES: (f64, f64) = (0.01, 25.0);

    /// The Gaussian with this mean and covariance (by rows).
    ///
    /// # Errors
    /// [`GaussianError`] if there is none, or none that can be learned.
    pub fn new(mean: Point, covariance: [[f64; 2]; 2]) -> Result<Self, GaussianError> {
        let far = |x: &&f64| x.is_nan() || x.abs() > Self::FARTHEST;
        if let Some(&far) = mean.iter().find(far) {
            return Err(GaussianError::Mean(far));
        }
        let [[a, b], [c, d]] = covariance;
        if (b - c).abs() > 1e-12 {
            return Err(GaussianError::Asymmetric(b, c));
        }
        let (middle, half) = ((a + d) / 2.0, ((a - d) / 2.0).hypot(b));
        for variance in [middle - half, middle + half] {
            // So written that what is not a number is refused, too.
            if !(Self::VARIANCES.0..=Self::VARIANCES.1).contains(&variance) {
                return Err(GaussianError::Variance(variance));
            }
        }
        let first = a.sqrt();
        let second = b / first;
        Ok(Self {
            mean,
            covariance,
            factor: [first, second, (d - second * second).sqrt()],
        })
    }

    /// Mean.
    pub fn mean(&self) -> Point {
        self.mean
    }

    /// Covariance, by rows.
    pub fn covariance(&self) -> [[f64; 2]; 2] {
        self.covariance
    }

    /// Where the standard normal point `z` comes to lie.
    pub fn place(&self, z: Point) -> Point {
        let [a, b, c] = self.factor;
        [self.mean[0] + a * z[0], self.mean[1] + b * z[0] + c * z[1]]
    }
}

impl Distribution {
    /// Gaussians in the ring.
    pub const MODES: usize = 8;
    /// Distance of their means from the origin.
    pub const RADIUS: f64 = 2.0;
    /// Standard deviation of each, in both directions.
    pub const SIGMA: f64 = 0.02;

    /// The name on the command line.
    pub fn name(&self) -> &'static str {
        match self {
            Distribution::Gaussian(_) => "gaussian",
            Distribution::Ring => "ring",
        }
    }

    /// The mean of one of the ring's Gaussians.
    pub fn mode(index: usize) -> Point {
        let angle = index as f64 / Self::MODES as f64 * std::f64::consts::TAU;
        [Self::RADIUS * angle.cos(), Self::RADIUS * angle.sin()]
    }

    /// A point.
    pub fn draw(&self, rng: &mut impl Rng) -> Point {
        match self {
            Distribution::Gaussian(gaussian) => gaussian.place(normal(rng)),
            Distribution::Ring => {
                let mode = Self::mode(rng.random_range(0..Self::MODES));
                let offset = normal(rng);
                [0, 1].map(|axis| mode[axis] + Self::SIGMA * offset[axis])
            }
        }
    }
}

/// A standard normal point.
pub fn normal(rng: &mut impl Rng) -> Point {
    [rng.sample(StandardNormal), rng.sample(StandardNormal)]
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::super::estimate::Moments;
    use super::*;

    fn draw(distribution: Distribution, count: usize) -> Vec<Point> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(4);
        (0..count).map(|_| distribution.draw(&mut rng)).collect()
    }

    #[test]
    fn points_have_the_mean_and_covariance_asked_for() {
        let (mean, covariance) = ([1.0, -2.0], [[1.0, 0.5], [0.5, 2.0]]);
        let gaussian = Gaussian::new(mean, covariance).unwrap();
        let moments = Moments::of(&draw(Distribution::Gaussian(gaussian), 200_000));
        // Five standard deviations of the largest variance's estimate.
        let close = |a: f64, b: f64| (a - b).abs() < 0.032;
        assert!(
            (0..2).all(|i| close(moments.mean[i], mean[i])),
            "{moments:?}"
        );
        let pairs = moments
            .covariance
            .iter()
            .flatten()
            .zip(covariance.iter().flatten());
        assert!(pairs.clone().all(|(&a, &b)| close(a, b)), "{moments:?}");
    }

    #[test]
    fn points_of_the_ring_are_near_its_means_and_evenly_spread() {
        let points = draw(Distribution::Ring, 8000);
        for mode in (0..8).map(Distribution::mode) {
            assert!((mode[0].hypot(mode[1]) - 2.0).abs() < 1e-12);
            let near = |p: &&Point| (p[0] - mode[0]).hypot(p[1] - mode[1]) < 5.0 * 0.02;
            let count = points.iter().filter(near).count();
            assert!((850..1150).contains(&count), "{count}");
        }
    }

    #[test]
    fn matrices_that_are_no_covariance_are_refused() {
        let refused = |covariance| Gaussian::new([0.0; 2], covariance).unwrap_err();
        assert_eq!(
            refused([[1.0, 0.5], [0.4, 2.0]]),
            GaussianError::Asymmetric(0.5, 0.4)
        );
        // Its determinant is negative: a correlation of more than one.
        let error = refused([[1.0, 2.0], [2.0, 1.0]]);
        assert_eq!(error, GaussianError::Variance(-1.0));
        assert!(error.to_string().contains("-1.0000"), "{error}");
        assert!(matches!(
            refused([[0.0, 0.0], [0.0, 0.0]]),
            GaussianError::Variance(_)
        ));
        assert!(matches!(
            refused([[f64::NAN, 0.0], [0.0, 1.0]]),
            GaussianError::Variance(_)
        ));
        assert_eq!(
            Gaussian::new([0.0, 1e9], [[1.0, 0.0], [0.0, 1.0]]),
            Err(GaussianError::Mean(1e9))
        );
    }
}
