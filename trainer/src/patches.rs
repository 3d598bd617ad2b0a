//! Convolutions as rearrangements before one matrix product.
//!
//! A convolution whose windows are gathered first is a matrix product, which is what a CPU does
//! best. All tensors are `[batch][height][width][channel]`.

use burn::Tensor;

use crate::fused::Rearrangement;

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

/// The 8x8 windows of images `[height][width][channel]`, one every 4 pixels, as
/// `[row][column][2][2]` of the windows (each 2x2 of neighbouring windows together) with
/// `[8][8][channel]` each. Height and width are 4 more than multiples of 8.
pub fn windows([height, width, channels]: [usize; 3]) -> Rearrangement {
    let cells = width / 4;
    let (rows, columns) = ((height / 4 - 1) / 2, (cells - 1) / 2);
    let sources = product([rows, columns, 2, 2, 8, 2]).map(|[row, column, a, b, y, half]| {
        let (row, column) = (2 * row + a, 2 * column + b);
        [Some((4 * row + y) * cells + column + half)]
    });
    Rearrangement::new(4 * channels, height * cells, sources)
}

/// The 2x2 pixels around every corner of the pixels of images `[height][width][channel]`, those of
/// the border included: `[height + 1][width + 1][2][2][channel]`, zeros beyond the border.
pub fn all_corners([height, width, channels]: [usize; 3]) -> Rearrangement {
    let sources = product([height + 1, width + 1, 2, 2]).map(|[row, column, a, b]| {
        let row = (row + a).checked_sub(1).filter(|&row| row < height)?;
        let column = (column + b)
            .checked_sub(1)
            .filter(|&column| column < width)?;
        Some(row * width + column)
    });
    Rearrangement::new(channels, height * width, sources.map(|source| [source]))
}

/// From the 2x2 pixels around every corner, `[height + 1][width + 1][2][2][channel]`, to the image
/// `[2 height][2 width][channel]` without its border.
pub fn interleaved([height, width, channels]: [usize; 3]) -> Rearrangement {
    let columns = width + 1;
    let sources = product([2 * height, 2 * width]).map(|[y, x]| {
        let (row, column) = (y.div_ceil(2), x.div_ceil(2));
        let phase = 2 * ((y + 1) % 2) + (x + 1) % 2;
        [Some(4 * (row * columns + column) + phase)]
    });
    Rearrangement::new(channels, 4 * (height + 1) * columns, sources)
}

/// From what every pixel contributes to the four corners around it,
/// `[height][width][2][2][2][2][channel]` (corner's row and column counted from the one that has the
/// pixel below and right of it, backwards: the pixel is the corner's `[2][2]`; then the output's),
/// to the sums `[2 height][2 width][channel]` without the border.
pub fn overlapped([height, width, channels]: [usize; 3]) -> Rearrangement {
    let sources = product([2 * height, 2 * width]).map(|[y, x]| {
        let phase = 2 * ((y + 1) % 2) + (x + 1) % 2;
        [[0, 0], [0, 1], [1, 0], [1, 1]].map(|[a, b]| {
            let row = (y.div_ceil(2) + a).checked_sub(1);
            let column = (x.div_ceil(2) + b).checked_sub(1);
            let row = row.filter(|&row| row < height)?;
            let column = column.filter(|&column| column < width)?;
            Some(16 * (row * width + column) + 4 * (2 * a + b) + phase)
        })
    });
    Rearrangement::new(channels, 16 * height * width, sources)
}

/// All index vectors below `sizes`, the last index fastest.
fn product<const D: usize>(sizes: [usize; D]) -> impl Iterator<Item = [usize; D]> {
    (0..sizes.iter().product()).map(move |mut rest: usize| {
        let mut indices = [0; D];
        for (index, size) in indices.iter_mut().zip(sizes).rev() {
            *index = rest % size;
            rest /= size;
        }
        indices
    })
}

#[cfg(test)]
mod tests {
    use burn::tensor::{Device, Distribution};

    use super::*;

    #[test]
    fn windows_equal_slices() {
        let size = [12, 20, 2];
        let images = Tensor::<4>::random([3, 12, 20, 2], Distribution::Default, &Device::flex());
        let all = windows(size).apply(images.clone().reshape([3, 480]));
        let all = all.reshape([3 * 2 * 4, 128]);
        for (index, [image, column, a, b]) in product([3, 2, 2, 2]).enumerate() {
            let (top, left) = (4 * a, 4 * (2 * column + b));
            let expected = images
                .clone()
                .slice([image..image + 1, top..top + 8, left..left + 8])
                .reshape([1, 128]);
            let ours = all.clone().narrow(0, index, 1);
            ours.into_data().assert_eq(&expected.into_data(), true);
        }
    }

    #[test]
    fn all_corners_equal_those_of_the_bordered_image() {
        let images = Tensor::<4>::random([2, 3, 5, 4], Distribution::Default, &Device::flex());
        let ours = all_corners([3, 5, 4]).apply(images.clone().reshape([2, 60]));
        let expected = corners(bordered(images)).reshape([2, 4 * 6 * 16]);
        ours.into_data().assert_eq(&expected.into_data(), true);
    }
}
