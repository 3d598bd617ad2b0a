//! Windows, corners and interleaved phases: outputs that are copies or sums of inputs.

use std::sync::Arc;

use burn::Tensor;
use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind, unary};
use burn::backend::flex::FlexTensor;
use burn::tensor::{Int, TensorData};

use super::flex::{self, OnFlex, from_values, with_values};

/// Which inputs make up each output, the same for every image of a batch.
///
/// Inputs and outputs are runs of `unit` neighbouring numbers (a pixel's channels, say). An output
/// is the sum of `terms` inputs; an input that does not exist counts as zeros.
#[derive(Clone, Debug)]
pub struct Rearrangement {
    unit: usize,
    terms: usize,
    /// Runs that an image has before.
    inputs: usize,
    /// `[output][term]`: the input, or [`NONE`].
    sources: Arc<[u32]>,
}

const NONE: u32 = u32::MAX;

impl Rearrangement {
    /// Of images with `inputs` runs of `unit` numbers: `sources` says which runs each output is the
    /// sum of, as `[output][term]`; `None` stands for zeros.
    ///
    /// # Panics
    /// If a source is not below `inputs`.
    pub fn new<const TERMS: usize>(
        unit: usize,
        inputs: usize,
        sources: impl IntoIterator<Item = [Option<usize>; TERMS]>,
    ) -> Self {
        let index = |source: Option<usize>| match source {
            Some(source) => {
                assert!(source < inputs, "{source} is not below {inputs}");
                source as u32
            }
            None => NONE,
        };
        Self {
            unit,
            terms: TERMS,
            inputs,
            sources: sources.into_iter().flatten().map(index).collect(),
        }
    }

    /// `[batch][inputs * unit]` to `[batch][outputs * unit]`.
    pub fn apply(&self, images: Tensor<2>) -> Tensor<2> {
        match flex::unwrap(images) {
            Ok(OnFlex::Plain(images)) => flex::plain(self.forward(&images)),
            Ok(OnFlex::Tracked(images)) => {
                let operation = Rearrange.prepare::<NoCheckpointing>([images.node()]);
                let output = self.forward(images.primitive());
                flex::tracked(match operation.compute_bound().stateful() {
                    OpsKind::Tracked(operation) => operation.finish(self.clone(), output),
                    OpsKind::UnTracked(operation) => operation.finish(output),
                })
            }
            Err(images) => self.composed(images),
        }
    }

    fn outputs(&self) -> usize {
        self.sources.len() / self.terms
    }

    /// The same by burn's operations.
    fn composed(&self, images: Tensor<2>) -> Tensor<2> {
        let [batch, _] = images.dims();
        let device = images.device();
        // A run of zeros at the end is what NONE stands for.
        let runs = images.reshape([batch, self.inputs, self.unit]);
        let runs = runs.pad([(0, 0), (0, 1), (0, 0)], 0.0);
        let index = |&source: &u32| (source as usize).min(self.inputs) as i32;
        let indices: Vec<i32> = self.sources.iter().map(index).collect();
        let count = indices.len();
        let indices = Tensor::<1, Int>::from_data(TensorData::new(indices, [count]), &device);
        runs.select(1, indices)
            .reshape([batch, self.outputs(), self.terms, self.unit])
            .sum_dim(2)
            .reshape([batch, self.outputs() * self.unit])
    }

    fn forward(&self, images: &FlexTensor) -> FlexTensor {
        let (input, output) = (self.inputs * self.unit, self.outputs() * self.unit);
        let values = with_values(images, |images| {
            let mut values = vec![0.0; images.len() / input * output];
            let pairs = values
                .chunks_exact_mut(output)
                .zip(images.chunks_exact(input));
            for (to, from) in pairs {
                self.gather(from, to);
            }
            values
        });
        let batch = values.len() / output;
        from_values(values, [batch, output])
    }

    fn backward(&self, gradient: &FlexTensor) -> FlexTensor {
        let (input, output) = (self.inputs * self.unit, self.outputs() * self.unit);
        let values = with_values(gradient, |gradient| {
            let mut values = vec![0.0; gradient.len() / output * input];
            let pairs = values
                .chunks_exact_mut(input)
                .zip(gradient.chunks_exact(output));
            for (to, from) in pairs {
                self.scatter(from, to);
            }
            values
        });
        let batch = values.len() / input;
        from_values(values, [batch, input])
    }

    /// One image's outputs, all zero before.
    fn gather(&self, from: &[f32], to: &mut [f32]) {
        // Runs of a length that is known when this is compiled are moved in registers.
        match self.unit {
            1 => gather::<1>(&self.sources, self.terms, from, to),
            4 => gather::<4>(&self.sources, self.terms, from, to),
            6 => gather::<6>(&self.sources, self.terms, from, to),
            8 => gather::<8>(&self.sources, self.terms, from, to),
            16 => gather::<16>(&self.sources, self.terms, from, to),
            24 => gather::<24>(&self.sources, self.terms, from, to),
            unit => {
                let outputs = to.chunks_exact_mut(unit);
                for (to, sources) in outputs.zip(self.sources.chunks_exact(self.terms)) {
                    for from in runs(from, unit, sources) {
                        add(to, from);
                    }
                }
            }
        }
    }

