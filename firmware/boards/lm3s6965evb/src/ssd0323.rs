//! Driver of the SSD0323, a controller of OLED panels of up to 128x80 pixels in 16 greys.
//!
//! Command names and codes are those of Solomon Systech's data sheet. The panel's parameters are
//! those of OSRAM's Pictiva 128x64 (application note AN018 of its maker), as it sits on the
//! EK-LM3S6965.
//!
//! The bus runs in SPI mode 0 or 3, most significant bit first, at most at 4 MHz
//! ([`MAX_CLOCK_HZ`]). Chip select belongs to the [`SpiDevice`], the data/command line to the
//! driver. The panel's reset line is the board's.

use embedded_graphics_core::Pixel;
use embedded_graphics_core::draw_target::DrawTarget;
use embedded_graphics_core::geometry::{OriginDimensions, Point, Size};
use embedded_graphics_core::pixelcolor::{Gray4, GrayColor};
use embedded_graphics_core::primitives::{PointsIter, Rectangle};
use embedded_hal::digital::OutputPin;
use embedded_hal::spi::SpiDevice;

/// Pixels of a row.
pub const WIDTH: usize = 128;
/// Rows.
pub const HEIGHT: usize = 64;
/// Fastest clock of the serial interface, in Hz (clock cycle time: at least 250 ns).
pub const MAX_CLOCK_HZ: u32 = 4_000_000;

/// Bytes of a row: two pixels in each.
const ROW_BYTES: usize = WIDTH / 2;

/// A copy of the panel's memory, `[row][pair of pixels]`, the left pixel in the high nibble.
///
/// The controller cannot be read over SPI, and a byte of its memory holds two pixels: whoever
/// draws one must know the other.
pub type Shadow = [[u8; ROW_BYTES]; HEIGHT];

/// A black [`Shadow`].
pub const BLACK: Shadow = [[0; ROW_BYTES]; HEIGHT];

mod command {
    pub const SET_COLUMN_ADDRESS: u8 = 0x15;
    pub const SET_ROW_ADDRESS: u8 = 0x75;
    pub const SET_CONTRAST_CURRENT: u8 = 0x81;
    pub const SET_HALF_CURRENT_RANGE: u8 = 0x85;
    pub const SET_REMAP: u8 = 0xA0;
    pub const SET_DISPLAY_START_LINE: u8 = 0xA1;
    pub const SET_DISPLAY_OFFSET: u8 = 0xA2;
    pub const NORMAL_DISPLAY: u8 = 0xA4;
    pub const SET_MULTIPLEX_RATIO: u8 = 0xA8;
    pub const SET_MASTER_CONFIGURATION: u8 = 0xAD;
    pub const DISPLAY_OFF: u8 = 0xAE;
    pub const DISPLAY_ON: u8 = 0xAF;
    pub const SET_PHASE_LENGTH: u8 = 0xB1;
    pub const SET_ROW_PERIOD: u8 = 0xB2;
    pub const SET_DISPLAY_CLOCK: u8 = 0xB3;
    pub const SET_GRAY_SCALE_TABLE: u8 = 0xB8;
    pub const SET_PRECHARGE_VOLTAGE: u8 = 0xBC;
    pub const SET_VCOMH: u8 = 0xBE;
    pub const SET_VSL: u8 = 0xBF;
}

/// Re-map: COM lines split odd and even (bit 6), rows from the bottom up (bit 4), nibbles swapped,
/// so that the high one is left (bit 1); addresses increment along the row.
const REMAP: u8 = 1 << 6 | 1 << 4 | 1 << 1;
/// Display offset: with rows from the bottom up, the panel's 64 lines end at COM 12.
const DISPLAY_OFFSET: u8 = 0x4C;

const CONFIGURATION: &[u8] = &[
    command::DISPLAY_OFF,
    command::SET_CONTRAST_CURRENT,
    50,
    command::SET_HALF_CURRENT_RANGE,
    command::SET_REMAP,
    REMAP,
    command::SET_DISPLAY_START_LINE,
    0,
    command::SET_DISPLAY_OFFSET,
    DISPLAY_OFFSET,
    command::NORMAL_DISPLAY,
    command::SET_MULTIPLEX_RATIO,
    HEIGHT as u8 - 1,
    command::SET_PHASE_LENGTH,
    0x22,
    command::SET_ROW_PERIOD,
    70,
    command::SET_DISPLAY_CLOCK,
    0xF1,
    command::SET_VSL,
    0x0D,
    command::SET_VCOMH,
    0x02,
    command::SET_PRECHARGE_VOLTAGE,
    0x10,
    command::SET_GRAY_SCALE_TABLE,
    0x01,
    0x11,
    0x22,
    0x32,
    0x43,
    0x54,
    0x65,
    0x76,
    command::SET_MASTER_CONFIGURATION,
    0x03,
];

/// What failed on the way to the display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error<S, P> {
    /// The SPI bus or its chip select.
    Spi(S),
    /// The data/command line.
    DataCommand(P),
}

/// The display. What is drawn is sent at once, but for bytes that are the same as before around those
/// that change; pixels outside are left out.
pub struct Ssd0323<'s, S, P> {
    spi: S,
    data_command: P,
    shadow: &'s mut Shadow,
}

impl<'s, S: SpiDevice, P: OutputPin> Ssd0323<'s, S, P> {
    /// Configures the display behind `spi`, clears it and turns it on. `data_command` is its D/C
    /// line: low for commands, high for data.
    ///
    /// # Errors
    /// [`Error`] if the bus or the line fails.
    pub fn start(
        spi: S,
        data_command: P,
        shadow: &'s mut Shadow,
    ) -> Result<Self, Error<S::Error, P::Error>> {
        *shadow = BLACK;
        let mut display = Self {
            spi,
            data_command,
            shadow,
        };
        display.commands(CONFIGURATION)?;
        display.send(Area {
            columns: (0, ROW_BYTES - 1),
            rows: (0, HEIGHT - 1),
        })?;
        display.commands(&[command::DISPLAY_ON])?;
        Ok(display)
    }

