//! A module of an SSD1306 controller and an OLED of 128x64 pixels on an I2C bus, as several boards have it.
#![no_std]

use display_interface::DisplayError;
use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Size};
use embedded_graphics_core::pixelcolor::BinaryColor;
use embedded_hal::i2c::I2c;
use ssd1306::command::AddrMode;
use ssd1306::mode::BasicMode;
use ssd1306::prelude::*;
use ssd1306::{I2CDisplayInterface, Ssd1306};

const WIDTH: usize = 128;
/// Rows come in pages of eight: a byte is eight pixels below each other.
const PAGES: usize = 8;

/// The display did not take what it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoAnswer;

impl From<DisplayError> for NoAnswer {
    fn from(_: DisplayError) -> Self {
        // Of all errors, an I2C bus has only this one.
        Self
    }
}

/// The display. What is drawn is in a frame first, until [`Oled::flush`].
///
/// The driver has a frame, too, which can be turned by right angles and takes twice as much code.
pub struct Oled<I> {
    driver: Ssd1306<I2CInterface<I>, DisplaySize128x64, BasicMode>,
    frame: [[u8; WIDTH]; PAGES],
    changed: Area,
}

/// Pages and columns, each from the first to before the last.
#[derive(Clone, Copy)]
struct Area {
    pages: (u8, u8),
    columns: (u8, u8),
}

impl Area {
    const ALL: Self = Self {
        pages: (0, PAGES as u8),
        columns: (0, WIDTH as u8),
    };
    const NONE: Self = Self {
        pages: (u8::MAX, 0),
        columns: (u8::MAX, 0),
    };

    fn add(&mut self, page: u8, column: u8) {
        let grow = |range: &mut (u8, u8), index: u8| {
            range.0 = range.0.min(index);
            range.1 = range.1.max(index + 1);
        };
        grow(&mut self.pages, page);
        grow(&mut self.columns, column);
    }
}

impl<I: I2c> Oled<I> {
    /// Starts the display.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn start(bus: I) -> Result<Self, NoAnswer> {
        let interface = I2CDisplayInterface::new(bus);
        let mut driver = Ssd1306::new(interface, DisplaySize128x64, DisplayRotation::Rotate0);
        driver.init_with_addr_mode(AddrMode::Horizontal)?;
        Ok(Self {
            driver,
            frame: [[0; WIDTH]; PAGES],
            // Its memory has noise.
            changed: Area::ALL,
        })
    }

    /// Sends what was drawn: the smallest rectangle that holds all of it.
    ///
    /// # Errors
    /// [`NoAnswer`].
    pub fn flush(&mut self) -> Result<(), NoAnswer> {
        let Area { pages, columns } = self.changed;
        let frame = self.frame.get(pages.0.into()..pages.1.into());
        self.changed = Area::NONE;
        let Some(frame) = frame else {
            return Ok(());
        };
        // In pixels. The driver could panic if it saw no limit.
        let pages = (pages.0.min(7) * 8, pages.1.min(8) * 8);
        self.driver
            .set_draw_area((columns.0, pages.0), (columns.1, pages.1))?;
        for page in frame {
            let part = page.get(columns.0.into()..columns.1.into());
            self.driver.draw(part.unwrap_or_default())?;
        }
        Ok(())
    }
}

impl<I> OriginDimensions for Oled<I> {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, 8 * PAGES as u32)
    }
}

impl<I: I2c> DrawTarget for Oled<I> {
    type Color = BinaryColor;
    type Error = NoAnswer;

    fn draw_iter<P>(&mut self, pixels: P) -> Result<(), NoAnswer>
    where
        P: IntoIterator<Item = Pixel<BinaryColor>>,
    {
        for Pixel(at, color) in pixels {
            // What is negative becomes larger than any place.
            let (column, page) = (at.x as usize, at.y as usize / 8);
            let byte = self
                .frame
                .get_mut(page)
                .and_then(|page| page.get_mut(column));
            if let Some(byte) = byte {
                let bit = 1 << (at.y % 8);
                *byte = if color.is_on() {
                    *byte | bit
                } else {
                    *byte & !bit
                };
                self.changed.add(page as u8, column as u8);
            }
        }
        Ok(())
    }

    fn clear(&mut self, color: BinaryColor) -> Result<(), NoAnswer> {
        self.frame = [[if color.is_on() { u8::MAX } else { 0 }; WIDTH]; PAGES];
        self.changed = Area::ALL;
        Ok(())
    }
}
