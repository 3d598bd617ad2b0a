//! Adam in one pass.

use burn::Tensor;
use burn::backend::flex::FlexTensor;
use burn::optim::{
    AdamConfig, AdamState, AdaptiveMomentumState, LearningRate, ModuleOptimizer, Optimizer,
};
use burn::tensor::Device;

use super::flex::{self, OnFlex, from_values, own, with_values};

/// What is added to the root of the second moment.
const EPSILON: f32 = 1e-8;

/// Adam (Kingma and Ba 2015), as [`burn::optim::Adam`], whose state it shares: on burn's CPU
/// backend, moments and weights are updated in one pass over memory.
#[derive(Clone)]
pub struct Adam {
    beta_1: f32,
    beta_2: f32,
    burns: burn::optim::Adam,
}

impl Adam {
    /// An optimizer of all weights of a network, with these decays of the first and of the second
    /// moment.
    pub fn optimizer((beta_1, beta_2): (f32, f32)) -> ModuleOptimizer {
        let burns = AdamConfig::new()
            .with_beta_1(beta_1)
            .with_beta_2(beta_2)
            .with_epsilon(EPSILON)
            .build();
        ModuleOptimizer::from(Self {
            beta_1,
            beta_2,
            burns,
        })
    }

    /// Step number `time`, from one, of weights and both of their moments.
    fn update(
        &self,
        rate: f64,
        time: usize,
        tensors: [FlexTensor; 3],
        gradient: &FlexTensor,
    ) -> [FlexTensor; 3] {
        let (beta_1, beta_2) = (self.beta_1, self.beta_2);
        let time = i32::try_from(time).unwrap_or(i32::MAX);
        let root = (1.0 - beta_2.powi(time)).sqrt();
        let rate = rate as f32 * root / (1.0 - beta_1.powi(time));
        let epsilon = EPSILON * root;
        let [weights, first, second] = tensors;
        let (mut first, mut second) = (own(first), own(second));
        // The old weights are still in use elsewhere: writing new ones saves copying them.
        let mut new = Vec::with_capacity(weights.layout().num_elements());
        with_values(&weights, |weights| {
            with_values(gradient, |gradient| {
                let moments = first.storage_mut::<f32>().iter_mut();
                let moments = moments.zip(second.storage_mut::<f32>());
                let steps = moments.zip(gradient).map(|((m, v), &g)| {
                    *m = beta_1 * *m + (1.0 - beta_1) * g;
                    *v = beta_2 * *v + (1.0 - beta_2) * g * g;
                    rate * *m / (v.sqrt() + epsilon)
                });
                new.extend(
                    weights
                        .iter()
                        .zip(steps)
                        .map(|(weight, step)| weight - step),
                );
            });
        });
        let shape = weights.layout().shape().clone();
        [from_values(new, shape), first, second]
    }
}

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        weights: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamState<D>>,
    ) -> (Tensor<D>, Option<AdamState<D>>) {
        let shape = weights.shape();
        let (weights, gradient) = match (flex::unwrap(weights), flex::unwrap(gradient)) {
            (Ok(OnFlex::Plain(weights)), Ok(OnFlex::Plain(gradient))) => (weights, gradient),
            (weights, gradient) => {
                let (weights, gradient) = (flex::wrap(weights), flex::wrap(gradient));
                return self.burns.step(rate, weights, gradient, state);
            }
        };
        let zeros = || from_values(vec![0.0; shape.num_elements()], shape.clone());
        let (time, first, second) = match state.map(|state| state.momentum) {
            Some(state) => (state.time, moment(state.moment_1), moment(state.moment_2)),
            None => (0, zeros(), zeros()),
        };
        let time = time + 1;
        let [weights, first, second] = self.update(rate, time, [weights, first, second], &gradient);
        let momentum = AdaptiveMomentumState::new(time, flex::plain(first), flex::plain(second));
        (flex::plain(weights), Some(AdamState::new(momentum)))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        <burn::optim::Adam as Optimizer>::to_device(state, device)
    }
}

fn moment<const D: usize>(moment: Tensor<D>) -> FlexTensor {
    match flex::unwrap(moment) {
        Ok(OnFlex::Plain(moment)) => moment,
        _ => unreachable!("a weight's moments are moved to its device before every step"),
    }
}

#[cfg(test)]
mod tests {
    use burn::module::{Module, Param};
    use burn::optim::GradientsParams;
    use burn::tensor::{Distribution, Tolerance};

    use super::*;

    #[derive(Module, Debug)]
    struct Weights {
        matrix: Param<Tensor<2>>,
        bias: Param<Tensor<1>>,
    }

    #[test]
    fn ten_steps_equal_burns_adam() {
        let device = Device::flex().autodiff();
        let start = Weights {
            matrix: Param::from_tensor(Tensor::random([5, 3], Distribution::Default, &device)),
            bias: Param::from_tensor(Tensor::random([3], Distribution::Default, &device)),
        };
        let inputs = Tensor::<2>::random([4, 5], Distribution::Default, &device);
        let run = |mut optimizer: ModuleOptimizer| {
            let mut weights = start.clone();
            for _ in 0..10 {
                let output = inputs.clone().matmul(weights.matrix.val());
                let loss = (output + weights.bias.val().unsqueeze()).square().mean();
                let gradients = GradientsParams::from_grads(loss.backward(), &weights);
                weights = optimizer.step(0.01, weights, gradients);
            }
            [
                weights.matrix.val().into_data(),
                weights.bias.val().into_data(),
            ]
        };
        let burns = AdamConfig::new().with_beta_1(0.5).with_beta_2(0.99);
        let burns = run(burns.with_epsilon(EPSILON).init());
        let ours = run(Adam::optimizer((0.5, 0.99)));
        for (ours, burns) in ours.iter().zip(&burns) {
            ours.assert_approx_eq::<f32>(burns, Tolerance::absolute(1e-5));
        }
        let before = start.bias.val().into_data();
        assert_ne!(
            before.as_slice::<f32>().ok(),
            ours[1].as_slice::<f32>().ok()
        );
    }
}
