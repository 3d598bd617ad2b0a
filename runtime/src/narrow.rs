//! Rows of a transposed convolution that doubles a grey image: many windows of two outputs each.

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{LONGEST, Narrow, narrow, unpack_nibbles};
use crate::layout::is_nibble;
use crate::plan::weight_byte;
use crate::slices::{after, after_mut, first_mut};
use crate::window::Scratch;
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

impl<'a> Work<'a> {
    /// Computes the row that is planned of a narrow layer, and the next one if `output` has room for
    /// two. Rows of phases 0 and 1 that follow each other take the same inputs, so their sums are made
    /// at once.
    #[inline(never)]
    pub fn narrow(&mut self, scratch: &mut Scratch, output: &mut [u8]) {
        self.begin_with_bias();
        if is_nibble(self.layer.terms.bits()) {
            self.narrow_unpack(scratch.words);
        }
        while self.plan.windows > 0 {
            let windows = usize::from(self.plan.windows).min(scratch.sums.len() / 4);
            if windows == 0 {
                return;
            }
            self.narrow_sums(windows, scratch);
            let row_len = self.layer.shape().row_len();
            let at = self.plan.at;
            let (place, cropped) = (at.max(0) as usize, (-at).max(0) as usize);
            let phase = usize::from(self.plan.phase);
            // The sums of both rows follow each other; a row of the second phase is made alone.
            for row in phase..2 {
                let made = (row - phase) * row_len;
                let sums = after_mut(scratch.sums, 2 * windows * row + cropped);
                let sums = first_mut(sums, (2 * windows).saturating_sub(cropped));
                let output = first_mut(after_mut(output, made), row_len);
                self.finish_narrow(sums, after_mut(output, place));
            }
            self.plan.windows -= windows as u8;
            self.plan.at += 2 * windows as i32;
            self.plan.from += (windows * usize::from(self.plan.input_step)) as u32;
        }
    }

    /// The sums of the next windows of two rows.
    #[inline(never)]
    fn narrow_sums(&self, windows: usize, scratch: &mut Scratch) {
        let (segment, taps) = (self.plan.segment as usize, usize::from(self.plan.taps));
        let nibbles = is_nibble(self.layer.terms.bits());
        let weights = match nibbles {
            true => {
                let len = segment / 2 * taps;
                [&*scratch.words, after(scratch.words, len)]
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
        narrow(&work, first_mut(scratch.sums, 4 * windows));
    }

    /// Takes the matrices of 4-bit weights of both rows apart.
    #[inline(never)]
    fn narrow_unpack(&self, words: &mut [u32]) {
        let len = self.plan.segment as usize / 2 * usize::from(self.plan.taps);
        for (phase, words) in words.chunks_exact_mut(len.max(1)).take(2).enumerate() {
            unpack_nibbles(self.narrow_matrix(phase as u32), words);
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
