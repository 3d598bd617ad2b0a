//! The windows of a row: gathered inputs times a matrix.

use core::ops::Range;

use crate::format::Kind;
use crate::geometry::{Geometry, Group, RowTaps};
use crate::kernels::{Gather, Inputs, LONGEST, Panels, panels, scratch_words};
use crate::layout::{PANEL, is_nibble, matrix_start};
use crate::narrow::{self, is_narrow};
use crate::work::{DEPTHWISE, Inside, Work};

/// Most columns that are summed at a time: several of the widest panels.
const GROUP: usize = PANEL * if cfg!(feature = "fast") { 32 } else { 4 };

/// Words of memory that windows need.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ScratchWords {
    /// For gathered inputs.
    pub inputs: usize,
    /// For sums.
    pub sums: usize,
}

impl ScratchWords {
    /// For the windows of a layer, the last one or another.
    pub fn new(geometry: &Geometry, bits: u8, last: bool) -> Self {
        let inputs = scratch_words(geometry);
        if last && is_narrow(geometry, bits) {
            return Self {
                // Where the matrices of 4-bit weights are taken apart.
                inputs: if is_nibble(bits) { inputs } else { 0 },
                sums: narrow::SUMS,
            };
        }
        let channels = geometry.output.channels as usize;
        let sums = match geometry.kind {
            Kind::Upsample(_) => 0,
            Kind::Depthwise(_) => channels.min(DEPTHWISE),
            _ => geometry.group(0).outputs.next_multiple_of(2).min(GROUP),
        };
        Self { inputs, sums }
    }

    /// For the windows of either.
    pub fn max(self, other: Self) -> Self {
        Self {
            inputs: self.inputs.max(other.inputs),
            sums: self.sums.max(other.sums),
        }
    }
}

/// Memory for a window's inputs and sums.
pub(crate) struct Scratch<'a> {
    pub words: &'a mut [u32],
    pub sums: &'a mut [i32],
}

/// The windows of one row and column group.
struct WindowRow<'a> {
    work: &'a Work<'a>,
    /// The taps to sum.
    taps: RowTaps,
    /// Inputs of the taps before them, which are not summed.
    skipped: usize,
    /// Inputs of all taps, filled up to whole quads: rows of the matrix.
    rows: usize,
    /// Inputs of one tap.
    segment: usize,
    /// Columns of the matrix.
    outputs: usize,
    /// The matrix, and what follows it.
    weights: &'a [u32],
    /// The row's first output, flattened.
    first_output: usize,
}

impl Work<'_> {
    /// [`Work::rows`] of a layer with matrices.
    #[inline(never)]
    pub fn matrices(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let geometry = &self.geometry;
        let taps = geometry.row(y);
        let row_len = geometry.output.row_len();
        for index in 0..geometry.groups() {
            let group = geometry.group(index);
            let windows = WindowRow::new(self, &taps, &group, index, y * row_len);
            let channels = usize::from(geometry.input.channels);
            let (left, _) = geometry.input_margins();
            let mut from = ((left as i32 + group.first_input) * channels as i32) as usize;
            let mut at = group.first_output * i32::from(geometry.output.channels);
            if geometry.kind == Kind::Dense {
                // The rows before this one that have the same matrix.
                at -= (y * row_len - taps.phase * group.outputs) as i32;
            }
            for _ in 0..geometry.windows() {
                windows.compute(from, at, scratch, output);
                from += geometry.input_step() * channels;
                at += (geometry.output_step() * usize::from(geometry.output.channels)) as i32;
            }
        }
    }
}

impl<'a> WindowRow<'a> {
    #[inline(never)]
    fn new(
        work: &'a Work<'a>,
        all: &RowTaps,
        group: &Group,
        index: usize,
        first_output: usize,
    ) -> Self {
        let (mut taps, mut skipped) = (*all, 0);
        // Rows beyond the edges are left out if that leaves whole quads; else they are zeros.
        if group.segment.is_multiple_of(4) {
            let inside = Inside::new(all, work.geometry.input.height);
            taps = inside.taps;
            skipped = inside.skipped * group.segment;
        }
        Self {
            work,
            taps,
            skipped,
            rows: (all.count * group.segment).next_multiple_of(4),
            segment: group.segment,
            outputs: group.outputs,
            weights: work.weights_from(matrix_start(&work.geometry, all.phase, index)),
            first_output,
        }
    }