    fn commands(&mut self, bytes: &[u8]) -> Result<(), Error<S::Error, P::Error>> {
        self.data_command.set_low().map_err(Error::DataCommand)?;
        self.spi.write(bytes).map_err(Error::Spi)
    }

    /// Sends this part of the shadow to the panel's memory.
    fn send(&mut self, area: Area) -> Result<(), Error<S::Error, P::Error>> {
        let (left, right) = area.columns;
        let (top, bottom) = area.rows;
        self.commands(&[
            command::SET_COLUMN_ADDRESS,
            left as u8,
            right as u8,
            command::SET_ROW_ADDRESS,
            top as u8,
            bottom as u8,
        ])?;
        self.data_command.set_high().map_err(Error::DataCommand)?;
        for row in &self.shadow[top..=bottom] {
            self.spi.write(&row[left..=right]).map_err(Error::Spi)?;
        }
        Ok(())
    }
}

/// A part of the panel's memory: first and last column, in bytes, and first and last row.
#[derive(Clone, Copy)]
struct Area {
    columns: (usize, usize),
    rows: (usize, usize),
}

impl Area {
    /// The smallest area with this one, if there is one, and the byte at `column` of `row`.
    fn with(area: Option<Self>, column: usize, row: usize) -> Self {
        let grow =
            |(first, last): (usize, usize), index: usize| (first.min(index), last.max(index));
        match area {
            Some(area) => Self {
                columns: grow(area.columns, column),
                rows: grow(area.rows, row),
            },
            None => Self {
                columns: (column, column),
                rows: (row, row),
            },
        }
    }
}

/// Puts a pixel at `x`, below [`WIDTH`], of a row of the shadow, and returns whether it changes.
#[inline(always)]
fn put(row: &mut [u8; ROW_BYTES], x: usize, level: u8) -> bool {
    let pair = &mut row[x / 2];
    let before = *pair;
    *pair = if x.is_multiple_of(2) {
        level << 4 | before & 0x0F
    } else {
        before & 0xF0 | level
    };
    *pair != before
}

/// Puts `width` pixels into a row of the shadow, from `left` on, and returns the first and last byte
/// that changes. In `levels`, room is left for a pixel before and after them, where they begin or end
/// within a byte.
fn put_row(
    row: &mut [u8; ROW_BYTES],
    left: usize,
    width: usize,
    levels: &mut [u8; WIDTH],
) -> Option<[usize; 2]> {
    let columns = left / 2..(left + width).div_ceil(2);
    let before = &mut row[columns.clone()];
    if let ([first, ..], 1) = (&before, left % 2) {
        levels[0] = first >> 4;
    }
    if let ([.., last], 1) = (&before, (left + width) % 2) {
        levels[2 * before.len() - 1] = last & 0x0F;
    }
    let mut changed = None;
    for ((pair, &[high, low]), column) in before.iter_mut().zip(levels.as_chunks().0).zip(columns) {
        let both = high << 4 | low;
        if *pair != both {
            *pair = both;
            let [first, _] = changed.unwrap_or([column; 2]);
            changed = Some([first, column]);
        }
    }
    changed
}

impl<S, P> OriginDimensions for Ssd0323<'_, S, P> {
    fn size(&self) -> Size {
        Size::new(WIDTH as u32, HEIGHT as u32)
    }
}

impl<S: SpiDevice, P: OutputPin> DrawTarget for Ssd0323<'_, S, P> {
    type Color = Gray4;
    type Error = Error<S::Error, P::Error>;

    /// Draws the pixels, and sends the smallest rectangle that holds all that change.
    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Pixel<Self::Color>>,
    {
        let mut changed = None;
        for Pixel(point, color) in pixels {
            let (Ok(x), Ok(y)) = (usize::try_from(point.x), usize::try_from(point.y)) else {
                continue;
            };
            if x >= WIDTH || y >= HEIGHT {
                continue;
            }
            if put(&mut self.shadow[y], x, color.luma()) {
                changed = Some(Area::with(changed, x / 2, y));
            }
        }
        changed.map_or(Ok(()), |area| self.send(area))
    }

    /// As [`DrawTarget::draw_iter`], with less to do for a pixel if all are inside.
    fn fill_contiguous<I>(&mut self, area: &Rectangle, colors: I) -> Result<(), Self::Error>
    where
        I: IntoIterator<Item = Gray4>,
    {
        let within = |start: i32, length: u32, limit: usize| {
            let room = usize::try_from(start).map_or(None, |start| limit.checked_sub(start));
            room.is_some_and(|room| length as usize <= room)
        };
        let (Point { x, y }, Size { width, height }) = (area.top_left, area.size);
        if !within(x, width, WIDTH) || !within(y, height, HEIGHT) {
            let pixels = area.points().zip(colors);
            return self.draw_iter(pixels.map(|(at, color)| Pixel(at, color)));
        }
        let (left, width) = (x as usize, width as usize);
        let mut colors = colors.into_iter();
        let mut levels = [0; WIDTH];
        let mut changed = None;
        for y in area.rows() {
            let given = levels[left % 2..][..width].iter_mut().zip(&mut colors);
            let given = given.map(|(level, color)| *level = color.luma()).count();
            let y = y as usize;
            let changes = put_row(&mut self.shadow[y], left, given, &mut levels);
            for column in changes.into_iter().flatten() {
                changed = Some(Area::with(changed, column, y));
            }
        }
        changed.map_or(Ok(()), |area| self.send(area))
    }
}
