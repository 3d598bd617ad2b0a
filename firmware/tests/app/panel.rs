//! A display that a person can read.

use std::fmt::Debug;

use embedded_graphics::pixelcolor::{BinaryColor, Gray4, PixelColor, Rgb565};
use embedded_graphics::prelude::*;

/// A colour with a character.
pub trait Character: PixelColor {
    fn character(self) -> char;
}

/// `.` is black, `#` full ink, the other levels are hexadecimal.
impl Character for Gray4 {
    fn character(self) -> char {
        match self.luma() {
            0 => '.',
            15 => '#',
            level => char::from_digit(level.into(), 16)
                .unwrap()
                .to_ascii_uppercase(),
        }
    }
}

impl Character for BinaryColor {
    fn character(self) -> char {
        if self.is_on() { '#' } else { '.' }
    }
}

/// `.` is black, a letter the brightest channel.
impl Character for Rgb565 {
    fn character(self) -> char {
        let channels = [(2 * self.r(), 'r'), (self.g(), 'g'), (2 * self.b(), 'b')];
        let (level, character) = channels.into_iter().max().unwrap();
        if level == 0 { '.' } else { character }
    }
}

/// It failed: too much was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken;

/// Pixels in memory. What was never drawn is `?`; drawing outside is an error of the test.
pub struct Panel<C> {
    size: Size,
    pixels: Vec<Option<C>>,
    /// Drawing fails after so many calls.
    pub lifetime: usize,
}

impl<C: Character> Panel<C> {
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            size: Size::new(width, height),
            pixels: vec![None; (width * height) as usize],
            lifetime: usize::MAX,
        }
    }

    pub fn pixel(&self, x: usize, y: usize) -> Option<C> {
        self.pixels[y * self.size.width as usize + x]
    }

    /// The pixels as text, a line a row.
    pub fn rows(&self) -> Vec<String> {
        let character = |pixel: &Option<C>| pixel.map_or('?', C::character);
        let rows = self.pixels.chunks(self.size.width as usize);
        rows.map(|row| row.iter().map(character).collect())
            .collect()
    }

    #[track_caller]
    pub fn assert_shows(&self, rows: &[&str]) {
        let shown = self.rows();
        assert!(shown == rows, "shows\n{}", shown.join("\n"));
    }
}

impl<C> OriginDimensions for Panel<C> {
    fn size(&self) -> Size {
        self.size
    }
}

impl<C: Character> DrawTarget for Panel<C> {
    type Color = C;
    type Error = Broken;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Broken>
    where
        I: IntoIterator<Item = Pixel<C>>,
    {
        self.lifetime = self.lifetime.checked_sub(1).ok_or(Broken)?;
        for Pixel(point, color) in pixels {
            assert!(
                self.bounding_box().contains(point),
                "{point} is not on the display"
            );
            let index = point.y as usize * self.size.width as usize + point.x as usize;
            self.pixels[index] = Some(color);
        }
        Ok(())
    }
}
