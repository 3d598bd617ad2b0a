//! 4-bit weights as 8-bit ones.

/// Makes words of 8-bit weights, two for each of `nibbles`, from the words of a panel of two columns
/// of 4-bit weights ([`crate::layout`]).
pub fn unpack_nibbles(nibbles: &[u32], words: &mut [u32]) {
    let (words, _) = words.as_chunks_mut::<2>();
    for (&word, [first, second]) in nibbles.iter().zip(words) {
        *first = unpack(word);
        *second = unpack(word >> 8);
    }
}

/// The weights in the lower bytes of the halves of `word`, a byte each: even columns as weight plus
/// 128, odd ones in two's complement.
fn unpack(word: u32) -> u32 {
    let bytes = (word & 0x000f_000f) | (word & 0x00f0_00f0) << 4;
    // They are the weights plus 8.
    let even = (bytes & 0x000f_000f) + 0x0078_0078;
    let odd = (bytes & 0x0f00_0f00) ^ 0x0800_0800;
    // The sign, in the upper four bits.
    even | odd | ((odd & 0x0800_0800) * 0x1e)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::{fill_zero, set_weight, weight};

    #[test]
    fn unpacked_weights_are_the_same() {
        let (mut nibbles, mut bytes) = ([0; 8], [0; 16]);
        for round in 0..16 {
            fill_zero(&mut nibbles, 4);
            for place in 0..16 {
                let weight = (place * 7 + round) % 15 - 7;
                set_weight(&mut nibbles, 4, place as usize, weight as i8);
            }
            let mut words = [0; 4];
            unpack_nibbles(bytemuck::cast_slice(&bytes_to_words(&nibbles)), &mut words);
            for (bytes, word) in bytes.chunks_exact_mut(4).zip(words) {
                bytes.copy_from_slice(&word.to_le_bytes());
            }
            for place in 0..16 {
                assert_eq!(
                    weight(&bytes, 8, place),
                    weight(&nibbles, 4, place),
                    "{place}"
                );
            }
        }
    }

    fn bytes_to_words(bytes: &[u8; 8]) -> [u32; 2] {
        let [a, b, c, d, e, f, g, h] = *bytes;
        [
            u32::from_le_bytes([a, b, c, d]),
            u32::from_le_bytes([e, f, g, h]),
        ]
    }
}
