//! Choosing some of many, the same ones every time.

use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;

/// `count` of the items in `values`, each `size` long, in their order (all if there are no more). A
/// fixed seed chooses them: where the classes take turns, evenly spaced ones would not be of all.
pub fn some<T: Copy>(values: &[T], size: usize, count: usize) -> Vec<T> {
    let mut indices: Vec<usize> = (0..values.len() / size).collect();
    indices.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(0));
    indices.truncate(count);
    indices.sort_unstable();
    indices
        .into_iter()
        .flat_map(|i| &values[i * size..(i + 1) * size])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_whole_items_once_and_in_their_order() {
        let values = [0, 10, 1, 11, 2, 12, 3, 13, 4, 14];
        let chosen = some(&values, 2, 3);
        assert_eq!(chosen.len(), 6);
        assert!(chosen.chunks(2).all(|item| item[1] == item[0] + 10));
        assert!(chosen.chunks(2).is_sorted_by(|a, b| a[0] < b[0]));
        assert_eq!(some(&values, 2, 5), values);
        assert_eq!(some(&values, 2, 9), values);
    }

    #[test]
    fn takes_all_classes_where_they_take_turns() {
        let values: Vec<usize> = (0..10_000).collect();
        let mut counts = [0; 10];
        for value in some(&values, 1, 2000) {
            counts[value % 10] += 1;
        }
        assert!(
            counts.iter().all(|count| (150..250).contains(count)),
            "{counts:?}"
        );
    }
}
