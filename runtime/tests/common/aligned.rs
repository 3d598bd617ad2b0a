//! Bytes at an address that is a multiple of four.

use std::ops::{Deref, DerefMut};

/// A copy of some bytes at an address that is a multiple of four.
#[derive(Clone)]
pub struct Aligned {
    words: Vec<u32>,
    len: usize,
}

impl Aligned {
    pub fn new(bytes: &[u8]) -> Self {
        let mut aligned = Self {
            words: vec![0; bytes.len().div_ceil(4)],
            len: bytes.len(),
        };
        aligned.copy_from_slice(bytes);
        aligned
    }
}

impl Deref for Aligned {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[..self.len]
    }
}

impl DerefMut for Aligned {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut bytemuck::cast_slice_mut(&mut self.words)[..self.len]
    }
}
