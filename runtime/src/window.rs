//! The windows of a row: gathered inputs times a matrix.

use core::ops::Range;

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{Gather, Inputs, LONGEST, Matrix, panels};
use crate::layout::{PANEL, is_nibble, matrix_start_of};
use crate::narrow::{self, is_narrow};
use crate::slices::{after, after_mut, first, first_mut};
use crate::work::{DEPTHWISE, Inside, Row, Work};

/// Most columns that are summed at a time: several of the widest panels.
const GROUP: usize = PANEL * if cfg!(feature = "fast") { 32 } else { 4 };

/// Whether the inputs of a dense layer are gathered once for all rows, if it is the last one: then
/// nothing else is gathered between them.
const KEEPS: bool = cfg!(feature = "fast");

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
        match geometry.kind {
            Kind::Upsample(_) if cfg!(feature = "upsample") => return Self::default(),
            Kind::Depthwise(_) if cfg!(feature = "depthwise") => {
                let channels = usize::from(geometry.output.channels);
                return Self {
                    inputs: 0,
                    sums: channels.min(DEPTHWISE),
                };
            }
            _ => {}
        }
        // One for each input, so that every target's form of the inputs fits.
        let inputs = geometry.window_len().min(LONGEST).next_multiple_of(4);
        if last && is_narrow(geometry, bits) {
            return Self {
                // Where the matrices of 4-bit weights are taken apart.
                inputs: if is_nibble(bits) { inputs } else { 0 },
                sums: narrow::SUMS,
            };
        }
        let sums = geometry.group(0).outputs.next_multiple_of(2).min(GROUP);
        // And one for their sum, of inputs that are gathered once for all rows.
        let kept = usize::from(KEEPS && last && geometry.kind == Kind::Dense);
        Self {
            inputs: inputs + kept,
            sums,
        }
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
    /// First input row, and how many, of the taps that are summed.
    first: i32,
    taps: usize,
    /// Inputs of one tap.
    segment: usize,
    matrix: Matrix<'a>,
    /// Whether nothing else is gathered between the rows.
    keeps: bool,
    /// The row's first output, flattened.
    first_output: usize,
    /// Byte of the kept rows where the first window's segments begin.
    from: usize,
    /// Byte of the row where the first window's outputs begin.
    at: i32,
}

impl Work<'_> {
    /// [`Work::rows`] of a layer with matrices.
    #[inline(never)]
    pub fn matrices(&self, y: usize, scratch: &mut Scratch, output: &mut [u8]) {
        let Row { geometry, walk, .. } = self.row;
        for index in 0..walk.groups() {
            let mut windows = WindowRow::new(self, y, index);
            for _ in 0..walk.windows() {
                windows.compute(scratch, output);
                windows.from += walk.input_step() * usize::from(geometry.input.channels);
                windows.at += (walk.output_step() * usize::from(geometry.output.channels)) as i32;
            }
        }
    }
}

impl<'a> WindowRow<'a> {
    /// Of row `y` and a column group. A function of its own, so that what it works with is off the
    /// stack while the windows are summed.
    #[inline(never)]
    fn new(work: &'a Work<'a>, y: usize, index: usize) -> Self {
        let Row {
            geometry,
            walk,
            taps: all,
        } = work.row;
        let group = geometry.group_of(walk, index);
        let inside = Inside::new(all, geometry.input.height);
        // Rows beyond the edges are left out if that leaves whole quads; else they are zeros.
        let whole = group.segment.is_multiple_of(4);
        let taps = if whole { &inside.taps } else { all };
        let rows = (all.count * group.segment).next_multiple_of(4);
        let row_len = geometry.output.row_len();
        let dense = geometry.kind == Kind::Dense;
        let left = if dense { 0 } else { walk.margin() };
        let start = match walk.groups() {
            // All phases have matrices alike.
            1 => all.phase * rows * group.outputs.next_multiple_of(2),
            _ => matrix_start_of(geometry, walk, all.phase, index),
        };
        Self {
            work,
            first: taps.first,
            taps: taps.count,
            segment: group.segment,
            matrix: Matrix {
                bits: work.bits,
                weights: work.weights_from(start),
                columns: group.outputs,
                rows,
                skipped: if whole {
                    inside.skipped * group.segment
                } else {
                    0
                },
                first: work.finish.first(),
            },
            keeps: KEEPS && dense && group.segment <= LONGEST && work.finish.makes_pixels(),
            first_output: y * row_len,
            from: (left as i32 + group.first_input) as usize * usize::from(geometry.input.channels),
            at: match dense {
                // The rows before this one that have the same matrix.
                true => (all.phase * group.outputs) as i32 - (y * row_len) as i32,
                false => group.first_output * i32::from(geometry.output.channels),
            },
        }
    }

