//! What the classifier reads instead of what was asked for.

use serde::Serialize;

/// Numbers of images by the class that they should be of and the class that they are read as.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Confusion {
    /// `[class asked for][class read]`.
    counts: Vec<Vec<u32>>,
}

impl Confusion {
    /// Counts pairs of the class asked for and the class read; all must be less than `classes`.
    pub fn new(pairs: impl IntoIterator<Item = (u8, u8)>, classes: usize) -> Self {
        let mut counts = vec![vec![0; classes]; classes];
        for (asked, read) in pairs {
            counts[usize::from(asked)][usize::from(read)] += 1;
        }
        Self { counts }
    }

    /// `[class asked for][class read]`.
    pub fn counts(&self) -> &[Vec<u32>] {
        &self.counts
    }
}

/// The share of each of `classes` classes.
pub fn shares(of: &[u8], classes: usize) -> Vec<f64> {
    let mut counts = vec![0u32; classes];
    for &class in of {
        counts[usize::from(class)] += 1;
    }
    let share = |count| f64::from(count) / of.len().max(1) as f64;
    counts.into_iter().map(share).collect()
}

/// Total variation distance between two distributions: the share that would have to be of another
/// class to make them equal.
pub fn total_variation(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_was_asked_for_against_what_is_read() {
        let confusion = Confusion::new([(0, 0), (0, 1), (2, 1), (0, 1)], 3);
        assert_eq!(confusion.counts(), [[1, 2, 0], [0, 0, 0], [0, 1, 0]]);
    }

    #[test]
    fn total_variation_is_what_has_to_change() {
        let shares = shares(&[0, 0, 0, 1], 2);
        assert_eq!(shares, [0.75, 0.25]);
        assert_eq!(total_variation(&shares, &[0.5, 0.5]), 0.25);
        assert_eq!(total_variation(&shares, &shares), 0.0);
    }
}
