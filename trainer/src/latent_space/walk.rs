//! Straight ways between latents.

use runtime::Latent;

/// The point `step` of a way of `steps` from `from` (step 0) to `to` (the last step).
pub fn at(from: &Latent, to: &Latent, step: usize, steps: usize) -> Latent {
    let last = steps.saturating_sub(1).max(1);
    let t = (256 * step.min(last) + last / 2) / last;
    Latent::interpolate(from, to, t as u16)
}

/// The order in which the steps of a way are shown so that it can be repeated without a jump: there
/// and back, the ends once each.
pub fn there_and_back(steps: usize) -> impl Iterator<Item = usize> {
    (0..steps).chain((1..steps.saturating_sub(1)).rev())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_begins_and_ends_where_it_should_and_advances_evenly() {
        let from = Latent::from_components(&[-120, 0, 100]).unwrap();
        let to = Latent::from_components(&[120, 0, -100]).unwrap();
        assert_eq!(at(&from, &to, 0, 5), from);
        assert_eq!(at(&from, &to, 4, 5), to);
        let middle = Latent::from_components(&[0, 0, 0]).unwrap();
        assert_eq!(at(&from, &to, 2, 5), middle);
        let firsts: Vec<i8> = (0..7)
            .map(|step| at(&from, &to, step, 7).components().next().unwrap())
            .collect();
        assert_eq!(firsts, [-120, -80, -40, 0, 40, 80, 120]);
    }

    #[test]
    fn there_and_back_shows_each_end_once() {
        assert_eq!(there_and_back(4).collect::<Vec<_>>(), [0, 1, 2, 3, 2, 1]);
        assert_eq!(there_and_back(2).collect::<Vec<_>>(), [0, 1]);
        assert_eq!(there_and_back(1).collect::<Vec<_>>(), [0]);
    }
}
