//! Rows of a transposed convolution that doubles a grey image: many windows of two outputs each.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{Narrow, narrow};
use crate::layout::matrix_start;
use crate::row::RowJob;
use crate::tables::Tables;
use crate::window::Scratch;

/// Most taps of a row, of the largest kernel at stride 2.
const MOST_TAPS: usize = 8;

/// Whether the layer, if its weights have 8 bits, is computed as described here: stride 2, an even
/// kernel, one output channel, whole quads of inputs.
pub(crate) fn is_narrow(geometry: &Geometry) -> bool {
    let Kind::ConvTranspose(window) = geometry.kind else {
        return false;
    };
    window.stride == 2
        && geometry.groups() == 1
        && geometry.output.channels == 1
        && geometry.input.channels.is_multiple_of(4)
}

impl RowJob<'_> {
    /// Computes row `y` of a narrow layer. Rows of phases 0 and 1 that follow each other take the
    /// same inputs, so their sums are made at once; the second row finds them in `scratch`.
    #[inline(never)]
    pub(crate) fn narrow(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let geometry = self.geometry;
        let tables = Tables::new(self.layer, geometry, self.label, y, self.flip);
        let taps = geometry.row(y);
        let Some(sums) = scratch.sums.get_mut(..4 * geometry.windows()) else {
            return;
        };
        if !(taps.phase == 1 && scratch.next_row) {
            let group = geometry.group(0);
            let weights: &[u32] = bytemuck::try_cast_slice(self.layer.weights).unwrap_or_default();
            let mut rows = [&[][..]; MOST_TAPS];
            let (mut first, mut count) = (0, 0);
            for tap in 0..taps.count {
                let Some(row) = self.tap(&taps, tap) else {
                    continue;
                };
                if count == 0 {
                    first = tap;
                }
                if let Some(place) = rows.get_mut(count) {
                    // The margin is as wide as the first window's inputs left of the image.
                    *place = row;
                }
                count += 1;
            }
            let skipped = first * group.segment / 2;
            let matrix = |phase| {
                let start = matrix_start(geometry, phase, 0) / 4 + skipped;
                weights.get(start..).unwrap_or_default()
            };
            let work = Narrow {
                weights: [matrix(0), matrix(1)],
                rows: rows.get(..count).unwrap_or_default(),
                segment: group.segment,
                step: geometry.input.channels as usize,
                first: tables.first(),
            };
            narrow(&work, sums);
        }
        scratch.next_row = taps.phase == 0;
        let Some((first_row, second_row)) = sums.split_at_mut_checked(2 * geometry.windows())
        else {
            return;
        };
        let sums = if taps.phase == 0 {
            first_row
        } else {
            second_row
        };
        let cropped = (-geometry.group(0).first_output).max(0) as usize;
        let sums = sums.get_mut(cropped..).unwrap_or_default();
        let sums = sums.get_mut(..output.len()).unwrap_or_default();
        tables.finish(sums, 0, 0, output);
    }
}
