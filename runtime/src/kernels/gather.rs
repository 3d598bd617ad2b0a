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
    /// How many were taken. Up to three of them do not make a quad yet: they wait as bytes where its
    /// words will be.
    inputs: usize,
    total: i32,
}

impl<'a> Gather<'a> {
    /// Collects inputs for weights of `bits` bits in `words`. What there is no room for is dropped.
    #[inline(always)]
    pub fn new(words: &'a mut [u32], bits: u8) -> Self {
        Self {
            words,
            bits,
            inputs: 0,
            total: 0,
        }
    }

    /// Adds inputs, two's complement bytes.
    #[inline(always)]
    pub fn push(&mut self, mut inputs: &[u8]) {
        if !self.inputs.is_multiple_of(4) {
            inputs = self.push_some(inputs);
        }
        let (quads, rest) = inputs.as_chunks::<4>();
        self.push_quads(quads);
        if !rest.is_empty() {
            self.push_some(rest);
        }
    }

    /// Adds whole quads behind whole quads.
    #[cfg_attr(feature = "fast", inline(always))]
    #[cfg_attr(not(feature = "fast"), inline(never))]
    fn push_quads(&mut self, quads: &[[u8; 4]]) {
        let words = after_mut(self.words, self.place());
        let (made, total) = target::expand(self.bits, quads, words);
        self.inputs += 4 * made;
        self.total = self.total.wrapping_add(total);
    }

    /// Where the words of the next quad begin.
    #[inline(always)]
    fn place(&self) -> usize {
        self.inputs / 4 * target::words_per_quad(self.bits)
    }

    /// Adds inputs until a quad is complete, and returns the others.
    #[inline(never)]
    fn push_some<'i>(&mut self, mut inputs: &'i [u8]) -> &'i [u8] {
        let place = self.place();
        while let [byte, rest @ ..] = inputs {
            let Some(word) = self.words.get_mut(place) else {
                break;
            };
            let waiting = self.inputs % 4;
            if waiting == 0 {
                *word = 0;
            }
            let quad: &mut [u8; 4] = bytemuck::cast_mut(word);
            quad[waiting] = *byte;
            self.inputs += 1;
            inputs = rest;
            if waiting == 3 {
                self.complete();
                return inputs;
            }
        }
        &[]
    }

    /// Makes a quad of the inputs that wait and zeros.
    #[inline(never)]
    fn complete(&mut self) {
        self.inputs = (self.inputs - 1) / 4 * 4;
        let word = self.words.get(self.place()).copied();
        self.push_quads(&[bytemuck::cast(word.unwrap_or_default())]);
    }

    /// Adds `count` zeros.
    #[inline(never)]
    pub fn push_zeros(&mut self, count: usize) {
        for _ in 0..count {
            self.push_some(&[0]);
        }
    }

    /// The inputs gathered.
    #[inline(always)]
    pub fn finish(mut self) -> Inputs<'a> {
        if !self.inputs.is_multiple_of(4) {
            self.complete();
        }
        Inputs {
            words: self.words,
            quads: self.inputs / 4,
            total: self.total,
        }
    }
}
