//! Matrix products.

use burn::Tensor;
use burn::backend::Flex;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::NoCheckpointing;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::flex::FlexTensor;

use super::flex::{self, OnFlex, from_values, with_values};

/// The product of `[row][inner]` and `[inner][column]`, which are contiguous: `[row][column]`.
///
/// burn's own does the same by the same crate, but clears its output before and copies it after
/// (burn-flex 0.22.1): a tenth of a training step.
pub fn matmul(lhs: Tensor<2>, rhs: Tensor<2>) -> Tensor<2> {
    let (lhs, rhs) = match (flex::unwrap(lhs), flex::unwrap(rhs)) {
        (Ok(OnFlex::Plain(lhs)), Ok(OnFlex::Plain(rhs))) => {
            return flex::plain(product(&lhs, &rhs));
        }
        (Ok(OnFlex::Tracked(lhs)), Ok(OnFlex::Tracked(rhs))) => {
            let operation = Matmul.prepare::<NoCheckpointing>([lhs.node(), rhs.node()]);
            let (lhs, rhs) = (lhs.into_primitive(), rhs.into_primitive());
            let output = product(&lhs, &rhs);
            return flex::tracked(match operation.compute_bound().stateful() {
                OpsKind::Tracked(operation) => operation.finish((lhs, rhs), output),
                OpsKind::UnTracked(operation) => operation.finish(output),
            });
        }
        (lhs, rhs) => (flex::wrap(lhs), flex::wrap(rhs)),
    };
    lhs.matmul(rhs)
}

#[derive(Debug)]
struct Matmul;

impl Backward<Flex, 2> for Matmul {
    /// Both factors.
    type State = (FlexTensor, FlexTensor);

    fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, _: &mut Checkpointer) {
        let (lhs, rhs) = ops.state;
        let [lhs_node, rhs_node] = ops.parents;
        let gradient = grads.consume::<Flex>(&ops.node);
        if let Some(node) = rhs_node {
            let gradient = with_values(&lhs, |lhs_values| {
                with_values(&gradient, |values| {
                    let lhs = Matrix::of(lhs_values, &lhs).transposed();
                    from_matrix(lhs, Matrix::of(values, &gradient))
                })
            });
            grads.register::<Flex>(node.id, gradient);
        }
        if let Some(node) = lhs_node {
            let gradient = with_values(&rhs, |rhs_values| {
                with_values(&gradient, |values| {
                    let rhs = Matrix::of(rhs_values, &rhs).transposed();
                    from_matrix(Matrix::of(values, &gradient), rhs)
                })
            });
            grads.register::<Flex>(node.id, gradient);
        }
    }
}

fn product(lhs: &FlexTensor, rhs: &FlexTensor) -> FlexTensor {
    with_values(lhs, |lhs_values| {
        with_values(rhs, |rhs_values| {
            from_matrix(Matrix::of(lhs_values, lhs), Matrix::of(rhs_values, rhs))
        })
    })
}

fn from_matrix(lhs: Matrix, rhs: Matrix) -> FlexTensor {
    from_values(multiply(&lhs, &rhs), [lhs.rows, rhs.columns])
}

/// Numbers in rows, or in columns.
struct Matrix<'a> {
    values: &'a [f32],
    rows: usize,
    columns: usize,
    /// Distance of neighbours in a column, and in a row.
    strides: [usize; 2],
}

impl<'a> Matrix<'a> {
    /// The matrix of a tensor's values in the order of its shape.
    fn of(values: &'a [f32], tensor: &FlexTensor) -> Self {
        let shape = tensor.layout().shape();
        let (rows, columns) = (shape[0], shape[1]);
        Self {
            values,
            rows,
            columns,
            strides: [columns, 1],
        }
    }

    fn transposed(self) -> Self {
        let [row, column] = self.strides;
        Self {
            rows: self.columns,
            columns: self.rows,
            strides: [column, row],
            ..self
        }
    }

    /// Whether every row and column is within the values.
    fn is_whole(&self) -> bool {
        let last = self.rows.saturating_sub(1) * self.strides[0]
            + self.columns.saturating_sub(1) * self.strides[1];
        self.rows * self.columns == 0 || last < self.values.len()
    }
}

