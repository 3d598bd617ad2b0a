//! The windows of a row: gathered inputs times a matrix.

use core::ops::Range;

use crate::format::Kind;
use crate::geometry::Geometry;
use crate::kernels::{
    Gather, Inputs, LONGEST, Matrix, WORDS_PER_QUAD, gather_quads, panels, panels_of,
};
#[cfg(pocketgan_two)]
use crate::kernels::{gather_side, panels_of_two, words_of_two};
use crate::layout::{PANEL, is_nibble, panel_width};
use crate::narrow::{self, is_narrow};
use crate::slices::{after, after_mut, first, first_mut};
use crate::stage::Stage;
use crate::walk::ANY_STRIDE;
use crate::work::{DEPTHWISE, Work, input_row};

/// Most columns that are summed before their activations are made: several of the widest panels, or one
/// where memory matters more.
const GROUP: usize = PANEL
    * if cfg!(feature = "fast") {
        32
    } else if cfg!(feature = "narrow") {
        4
    } else {
        1
    };

/// Whether a group is summed a panel a call, which takes less of the stack: for the cores of the smallest
/// chips, and where what calls their kernels is tested.
const BY_PANEL: bool = cfg!(all(
    not(feature = "fast"),
    any(pocketgan_kernels = "armv6m", pocketgan_kernels = "pointers")
));

/// Whether whole quads of inputs are gathered by a function of their own.
const QUADS: bool = cfg!(feature = "fast");

/// Whether the inputs of a dense layer are gathered once for all rows, if it is the last one: then
/// nothing else is gathered between them.
const KEEPS: bool = cfg!(feature = "fast");

/// Inputs of a window from which on there is always memory for two.
const MANY: usize = 64;

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
        let window_len = geometry.window_len(&geometry.walk());
        let inputs = window_len.min(LONGEST).next_multiple_of(4);
        if last && is_narrow(geometry, bits) {
            return Self {
                // Where the matrices of 4-bit weights are taken apart.
                inputs: if is_nibble(bits) { inputs } else { 0 },
                sums: narrow::SUMS,
            };
        }
        // For speed one for each input, so that every target's form of them fits.
        let inputs = match cfg!(feature = "fast") {
            true => inputs,
            false => inputs / 4 * WORDS_PER_QUAD,
        };
        let sums = geometry.group(0).outputs.next_multiple_of(2);
        // Of long windows two are made at a time, by targets that are faster with two.
        let two = cfg!(feature = "fast")
            && geometry.kind != Kind::Dense
            && inputs >= MANY
            && !is_nibble(bits);
        let windows = if two { 2 } else { 1 };
        Self {
            inputs: windows * inputs,
            sums: (windows * sums).min(GROUP),
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
    /// Of the inputs, as they are gathered.
    pub words: &'a mut [u32],
    pub sums: &'a mut [i32],
}

impl Scratch<'_> {
    /// Some of the sums.
    #[inline(always)]
    pub fn sums(&mut self, from: usize, count: usize) -> &mut [i32] {
        first_mut(after_mut(self.sums, from), count)
    }
}

