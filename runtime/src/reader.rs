//! Numbers and strings as postcard writes them, read one at a time.
//!
//! Deserializing whole structures would cost a microcontroller several kilobytes of flash for a
//! header and a handful of records; these few functions are shared by all fields.

/// What is still to be read.
///
/// Where the bytes end too early or a number is too large, it reads zeros from then on, and nothing
/// is left: one question at the end ([`Reader::failed`]) is enough.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    failed: bool,
}

impl<'a> Reader<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            bytes,
            failed: false,
        }
    }

    /// What has not been read.
    pub fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether anything that was read is not there.
    pub fn failed(&self) -> bool {
        self.failed
    }

    /// Says that what was read makes no sense.
    #[inline(never)]
    pub fn fail(&mut self) {
        self.bytes = &[];
        self.failed = true;
    }

    #[inline(never)]
    pub fn byte(&mut self) -> u8 {
        match self.bytes.split_first() {
            Some((&byte, rest)) => {
                self.bytes = rest;
                byte
            }
            None => {
                self.fail();
                0
            }
        }
    }

    /// An unsigned number of up to `bits` bits, 16 or 32: seven a byte, lowest first.
    #[inline(never)]
    fn number(&mut self, bits: u32) -> u32 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            // What of the last byte is beyond the number's bits.
            if shift + 7 > bits && byte >> (bits - shift) != 0 {
                self.fail();
                return 0;
            }
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    pub fn u16(&mut self) -> u16 {
        self.number(u16::BITS) as u16
    }

    pub fn u32(&mut self) -> u32 {
        self.number(u32::BITS)
    }

    /// Inlined, so that a reader which does not look at the number does not compute it.
    #[inline(always)]
    pub fn u64(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            if shift == 63 && byte > 1 {
                self.fail();
                return 0;
            }
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return number;
            }
            shift += 7;
        }
    }

    /// The bytes of a string, whose length is a number of 32 bits on every machine.
    #[inline(never)]
    pub fn string(&mut self) -> &'a [u8] {
        let len = self.u32() as usize;
        match self.bytes.split_at_checked(len) {
            Some((string, rest)) => {
                self.bytes = rest;
                string
            }
            None => {
                self.fail();
                &[]
            }
        }
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
        read: impl FnOnce(&mut Reader<'a>) -> T,
    ) {
        let mut reader = Reader::new(bytes);
        let value = read(&mut reader);
        let here = (!reader.failed()).then_some((value, reader.rest()));
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
