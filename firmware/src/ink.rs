//! From the model's ink to a display's colour.

use embedded_graphics::geometry::Point;
use embedded_graphics::pixelcolor::{BinaryColor, Gray4, PixelColor, Rgb565, RgbColor};

/// A colour in which ink can be drawn on a dark display.
pub trait Ink: PixelColor {
    /// Whether the colour of an ink depends on the place. If not, it is computed once for all of the
    /// display's pixels that one of the picture becomes.
    const DITHERS: bool;

    /// The colour of `ink`: 0 is the background's black, 255 full ink. `at` is the place of the
    /// display's pixel in the picture, counted from its top left corner; colours of few levels
    /// dither by it. Ink 0 and 255 are the same everywhere.
    fn from_ink(ink: u8, at: Point) -> Self;
}

/// 16 levels, each the nearest one: `level = (ink + 8) / 17`, rounded down.
///
/// Level `n` stands for the ink `17 * n` (0 to 255), so adding 8 before the division rounds to the
/// nearest level. 17 is odd: no ink lies halfway between two.
impl Ink for Gray4 {
    const DITHERS: bool = false;

    fn from_ink(ink: u8, _at: Point) -> Self {
        Gray4::new(((u16::from(ink) + 8) / 17) as u8)
    }
}

/// Ordered dithering of the middle greys: a pixel is on if its ink is above the threshold of its
/// place in a matrix of 4x4 that repeats (B. E. Bayer, "An optimum method for two-level rendition
/// of continuous-tone pictures", 1973). Thresholds are 68, 76, ... to 188, half of the whole range:
/// so edges are dithered, but a pen's stroke is solid and its background empty.
impl Ink for BinaryColor {
    const DITHERS: bool = true;

    fn from_ink(ink: u8, at: Point) -> Self {
        const BAYER: [[u8; 4]; 4] = [[0, 8, 2, 10], [12, 4, 14, 6], [3, 11, 1, 9], [15, 7, 13, 5]];
        let rank = BAYER[(at.y & 3) as usize][(at.x & 3) as usize];
        BinaryColor::from(ink > 8 * rank + 68)
    }
}

/// Warm light: black, by way of amber, to a warm white, as hot metal or the phosphor of an old
/// screen. Each channel is a straight line up to its full level and stays there: red from 0 to ink
/// 112, green from 16 to 224, blue from 120 to 285.
impl Ink for Rgb565 {
    const DITHERS: bool = false;

    fn from_ink(ink: u8, _at: Point) -> Self {
        let channel = |first: u16, last: u16, max: u8| {
            let above = u16::from(ink).saturating_sub(first).min(last - first);
            (u32::from(above) * u32::from(max) / u32::from(last - first)) as u8
        };
        Rgb565::new(
            channel(0, 112, Rgb565::MAX_R),
            channel(16, 224, Rgb565::MAX_G),
            channel(120, 285, Rgb565::MAX_B),
        )
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
            assert_eq!(
                Gray4::from_ink(ink, Point::zero()).luma(),
                nearest,
                "ink {ink}"
            );
        }
    }

    #[test]
    fn one_bit_dithers_the_middle_greys() {
        let pixels = |ink: u8| {
            let places = (0..16).map(|place| Point::new(place % 4 + 8, place / 4 + 20));
            places.filter(move |&at| BinaryColor::from_ink(ink, at).is_on())
        };
        for ink in 0..=255 {
            // None up to a quarter of the ink, all from three quarters on, a straight line between.
            let part = (f64::from(ink) - 64.001) / 128.0;
            let rounded = (16.0 * part).round().clamp(0.0, 16.0) as usize;
            assert_eq!(pixels(ink).count(), rounded, "ink {ink}");
        }
        // Half of the ink is a checkerboard.
        assert!(pixels(128).all(|at| (at.x + at.y) % 2 == 0));
    }

    #[test]
    fn rgb565_grows_brighter_from_black_to_a_warm_white() {
        let color = |ink| Rgb565::from_ink(ink, Point::zero());
        assert_eq!(color(0), Rgb565::BLACK);
        assert_eq!(color(255), Rgb565::new(31, 63, 25));
        for ink in 0..255 {
            let (dark, light) = (color(ink), color(ink + 1));
            assert!(
                dark.r() <= light.r() && dark.g() <= light.g() && dark.b() <= light.b(),
                "ink {ink}"
            );
            assert!(
                light.r() >= light.b() && light.g() / 2 >= light.b(),
                "{ink}"
            );
        }
    }
}
