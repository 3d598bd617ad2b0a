//! Convolutions as rearrangements before one matrix product.
//!
//! A convolution whose windows are gathered first is a matrix product, which is what a CPU does
//! best. All tensors are `[batch][height][width][channel]`.

use burn::Tensor;

/// Space to depth: every `size` by `size` block of pixels becomes one pixel with
/// `[row][column][channel]` of the block as its channels.
pub fn blocks(images: Tensor<4>, size: usize) -> Tensor<4> {
    let [batch, height, width, channels] = images.dims();
    let (rows, columns) = (height / size, width / size);
    images
        .reshape([batch, rows, size, columns, size * channels])
        .permute([0, 1, 3, 2, 4])
        .reshape([batch, rows, columns, size * size * channels])
}

/// The 2x2 pixels around every corner between pixels, `[row][column][channel]` of them as the
/// channels: one row and one column less than the input.
pub fn corners(images: Tensor<4>) -> Tensor<4> {
    let [batch, height, width, _] = images.dims();
    let corner = |row: usize, column: usize| {
        images
            .clone()
            .slice([0..batch, row..row + height - 1, column..column + width - 1])
    };
    Tensor::cat(
        vec![corner(0, 0), corner(0, 1), corner(1, 0), corner(1, 1)],
        3,
    )
}

/// The images with a border of one pixel of zeros.
pub fn bordered(images: Tensor<4>) -> Tensor<4> {
    images.pad([(0, 0), (1, 1), (1, 1), (0, 0)], 0.0)
}
