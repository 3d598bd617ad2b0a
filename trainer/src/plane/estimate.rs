//! What has been learned, in numbers.

use super::Point;
use super::distribution::Distribution;

/// Mean and covariance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// Mean.
    pub mean: Point,
    /// Covariance, by rows.
    pub covariance: [[f64; 2]; 2],
}

/// How a set of points covers the ring of Gaussians.
#[derive(Clone, Debug, PartialEq)]
pub struct Coverage {
    /// Points within three standard deviations of each Gaussian's mean, as shares of all.
    pub shares: [f64; Distribution::MODES],
}

impl Moments {
    /// The mean and the (unbiased) covariance of at least two points.
    pub fn of(points: &[Point]) -> Self {
        let count = points.len() as f64;
        let mean = [0, 1].map(|axis| points.iter().map(|p| p[axis]).sum::<f64>() / count);
        let product = |i: usize, j: usize| {
            let products = points.iter().map(|p| (p[i] - mean[i]) * (p[j] - mean[j]));
            products.sum::<f64>() / (count - 1.0)
        };
        Self {
            mean,
            covariance: [[0, 1].map(|j| product(0, j)), [0, 1].map(|j| product(1, j))],
        }
    }
}

impl Coverage {
    /// Standard deviations within which a point counts as one of a Gaussian.
    pub const SIGMAS: f64 = 3.0;
    /// Share of all points from which on a Gaussian counts as covered; an even spread gives each
    /// 12.5 %.
    pub const COVERED: f64 = 0.01;

    /// The coverage by these points.
    pub fn of(points: &[Point]) -> Self {
        let shares = std::array::from_fn(|index| {
            let mode = Distribution::mode(index);
            let limit = Self::SIGMAS * Distribution::SIGMA;
            let near = |p: &&Point| (p[0] - mode[0]).hypot(p[1] - mode[1]) <= limit;
            points.iter().filter(near).count() as f64 / points.len() as f64
        });
        Self { shares }
    }

    /// How many Gaussians are covered.
    pub fn modes(&self) -> usize {
        let covered = |share: &&f64| **share >= Self::COVERED;
        self.shares.iter().filter(covered).count()
    }

    /// Share of the points that are within three standard deviations of a mean.
    pub fn near(&self) -> f64 {
        self.shares.iter().sum()
    }

    /// The same for the ring's own points: `1 - exp(-9 / 2)`.
    pub fn near_of_the_ring() -> f64 {
        1.0 - (-Self::SIGMAS * Self::SIGMAS / 2.0).exp()
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_xoshiro::Xoshiro256PlusPlus;

    use super::*;

    #[test]
    fn moments_equal_hand_computed_ones() {
        let moments = Moments::of(&[[1.0, 0.0], [3.0, 2.0], [5.0, 1.0]]);
        assert_eq!(moments.mean, [3.0, 1.0]);
        assert_eq!(moments.covariance, [[4.0, 1.0], [1.0, 1.0]]);
    }

    #[test]
    fn the_ring_covers_itself() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let points: Vec<_> = (0..50_000)
            .map(|_| Distribution::Ring.draw(&mut rng))
            .collect();
        let coverage = Coverage::of(&points);
        assert_eq!(coverage.modes(), 8);
        assert!((coverage.near() - Coverage::near_of_the_ring()).abs() < 0.003);
    }

    #[test]
    fn points_elsewhere_cover_nothing_and_one_place_one_mode() {
        let mut points = vec![[0.0, 0.0]; 60];
        assert_eq!(
            (Coverage::of(&points).modes(), Coverage::of(&points).near()),
            (0, 0.0)
        );
        points.extend([[0.0, 2.01]; 40]);
        let coverage = Coverage::of(&points);
        assert_eq!(coverage.modes(), 1);
        assert_eq!(coverage.shares[2], 0.4);
    }
}
