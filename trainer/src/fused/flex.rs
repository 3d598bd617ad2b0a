//! From burn's tensors to slices of the CPU backend, and back.

use burn::Tensor;
use burn::backend::flex::FlexTensor;
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Flex};
use burn::tensor::{Device, Shape, TensorData};

/// A tensor of the CPU backend that takes part in automatic differentiation.
pub type Tracked = FloatTensor<Autodiff<Flex>>;

/// What is behind a float tensor of the CPU backend.
pub enum OnFlex {
    /// Only numbers.
    Plain(FlexTensor),
    /// A tensor on a device with automatic differentiation.
    Tracked(Tracked),
}

/// What is behind `tensor`, or the tensor itself where it lives on another backend.
#[allow(
    clippy::result_large_err,
    reason = "not an error: the tensor goes on to burn's operation"
)]
pub fn unwrap<const D: usize>(tensor: Tensor<D>) -> Result<OnFlex, Tensor<D>> {
    let handle = tensor.clone();
    let found = if tensor.device().is_autodiff() {
        let tracked = handle.try_into_primitive::<Autodiff<Flex>>();
        tracked.map(OnFlex::Tracked).ok()
    } else {
        let plain = handle.try_into_primitive::<Flex>();
        plain.map(OnFlex::Plain).ok()
    };
    found.ok_or(tensor)
}

/// Whether tensors on `device` are those of the CPU backend.
pub fn supports(device: &Device) -> bool {
    unwrap(Tensor::<1>::zeros([1], device)).is_ok()
}

/// The tensor of numbers.
pub fn plain<const D: usize>(tensor: FlexTensor) -> Tensor<D> {
    Tensor::from_primitive::<Flex>(tensor)
}

/// The differentiable tensor.
pub fn tracked<const D: usize>(tensor: Tracked) -> Tensor<D> {
    Tensor::from_primitive::<Autodiff<Flex>>(tensor)
}

/// A tensor of these values.
pub fn from_values(values: Vec<f32>, shape: impl Into<Shape>) -> FlexTensor {
    FlexTensor::from_data(TensorData::new(values, shape))
}

/// Has `read` look at the values of a tensor, in the order of its shape.
pub fn with_values<T>(tensor: &FlexTensor, read: impl FnOnce(&[f32]) -> T) -> T {
    match tensor.as_slice::<f32>() {
        Some(values) => read(values),
        None => {
            let tensor = tensor.to_contiguous();
            read(&tensor.storage::<f32>()[..tensor.layout().num_elements()])
        }
    }
}

/// The tensor that [`unwrap`] took apart.
pub fn wrap<const D: usize>(tensor: Result<OnFlex, Tensor<D>>) -> Tensor<D> {
    match tensor {
        Ok(OnFlex::Plain(tensor)) => plain(tensor),
        Ok(OnFlex::Tracked(value)) => tracked(value),
        Err(tensor) => tensor,
    }
}

/// The same tensor with its values in the order of its shape, and nothing else behind it.
pub fn own(tensor: FlexTensor) -> FlexTensor {
    // The handle that is dropped here would make the values look shared, and be copied on a change.
    tensor.to_contiguous()
}

/// Has `change` change the values of a tensor, in place unless they are shared.
pub fn change(tensor: FlexTensor, change: impl FnOnce(&mut [f32])) -> FlexTensor {
    let mut tensor = own(tensor);
    change(tensor.storage_mut::<f32>());
    tensor
}
