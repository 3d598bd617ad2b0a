//! The windows of a row: gathered inputs times a matrix.

use core::ops::Range;

use crate::format::Kind;
use crate::geometry::{Geometry, Group, RowTaps};
use crate::kernels::{Gather, Inputs, LONGEST, Panels, panels, scratch_words};
use crate::layout::{PANEL, panel_width};
use crate::narrow::is_narrow;

use crate::row::RowJob;
use crate::tables::Tables;

/// Most columns that are summed at a time: several of the widest panels.
const GROUP: usize = 32 * PANEL;

/// Words of memory that windows need.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ScratchWords {
    /// For gathered inputs.
    pub inputs: usize,
    /// For sums.
    pub sums: usize,
}

impl ScratchWords {
    /// For the windows of a layer.
    pub fn new(geometry: &Geometry) -> Self {
        match geometry.kind {
            Kind::Depthwise(_) | Kind::Upsample(_) => Self::default(),
            _ if is_narrow(geometry) => Self {
                inputs: scratch_words(geometry),
                sums: 4 * geometry.windows(),
            },
            _ => Self {
                inputs: scratch_words(geometry),
                sums: geometry.group(0).outputs.next_multiple_of(2).min(GROUP),
            },
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
    /// Whether `sums` holds those of the layer's next rows, too.
    pub next_row: bool,
    /// Quads and sum of the inputs in it, if they are a dense layer's, which are the same for all
    /// its rows.
    pub dense: Option<(usize, i32)>,
}

/// The windows of one row and column group.
pub(crate) struct WindowRow<'a> {
    job: &'a RowJob<'a>,
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
    pub weights: &'a [u32],
}

impl<'a> WindowRow<'a> {
    pub fn new(job: &'a RowJob<'a>, all: &RowTaps, group: &Group) -> Self {
        let (mut taps, mut skipped) = (*all, 0);
        // Rows beyond the edges are left out if that leaves whole quads; else they are zeros.
        if group.segment.is_multiple_of(4) {
            let height = i32::from(job.geometry.input.height);
            let end = (all.first + all.count as i32).min(height);
            taps.first = all.first.max(0);
            taps.count = (end - taps.first).max(0) as usize;
            skipped = (taps.first - all.first) as usize * group.segment;
        }
        Self {
            job,
            taps,
            skipped,
            rows: (all.count * group.segment).next_multiple_of(4),
            segment: group.segment,
            outputs: group.outputs,
            weights: &[],
        }
    }

    /// Computes the window whose segments begin at byte `from` of the kept rows, and whose outputs
    /// begin at byte `at` of the row.
    #[inline(never)]
    pub fn compute(
        &self,
        from: usize,
        at: i32,
        tables: &Tables,
        scratch: &mut Scratch,
        output: &mut [u8],
    ) {
        let inputs = self.taps.count * self.segment;
        let (quads, total) = match scratch.dense {
            _ if inputs > LONGEST => (0, 0),
            Some(gathered) => gathered,
            None => self.gather(from, 0..inputs, scratch.words),
        };
        if tables.is_dense() && quads > 0 {
            scratch.dense = Some((quads, total));
        }
        let gap = self.words(PANEL, self.rows - (4 * quads).min(self.rows));
        // The columns that are in the row. Where only a part of a panel is, it is computed whole.
        let first = (-at).max(0) as usize;
        let end = (output.len() as i32 - at).max(0).min(self.outputs as i32) as usize;
        let mut column = first.min(self.outputs) / PANEL * PANEL;
        let mut weights = self.after(self.weights, column, self.rows);
        while column < end {
            let left = self.outputs - column;
            let (width, columns) = if left >= PANEL {
                let needed = (end - column).next_multiple_of(PANEL).min(GROUP);
                (PANEL, needed.min(left / PANEL * PANEL))
            } else {
                (panel_width(left), panel_width(left))
            };
            let before = first.saturating_sub(column);
            if before < columns
                && let Some(sums) = scratch.sums.get_mut(..columns)
            {
                if inputs <= LONGEST {
                    let work = Panels {
                        weights: self.after(weights, width, self.skipped),
                        gap,
                        inputs: Inputs {
                            words: scratch.words,
                            quads,
                            total,
                        },
                        first: tables.first(),
                    };
                    panels(width, self.job.layer.bits, &work, sums);
                } else {
                    sums.fill(tables.first());
                    for (panel, sums) in sums.chunks_mut(width).enumerate() {
                        let weights = self.after(weights, panel * width, self.rows);
                        self.sum_long(from, width, weights, scratch.words, sums);
                    }
                }
                let sums = sums.get_mut(before..columns.min(end - column));
                let place = (at + (column + before) as i32) as usize;
                let outputs = output.get_mut(place..).unwrap_or_default();
                tables.finish(sums.unwrap_or_default(), column + before, place, outputs);
            }
            weights = self.after(weights, columns, self.rows);
            column += columns;
        }
    }