    /// Computes the window whose segments begin at byte `from` of the kept rows, and whose outputs
    /// begin at byte `at` of the row.
    #[inline(always)]
    fn compute(&self, from: usize, at: i32, scratch: &mut Scratch, output: &mut [u8]) {
        let inputs = self.taps.count * self.segment;
        let (quads, total) = match inputs > LONGEST {
            true => (0, 0),
            false => self.gather(from, 0..inputs, scratch.words),
        };
        // The columns that are in the row. Where only a part of a panel is, it is computed whole.
        let first = (-at).max(0) as usize;
        let end = (output.len() as i32 - at).max(0).min(self.outputs as i32) as usize;
        let all = self.outputs.next_multiple_of(2);
        let mut column = first.min(all) / PANEL * PANEL;
        while column < end {
            let columns = (end - column).next_multiple_of(PANEL);
            let columns = columns.min(GROUP).min(all - column);
            let Some(sums) = scratch.sums.get_mut(..columns) else {
                return;
            };
            if cfg!(not(feature = "long")) || inputs <= LONGEST {
                let inputs = Inputs {
                    words: scratch.words,
                    quads,
                    total,
                };
                let work = self.panels(column, self.skipped, inputs, self.work.finish.first());
                panels(&work, sums);
            } else {
                self.sum_long(from, column, scratch.words, sums);
            }
            // Not those before the row's first and after its last.
            let from = first.max(column);
            let sums = sums.get_mut(from - column..).unwrap_or_default();
            let count = end.saturating_sub(from).min(sums.len());
            let place = (at + from as i32) as usize;
            self.work.finish.apply(
                sums.get_mut(..count).unwrap_or_default(),
                self.first_output + place,
                from,
                output.get_mut(place..).unwrap_or_default(),
            );
            column += columns;
        }
    }

    /// The panels from a column on, and inputs that come after `skipped` of the matrix's rows.
    #[inline(always)]
    fn panels<'p>(
        &self,
        column: usize,
        skipped: usize,
        inputs: Inputs<'p>,
        first: i32,
    ) -> Panels<'p>
    where
        'a: 'p,
    {
        let mut panels = Panels {
            bits: self.work.bits,
            weights: self.weights,
            columns: self.outputs.saturating_sub(column),
            rows: self.rows,
            skipped,
            inputs,
            first,
        };
        let before = panels.words(column, self.rows);
        panels.weights = self.weights.get(before..).unwrap_or_default();
        panels
    }

    /// The sums of the columns from `column` on, gathering a part of the inputs at a time.
    #[inline(never)]
    fn sum_long(&self, from: usize, column: usize, words: &mut [u32], sums: &mut [i32]) {
        sums.fill(self.work.finish.first());
        let inputs = self.taps.count * self.segment;
        let mut first = 0;
        while first < inputs {
            let part = first..inputs.min(first + LONGEST);
            let (quads, total) = self.gather(from, part, words);
            let mut column = column;
            for sums in sums.chunks_mut(PANEL) {
                let inputs = Inputs {
                    words,
                    quads,
                    total,
                };
                let work = self.panels(column, self.skipped + first, inputs, 0);
                let mut part = [0; PANEL];
                let part = part.get_mut(..sums.len()).unwrap_or_default();
                panels(&work, part);
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum = sum.wrapping_add(*part);
                }
                column += PANEL;
            }
            first += LONGEST;
        }
    }

    /// Gathers a part of the window's inputs, counted from the first tap that is summed.
    #[inline(never)]
    fn gather(&self, from: usize, part: Range<usize>, words: &mut [u32]) -> (usize, i32) {
        let mut gather = Gather::new(words, self.work.bits);
        let (mut row, mut skip, mut left) = (self.taps.first, part.start, part.len());
        if cfg!(not(feature = "long")) {
            skip = 0;
        }
        while cfg!(feature = "long") && skip >= self.segment && left > 0 {
            skip -= self.segment;
            row += 1;
        }
        while left > 0 {
            let count = left.min(self.segment - skip);
            match self.work.input_row(row) {
                Some(row) => {
                    let inputs = row.get(from + skip..).unwrap_or_default();
                    gather.push(inputs.get(..count).unwrap_or_default());
                }
                None => gather.push_zeros(count),
            }
            left -= count;
            skip = 0;
            row += 1;
        }
        let gathered = gather.finish();
        (gathered.quads, gathered.total)
    }
}
