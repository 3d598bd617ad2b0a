//! An SSD1306 display that is drawn on from the top down, with half of one of its pages in memory.
//!
//! The controller's memory is organised in pages of eight rows: a byte is eight pixels below each
//! other, and cannot be read back by SPI. A whole frame would be half of this chip's RAM. So up to 56
//! columns of one page are kept, and sent when a pixel elsewhere is drawn, or at [`Display::flush`];
//! only the columns that were drawn on are sent.
//!
//! What this cannot do: draw a pixel twice, or add to columns that were sent before. Columns that are
//! drawn on the second time are dark where nothing was drawn then. Rows of pictures do not share
//! pages if their height is a multiple of eight, or if the pages that they share have no pixels of
//! both, as 28 rows from row 4 and from row 32 on.

use core::convert::Infallible;

use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::pixelcolor::BinaryColor;
use embedded_graphics_core::primitives::Rectangle;

use crate::spi::{self, Kind};

const WIDTH: usize = 128;
/// Columns in memory: as many as a picture of 28 pixels has that is twice as large.
const COLUMNS: usize = 56;
const PAGES: u8 = 8;

/// Sets the controller up as its data sheet's application note does, for a glass of 64 rows that
/// is upright with its connector above.
const START: [u8; 25] = [
    0xAE, // display off
    0xD5, 0x80, // clock divider 1, default frequency
    0xA8, 0x3F, // multiplex ratio: 64 rows
    0xD3, 0x00, // display offset
    0x40, // start line
    0x8D, 0x14, // charge pump on
    0x20, 0x00, // horizontal addressing
    0xA1, // segments re-mapped
    0xC8, // COM lines from the last to the first
    0xDA, 0x12, // alternative COM pins
    0x81, 0x7F, // contrast
    0xD9, 0xF1, // pre-charge phases, for the charge pump
    0xDB, 0x40, // deselect level
    0xA4, // show the memory
    0xA6, // not inverted
    0x2E, // no scrolling
];
const ON: u8 = 0xAF;

/// The display, and what is being drawn of a page.
pub struct Display {
    columns: [u8; COLUMNS],
    page: u8,
    /// The place of the columns that were drawn on: from the first to before the last.
    first: u8,
    end: u8,
}

impl Display {
    /// Starts the display, all dark.
    pub fn start() -> Self {
        let mut display = Self {
            columns: [0; COLUMNS],
            page: 0,
            first: 0,
            end: 0,
        };
        spi::start();
        spi::send(Kind::Command, &START);
        let Ok(()) = display.clear(BinaryColor::Off);
        spi::send(Kind::Command, &[ON]);
        display
    }

    /// Sends what was drawn.
    pub fn flush(&mut self) {
        if self.end > self.first {
            window(self.page, self.first, self.end - 1);
            let len = usize::from(self.end - self.first);
            spi::send(Kind::Data, self.columns.get(..len).unwrap_or_default());
            self.columns.fill(0);
        }
        self.end = self.first;
    }

    fn set(&mut self, x: u8, y: u8, on: bool) {
        let page = y / 8;
        let room = self.first..=self.first.saturating_add(COLUMNS as u8 - 1);
        if page != self.page || self.end == self.first || !room.contains(&x) {
            self.flush();
            self.page = page;
            self.first = x;
            self.end = x;
        }
        self.end = self.end.max(x + 1);
        if let Some(column) = self.columns.get_mut(usize::from(x - self.first)) {
            *column |= u8::from(on) << (y % 8);
        }
    }
}

/// Makes the next bytes those of page `page` from column `first` to column `last`.
fn window(page: u8, first: u8, last: u8) {
    spi::send(Kind::Command, &[0x21, first, last, 0x22, page, page]);
}

impl OriginDimensions for Display {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, u32::from(PAGES) * 8)
    }
}

impl DrawTarget for Display {
    type Color = BinaryColor;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(point, color) in pixels {
            let (x, y) = (point.x as u32, point.y as u32);
            if x < WIDTH as u32 && y < u32::from(PAGES) * 8 {
                self.set(x as u8, y as u8, color.is_on());
            }
        }
        Ok(())
    }

    /// Pixel by pixel, as above; the trait's own way takes more code.
    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = BinaryColor>,
    {
        let Point { x: left, y: top } = area.top_left;
        let (mut x, mut y) = (left, top);
        for color in colors {
            self.draw_iter([Pixel(Point::new(x, y), color)])?;
            x += 1;
            if x == left + area.size.width as i32 {
                (x, y) = (left, y + 1);
            }
        }
        Ok(())
    }

    fn clear(&mut self, color: BinaryColor) -> Result<(), Infallible> {
        self.columns.fill(if color.is_on() { 0xFF } else { 0 });
        for page in 0..PAGES {
            window(page, 0, WIDTH as u8 - 1);
            for _ in 0..WIDTH / 8 {
                spi::send(Kind::Data, self.columns.get(..8).unwrap_or_default());
            }
        }
        self.columns.fill(0);
        self.end = self.first;
        Ok(())
    }
}
