//! Numbers and strings as postcard writes them, read one at a time.
//!
//! Deserializing whole structures would cost a microcontroller several kilobytes of flash for a
//! header and a handful of records; these few functions are shared by all fields.

/// A number in seven bits a byte, lowest first.
#[derive(Clone, Copy)]
pub(crate) struct Varint {
    /// Most bytes that it takes.
    len: usize,
    /// Largest value of the last of them.
    last: u8,
}

/// Of 16 bits.
pub(crate) const U16: Varint = Varint { len: 3, last: 0x03 };
/// Of 32 bits.
pub(crate) const U32: Varint = Varint { len: 5, last: 0x0f };
/// Of 64 bits.
pub(crate) const U64: Varint = Varint { len: 10, last: 1 };

/// What is still to be read. Everything it reads is `None` if the bytes end too early.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    #[inline(never)]
    pub fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.bytes.split_first()?;
        self.bytes = rest;
        Some(byte)
    }

    /// The bytes of a number; `None` if it is larger than `varint` allows.
    #[inline(never)]
    fn varint_bytes(&mut self, varint: Varint) -> Option<&'a [u8]> {
        let mut len = 0;
        loop {
            let byte = *self.bytes.get(len)?;
            len += 1;
            if byte < 0x80 {
                if len == varint.len && byte > varint.last {
                    return None;
                }
                break;
            }
            if len == varint.len {
                return None;
            }
        }
        self.take(len)
    }

    #[inline(never)]
    fn number(&mut self, varint: Varint) -> Option<u32> {
        let bytes = self.varint_bytes(varint)?.iter().rev();
        Some(bytes.fold(0, |number, &byte| number << 7 | u32::from(byte & 0x7f)))
    }

    pub fn u16(&mut self) -> Option<u16> {
        Some(self.number(U16)? as u16)
    }

    pub fn u32(&mut self) -> Option<u32> {
        self.number(U32)
    }

    #[inline(always)]
    pub fn u64(&mut self) -> Option<u64> {
        let bytes = self.varint_bytes(U64)?.iter().rev();
        Some(bytes.fold(0, |number, &byte| number << 7 | u64::from(byte & 0x7f)))
    }

    /// A string, whose length is a number of 32 bits on every machine.
    #[inline(never)]
    pub fn string(&mut self) -> Option<&'a str> {
        let len = self.u32()? as usize;
        core::str::from_utf8(self.take(len)?).ok()
    }

    #[inline(always)]
    fn take(&mut self, len: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(len)?;
        self.bytes = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_core::{Rng, SeedableRng};
    use rand_xoshiro::Xoshiro128PlusPlus;

    /// Both readings, and what is left after them, or nothing.
    fn assert_reads_like_postcard<'a, T: serde::Deserialize<'a> + PartialEq + core::fmt::Debug>(
        bytes: &'a [u8],
        read: impl FnOnce(&mut Reader<'a>) -> Option<T>,
    ) {
        let mut reader = Reader::new(bytes);
        let here = read(&mut reader).map(|value| (value, reader.rest()));
        let there = postcard::take_from_bytes(bytes).ok();
        assert_eq!(here, there, "{bytes:02x?}");
    }

    #[test]
    fn reads_what_postcard_reads() {
        let mut random = Xoshiro128PlusPlus::seed_from_u64(3);
        for _ in 0..if cfg!(miri) { 200 } else { 100_000 } {
            let mut bytes = [0; 12];
            random.fill_bytes(&mut bytes);
            // Long numbers are rare among random bytes, and so are short strings.
            let long = random.next_u32() as usize % bytes.len();
            for byte in &mut bytes[..long] {
                *byte |= 0x80;
            }
            if random.next_u32().is_multiple_of(2) {
                bytes[long] &= 0x07;
            }
            let bytes = &bytes[..random.next_u32() as usize % (bytes.len() + 1)];
            assert_reads_like_postcard(bytes, |reader| reader.byte());
            assert_reads_like_postcard(bytes, |reader| reader.u16());
            assert_reads_like_postcard(bytes, |reader| reader.u32());
            assert_reads_like_postcard(bytes, |reader| reader.u64());
            // A string's length of more than five bytes is longer than these bytes.
            assert_reads_like_postcard(bytes, |reader| reader.string());
        }
    }
}