impl<'a> Work<'a, '_> {
    /// [`Work::rows`] of a layer with matrices.
    #[inline(never)]
    pub fn matrices(&mut self) {
        let mut group = 0;
        loop {
            let mut left = self.plan.windows;
            #[cfg(pocketgan_two)]
            let two = self.takes_two();
            while left > 0 {
                #[cfg(pocketgan_two)]
                if two && left > 1 && self.two_windows() {
                    left -= 2;
                    continue;
                }
                self.window();
                self.go_on();
                left -= 1;
            }
            group += 1;
            if !ANY_STRIDE || group >= usize::from(self.plan.groups) {
                return;
            }
            self.plan.group([self.input, self.layer], group);
        }
    }

    /// Goes on to the next window.
    #[inline(always)]
    fn go_on(&mut self) {
        self.plan.from += u32::from(self.plan.input_step);
        self.plan.at += i32::from(self.plan.output_step);
    }

    /// Whether two windows can be summed at once: their columns are next to each other, and there is
    /// room for the inputs and the sums of both.
    #[cfg(pocketgan_two)]
    #[inline(always)]
    fn takes_two(&self) -> bool {
        let (columns, inputs) = (self.plan.columns as usize, self.inputs());
        self.plan.windows > 1
            && !is_nibble(self.layer.terms.bits())
            && columns == usize::from(self.plan.output_step)
            && columns.is_multiple_of(PANEL)
            && 2 * columns <= self.scratch.sums.len()
            && self.plan.segment.is_multiple_of(4)
            && inputs <= LONGEST
            && words_of_two(inputs.div_ceil(4)) <= self.scratch.words.len()
    }

    /// Computes the next two windows, if all their columns are in the row, and goes on to the one after
    /// them.
    #[cfg(pocketgan_two)]
    #[inline(never)]
    fn two_windows(&mut self) -> bool {
        // Before the row's first it is a large one here.
        let place = self.plan.at as usize;
        let columns = 2 * self.plan.columns as usize;
        if place.saturating_add(columns) > self.output.len() {
            return false;
        }
        let totals = self.gather_two();
        self.sum_two(totals);
        self.go_on();
        self.go_on();
        self.finish(0, columns, place, 0);
        true
    }

    /// Gathers the inputs of the next two windows, whole quads of rows that are all there, and returns
    /// their sums.
    #[cfg(pocketgan_two)]
    #[inline(never)]
    fn gather_two(&mut self) -> (i32, i32) {
        let words = &mut *self.scratch.words;
        let segment = self.plan.segment as usize;
        let (mut quads, mut totals) = (0, (0i32, 0i32));
        for tap in 0..usize::from(self.plan.taps) {
            let row = self.input.row_start(self.plan.first as usize + tap);
            let row = after(self.memory, row + self.plan.from as usize);
            let (_, total) = gather_side(false, first(row, segment), words, quads);
            totals.0 = totals.0.wrapping_add(total);
            let row = after(row, self.plan.input_step.into());
            let (made, total) = gather_side(true, first(row, segment), words, quads);
            totals.1 = totals.1.wrapping_add(total);
            quads = made;
        }
        self.plan.quads = quads as u32;
        totals
    }

    /// The sums of two windows, of the inputs that were gathered, whose sums are `totals`.
    #[cfg(pocketgan_two)]
    #[inline(never)]
    fn sum_two(&mut self, totals: (i32, i32)) {
        let matrix = self.matrix(0, self.plan.first_sum);
        let inputs = Inputs {
            words: self.scratch.words,
            quads: self.plan.quads as usize,
            total: 0,
        };
        let sums = first_mut(self.scratch.sums, 2 * matrix.columns);
        panels_of_two(&matrix, &inputs, totals.into(), sums);
    }

    /// Computes the next window.
    #[inline(always)]
    fn window(&mut self) {
        let long = cfg!(feature = "long") && self.inputs() > LONGEST;
        let mut left_out = 0;
        if !(long || KEEPS && self.has_inputs()) {
            if QUADS && self.plan.segment.is_multiple_of(4) {
                left_out = self.gather_quads();
            } else {
                self.gather(0..self.inputs());
            }
        }
        // The columns that are in the row. Where only a part of a panel is, it is computed whole.
        let at = self.plan.at;
        let all = self.plan.columns as usize;
        let first = (-at).max(0) as usize;
        let end = (self.output.len() as i32 - at).max(0).min(all as i32) as usize;
        let all = all.next_multiple_of(2);
        let mut column = first.min(all) / PANEL * PANEL;
        while column < end {
            let columns = match GROUP {
                PANEL => self.panel_width(column),
                _ => (end - column).next_multiple_of(PANEL).min(GROUP),
            };
            let columns = columns.min(all - column);
            if long {
                self.sum_long(column, columns);
            } else {
                self.sum_all(left_out, column, columns);
            }
            // Not those before the row's first and after its last.
            let from = first.max(column);
            let count = end.min(column + columns).saturating_sub(from);
            self.finish(from - column, count, (at + from as i32) as usize, from);
            column += columns;
        }
    }

    /// Whether the inputs were gathered for the row before.
    fn has_inputs(&self) -> bool {
        self.layer.kind == Stage::DENSE && self.makes_pixels() && self.plan.phase > 0
    }

    /// Inputs of the window.
    fn inputs(&self) -> usize {
        usize::from(self.plan.taps) * self.plan.segment as usize
    }

    /// The group's matrix, of which some inputs are skipped.
    #[inline(always)]
    fn matrix(&self, skipped: usize, first: i32) -> Matrix<'a> {
        Matrix {
            bits: self.layer.terms.bits(),
            weights: self.weights_from(self.plan.weights as usize),
            columns: self.plan.columns as usize,
            rows: self.plan.inputs as usize,
            skipped: self.plan.skipped as usize + skipped,
            first,
        }
    }

    /// The sums of some columns from `column` on, of the inputs that were gathered: all but the first
    /// `left_out`, and maybe some of the last.
    #[inline(always)]
    fn sum_all(&mut self, left_out: usize, column: usize, columns: usize) {
        if GROUP == PANEL || !BY_PANEL {
            return self.sum(left_out, column, columns, 0);
        }
        let mut place = 0;
        while place < columns {
            let width = self.panel_width(column + place);
            self.sum(left_out, column + place, width, place);
            place += width;
        }
    }

    /// Width of the panel that begins with a column.
    #[inline(always)]
    fn panel_width(&self, column: usize) -> usize {
        panel_width((self.plan.columns as usize).saturating_sub(column))
    }

    /// As [`Self::sum_all`], with the sums from `place` on; of one panel if groups have one or it is [`BY_PANEL`].
    #[inline(never)]
    fn sum(&mut self, left_out: usize, column: usize, columns: usize, place: usize) {
        let inputs = Inputs {
            words: self.scratch.words,
            quads: self.plan.quads as usize,
            total: self.plan.total,
        };
        let matrix = self.matrix(left_out, self.plan.first_sum);
        let sums = match GROUP {
            PANEL => &mut *self.scratch.sums,
            _ => after_mut(self.scratch.sums, place),
        };
        let sums = first_mut(sums, columns);
        match BY_PANEL || GROUP == PANEL {
            true => panels_of(columns, &matrix, &inputs, column, sums),
            false => panels(&matrix, &inputs, column, sums),
        }
    }

    /// As that, gathering a part of the inputs at a time.
    #[inline(never)]
    fn sum_long(&mut self, column: usize, columns: usize) {
        first_mut(self.scratch.sums, columns).fill(self.plan.first_sum);
        let mut first = 0;
        while first < self.inputs() {
            let part = first..self.inputs().min(first + LONGEST);
            self.gather(part);
            let inputs = Inputs {
                words: self.scratch.words,
                quads: self.plan.quads as usize,
                total: self.plan.total,
            };
            let matrix = self.matrix(first, 0);
            let mut column = column;
            for sums in first_mut(self.scratch.sums, columns).chunks_mut(PANEL) {
                let mut part = [0; PANEL];
                let part = first_mut(&mut part, sums.len());
                panels(&matrix, &inputs, column, part);
                for (sum, part) in sums.iter_mut().zip(part) {
                    *sum = sum.wrapping_add(*part);
                }
                column += PANEL;
            }
            first += LONGEST;
        }
    }

    /// Gathers the window's inputs, whole quads of rows that are all there, but for zeros: those before
    /// the first row and those behind the last one. Returns how many inputs were left out before the first.
    #[inline(never)]
    fn gather_quads(&mut self) -> usize {
        let words = &mut *self.scratch.words;
        let bits = self.layer.terms.bits();
        let (segment, from) = (self.plan.segment as usize, self.plan.from as usize);
        let shape = self.input.shape();
        let begin = self.input.margin();
        // All rows of a dense layer's input are one.
        let end = match self.layer.kind {
            Stage::DENSE => segment,
            _ => begin + shape.row_len(),
        };
        let [before, behind] = [
            begin.saturating_sub(from),
            (from + segment).saturating_sub(end),
        ]
        .map(|zeros| zeros.min(segment) / 4 * 4);
        let (mut quads, mut total) = (0, 0i32);
        let (mut skip, mut count) = (before, segment - before);
        let taps = usize::from(self.plan.taps);
        for tap in 0..taps {
            if tap + 1 == taps {
                count = count.saturating_sub(behind);
            }
            let row = self.input.row_start(self.plan.first as usize + tap);
            let inputs = first(after(self.memory, row + from + skip), count);
            let (made, sum) = gather_quads(bits, inputs, words, quads);
            quads = made;
            total = total.wrapping_add(sum);
            (skip, count) = (0, segment);
        }
        (self.plan.quads, self.plan.total) = (quads as u32, total);
        before
    }

    /// Gathers a part of the window's inputs, counted from the first tap that is summed.
    #[inline(never)]
    fn gather(&mut self, part: Range<usize>) {
        let from = self.plan.from as usize;
        let segment = self.plan.segment as usize;
        let mut gather = Gather::new(self.scratch.words, self.layer.terms.bits());
        let (mut skip, mut left) = match cfg!(feature = "long") {
            true => (part.start, part.len()),
            false => (0, usize::MAX),
        };
        for tap in 0..self.plan.taps {
            if skip >= segment {
                skip -= segment;
                continue;
            }
            let count = left.min(segment - skip);
            let row = i32::from(self.plan.first) + i32::from(tap);
            match input_row(self.memory, self.input, row) {
                Some(row) => gather.push(first(after(row, from + skip), count)),
                None => gather.push_zeros(count),
            }
            left -= count;
            skip = 0;
        }
        let Inputs { quads, total, .. } = gather.finish();
        (self.plan.quads, self.plan.total) = (quads as u32, total);
    }
}
