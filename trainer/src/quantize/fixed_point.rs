//! Choosing the integers that stand for real numbers.

/// A requantization in integers: `((sum >> pre_shift) * multiplier[channel]) >> post_shift`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedPoint {
    /// Bits dropped before the multiplication.
    pub pre_shift: u8,
    /// Bits dropped after it.
    pub post_shift: u8,
    /// One multiplier per channel, at most 32767.
    pub multipliers: Vec<u16>,
}

/// The finest requantization by the real `factors` (one per channel) that cannot overflow 32 bits
/// for sums of at most `bounds` (one per channel). `None` if there is none.
pub fn fixed_point(factors: &[f64], bounds: &[u64]) -> Option<FixedPoint> {
    let largest = factors.iter().copied().fold(0.0, f64::max);
    if largest.is_nan() || largest <= 0.0 {
        return None;
    }
    (0..=31u32).find_map(|pre_shift| {
        // The largest multiplier takes 15 bits, if the shifts can undo that.
        let post_shift = (1..=31u32)
            .rev()
            .find(|post| (largest * 2f64.powi((pre_shift + post) as i32)).round() <= 32767.0)?;
        let scale = 2f64.powi((pre_shift + post_shift) as i32);
        let multipliers: Vec<u16> = factors.iter().map(|f| (f * scale).round() as u16).collect();
        let half = |bits: u32| (1u64 << bits) >> 1;
        let fits = bounds.iter().zip(&multipliers).all(|(bound, &multiplier)| {
            let sum = bound + half(pre_shift);
            let prescaled = sum >> pre_shift;
            let limit = i32::MAX as u64;
            sum <= limit
                && (prescaled << 15) + half(15) <= limit
                && prescaled * u64::from(multiplier) + half(post_shift) <= limit
        });
        fits.then_some(FixedPoint {
            pre_shift: pre_shift as u8,
            post_shift: post_shift as u8,
            multipliers,
        })
    })
}

/// Integers of at most 16 bits and the left shift that brings them to the given values, the
/// smallest that does.
pub fn shifted_i16(values: &[i64]) -> (u8, Vec<i16>) {
    let largest = values.iter().map(|v| v.unsigned_abs()).max().unwrap_or(0);
    let mut shift = 0;
    while round_shift(largest as i64, shift) > i64::from(i16::MAX) {
        shift += 1;
    }
    let values = values
        .iter()
        .map(|&v| round_shift(v, shift) as i16)
        .collect();
    (shift, values)
}

fn round_shift(value: i64, shift: u8) -> i64 {
    (value + ((1 << shift) >> 1)) >> shift
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requantization_is_within_a_sixteenth_of_a_step() {
        // Factors and bounds as small and large layers have them.
        for (factors, bound) in [
            (vec![1.0 / 900.0, 1.0 / 5000.0], 300_000u64),
            (vec![1.0 / 120_000.0], 8_000_000),
            (vec![0.9, 0.01], 127 * 4),
        ] {
            let chosen = fixed_point(&factors, &vec![bound; factors.len()]).unwrap();
            for (factor, &multiplier) in factors.iter().zip(&chosen.multipliers) {
                let largest = (127.0 / factor).min(bound as f64) as i64;
                for sum in (-largest..=largest).step_by((largest as usize / 500).max(1)) {
                    let half = |bits: u8| (1i64 << bits) >> 1;
                    let t = (sum + half(chosen.pre_shift)) >> chosen.pre_shift;
                    let exact = sum as f64 * factor;
                    let before_rounding = (t * i64::from(multiplier)) as f64
                        / 2f64.powi(i32::from(chosen.post_shift));
                    assert!(
                        (before_rounding - exact).abs() < 1.0 / 16.0,
                        "{sum} * {factor}: {before_rounding}, {exact}"
                    );
                }
            }
        }
    }

    #[test]
    fn requantization_never_overflows() {
        for bits in 8..31 {
            let bound = (1u64 << bits) - 1;
            for factor in [1e-7, 1e-4, 0.03, 0.9] {
                if let Some(chosen) = fixed_point(&[factor], &[bound]) {
                    let sum = i32::try_from(bound).unwrap();
                    let pre = 1i32.checked_shl(chosen.pre_shift.into()).unwrap() >> 1;
                    let t = sum.checked_add(pre).unwrap() >> chosen.pre_shift;
                    let post = 1i32.checked_shl(chosen.post_shift.into()).unwrap() >> 1;
                    t.checked_mul(chosen.multipliers[0].into())
                        .and_then(|v| v.checked_add(post))
                        .unwrap();
                }
            }
        }
    }

    #[test]
    fn biases_keep_their_size() {
        assert_eq!(
            shifted_i16(&[5, -32767, 32767]),
            (0, vec![5, -32767, 32767])
        );
        let (shift, values) = shifted_i16(&[100_000, -70_001, 3]);
        assert_eq!(shift, 2);
        assert_eq!(values, [25_000, -17_500, 1]);
    }
}
