//! From 32-bit sums to 8-bit activations: fixed-point scaling and activation functions.
//!
//! `ARITHMETIC.md` is the specification. All shifts are arithmetic, all divisions by powers of two
//! round to nearest with halves towards positive infinity.

use bytemuck::{Pod, Zeroable};

/// Largest input of the tanh table, in 1/64: from here on the result is 127.
pub const TANH_LAST: usize = 200;

/// `round(127.5 * tanh(i / 64) - 0.5)` for `i` from 0: tanh scaled to the 256 grey levels of an
/// image, -128 being black and 127 full ink.
pub static TANH: [i8; TANH_LAST + 1] = tanh_table();

/// The table is made at compile time in integers, from tanh(x) = (e^(2x) - 1) / (e^(2x) + 1).
const fn tanh_table() -> [i8; TANH_LAST + 1] {
    // e^(1/32) in Q40 by its Taylor series.
    const ONE: u128 = 1 << 40;
    let mut step = ONE;
    let mut term = ONE;
    let mut n = 1;
    while n < 12 {
        term = term / 32 / n;
        step += term;
        n += 1;
    }
    let mut table = [0; TANH_LAST + 1];
    let mut exponential = ONE;
    let mut i = 0;
    while i <= TANH_LAST {
        // 255 * (e - 1) / (e + 1) = 2 * 127.5 * tanh, then round(half of it - 0.5) = floor of half.
        let twice = 255 * (exponential - ONE) / (exponential + ONE);
        table[i] = (twice / 2) as i8;
        exponential = exponential * step / ONE;
        i += 1;
    }
    table
}

/// How a scaled sum becomes an activation.
#[repr(transparent)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Pod, Zeroable)]
pub struct Rule(u8);

impl Rule {
    /// It is clamped.
    pub const PLAIN: Self = Self(0);
    /// As that, with a slope for negative ones.
    pub const LEAKY: Self = Self(1);
    /// It is looked up in the table of tanh.
    pub const TABLE: Self = Self(2);
}

/// How sums are scaled, for kernels.
#[repr(C)]
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
pub struct Scale {
    /// Factor of the bias; 0 if there is none.
    pub bias: i32,
    /// First shift.
    pub pre_shift: u32,
    /// Rounding of the second shift.
    pub rounding: i32,
    /// Second shift.
    pub post_shift: u32,
    /// Slope of negative values, in Q15.
    pub slope: i32,
    /// What codes differ by in the end: 0, or 0x80 for pixels.
    pub flip: u8,
    /// From scaled sums to codes.
    pub rule: Rule,
    pub unused: [u8; 2],
}

impl Scale {
    /// A sum with the rounding of the first shift, and its constants, on the scale of the outputs, by
    /// a rule that is leaky or not.
    #[inline(always)]
    pub fn apply(&self, leaky: bool, sum: i32, bias: i16, multiplier: i16) -> i32 {
        let bias = i32::from(bias).wrapping_mul(self.bias);
        let mut t = sum.wrapping_add(bias) >> (self.pre_shift & 31);
        if leaky && t < 0 {
            t = shift(t.wrapping_mul(self.slope), 15);
        }
        t.wrapping_mul(i32::from(multiplier))
            .wrapping_add(self.rounding)
            >> (self.post_shift & 31)
    }
}

#[inline(always)]
pub fn clamp(v: i32) -> u8 {
    v.clamp(-128, 127) as u8
}

/// Changes the codes of activations: the highest bit, and then a shift to the right by 0 or 1.
#[inline(never)]
pub fn recode(codes: &mut [u8], shift: u32) {
    let (before, words, after) = match cfg!(feature = "fast") {
        true => bytemuck::pod_align_to_mut::<u8, u32>(codes),
        false => (codes, &mut [][..], &mut [][..]),
    };
    let kept = u32::from_ne_bytes([0xff >> shift; 4]);
    for word in words {
        *word = (*word ^ 0x8080_8080) >> shift & kept;
    }
    for code in before.iter_mut().chain(after) {
        *code = (*code ^ 0x80) >> shift;
    }
}

/// `value / 2^bits`, rounded to nearest, halves up.
#[inline(always)]
pub fn shift(value: i32, bits: u32) -> i32 {
    value.wrapping_add(rounding(bits)) >> (bits & 31)
}

/// What is added before a right shift by `bits`.
#[inline(always)]
pub const fn rounding(bits: u32) -> i32 {
    ((1u32 << (bits & 31)) >> 1) as i32
}

/// tanh of `v / 64`, from -128 (minus one) to 127 (one). Odd about -1/2: `squash(-v)` is
/// `-1 - squash(v)` but at 0, where it is 0.
#[inline(always)]
pub const fn squash(v: i32) -> u8 {
    let magnitude = v.unsigned_abs() as usize;
    let t = match magnitude <= TANH_LAST {
        true => TANH[magnitude] as u8,
        false => 127,
    };
    // All ones if negative.
    t ^ (v >> 31) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_is_within_one_half_step_of_libm() {
        for v in -400i32..=400 {
            let exact = 127.5 * libm::tanh(f64::from(v) / 64.0) - 0.5;
            let error = f64::from(squash(v) as i8) - exact;
            assert!(error.abs() <= 0.5 + 1e-9, "tanh({v}/64): off by {error}");
        }
    }

    #[test]
    fn tanh_reaches_black_and_full_ink() {
        assert_eq!(squash(-(TANH_LAST as i32)), 0x80);
        assert_eq!(squash(TANH_LAST as i32), 127);
        assert_eq!(squash(i32::MIN), 0x80);
        assert_eq!(squash(i32::MAX), 127);
    }

    #[test]
    fn shifts_round_halves_up() {
        let expected = [(-6, -1), (-5, -1), (-2, 0), (2, 1), (5, 1), (6, 2)];
        for (value, rounded) in expected {
            assert_eq!(shift(value, 2), rounded, "{value} / 4");
        }
        assert_eq!(shift(-7, 0), -7);
    }
}
