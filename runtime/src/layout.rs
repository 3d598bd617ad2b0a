//! The order and the code of a layer's weights in the file.
//!
//! # Order
//!
//! A layer's weights are a sequence of *matrices*, one for each row phase and, within it, each
//! column group ([`crate::geometry`]): dense layers have one for each output row or for several
//! short ones, convolutions one, transposed convolutions `stride` or `stride * stride`. A matrix has a row for each input
//! of a window (its segments one after another, `taps * segment` inputs) and a column for each
//! output of a window. Rows are filled up with zeros to a multiple of four, columns to a multiple
//! of two.
//!
//! Columns are cut into *panels* of 8, and what is left into panels of 4 and 2. A panel is a
//! sequence of quads of four inputs `k0 k1 k2 k3`: first the pair `k0 k2`, then `k1 k3`; in each,
//! the columns two by two, `c` and `c + 1`, as `[c k0, c+1 k0, c k2, c+1 k2]`. The index of a
//! weight in this order is its *place*.
//!
//! A depthwise convolution has no matrices: its weights are `[kernel row][kernel column][channel]`.
//!
//! # Code
//!
//! Weights of 8 bits take a byte each. Even places (the even columns of a matrix) hold `w + 128`,
//! odd places two's complement.
//!
//! Weights of 4 bits take half a byte each, eight places a 32-bit little-endian word, as `w + 8`.
//! Place `p` of the eight is at bit `4 * (p / 4 * 2 + p % 2) + 16 * (p / 2 % 2)`: the two inputs of
//! a pair are 16 bits apart, columns follow in between.
//!
//! # Why
//!
//! One 16-bit half of an 8-bit word is `256 * odd + even` of one input. On an Armv7E-M core,
//! `SMLAD` with two inputs sums it for both inputs and both columns; `SMLAD` of the even bytes
//! alone (`UXTB16`), subtracted, leaves the odd column: three instructions for four products.
//! `w + 128` makes the even bytes readable without sign; 128 times the sum of the inputs, the same
//! for all columns, is subtracted at the end. A core without SIMD finds every weight by one
//! extension or shift; on an Armv7-M core, a 32-bit multiplication of both even (or both odd) bytes
//! with both inputs makes two products of a column. A masked word of nibbles is two weights in the
//! halves of a word, which `SMLAD` or one 32-bit multiplication (with the sum in the upper half) takes
//! as they are.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::walk::Walk;

/// Width of the widest panel.
pub const PANEL: usize = 8;

/// Whether weights of `bits` bits are nibbles; never without the feature `int4`, so that the code
/// for them is not linked.
#[inline(always)]
pub(crate) const fn is_nibble(bits: u8) -> bool {
    cfg!(feature = "int4") && bits == 4
}

/// Width of the panel that begins where `left` columns are still to come.
pub const fn panel_width(left: usize) -> usize {
    match left {
        0..=3 => 2,
        4..=7 => 4,
        _ => PANEL,
    }
}

/// Places of a matrix of `inputs` rows and `outputs` columns.
pub const fn matrix_len(inputs: usize, outputs: usize) -> usize {
    inputs
        .next_multiple_of(4)
        .saturating_mul(outputs.next_multiple_of(2))
}

/// Places of all weights of a layer.
pub fn places(geometry: &Geometry) -> usize {
    match geometry.kind {
        Kind::Depthwise(_) | Kind::Upsample(_) => geometry.weights(),
        _ => {
            let walk = geometry.walk();
            matrix_start_of(geometry, &walk, geometry.row_phases_of(&walk), 0)
        }
    }
}

/// Bytes of all weights of a layer, of `bits` (8 or 4) each.
pub fn weights_len(geometry: &Geometry, bits: u8) -> usize {
    let places = places(geometry);
    match bits {
        4 => places.div_ceil(8).saturating_mul(4),
        _ => places,
    }
}

/// The weight at `place`; 0 beyond the last.
pub fn weight(weights: &[u8], bits: u8, place: usize) -> i32 {
    if bits == 4 {
        let (byte, shift) = nibble(place);
        return weights
            .get(byte)
            .map_or(0, |&byte| i32::from(byte >> shift & 0x0f) - 8);
    }
    weights
        .get(place)
        .map_or(0, |&byte| i32::from((byte ^ sign(place)) as i8))
}

/// Puts a weight at `place`.
///
/// # Panics
/// If `weights`, of [`weights_len`] bytes, ends before that.
pub fn set_weight(weights: &mut [u8], bits: u8, place: usize, weight: i8) {
    if bits == 4 {
        let (byte, shift) = nibble(place);
        let kept = weights[byte] & !(0x0f << shift);
        weights[byte] = kept | ((weight as u8).wrapping_add(8) & 0x0f) << shift;
    } else {
        weights[place] = weight as u8 ^ sign(place);
    }
}

/// Sets all weights to zero.
pub fn fill_zero(weights: &mut [u8], bits: u8) {
    for (place, byte) in weights.iter_mut().enumerate() {
        *byte = if bits == 4 { 0x88 } else { sign(place) };
    }
}

