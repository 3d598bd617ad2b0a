//! The display: 128x64 pixels in memory, as the page's canvas takes them.

use core::convert::Infallible;

use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::pixelcolor::{
    BinaryColor, Gray4, GrayColor, PixelColor, Rgb565, Rgb888, RgbColor,
};
use firmware::Ink;

/// Pixels of a row.
const WIDTH: u32 = 128;
/// Rows.
const HEIGHT: u32 = 64;

/// Red, green, blue and opacity.
type Rgba = [u8; 4];

/// What a pixel can show.
#[derive(Clone, Copy)]
pub(crate) enum Depth {
    /// 16 greys.
    Gray4,
    /// On or off.
    Binary,
    /// 65,536 colours.
    Rgb565,
}

impl Depth {
    /// What a pixel looks like into which the app draws this.
    fn light(self, Inked { ink, at }: Inked) -> [u8; 3] {
        match self {
            Self::Gray4 => [Gray4::from_ink(ink, at).luma() * 17; 3],
            Self::Binary => match BinaryColor::from_ink(ink, at) {
                BinaryColor::On => [u8::MAX; 3],
                BinaryColor::Off => [0; 3],
            },
            Self::Rgb565 => {
                let color = Rgb888::from(Rgb565::from_ink(ink, at));
                [color.r(), color.g(), color.b()]
            }
        }
    }
}

/// What the app draws, before it becomes a colour. With it the page has one app for all displays,
/// which choose the colour as they run.
#[derive(Clone, Copy, PartialEq)]
pub(crate) struct Inked {
    ink: u8,
    at: Point,
}

impl PixelColor for Inked {
    type Raw = ();
}

impl Ink for Inked {
    const DITHERS: bool = true;

    fn from_ink(ink: u8, at: Point) -> Self {
        Self { ink, at }
    }
}

/// The display.
pub(crate) struct Screen {
    depth: Depth,
    /// `[row][column]`
    pixels: [Rgba; (WIDTH * HEIGHT) as usize],
}

impl Screen {
    /// A black display.
    pub(crate) fn new(depth: Depth) -> Self {
        Self {
            depth,
            pixels: [[0, 0, 0, u8::MAX]; (WIDTH * HEIGHT) as usize],
        }
    }

    pub(crate) fn pixels(&self) -> &[Rgba] {
        &self.pixels
    }
}

impl OriginDimensions for Screen {
    fn size(&self) -> Size {
        Size::new(WIDTH, HEIGHT)
    }
}

impl DrawTarget for Screen {
    type Color = Inked;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Inked>>,
    {
        for Pixel(at, color) in pixels {
            // A negative coordinate becomes a large one.
            let (x, y) = (at.x as u32, at.y as u32);
            if x < WIDTH
                && y < HEIGHT
                && let Some(pixel) = self.pixels.get_mut((y * WIDTH + x) as usize)
            {
                let [red, green, blue] = self.depth.light(color);
                *pixel = [red, green, blue, u8::MAX];
            }
        }
        Ok(())
    }
}