    /// Computes the window at `from` and `at`.
    #[inline(always)]
    fn compute(&self, scratch: &mut Scratch, output: &mut [u8]) {
        let (from, at) = (self.from, self.at);
        let count = self.taps * self.segment;
        let long = cfg!(feature = "long") && count > LONGEST;
        let (quads, total) = match long {
            true => (0, 0),
            false => self.gather(from, 0..count, scratch.words),
        };
        // The columns that are in the row. Where only a part of a panel is, it is computed whole.
        let first = (-at).max(0) as usize;
        let end = (output.len() as i32 - at)
            .max(0)
            .min(self.matrix.columns as i32) as usize;
        let all = self.matrix.columns.next_multiple_of(2);
        let mut column = first.min(all) / PANEL * PANEL;
        while column < end {
            let columns = (end - column).next_multiple_of(PANEL);
            let columns = columns.min(GROUP).min(all - column);
            let Some(sums) = scratch.sums.get_mut(..columns) else {
                return;
            };
            if long {
                self.sum_long(from, column, scratch.words, sums);
            } else {
                let inputs = Inputs {
                    words: scratch.words,
                    quads,
                    total,
                };
                panels(&self.matrix, &inputs, column, sums);
            }
            // Not those before the row's first and after its last.
            let from = first.max(column);
            let sums = after_mut(sums, from - column);
            let count = end.saturating_sub(from).min(sums.len());
            let place = (at + from as i32) as usize;
            self.work.finish.apply(
                first_mut(sums, count),
                self.first_output + place,
                from,
                after_mut(output, place),
            );
            column += columns;
        }
    }

    /// The sums of the columns from `column` on, gathering a part of the inputs at a time.
    #[inline(never)]
    fn sum_long(&self, from: usize, column: usize, words: &mut [u32], sums: &mut [i32]) {
        sums.fill(self.matrix.first);
        let inputs = self.taps * self.segment;
        let mut matrix = Matrix {
            first: 0,
            ..self.matrix
        };
        let mut first = 0;
        while first < inputs {
            let part = first..inputs.min(first + LONGEST);
            let (quads, total) = self.gather(from, part, words);
            let inputs = Inputs {
                words,
                quads,
                total,
            };
            let mut column = column;
            for sums in sums.chunks_mut(PANEL) {
                let mut part = [0; PANEL];
                let part = first_mut(&mut part, sums.len());
                panels(&matrix, &inputs, column, part);
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum = sum.wrapping_add(*part);
                }
                column += PANEL;
            }
            first += LONGEST;
            matrix.skipped += LONGEST;
        }
    }

    /// Gathers a part of the window's inputs, counted from the first tap that is summed.
    #[inline(never)]
    fn gather(&self, from: usize, part: Range<usize>, words: &mut [u32]) -> (usize, i32) {
        if KEEPS && self.keeps && self.work.row.taps.phase > 0 {
            let total = words.last().map_or(0, |&total| total as i32);
            return (self.segment.div_ceil(4), total);
        }
        let mut gather = Gather::new(words, self.work.bits);
        let (mut skip, mut left) = match cfg!(feature = "long") {
            true => (part.start, part.len()),
            false => (0, usize::MAX),
        };
        for tap in 0..self.taps {
            if skip >= self.segment {
                skip -= self.segment;
                continue;
            }
            let count = left.min(self.segment - skip);
            match self.work.input_row(self.first + tap as i32) {
                Some(row) => gather.push(first(after(row, from + skip), count)),
                None => gather.push_zeros(count),
            }
            left -= count;
            skip = 0;
        }
        let Inputs { quads, total, .. } = gather.finish();
        if KEEPS
            && self.keeps
            && let Some(last) = words.last_mut()
        {
            *last = total as u32;
        }
        (quads, total)
    }
}
