//! The order of a layer's weights in the file.
//!
//! A layer's weights are a sequence of *matrices*, one for each row phase and, within it, each
//! column group ([`crate::geometry`]): dense layers have one for each output row, convolutions
//! one, transposed convolutions `stride` or `stride * stride`. A matrix has a row for each input
//! of a window (`taps * segment` of them) and a column for each output of a window.
//!
//! Columns are cut into *panels* of 8, and what is left into panels of 4, 2 and 1. In a panel
//! follow the segments in order of increasing input row. A segment is cut into quads of four
//! inputs; what is left (up to three inputs) follows input by input, each with one byte a column.
//! A quad of inputs `k0 k1 k2 k3` holds first the pair `k0 k2`, then `k1 k3`; in each the columns
//! two by two, `c` and `c + 1`, as `[c k0, c+1 k0, c k2, c+1 k2]`. A panel of one column is plain:
//! `k0 k1 k2 k3`.
//!
//! This is the order in which an Armv7E-M core consumes them: one word holds two columns of two
//! inputs, `SXTB16` of four activations gives inputs 0 and 2 or, rotated, 1 and 3.

use crate::format::Kind;
use crate::geometry::Geometry;

/// Width of the widest panel.
pub const PANEL: usize = 8;

/// Width of the panel that begins where `left` columns are still to come.
pub const fn panel_width(left: usize) -> usize {
    match left {
        0 | 1 => 1,
        2 | 3 => 2,
        4..=7 => 4,
        _ => PANEL,
    }
}

/// Bytes before the matrix of the given row phase and column group.
pub fn matrix_start(geometry: &Geometry, phase: usize, group: usize) -> usize {
    let columns = |groups: usize| -> usize {
        (0..groups)
            .map(|g| geometry.group(g))
            .map(|g| g.segment * g.outputs)
            .sum()
    };
    let row: usize = match geometry.kind {
        Kind::Dense => phase,
        _ => (0..phase).map(|p| geometry.taps(p)).sum(),
    };
    row * columns(geometry.groups()) + geometry.taps(phase) * columns(group)
}

/// Place of a weight in a matrix of `taps` segments of `segment` inputs and `outputs` columns:
/// input `k` of segment `tap`, column `n`.
pub fn matrix_offset(
    taps: usize,
    segment: usize,
    outputs: usize,
    tap: usize,
    k: usize,
    n: usize,
) -> usize {
    let mut start = 0;
    while start + panel_width(outputs - start) <= n {
        start += panel_width(outputs - start);
    }
    let width = panel_width(outputs - start);
    let column = n - start;
    let within = if width == 1 || k >= segment / 4 * 4 {
        k * width + column
    } else {
        let (quad, input) = (k / 4, k % 4);
        quad * 4 * width + (input % 2) * 2 * width + (column / 2) * 4 + (input / 2) * 2 + column % 2
    };
    taps * segment * start + tap * segment * width + within
}

/// Place of a dense layer's weight: flattened input `input`, flattened output `output`.
pub fn dense_offset(geometry: &Geometry, output: usize, input: usize) -> usize {
    let group = geometry.group(0);
    let (row, column) = (output / group.outputs, output % group.outputs);
    matrix_start(geometry, row, 0)
        + matrix_offset(1, group.segment, group.outputs, 0, input, column)
}

/// Place of a convolution's or transposed convolution's weight: kernel row and column, input and
/// output channel, all as PyTorch counts them.
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
        Kind::Dense | Kind::Conv(_) => {
            let group = geometry.group(0);
            matrix_offset(
                geometry.taps(0),
                group.segment,
                group.outputs,
                kernel_row,
                kernel_column * inputs + input,
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
                    taps,
                    group.segment,
                    group.outputs,
                    tap,
                    pixel * inputs + input,
                    column,
                )
        }
    }
}