/// Writes a layer's weights in the order and code of the file. `plain` is, for a dense layer,
/// `[output][input]`, both flattened from `[height][width][channel]`; for convolutions
/// `[kernel row][kernel column][input channel][output channel]`; for a depthwise convolution
/// `[kernel row][kernel column][channel]`.
///
/// # Panics
/// If `plain` does not have [`Geometry::weights`] elements or `packed` not [`weights_len`] bytes.
pub fn pack(geometry: &Geometry, bits: u8, plain: &[i8], packed: &mut [u8]) {
    assert_eq!(plain.len(), geometry.weights(), "number of weights");
    assert_eq!(
        packed.len(),
        weights_len(geometry, bits),
        "bytes of weights"
    );
    fill_zero(packed, bits);
    let inputs = match geometry.kind {
        Kind::Depthwise(_) => 1,
        _ => geometry.input.channels as usize,
    };
    let outputs = geometry.output.channels as usize;
    for (index, &weight) in plain.iter().enumerate() {
        let place = match geometry.kind {
            Kind::Dense => {
                let inputs = geometry.input.len();
                dense_offset(geometry, index / inputs, index % inputs)
            }
            Kind::Conv(window) | Kind::ConvTranspose(window) | Kind::Depthwise(window) => {
                let kernel = window.kernel as usize;
                let (position, input) = (index / outputs / inputs, index / outputs % inputs);
                let (row, column) = (position / kernel, position % kernel);
                conv_offset(geometry, row, column, input, index % outputs)
            }
            Kind::Upsample(_) => continue,
        };
        set_weight(packed, bits, place, weight);
    }
}

/// What a byte at `place` differs by from two's complement.
const fn sign(place: usize) -> u8 {
    if place.is_multiple_of(2) { 0x80 } else { 0 }
}

/// Byte and bit of a 4-bit weight.
const fn nibble(place: usize) -> (usize, usize) {
    let bit = 4 * (place / 4 % 2 * 2 + place % 2) + 16 * (place / 2 % 2);
    (place / 8 * 4 + bit / 8, bit % 8)
}

/// Place of the first weight of the matrix of the given row phase and column group.
pub fn matrix_start(geometry: &Geometry, phase: usize, group: usize) -> usize {
    matrix_start_of(geometry, &geometry.walk(), phase, group)
}

/// [`matrix_start`] of a layer whose walk is known.
#[inline(never)]
pub(crate) fn matrix_start_of(
    geometry: &Geometry,
    walk: &Walk,
    phase: usize,
    group: usize,
) -> usize {
    let len = |phase: usize, group: usize| {
        let group = geometry.group_of(walk, group);
        matrix_len(walk.taps(phase) * group.segment, group.outputs)
    };
    // All phases have the same taps, and there is one group: whole kernels of matrices alike.
    if walk.groups() == 1 {
        return phase.saturating_mul(len(0, 0));
    }
    let row = |phase: usize, groups: usize| -> usize { (0..groups).map(|g| len(phase, g)).sum() };
    let before: usize = (0..phase).map(|p| row(p, walk.groups())).sum();
    before + row(phase, group)
}

/// Place of a weight in a matrix of `inputs` rows and `outputs` columns: row `k`, column `n`.
pub fn matrix_offset(inputs: usize, outputs: usize, k: usize, n: usize) -> usize {
    let rows = inputs.next_multiple_of(4);
    let mut start = 0;
    while start + panel_width(outputs - start) <= n {
        start += panel_width(outputs - start);
    }
    let width = panel_width(outputs - start);
    let column = n - start;
    let (quad, input) = (k / 4, k % 4);
    rows * start
        + quad * 4 * width
        + (input % 2) * 2 * width
        + (column / 2) * 4
        + (input / 2) * 2
        + column % 2
}

/// Column, within its panel, of the weight at `place` of a panel of `width` columns: the inverse
/// of [`matrix_offset`].
pub const fn panel_column(width: usize, place: usize) -> usize {
    place % (2 * width) / 4 * 2 + place % 2
}

/// Place of a dense layer's weight: flattened input `input`, flattened output `output`.
pub fn dense_offset(geometry: &Geometry, output: usize, input: usize) -> usize {
    let group = geometry.group(0);
    let (row, column) = (output / group.outputs, output % group.outputs);
    matrix_start(geometry, row, 0) + matrix_offset(group.segment, group.outputs, input, column)
}

/// Place of a convolution's or transposed convolution's weight: kernel row and column, input and
/// output channel, all as PyTorch counts them. In a depthwise convolution both channels are one, so
/// `input` does not matter.
pub fn conv_offset(
    geometry: &Geometry,
    kernel_row: usize,
    kernel_column: usize,
    input: usize,
    output: usize,
) -> usize {
    let inputs = geometry.input.channels as usize;
    let outputs = geometry.output.channels as usize;
    match geometry.kind {
        Kind::Depthwise(window) => {
            (kernel_row * window.kernel as usize + kernel_column) * outputs + output
        }
        Kind::Dense | Kind::Conv(_) | Kind::Upsample(_) => {
            let group = geometry.group(0);
            matrix_offset(
                geometry.taps(0) * group.segment,
                group.outputs,
                kernel_row * group.segment + kernel_column * inputs + input,
                output,
            )
        }
        Kind::ConvTranspose(window) => {
            let stride = window.stride as usize;
            let (phase, column_phase) = (kernel_row % stride, kernel_column % stride);
            let (index, column) = if geometry.groups() == 1 {
                (0, column_phase * outputs + output)
            } else {
                (column_phase, output)
            };
            let group = geometry.group(index);
            let taps = geometry.taps(phase);
            // The first kernel row meets the last input row.
            let tap = taps - 1 - kernel_row / stride;
            let pixel = group.segment / inputs - 1 - kernel_column / stride;
            matrix_start(geometry, phase, index)
                + matrix_offset(
                    taps * group.segment,
                    group.outputs,
                    tap * group.segment + pixel * inputs + input,
                    column,
                )
        }
    }
}
