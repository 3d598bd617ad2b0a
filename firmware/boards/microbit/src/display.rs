//! An SSD1306 display that is drawn on from the top down, with one of its pages in memory.
//!
//! The controller's memory is organised in pages of eight rows: a byte is eight pixels below each
//! other, and cannot be read back by SPI. A whole frame would be half of this chip's RAM. So one
//! page is kept, and sent when a pixel of another one is drawn, or at [`Display::flush`]; only the
//! columns that were drawn on are sent.
//!
//! What this cannot do: add to a page that was sent before. The columns that are drawn on the second
//! time are dark where nothing was drawn then. Rows of pictures do not share pages if their height
//! is a multiple of eight, or if the pages that they share have no pixels of both, as 28 rows from
//! row 4 and from row 32 on.

use core::convert::Infallible;

use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Size};
use embedded_graphics_core::pixelcolor::BinaryColor;

use crate::spi::{self, Kind};

const WIDTH: usize = 128;
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

/// The display, and the page that is being drawn.
pub struct Display {
    columns: [u8; WIDTH],
    page: u8,
    /// The columns that were drawn on: from the first to before the last.
    first: u8,
    end: u8,
}

impl Display {
    /// Starts the display, all dark.
    pub fn start() -> Self {
        let mut display = Self {
            columns: [0; WIDTH],
            page: 0,
            first: u8::MAX,
            end: 0,
        };
        spi::start();
        spi::send(Kind::Command, &START);
        let Ok(()) = display.clear(BinaryColor::Off);
        spi::send(Kind::Command, &[ON]);
        display
    }

    /// Sends what was drawn on the page.
    pub fn flush(&mut self) {
        let (first, end) = (self.first, self.end);
        if let Some(columns) = self.columns.get_mut(first.into()..end.into()) {
            window(self.page, first, end - 1);
            spi::send(Kind::Data, columns);
            columns.fill(0);
        }
        (self.first, self.end) = (u8::MAX, 0);
    }

    fn set(&mut self, x: u8, y: u8, on: bool) {
        let page = y / 8;
        if page != self.page {
            self.flush();
            self.page = page;
        }
        if let Some(column) = self.columns.get_mut(usize::from(x)) {
            let bit = 1 << (y % 8);
            *column = if on { *column | bit } else { *column & !bit };
            self.first = self.first.min(x);
            self.end = self.end.max(x + 1);
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

    fn clear(&mut self, color: BinaryColor) -> Result<(), Infallible> {
        self.columns.fill(if color.is_on() { 0xFF } else { 0 });
        for page in 0..PAGES {
            window(page, 0, WIDTH as u8 - 1);
            spi::send(Kind::Data, &self.columns);
        }
        self.columns.fill(0);
        (self.first, self.end) = (u8::MAX, 0);
        Ok(())
    }
}
