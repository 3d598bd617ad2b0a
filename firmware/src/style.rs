//! A handwriting: a point in the latent space that others can find again.

use runtime::Latent;

/// `t` of the far end.
const END: u16 = 256;

/// The handwriting of a digit: the latent of a seed, or one on the straight way between two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Seed at the beginning of the way.
    pub from: u32,
    /// Seed at its end.
    pub to: u32,
    /// How far, in 256ths: 0 to 256.
    pub t: u16,
}

impl Style {
    /// The style of `seed` alone.
    pub fn of(seed: u32) -> Self {
        Self {
            from: seed,
            to: seed,
            t: 0,
        }
    }

    /// Its latent of `len` components, by [`Latent::from_seed`] and [`Latent::interpolate`].
    pub fn latent(self, len: usize) -> Latent {
        match self.t {
            0 => Latent::from_seed(self.from, len),
            END.. => Latent::from_seed(self.to, len),
            _ => self.between(len),
        }
    }

    /// Apart from its caller, whose stack then holds one latent while the digit is drawn, not three.
    #[inline(never)]
    fn between(self, len: usize) -> Latent {
        let from = Latent::from_seed(self.from, len);
        let to = Latent::from_seed(self.to, len);
        Latent::interpolate(&from, &to, self.t)
    }
}

/// A way from one style to another that begins and ends gently, but never stands still.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Way {
    pub from: u32,
    pub to: u32,
}

impl Way {
    /// How long it takes, in microseconds: 2.1 s.
    pub const MICROS: u32 = 1 << Self::MICROS_LOG2;
    const MICROS_LOG2: u32 = 21;

    /// The style after `micros`: at `x / 4 + 3 (3 x^2 - 2 x^3) / 4` of the way after `x` of the
    /// time, which is counted in 256ths. Without the first term, nothing would change in the first
    /// and the last 75 milliseconds.
    pub fn after(self, micros: u32) -> Style {
        let x = micros.min(Self::MICROS) >> (Self::MICROS_LOG2 - 8);
        // At most 2^26.
        let t = (x * (256 * 256 + 3 * x * (3 * 256 - 2 * x))) >> 18;
        Style {
            from: self.from,
            to: self.to,
            t: t as u16,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAY: Way = Way { from: 3, to: 4 };

    fn t(micros: u32) -> u16 {
        WAY.after(micros).t
    }

    #[test]
    fn a_way_leads_from_one_seed_to_the_other() {
        assert_eq!(t(0), 0);
        assert_eq!(t(Way::MICROS / 2), 128);
        assert_eq!(t(Way::MICROS), 256);
        assert_eq!(t(u32::MAX), 256);
        assert_eq!(Style::of(3).latent(5), WAY.after(0).latent(5));
        assert_eq!(Style::of(4).latent(5), WAY.after(Way::MICROS).latent(5));
    }

    #[test]
    fn a_way_never_turns_back_and_is_gentle_at_its_ends() {
        let times = (0..=Way::MICROS).step_by(10_000);
        assert!(times.clone().zip(times.skip(1)).all(|(a, b)| t(a) <= t(b)));
        for eighth in [Way::MICROS / 8, Way::MICROS - Way::MICROS / 8] {
            let linear = f64::from(eighth) / f64::from(Way::MICROS) * 256.0;
            assert!((f64::from(t(eighth)) - linear).abs() >= 15.0);
        }
    }

    #[test]
    fn a_way_has_its_curve_and_never_stands_still() {
        let frames = Way::MICROS / 64;
        for frame in 0..64 {
            assert!(t(frame * frames) < t((frame + 1) * frames), "{frame}");
        }
        for eighth in 0..=8 {
            let x = f64::from(eighth) / 8.0;
            let smooth = 3.0 * x * x - 2.0 * x * x * x;
            let expected = 256.0 * (0.25 * x + 0.75 * smooth);
            let found = t(Way::MICROS / 8 * eighth);
            assert!((f64::from(found) - expected).abs() <= 1.0, "{eighth}");
        }
    }
}