/// Multiplications from which on it pays to involve other threads.
const PARALLEL: usize = 192 * 192 * 192;

/// `[row][column]` of the product.
///
/// # Panics
/// If the matrices do not fit each other, or have fewer values than they say.
#[allow(unsafe_code, reason = "the matrix product takes pointers")]
fn multiply(lhs: &Matrix, rhs: &Matrix) -> Vec<f32> {
    let (rows, inner, columns) = (lhs.rows, lhs.columns, rhs.columns);
    assert_eq!(
        inner, rhs.rows,
        "the inner sides of a matrix product differ"
    );
    assert!(lhs.is_whole() && rhs.is_whole(), "a matrix lacks values");
    if inner == 0 {
        return vec![0.0; rows * columns];
    }
    let parallelism = if rows * inner * columns < PARALLEL {
        gemm::Parallelism::None
    } else {
        gemm::Parallelism::Rayon(0)
    };
    let stride = |stride: usize| stride as isize;
    let mut output: Vec<f32> = Vec::with_capacity(rows * columns);
    // SAFETY: both factors were checked to hold all that their sizes and strides reach. The output
    // has room for `rows * columns` numbers, which are all written and none of them read, as
    // `read_dst` is false; so they may count as the vector's afterwards.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            output.as_mut_ptr(),
            1,
            stride(columns),
            false,
            lhs.values.as_ptr(),
            stride(lhs.strides[1]),
            stride(lhs.strides[0]),
            rhs.values.as_ptr(),
            stride(rhs.strides[1]),
            stride(rhs.strides[0]),
            0.0,
            1.0,
            false,
            false,
            false,
            parallelism,
        );
        output.set_len(rows * columns);
    }
    output
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution, TensorData, Tolerance};

    use super::*;

    #[test]
    fn products_and_gradients_equal_burns() {
        let device = Device::flex();
        for [rows, inner, columns] in [[1, 1, 1], [3, 5, 2], [70, 64, 33], [4, 300, 1], [2, 1, 9]] {
            let random = |shape| Tensor::<2>::random(shape, Distribution::Default, &device);
            let (lhs, rhs) = (random([rows, inner]), random([inner, columns]));
            let of = |function: fn(Tensor<2>, Tensor<2>) -> Tensor<2>| -> [TensorData; 3] {
                let lhs = Tensor::from_inner(lhs.clone()).require_grad();
                let rhs = Tensor::from_inner(rhs.clone()).require_grad();
                let output = function(lhs.clone(), rhs.clone());
                let gradients = output.clone().square().sum().backward();
                [
                    output.into_data(),
                    lhs.grad(&gradients).unwrap().into_data(),
                    rhs.grad(&gradients).unwrap().into_data(),
                ]
            };
            let (ours, burns) = (of(matmul), of(Tensor::matmul));
            for (ours, burns) in ours.iter().zip(&burns) {
                ours.assert_approx_eq::<f32>(burns, Tolerance::relative(1e-4));
            }
            let plain = matmul(lhs, rhs).into_data();
            plain.assert_eq(&ours[0], true);
        }
    }

    #[test]
    fn transposed_and_sliced_factors_are_read_in_their_order() {
        let device = Device::flex();
        let lhs = Tensor::<2>::random([6, 5], Distribution::Default, &device);
        let lhs = lhs.transpose().slice([1..4, 2..6]);
        let rhs = Tensor::<2>::random([7, 4], Distribution::Default, &device).transpose();
        let expected = lhs.clone().matmul(rhs.clone()).into_data();
        let ours = matmul(lhs, rhs).into_data();
        ours.assert_approx_eq::<f32>(&expected, Tolerance::absolute(1e-5));
    }

    #[test]
    fn an_empty_sum_is_zero() {
        let empty = |rows, columns| Matrix {
            values: &[],
            rows,
            columns,
            strides: [columns, 1],
        };
        assert_eq!(multiply(&empty(2, 0), &empty(0, 3)), [0.0; 6]);
    }

    #[test]
    #[should_panic(expected = "a matrix lacks values")]
    fn refuses_to_read_beyond_the_values() {
        let short = || Matrix {
            values: &[1.0; 3],
            rows: 2,
            columns: 2,
            strides: [2, 1],
        };
        multiply(&short(), &short());
    }
}
