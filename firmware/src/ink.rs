//! From the model's ink to a display's colour.

use embedded_graphics::pixelcolor::{Gray4, PixelColor};

/// A colour in which ink can be drawn on a dark display.
pub trait Ink: PixelColor {
    /// The colour of `ink`: 0 is the background's black, 255 full ink.
    fn from_ink(ink: u8) -> Self;
}

/// 16 levels, each the nearest one: `level = (ink + 8) / 17`, rounded down.
///
/// Level `n` stands for the ink `17 * n` (0 to 255), so adding 8 before the division rounds to the
/// nearest level. 17 is odd: no ink lies halfway between two.
impl Ink for Gray4 {
    fn from_ink(ink: u8) -> Self {
        Gray4::new(((u16::from(ink) + 8) / 17) as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_graphics::pixelcolor::GrayColor;

    #[test]
    fn gray4_takes_the_nearest_of_sixteen_levels() {
        for ink in 0..=255 {
            let nearest = (0..16u8)
                .min_by_key(|level| (i32::from(*level) * 17 - i32::from(ink)).abs())
                .unwrap();
            assert_eq!(Gray4::from_ink(ink).luma(), nearest, "ink {ink}");
        }
    }
}
