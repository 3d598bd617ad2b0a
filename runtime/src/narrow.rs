//! Rows of a transposed convolution that doubles a grey image: many windows of two outputs each.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{LONGEST, Narrow, narrow, unpack_nibbles};
use crate::layout::is_nibble;
use crate::slices::{after_mut, first, first_mut};
use crate::window::Scratch;
use crate::work::{Inside, Row, Work};

/// Most taps of a row: of a kernel of 8 at stride 2.
pub(crate) const MOST_TAPS: usize = 4;

/// Sums of the windows that are made at a time at least, eight: two in each of two rows. Where other
/// layers need room for more, more are made.
pub(crate) const SUMS: usize = 4 * 8;

/// Whether the layer, if it is the last one, is computed as described here: stride 2, an even
/// kernel, one output channel, whole quads of inputs, and room for 4-bit weights to be taken apart.
pub(crate) fn is_narrow(geometry: &Geometry, bits: u8) -> bool {
    let Kind::ConvTranspose(window) = geometry.kind else {
        return false;
    };
    if cfg!(not(feature = "fast")) {
        return false;
    }
    let taps = window.kernel as usize / 2;
    let segment = taps * geometry.input.channels as usize;
    window.stride == 2
        && window.kernel.is_multiple_of(2)
        && taps <= MOST_TAPS
        && geometry.output.channels == 1
        && segment.is_multiple_of(4)
        && (!is_nibble(bits) || taps * segment <= LONGEST)
}

impl Work<'_> {
    /// Computes row `y` of a narrow layer, and the next one if `output` has room for two. Rows of
    /// phases 0 and 1 that follow each other take the same inputs, so their sums are made at once.
    #[inline(never)]
    pub fn narrow(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let Row {
            geometry,
            walk,
            taps: all,
        } = self.row;
        let Inside { taps, skipped } = Inside::new(all, geometry.input.height);
        let group = geometry.group_of(walk, 0);
        let quads = group.segment / 4 * taps.count;

        let mut matrices = [0, 1].map(|phase| {
            let rows = phase * walk.taps(0) + skipped;
            self.weights_from(2 * rows * group.segment)
        });
        let Scratch { words, sums } = scratch;
        if is_nibble(self.bits) {
            let (first, second) = words.split_at_mut_checked(2 * quads).unwrap_or_default();
            let [even, odd] = matrices;
            unpack_nibbles(even, first);
            unpack_nibbles(odd, first_mut(second, 2 * quads));
            matrices = [first, second];
        }
        let mut rows = [&[][..]; MOST_TAPS];
        for (tap, place) in rows.iter_mut().enumerate().take(taps.count) {
            // The margin is as wide as the first window's inputs left of the image.
            *place = self.input_row(taps.first + tap as i32).unwrap_or_default();
        }
        let mut work = Narrow {
            weights: matrices,
            rows: first(&rows, taps.count),
            from: 0,
            segment: group.segment,
            step: geometry.input.channels as usize,
            first: self.finish.first(),
        };

        let row_len = geometry.output.row_len();
        let mut at = group.first_output;
        let mut left = walk.windows();
        while left > 0 {
            let windows = left.min(sums.len() / 4);
            let Some(sums) = sums.get_mut(..4 * windows).filter(|sums| !sums.is_empty()) else {
                return;
            };
            narrow(&work, sums);
            let place = at.max(0) as usize;
            let cropped = (-at).max(0) as usize;
            let rows = sums.chunks_exact_mut((2 * windows).max(1)).skip(taps.phase);
            for (row, (sums, output)) in rows
                .zip(output.chunks_exact_mut(row_len.max(1)))
                .enumerate()
            {
                self.finish.apply(
                    after_mut(sums, cropped),
                    (y + row) * row_len + place,
                    0,
                    after_mut(output, place),
                );
            }
            work.from += windows * work.step;
            at += 2 * windows as i32;
            left -= windows;
        }
    }
}
