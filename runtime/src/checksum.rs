//! The checksum of a model file.

/// CRC-32 as in zlib and Ethernet (CRC-32/ISO-HDLC): polynomial 0x04C11DB7, reflected.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// What four bits leave behind. A table by bytes would be faster but take 1 KB of flash, and none
/// takes four times as long.
static TABLE: [u32; 16] = table();

const fn table() -> [u32; 16] {
    let mut table = [0; 16];
    let mut index = 0;
    while index < table.len() {
        let mut left = index as u32;
        let mut bit = 0;
        while bit < 4 {
            left = left >> 1 ^ if left & 1 == 1 { POLYNOMIAL } else { 0 };
            bit += 1;
        }
        table[index] = left;
        index += 1;
    }
    table
}

/// The CRC-32 of `bytes`.
#[inline(never)]
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    let four_bits = |left: u32| left >> 4 ^ TABLE[left as usize % TABLE.len()];
    !bytes.iter().fold(!0, |left, &byte| {
        four_bits(four_bits(left ^ u32::from(byte)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crc::{CRC_32_ISO_HDLC, Crc};

    #[test]
    fn is_the_checksum_of_zlib_and_ethernet() {
        let crc = Crc::<u32>::new(&CRC_32_ISO_HDLC);
        let mut bytes = [0; 300];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = (index * index / 7) as u8;
        }
        for len in 0..bytes.len() {
            assert_eq!(
                crc32(&bytes[..len]),
                crc.checksum(&bytes[..len]),
                "{len} bytes"
            );
        }
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
