//! Rows of a transposed convolution that doubles a grey image: many windows of two outputs each.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{LONGEST, Narrow, narrow, unpack_nibbles};
use crate::layout::is_nibble;
use crate::slices::{after_mut, first_mut};
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
    if cfg!(not(feature = "narrow")) {
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

impl<'a> Work<'a> {
    /// Computes a row of a narrow layer, and the next one if `output` has room for two. Rows of
    /// phases 0 and 1 that follow each other take the same inputs, so their sums are made at once.
    #[inline(never)]
    pub fn narrow(&mut self, scratch: &mut Scratch, output: &mut [u8]) {
        self.finish.begin_with_bias();
        let Row {
            geometry,
            walk,
            taps,
        } = self.row;
        let mut work = self.narrow_windows(scratch.words);
        let row_len = geometry.output.row_len();
        let mut at = geometry.group_of(walk, 0).first_output;
        let mut left = walk.windows();
        while left > 0 {
            let windows = left.min(scratch.sums.len() / 4);
            let sums = first_mut(scratch.sums, 4 * windows);
            if sums.is_empty() {
                return;
            }
            narrow(&work, sums);
            let (place, cropped) = (at.max(0) as usize, (-at).max(0) as usize);
            // The sums of both rows follow each other; a row of the second phase is made alone.
            for row in taps.phase..2 {
                let made = row - taps.phase;
                let sums = first_mut(after_mut(sums, 2 * windows * row), 2 * windows);
                let output = first_mut(after_mut(output, made * row_len), row_len);
                self.finish
                    .apply_narrow(after_mut(sums, cropped), after_mut(output, place));
            }
            work.from += windows * work.step;
            at += 2 * windows as i32;
            left -= windows;
        }
    }

    /// What the windows of a row have in common. A function of its own, so that what it works with
    /// is off the stack while they are summed. Matrices of 4-bit weights are taken apart in `words`.
    #[inline(never)]
    fn narrow_windows<'n>(&self, words: &'n mut [u32]) -> Narrow<'n>
    where
        'a: 'n,
    {
        let Row {
            geometry,
            walk,
            taps: all,
        } = self.row;
        let Inside { taps, skipped } = Inside::new(all, geometry.input.height);
        let segment = geometry.group_of(walk, 0).segment;
        let matrix = |phase| self.weights_from(2 * segment * (phase * walk.taps(0) + skipped));
        let mut weights = [matrix(0), matrix(1)];
        if is_nibble(self.bits) {
            let len = segment / 2 * taps.count;
            let (first, second) = words.split_at_mut_checked(len).unwrap_or_default();
            let second = first_mut(second, len);
            unpack_nibbles(weights[0], first);
            unpack_nibbles(weights[1], second);
            weights = [first, second];
        }
        let mut rows = [&[][..]; MOST_TAPS];
        for (tap, place) in rows.iter_mut().enumerate().take(taps.count) {
            // The margin is as wide as the first window's inputs left of the image.
            *place = self.input_row(taps.first + tap as i32).unwrap_or_default();
        }
        Narrow {
            weights,
            rows,
            taps: taps.count,
            from: 0,
            segment,
            step: geometry.input.channels.into(),
            first: self.finish.first(),
        }
    }
}
