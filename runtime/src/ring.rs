//! Activations of which only some rows are kept.

/// The kept rows of an activation: a ring in a common memory.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ring {
    /// First byte in the memory of all rings.
    pub start: u32,
    /// Bytes of a kept row, margins included.
    pub row_len: u32,
    /// Bytes of the margin before a row.
    pub margin: u32,
    /// Rows made so far; the next one's index.
    pub made: u16,
    /// Rows kept.
    pub rows: u8,
    /// Place of the next row among the kept ones.
    pub slot: u8,
}

impl Ring {
    /// A ring of `rows` rows, none of them made.
    pub fn new(start: usize, rows: usize, row_len: usize, margin: usize) -> Self {
        Self {
            start: start as u32,
            row_len: row_len as u32,
            margin: margin as u32,
            made: 0,
            rows: rows as u8,
            slot: 0,
        }
    }

    /// First byte of row `row`, one of the last `rows` made.
    fn row_start(&self, row: usize) -> usize {
        let back = (self.made as usize).wrapping_sub(row) as u8;
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

    /// Counts a row as made.
    pub fn advance(&mut self) {
        self.made = self.made.wrapping_add(1);
        self.slot = self.slot.wrapping_add(1);
        if self.slot == self.rows {
            self.slot = 0;
        }
    }
}

/// Where a layer's inputs are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Input<'a> {
    /// The latent itself.
    Latent(&'a [u8]),
    /// The memory of all rings, and the one to read.
    Rows(&'a [u8], Ring),
}

impl<'a> Input<'a> {
    /// The bytes from the left margin of an input row on.
    pub fn row(&self, row: usize) -> &'a [u8] {
        match *self {
            Input::Latent(bytes) => bytes,
            Input::Rows(memory, ring) => memory.get(ring.row_start(row)..).unwrap_or_default(),
        }
    }
}