    /// The sums of all columns, which [`ScratchWords`] has room for, of the only window.
    pub fn sum_all(&self, first: i32, scratch: &mut Scratch) {
        let inputs = self.segment;
        let (quads, total) = match scratch.dense {
            _ if inputs > LONGEST => (0, 0),
            Some(gathered) => gathered,
            None => self.gather(0, 0..inputs, scratch.words),
        };
        if quads > 0 {
            scratch.dense = Some((quads, total));
        }
        let (mut column, mut weights) = (0, self.weights);
        while column < self.outputs {
            let left = self.outputs - column;
            let width = panel_width(left);
            let columns = if width == PANEL {
                left / PANEL * PANEL
            } else {
                width
            };
            let Some(sums) = scratch.sums.get_mut(column..column + columns) else {
                return;
            };
            if inputs <= LONGEST {
                let inputs = Inputs {
                    words: scratch.words,
                    quads,
                    total,
                };
                let work = Panels {
                    weights,
                    gap: 0,
                    inputs,
                    first,
                };
                panels(width, self.job.layer.bits, &work, sums);
            } else {
                sums.fill(first);
                for (panel, sums) in sums.chunks_mut(width).enumerate() {
                    let weights = self.after(weights, panel * width, self.rows);
                    self.sum_long(0, width, weights, scratch.words, sums);
                }
            }
            weights = self.after(weights, columns, self.rows);
            column += columns;
        }
    }

    /// Adds to the sums of one panel, gathering a part of the inputs at a time.
    #[inline(never)]
    fn sum_long(
        &self,
        from: usize,
        width: usize,
        weights: &[u32],
        words: &mut [u32],
        sums: &mut [i32],
    ) {
        let inputs = self.taps.count * self.segment;
        for first in (0..inputs).step_by(LONGEST) {
            let (quads, total) = self.gather(from, first..inputs.min(first + LONGEST), words);
            let work = Panels {
                weights: self.after(weights, width, self.skipped + first),
                gap: 0,
                inputs: Inputs {
                    words,
                    quads,
                    total,
                },
                first: 0,
            };
            let mut part = [0; PANEL];
            let part = part.get_mut(..width).unwrap_or_default();
            panels(width, self.job.layer.bits, &work, part);
            for (sum, part) in sums.iter_mut().zip(part) {
                *sum = sum.wrapping_add(*part);
            }
        }
    }

    /// What of `weights` is left after `inputs` rows of panels of `columns` columns together.
    #[inline(always)]
    fn after<'w>(&self, weights: &'w [u32], columns: usize, inputs: usize) -> &'w [u32] {
        weights
            .get(self.words(columns, inputs)..)
            .unwrap_or_default()
    }

    /// Words that the weights of `inputs` rows of a panel take.
    #[inline(always)]
    fn words(&self, width: usize, inputs: usize) -> usize {
        let words = inputs / 4 * width;
        if self.job.layer.bits == 4 {
            words / 2
        } else {
            words
        }
    }

    /// Gathers a part of the window's inputs, counted from the first tap that is summed.
    #[inline(never)]
    fn gather(&self, from: usize, part: Range<usize>, words: &mut [u32]) -> (usize, i32) {
        let mut gather = Gather::new(words, self.job.layer.bits);
        let (mut tap, mut skip, mut left) = (0, part.start, part.len());
        while skip >= self.segment && tap < self.taps.count {
            skip -= self.segment;
            tap += 1;
        }
        while left > 0 && tap < self.taps.count {
            let count = left.min(self.segment - skip);
            match self.job.tap(&self.taps, tap) {
                Some(row) => {
                    let inputs = row.get(from + skip..).unwrap_or_default();
                    gather.push(inputs.get(..count).unwrap_or_default());
                }
                None => gather.push_zeros(count),
            }
            left -= count;
            skip = 0;
            tap += 1;
        }
        let gathered = gather.finish();
        (gathered.quads, gathered.total)
    }
}
