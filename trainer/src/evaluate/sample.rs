//! Choosing some of many, the same ones every time.

/// `count` of the items in `values`, each `size` long, evenly spaced in their order (all if there are
/// no more).
pub fn evenly<T: Copy>(values: &[T], size: usize, count: usize) -> Vec<T> {
    let all = values.len() / size;
    let count = count.min(all);
    let items = (0..count).map(|i| i * all / count);
    items
        .flat_map(|i| &values[i * size..(i + 1) * size])
        .copied()
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_all_or_evenly_spaced_ones() {
        let values = [0, 10, 1, 11, 2, 12, 3, 13, 4, 14];
        assert_eq!(evenly(&values, 2, 2), [0, 10, 2, 12]);
        assert_eq!(evenly(&values, 2, 5), values);
        assert_eq!(evenly(&values, 2, 9), values);
        assert_eq!(evenly(&values, 2, 0), [0; 0]);
    }
}
