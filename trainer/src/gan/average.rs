//! The moving average of a network's weights.

use std::collections::VecDeque;

use burn::Tensor;
use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};

/// The exponential moving average's step: `decay` of the weights of `average` and the rest of the
/// `newest`.
///
/// # Panics
/// If the two are not the same network at different times.
pub fn follow<M: Module>(average: M, newest: &M, decay: f64) -> M {
    let mut weights = Weights::default();
    newest.visit(&mut weights);
    let mut mix = Mix {
        newest: weights,
        decay,
    };
    average.map(&mut mix)
}

/// The weights of a network, one tensor after the other, each flattened.
#[derive(Default)]
struct Weights(VecDeque<Tensor<1>>);

impl ModuleVisitor for Weights {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let count = tensor.shape().num_elements();
        self.0.push_back(tensor.reshape([count]));
    }
}

struct Mix {
    newest: Weights,
    decay: f64,
}

impl ModuleMapper for Mix {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let newest = self.newest.0.pop_front();
        let newest = newest.expect("both are the same network, so they have as many weights");
        param.map(|old| {
            let shape = old.shape();
            old * self.decay + newest.reshape(shape) * (1.0 - self.decay)
        })
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::gan::layers::{Dense, values};

    #[test]
    fn average_goes_the_stated_part_of_the_way() {
        let device = Device::flex();
        let (old, new) = (Dense::new(3, 2, &device), Dense::new(3, 2, &device));
        let mixed = follow(old.clone(), &new, 0.75);
        let expected: Vec<f32> = values(old.weight.val())
            .iter()
            .zip(values(new.weight.val()))
            .map(|(old, new)| old * 0.75 + new * 0.25)
            .collect();
        assert_eq!(values(mixed.weight.val()), expected);
        assert_eq!(mixed.bias.dims(), [2]);
    }
}
