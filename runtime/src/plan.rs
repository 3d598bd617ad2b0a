//! What is to be done for a row of a layer's output.

use bytemuck::{Pod, Zeroable};

use crate::format::Kind;
use crate::geometry::{Geometry, RowTaps};
use crate::layout::{is_nibble, matrix_start_of};
use crate::requantize::Scale;
use crate::stage::Stage;
use crate::walk::{ANY_STRIDE, DEPTHWISE, Walk};

/// The row of a layer that is being made, in numbers. It is in the workspace and not on the stack,
/// and what works on the row reads it as needed.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub(crate) struct Plan {
    pub scale: Scale,
    /// What every sum begins with: the rounding of the first shift, and maybe a bias.
    pub first_sum: i32,
    /// What is added to every sum later: the bias of an only channel.
    pub common: i32,
    /// Byte of the file where the multipliers begin, one for each channel.
    pub multipliers: u32,
    /// Byte of the file where the biases begin: if each output has its own, those of the row. 0 if
    /// there are none.
    pub bias: u32,
    /// Byte of the file where begins what the class adds to the outputs of the row; 0 if nothing.
    pub label: u32,
    /// Byte of the file where the column group's matrix begins.
    pub weights: u32,
    /// Its outputs.
    pub columns: u32,
    /// Its inputs, a multiple of four.
    pub inputs: u32,
    /// Of these, how many belong to rows before the input's first and are left out.
    pub skipped: u32,
    /// Inputs of one tap.
    pub segment: u32,
    /// Byte of the kept rows where the next window's segments begin.
    pub from: u32,
    /// Byte of the row where the next window's outputs begin.
    pub at: i32,
    /// Quads of inputs that were gathered for the window, and the inputs' sum.
    pub quads: u32,
    pub total: i32,
    /// First input row of the taps that are summed.
    pub first: i16,
    /// Bytes of an input row from one window to the next.
    pub input_step: u16,
    /// Bytes of the output row from one window to the next.
    pub output_step: u16,
    /// How many taps are summed.
    pub taps: u8,
    /// Which of the layer's matrices the row uses.
    pub phase: u8,
    /// Windows in a row.
    pub windows: u8,
    /// Column groups.
    pub groups: u8,
    /// Rows of the layer's input that must be there.
    pub needed: u8,
    /// As many must be there for the next rows of a narrow last layer, or fewer.
    pub awaited: u8,
    /// The stage of the input of the layer.
    pub stage: u8,
    /// Class of the image.
    pub class: u8,
    unused: [u8; 2],
}

impl Plan {
    /// Words that it takes.
    pub const WORDS: usize = size_of::<Self>() / size_of::<u32>();

    /// Plans the next row of a layer but for what becomes of its sums, or says that rows of its input
    /// are missing.
    #[inline(never)]
    pub fn next(&mut self, [input, layer]: [&Stage; 2]) -> bool {
        let geometry = layer.geometry(input.shape());
        let walk = geometry.walk();
        let taps = geometry.row_of(&walk, layer.made.into());
        let needed = geometry.input_rows_of(&taps);
        if usize::from(input.made) < needed {
            return false;
        }
        self.needed = needed as u8;
        self.groups = walk.groups() as u8;
        self.windows = walk.windows;
        self.phase = taps.phase as u8;
        self.input_step = (walk.input_step() * usize::from(geometry.input.channels)) as u16;
        self.output_step = (walk.output_step() * usize::from(geometry.output.channels)) as u16;
        self.group_of(layer, &geometry, &walk, &taps, 0);
        true
    }

    /// Goes on to another column group of the row.
    #[inline(never)]
    pub fn group(&mut self, [input, layer]: [&Stage; 2], index: usize) {
        let geometry = layer.geometry(input.shape());
        let walk = geometry.walk();
        let taps = geometry.row_of(&walk, layer.made.into());
        self.group_of(layer, &geometry, &walk, &taps, index);
    }

    fn group_of(
        &mut self,
        layer: &Stage,
        geometry: &Geometry,
        walk: &Walk,
        all: &RowTaps,
        index: usize,
    ) {
        let group = geometry.group_of(walk, index);
        let (mut first, mut taps, mut skipped) = (all.first, all.count, 0);
        // Rows beyond the edges are left out if that leaves whole quads; else they are zeros.
        let sums_all = !(DEPTHWISE && matches!(geometry.kind, Kind::Depthwise(_)));
        if sums_all && group.segment.is_multiple_of(4) {
            let end = (first + taps as i32).min(geometry.input.height.into());
            first = first.max(0);
            taps = (end - first).max(0) as usize;
            skipped = (first - all.first) as usize * group.segment;
        }
        self.first = first as i16;
        self.taps = taps as u8;
        self.skipped = skipped as u32;
        self.segment = group.segment as u32;
        self.columns = group.outputs as u32;
        self.inputs = (all.count * group.segment).next_multiple_of(4) as u32;
        let place = match ANY_STRIDE && walk.groups() > 1 {
            // All phases have matrices alike.
            false => all.phase * self.inputs as usize * group.outputs.next_multiple_of(2),
            true => matrix_start_of(geometry, walk, all.phase, index),
        };
        self.weights = layer.weights + weight_byte(layer.terms.bits(), place) as u32;
        self.from =
            (walk.margin() as i32 + group.first_input) as u32 * u32::from(geometry.input.channels);
        self.at = match geometry.kind {
            // The rows before this one that have the same matrix.
            Kind::Dense => {
                (all.phase * group.outputs) as i32
                    - i32::from(layer.made) * geometry.output.row_len() as i32
            }
            _ => group.first_output * i32::from(geometry.output.channels),
        };
    }
}

/// The byte of a place that begins a word.
pub(crate) fn weight_byte(bits: u8, place: usize) -> usize {
    if is_nibble(bits) { place / 2 } else { place }
}
