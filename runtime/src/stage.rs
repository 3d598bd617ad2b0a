//! What is known of each layer while an image is drawn, in the workspace.

use crate::format::{Layer, Shape};
use crate::geometry::Geometry;
use crate::model::{Cursor, Model};

/// Words of a [`Stage`].
const WORDS: usize = 5;

/// Where a layer is in the file, and the kept rows of its input: a ring in a common memory.
///
/// It is kept in few bytes, because there is one for each layer, and one more for the image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stage {
    cursor: Cursor,
    /// First byte of the ring in the memory of all rings.
    pub start: u32,
    /// Bytes of a kept row, margins included.
    row_len: u32,
    /// Bytes of the margin before a row.
    margin: u32,
    /// Rows kept.
    rows: u8,
    /// Rows made so far; the next one's index.
    pub made: u8,
    /// Place of the next row among the kept ones.
    slot: u8,
}

/// Bits of [`Stage::row_len`]: the largest row has 64 pixels and margins of 15 each, of 1024
/// channels.
const ROW_BITS: u32 = 17;

impl Stage {
    fn pack(&self) -> [u32; WORDS] {
        let Cursor {
            record,
            arrays,
            input,
        } = self.cursor;
        let [channels, more] = input.channels.to_le_bytes();
        [
            arrays,
            u32::from_le_bytes([input.height as u8, input.width as u8, channels, more]),
            self.start,
            self.row_len | self.margin << ROW_BITS,
            u32::from_le_bytes([record, self.rows, self.made, self.slot]),
        ]
    }

    fn unpack([arrays, input, start, row, counts]: [u32; WORDS]) -> Self {
        let [height, width, channels, more] = input.to_le_bytes();
        let [record, rows, made, slot] = counts.to_le_bytes();
        Self {
            cursor: Cursor {
                record,
                arrays,
                input: Shape::new(
                    height.into(),
                    width.into(),
                    u16::from_le_bytes([channels, more]),
                ),
            },
            start,
            row_len: row & ((1 << ROW_BITS) - 1),
            margin: row >> ROW_BITS,
            rows,
            made,
            slot,
        }
    }

    /// First byte of row `row`, one of the last made, from its margin on.
    pub fn row_start(&self, row: usize) -> usize {
        let back = self.made.wrapping_sub(row as u8);
        let slot = match self.slot.checked_sub(back) {
            Some(slot) => slot,
            None => self.slot.wrapping_add(self.rows).wrapping_sub(back),
        };
        self.start as usize + usize::from(slot) * self.row_len as usize
    }

    /// First byte of the next row, behind its margin.
    pub fn next_row(&self) -> usize {
        (self.start + u32::from(self.slot) * self.row_len + self.margin) as usize
    }

    /// Bytes of the margin before a row.
    pub fn margin(&self) -> usize {
        self.margin as usize
    }

    /// Counts `rows` rows, which are next to each other, as made.
    fn advance(&mut self, rows: u8) {
        self.made = self.made.wrapping_add(rows);
        self.slot = self.slot.wrapping_add(rows);
        if self.slot >= self.rows {
            self.slot = 0;
        }
    }
}

/// The stages of all layers, and one more for the image.
pub(crate) struct Stages<'w> {
    words: &'w mut [[u32; WORDS]],
}

impl<'w> Stages<'w> {
    /// Words that the stages of a model of `layers` layers take.
    pub const fn words(layers: usize) -> usize {
        (layers + 1) * WORDS
    }

    /// Nothing is made yet but the latent.
    #[inline(never)]
    pub fn new(model: &Model, words: &'w mut [u32]) -> Self {
        let (words, _) = words.as_chunks_mut::<WORDS>();
        let mut start = 0;
        let mut layers = model.layers();
        let mut places = words.iter_mut();
        let last = loop {
            let cursor = layers.cursor();
            let Some((geometry, _)) = layers.next() else {
                break cursor;
            };
            let margin = geometry.input_margins().0 * geometry.input.channels as usize;
            let stage = Stage {
                cursor,
                start,
                row_len: geometry.kept_row_len() as u32,
                margin: margin as u32,
                rows: geometry.input_rows_kept() as u8,
                made: 0,
                slot: 0,
            };
            if let Some(place) = places.next() {
                *place = stage.pack();
            }
            start += geometry.kept_len() as u32;
        };
        let image = Stage {
            cursor: last,
            start,
            row_len: model.image().row_len() as u32,
            margin: 0,
            rows: model.image_rows() as u8,
            made: 0,
            slot: 0,
        };
        if let Some(place) = places.next() {
            *place = image.pack();
        }
        Self { words }
    }

    /// The stage of layer `index`, or behind the last one the image's.
    #[inline(never)]
    pub fn get(&self, index: usize) -> Stage {
        Stage::unpack(self.words.get(index).copied().unwrap_or_default())
    }

    /// Rows made of the input of layer `index`.
    pub fn made(&self, index: usize) -> u8 {
        let [.., counts] = self.words.get(index).copied().unwrap_or_default();
        (counts >> 16) as u8
    }

    /// Counts rows of the input of layer `index` as made.
    #[inline(never)]
    pub fn advance(&mut self, index: usize, rows: u8) {
        let mut stage = self.get(index);
        stage.advance(rows);
        if let Some(place) = self.words.get_mut(index) {
            *place = stage.pack();
        }
    }

    /// Layer `index` with its shapes.
    pub fn layer<'m>(&self, model: &Model<'m>, index: usize) -> Option<(Geometry, Layer<'m>)> {
        model.layer_at(index as u8, self.get(index).cursor)
    }
}