    /// One image's input gradients, all zero before.
    fn scatter(&self, from: &[f32], to: &mut [f32]) {
        match self.unit {
            1 => scatter::<1>(&self.sources, self.terms, from, to),
            4 => scatter::<4>(&self.sources, self.terms, from, to),
            6 => scatter::<6>(&self.sources, self.terms, from, to),
            8 => scatter::<8>(&self.sources, self.terms, from, to),
            16 => scatter::<16>(&self.sources, self.terms, from, to),
            24 => scatter::<24>(&self.sources, self.terms, from, to),
            unit => {
                let outputs = from.chunks_exact(unit);
                for (from, sources) in outputs.zip(self.sources.chunks_exact(self.terms)) {
                    for &source in sources.iter().filter(|&&source| source != NONE) {
                        add(&mut to[source as usize * unit..][..unit], from);
                    }
                }
            }
        }
    }
}

fn runs<'a>(from: &'a [f32], unit: usize, sources: &'a [u32]) -> impl Iterator<Item = &'a [f32]> {
    let sources = sources.iter().filter(|&&source| source != NONE);
    sources.map(move |&source| &from[source as usize * unit..][..unit])
}

fn add(to: &mut [f32], from: &[f32]) {
    for (to, from) in to.iter_mut().zip(from) {
        *to += from;
    }
}

fn gather<const UNIT: usize>(sources: &[u32], terms: usize, from: &[f32], to: &mut [f32]) {
    let (from, _) = from.as_chunks::<UNIT>();
    let (to, _) = to.as_chunks_mut::<UNIT>();
    if terms == 1 {
        for (to, &source) in to.iter_mut().zip(sources) {
            // NONE is beyond the end.
            if let Some(from) = from.get(source as usize) {
                *to = *from;
            }
        }
        return;
    }
    for (to, sources) in to.iter_mut().zip(sources.chunks_exact(terms)) {
        for from in sources
            .iter()
            .filter_map(|&source| from.get(source as usize))
        {
            add(to, from);
        }
    }
}

fn scatter<const UNIT: usize>(sources: &[u32], terms: usize, from: &[f32], to: &mut [f32]) {
    let (from, _) = from.as_chunks::<UNIT>();
    let (to, _) = to.as_chunks_mut::<UNIT>();
    for (from, sources) in from.iter().zip(sources.chunks_exact(terms)) {
        for &source in sources {
            if let Some(to) = to.get_mut(source as usize) {
                add(to, from);
            }
        }
    }
}

#[derive(Debug)]
struct Rearrange;

impl Backward<Flex, 1> for Rearrange {
    type State = Rearrangement;

    fn backward(self, ops: Ops<Self::State, 1>, grads: &mut Gradients, _: &mut Checkpointer) {
        unary::<Flex, _>(ops.parents, ops.node, grads, |gradient| {
            ops.state.backward(&gradient)
        });
    }
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, Tolerance};

    use super::*;

    /// A rearrangement with zeros, with inputs that are used twice, and with one that is not.
    fn example(unit: usize) -> [Rearrangement; 2] {
        let copies = [[Some(2)], [None], [Some(0)], [Some(2)], [Some(4)]];
        let sums = [[Some(0), Some(1), None], [Some(1), Some(1), Some(4)]];
        [
            Rearrangement::new(unit, 5, copies),
            Rearrangement::new(unit, 5, sums),
        ]
    }

    #[test]
    fn outputs_and_gradients_equal_those_of_burns_operations() {
        let device = Device::flex();
        for unit in [1, 3, 4, 6, 8, 16, 24] {
            for example in example(unit) {
                let shape = [3, 5 * unit];
                let images = Tensor::<2>::random(shape, Distribution::Default, &device);
                let of = |function: &dyn Fn(Tensor<2>) -> Tensor<2>| {
                    let images = Tensor::from_inner(images.clone()).require_grad();
                    let output = function(images.clone());
                    let gradients = output.clone().square().sum().backward();
                    let gradient = images.grad(&gradients).unwrap();
                    [output.into_data(), gradient.into_data()]
                };
                let ours = of(&|images| example.apply(images));
                let burns = of(&|images| example.composed(images));
                for (ours, burns) in ours.iter().zip(&burns) {
                    ours.assert_approx_eq::<f32>(burns, Tolerance::absolute(1e-6));
                }
                let plain = example.apply(images.clone()).into_data();
                plain.assert_eq(&ours[0], true);
            }
        }
    }

    #[test]
    fn sums_equal_hand_computed_ones() {
        let [copies, sums] = example(2);
        let values: Vec<f32> = (0..10).map(|value| value as f32).collect();
        let images = Tensor::<1>::from_floats(values.as_slice(), &Device::flex()).reshape([1, 10]);
        let of = |example: Rearrangement| -> Vec<f32> {
            example
                .apply(images.clone())
                .into_data()
                .try_to_vec()
                .unwrap()
        };
        assert_eq!(of(copies), [4., 5., 0., 0., 0., 1., 4., 5., 8., 9.]);
        assert_eq!(of(sums), [2., 4., 12., 15.]);
    }

    #[test]
    #[should_panic(expected = "5 is not below 5")]
    fn refuses_sources_that_do_not_exist() {
        Rearrangement::new(1, 5, [[Some(5)]]);
    }
}
