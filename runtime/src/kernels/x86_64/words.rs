//! Four words at a time.
#![allow(unsafe_code)]

use core::arch::x86_64::{
    __m128i, _mm_add_epi32, _mm_and_si128, _mm_madd_epi16, _mm_setzero_si128, _mm_shufflehi_epi16,
    _mm_shufflelo_epi16, _mm_srai_epi16, _mm_srli_epi32, _mm_unpacklo_epi8,
};

/// Four words, or eight halves.
#[derive(Clone, Copy)]
pub struct Words(__m128i);

impl From<[u32; 4]> for Words {
    #[inline(always)]
    fn from(words: [u32; 4]) -> Self {
        Self(bytemuck::cast(words))
    }
}

impl From<Words> for [u32; 4] {
    #[inline(always)]
    fn from(words: Words) -> Self {
        bytemuck::cast(words.0)
    }
}

// SAFETY of all methods: these kernels are compiled in only if the target has SSE2.
impl Words {
    #[inline(always)]
    pub fn zero() -> Self {
        Self(unsafe { _mm_setzero_si128() })
    }

    /// The words' sums.
    #[inline(always)]
    pub fn plus(self, other: Self) -> Self {
        Self(unsafe { _mm_add_epi32(self.0, other.0) })
    }

    /// Of each word, the sum of the products of its halves.
    #[inline(always)]
    pub fn dot(self, other: Self) -> Self {
        Self(unsafe { _mm_madd_epi16(self.0, other.0) })
    }

    /// The bits that both have.
    #[inline(always)]
    pub fn and(self, other: Self) -> Self {
        Self(unsafe { _mm_and_si128(self.0, other.0) })
    }

    /// The words shifted to the right by `BITS`.
    #[inline(always)]
    pub fn shifted<const BITS: i32>(self) -> Self {
        Self(unsafe { _mm_srli_epi32::<BITS>(self.0) })
    }

    /// The upper bytes of all halves, sign-extended.
    #[inline(always)]
    pub fn upper_bytes(self) -> Self {
        Self(unsafe { _mm_srai_epi16::<8>(self.0) })
    }

    /// The pairs `k0 k2` and `k1 k3` of the two quads of bytes in the first two words,
    /// sign-extended.
    #[inline(always)]
    pub fn pairs(self) -> Self {
        const ORDER: i32 = 0b11_01_10_00;
        let halves = Self(unsafe { _mm_unpacklo_epi8(_mm_setzero_si128(), self.0) });
        let inputs = halves.upper_bytes().0;
        Self(unsafe { _mm_shufflehi_epi16::<ORDER>(_mm_shufflelo_epi16::<ORDER>(inputs)) })
    }

    /// The sum of the words.
    #[inline(always)]
    pub fn sum(self) -> i32 {
        let words: [u32; 4] = self.into();
        words
            .iter()
            .fold(0, |sum: i32, &word| sum.wrapping_add(word as i32))
    }
}
