//! Rows of a transposed convolution that doubles a grey image: many windows of two outputs each.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{LONGEST, Narrow, narrow, unpack_nibbles};
use crate::layout::is_nibble;
use crate::plan::weight_byte;
use crate::slices::{after, after_mut, first_mut};
use crate::work::Work;

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

impl<'a> Work<'a, '_> {
    /// Computes the row that is planned of a narrow layer, and the next one if there is room for two. Rows of phases 0 and 1 that follow each other take the same inputs, so their sums are made
    /// at once.
    #[inline(never)]
    pub fn narrow(&mut self) {
        self.begin_with_bias();
        if is_nibble(self.layer.terms.bits()) {
            self.narrow_unpack();
        }
        while self.plan.windows > 0 {
            let windows = usize::from(self.plan.windows).min(self.scratch.sums.len() / 4);
            if windows == 0 {
                return;
            }
            self.narrow_sums(windows);
            let row_len = self.layer.shape().row_len();
            let at = self.plan.at;
            let (place, cropped) = (at.max(0) as usize, (-at).max(0) as usize);
            let phase = usize::from(self.plan.phase);
            // The sums of both rows follow each other; a row of the second phase is made alone.
            for row in phase..2 {
                let made = (row - phase) * row_len;
                let sums = (2 * windows).saturating_sub(cropped);
                let count = sums.min(row_len.saturating_sub(place));
                self.finish_narrow(2 * windows * row + cropped, count, made + place);
            }
            self.plan.windows -= windows as u8;
            self.plan.at += 2 * windows as i32;
            self.plan.from += (windows * usize::from(self.plan.input_step)) as u32;
        }
    }

    /// The sums of the next windows of two rows.
    #[inline(never)]
    fn narrow_sums(&mut self, windows: usize) {
        let (segment, taps) = (self.plan.segment as usize, usize::from(self.plan.taps));
        let nibbles = is_nibble(self.layer.terms.bits());
        let weights = match nibbles {
            true => {
                let len = segment / 2 * taps;
                [&*self.scratch.words, after(self.scratch.words, len)]
            }
            false => [0, 1].map(|phase| self.narrow_matrix(phase)),
        };
        let (windows_from, step) = (self.plan.from as usize, usize::from(self.plan.input_step));
        let (margin, pixels) = (self.input.margin(), self.input.shape().row_len());
        let end = windows_from + (windows - 1) * step + segment;
        let mut rows = [0; MOST_TAPS];
        for (tap, place) in rows.iter_mut().enumerate().take(taps) {
            let row = self.plan.first as usize + tap;
            *place = self.input.row_start(row) + windows_from;
        }
        let work = Narrow {
            weights,
            memory: self.memory,
            rows,
            taps,
            segment,
            step,
            margins: [
                margin.saturating_sub(windows_from),
                end.saturating_sub(margin + pixels),
            ],
            first: self.plan.first_sum,
        };
        narrow(&work, first_mut(self.scratch.sums, 4 * windows));
    }

    /// Takes the matrices of 4-bit weights of both rows apart.
    #[inline(never)]
    fn narrow_unpack(&mut self) {
        let len = self.plan.segment as usize / 2 * usize::from(self.plan.taps);
        for phase in 0..2 {
            let matrix = self.narrow_matrix(phase as u32);
            let words = after_mut(self.scratch.words, phase * len);
            unpack_nibbles(matrix, first_mut(words, len));
        }
    }

    /// The matrix of one of two rows, without what is skipped.
    #[inline(never)]
    fn narrow_matrix(&self, phase: u32) -> &'a [u32] {
        let place = 2 * (phase * self.plan.inputs + self.plan.skipped) as usize;
        let byte = weight_byte(self.layer.terms.bits(), place);
        self.weights_from(self.layer.weights as usize + byte)
    }
}
