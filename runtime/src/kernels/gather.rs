//! A window's inputs, from bytes of several rows to words for the kernels.

use super::target;
use crate::slices::after_mut;

/// Most inputs that are gathered at a time. Longer windows are summed in parts.
pub const LONGEST: usize = 128;
/// Sums of so many products stay within 24 bits, as kernels that sum two columns in one word need.
const _: () = assert!(LONGEST * 128 * 127 < 1 << 23);

/// Gathered inputs.
#[derive(Clone, Copy, Debug)]
pub struct Inputs<'a> {
    /// The target's form of the inputs.
    pub words: &'a [u32],
    /// Quads of inputs, the last one filled up with zeros.
    pub quads: usize,
    /// Sum of all inputs; 0 where the target's kernels do without.
    pub total: i32,
}

/// Gathers `inputs`, whole quads, for weights of `bits` bits, behind as many quads as are already in
/// `words`. Returns how many there are then, and the sum of the inputs. What there is no room for is
/// dropped.
#[inline(always)]
pub fn gather_quads(bits: u8, inputs: &[u8], words: &mut [u32], quads: usize) -> (usize, i32) {
    let words = after_mut(words, quads * target::words_per_quad(bits));
    let (made, total) = target::expand(bits, inputs.as_chunks().0, words);
    (quads + made, total)
}

/// Takes the inputs of a window piece by piece.
#[derive(Debug)]
pub struct Gather<'a> {
    words: &'a mut [u32],
    bits: u8,
    quads: usize,
    total: i32,
    /// Up to three inputs that do not yet make a quad.
    pending: [u8; 4],
    waiting: usize,
}

impl<'a> Gather<'a> {
    /// Collects inputs for weights of `bits` bits in `words`, which has one word for each input.
    /// Inputs beyond that are dropped.
    #[inline(always)]
    pub fn new(words: &'a mut [u32], bits: u8) -> Self {
        Self {
            words,
            bits,
            quads: 0,
            total: 0,
            pending: [0; 4],
            waiting: 0,
        }
    }

    /// Adds inputs, two's complement bytes.
    #[inline(always)]
    pub fn push(&mut self, inputs: &[u8]) {
        if self.waiting == 0 {
            let (quads, rest) = inputs.as_chunks::<4>();
            self.push_quads(quads);
            if !rest.is_empty() {
                self.push_bytes(rest);
            }
        } else {
            self.push_bytes(inputs);
        }
    }

    #[cfg_attr(feature = "fast", inline(always))]
    #[cfg_attr(not(feature = "fast"), inline(never))]
    fn push_quads(&mut self, quads: &[[u8; 4]]) {
        let per_quad = target::words_per_quad(self.bits);
        let words = self.words.get_mut(self.quads * per_quad..);
        let words = words.unwrap_or_default();
        let (made, total) = target::expand(self.bits, quads, words);
        self.quads += made;
        self.total = self.total.wrapping_add(total);
    }

    #[inline(never)]
    fn push_bytes(&mut self, inputs: &[u8]) {
        for &byte in inputs {
            if let Some(place) = self.pending.get_mut(self.waiting) {
                *place = byte;
            }
            self.waiting += 1;
            if self.waiting == 4 {
                let quad = self.pending;
                self.push_quads(&[quad]);
                self.pending = [0; 4];
                self.waiting = 0;
            }
        }
    }

    /// Adds `count` zeros.
    #[inline(never)]
    pub fn push_zeros(&mut self, count: usize) {
        for _ in 0..count {
            self.push_bytes(&[0]);
        }
    }

    /// The inputs gathered.
    #[inline(always)]
    pub fn finish(mut self) -> Inputs<'a> {
        if self.waiting > 0 {
            let quad = self.pending;
            self.push_quads(&[quad]);
        }
        Inputs {
            words: self.words,
            quads: self.quads,
            total: self.total,
        }
    }
}
