//! A module with an SSD1306 controller and an OLED of 128x64 pixels.
//!
//! Command codes, addressing and which pixels light up are those of Solomon Systech's data sheet
//! (revision 1.1). A command that is not in it, or that this model does not follow, is an error: a
//! driver's mistake must not pass unseen.
//!
//! The glass is the usual one: upright when segments are re-mapped (A1) and COM lines are scanned
//! from the last to the first (C8), with alternative COM pins (DA 12).

use crate::Error;
use crate::screen::Screen;

const WIDTH: usize = 128;
const HEIGHT: usize = 64;
const PAGES: usize = HEIGHT / 8;

/// How the place of the next byte follows from the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Addressing {
    Horizontal,
    Vertical,
    Page,
}

/// The controller and its glass.
#[derive(Clone, Debug)]
pub struct Ssd1306 {
    /// A byte is eight pixels below each other, the lowest bit at the top: `[page][segment]`.
    ram: [[u8; WIDTH]; PAGES],
    addressing: Addressing,
    columns: (usize, usize),
    pages: (usize, usize),
    column: usize,
    page: usize,
    start_line: usize,
    remapped: bool,
    scan_reversed: bool,
    on: bool,
    charge_pump: bool,
    all_on: bool,
    inverse: bool,
    /// A command whose bytes have not all come yet.
    pending: Vec<u8>,
}

impl Default for Ssd1306 {
    /// After power-on. The memory is undefined then: what a driver does not clear is snow.
    fn default() -> Self {
        let mut ram = [[0; WIDTH]; PAGES];
        for (index, byte) in ram.as_flattened_mut().iter_mut().enumerate() {
            *byte = (index * 167 + 91) as u8;
        }
        Self {
            ram,
            addressing: Addressing::Page,
            columns: (0, WIDTH - 1),
            pages: (0, PAGES - 1),
            column: 0,
            page: 0,
            start_line: 0,
            remapped: false,
            scan_reversed: false,
            on: false,
            charge_pump: false,
            all_on: false,
            inverse: false,
            pending: Vec::new(),
        }
    }
}

impl Ssd1306 {
    /// Which pixels shine, as they are seen: level 1, and level 0 for dark ones.
    pub fn screen(&self) -> Screen {
        let pixels = (0..WIDTH * HEIGHT).map(|index| self.lit(index % WIDTH, index / WIDTH).into());
        Screen::new(WIDTH, 2, pixels.collect())
    }

    fn lit(&self, x: usize, y: usize) -> bool {
        if !self.on || !self.charge_pump {
            return false;
        }
        if self.all_on {
            return true;
        }
        let com = HEIGHT - 1 - y;
        let line = if self.scan_reversed {
            HEIGHT - 1 - com
        } else {
            com
        };
        let row = (line + self.start_line) % HEIGHT;
        let byte = self.ram[row / 8][WIDTH - 1 - x];
        (byte >> (row % 8) & 1 == 1) != self.inverse
    }

    /// What is written to the module's I2C address between two start conditions: a control byte
    /// says what the bytes after it are.
    ///
    /// # Errors
    /// [`Error::Display`] for what is not in the data sheet.
    pub fn i2c(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let mut bytes = bytes.iter();
        while let Some(control) = bytes.next() {
            if control & 0x3F != 0 {
                return Err(Error::Display(format!(
                    "control byte {control:02x} has reserved bits set"
                )));
            }
            // With the continuation bit, another control byte follows each byte.
            let count = if control & 0x80 != 0 { 1 } else { usize::MAX };
            for &byte in bytes.by_ref().take(count) {
                if control & 0x40 != 0 {
                    self.data(byte);
                } else {
                    self.command(byte)?;
                }
            }
        }
        Ok(())
    }

    /// A byte that comes with D/C# low.
    ///
    /// # Errors
    /// [`Error::Display`] for what is not in the data sheet.
    pub fn command(&mut self, byte: u8) -> Result<(), Error> {
        self.pending.push(byte);
        let arguments = match self.pending[0] {
            0x20 | 0x81 | 0x8D | 0xA8 | 0xD3 | 0xD5 | 0xD9 | 0xDA | 0xDB => 1,
            0x21 | 0x22 => 2,
            _ => 0,
        };
        if self.pending.len() <= arguments {
            return Ok(());
        }
        let command = std::mem::take(&mut self.pending);
        self.execute(&command).map_err(|problem| {
            let bytes: Vec<String> = command.iter().map(|byte| format!("{byte:02x}")).collect();
            Error::Display(format!("command {}: {problem}", bytes.join(" ")))
        })
    }

    fn execute(&mut self, command: &[u8]) -> Result<(), &'static str> {
        let paged = need(
            self.addressing == Addressing::Page,
            "only in page addressing mode",
        );
        match *command {
            [low @ 0x00..=0x0F] => {
                self.column = self.column & 0x70 | usize::from(low);
                paged
            }
            [high @ 0x10..=0x17] => {
                self.column = self.column & 0x0F | usize::from(high & 7) << 4;
                paged
            }
            [0x20, mode] => {
                self.addressing = match mode {
                    0 => Addressing::Horizontal,
                    1 => Addressing::Vertical,
                    2 => Addressing::Page,
                    _ => return Err("no such addressing mode"),
                };
                Ok(())
            }
            [0x21, first, last] => {
                self.columns = (first.into(), last.into());
                self.column = first.into();
                need(
                    first <= last && usize::from(last) < WIDTH,
                    "not a range of columns",
                )
            }
            [0x22, first, last] => {
                self.pages = (first.into(), last.into());
                self.page = first.into();
                need(
                    first <= last && usize::from(last) < PAGES,
                    "not a range of pages",
                )
            }
            // Scrolling stops; this model cannot start it.
            [0x2E] => Ok(()),
            [line @ 0x40..=0x7F] => {
                self.start_line = usize::from(line & 0x3F);
                Ok(())
            }
            // Contrast: any.
            [0x81, _] => Ok(()),
            [0x8D, setting] => {
                self.charge_pump = setting & 4 != 0;
                need(setting & !4 == 0x10, "reserved bits of the charge pump")
            }
            // Affects only what is written afterwards.
            [code @ (0xA0 | 0xA1)] => {
                self.remapped = code == 0xA1;
                Ok(())
            }
            [code @ (0xA4 | 0xA5)] => {
                self.all_on = code == 0xA5;
                Ok(())
            }
            [code @ (0xA6 | 0xA7)] => {
                self.inverse = code == 0xA7;
                Ok(())
            }
            [0xA8, rows] => need(usize::from(rows) == HEIGHT - 1, "this glass has 64 rows"),
            [code @ (0xAE | 0xAF)] => {
                self.on = code == 0xAF;
                Ok(())
            }
            [page @ 0xB0..=0xB7] => {
                self.page = usize::from(page & 7);
                paged
            }
            [code @ (0xC0 | 0xC8)] => {
                self.scan_reversed = code == 0xC8;
                Ok(())
            }
            [0xD3, offset] => need(offset == 0, "an offset rolls the picture of this glass"),
            // Clock divider and oscillator frequency: any.
            [0xD5, _] => Ok(()),
            [0xD9, phases] => need(
                phases & 0x0F != 0 && phases & 0xF0 != 0,
                "a pre-charge phase of 0 is invalid",
            ),
            [0xDA, pins] => need(
                pins == 0x12,
                "this glass needs alternative COM pins, not re-mapped",
            ),
            [0xDB, level] => need(level & !0x70 == 0, "reserved bits of the deselect level"),
            [0xE3] => Ok(()),
            _ => Err("not in the data sheet, or not in this model"),
        }
    }

    /// A byte that comes with D/C# high.
    pub fn data(&mut self, byte: u8) {
        let segment = if self.remapped {
            WIDTH - 1 - self.column
        } else {
            self.column
        };
        self.ram[self.page][segment] = byte;
        match self.addressing {
            Addressing::Horizontal => {
                if next(&mut self.column, self.columns, WIDTH) {
                    next(&mut self.page, self.pages, PAGES);
                }
            }
            Addressing::Vertical => {
                if next(&mut self.page, self.pages, PAGES) {
                    next(&mut self.column, self.columns, WIDTH);
                }
            }
            Addressing::Page => self.column = (self.column + 1) % WIDTH,
        }
    }
}

/// Moves `place` to the next one in `range`; whether it went back to the first.
fn next(place: &mut usize, range: (usize, usize), count: usize) -> bool {
    let wraps = *place == range.1;
    *place = if wraps { range.0 } else { (*place + 1) % count };
    wraps
}

fn need(condition: bool, problem: &'static str) -> Result<(), &'static str> {
    condition.then_some(()).ok_or(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The software flow of the data sheet's application note, for a glass of 64 rows.
    const START: &[u8] = &[
        0xA8, 0x3F, 0xD3, 0x00, 0x40, 0xA1, 0xC8, 0xDA, 0x12, 0x81, 0x7F, 0xA4, 0xA6, 0xD5, 0x80,
        0x8D, 0x14, 0xAF, 0x20, 0x00, 0x21, 0, 127, 0x22, 0, 7,
    ];

    fn started(more: &[u8]) -> Ssd1306 {
        let mut display = Ssd1306::default();
        for &byte in [START, more].concat().iter() {
            display.command(byte).unwrap();
        }
        display
    }

    fn lit(display: &Ssd1306) -> Vec<(usize, usize)> {
        let screen = display.screen();
        let rows = screen.rows().enumerate();
        rows.flat_map(|(y, row)| {
            let on = row.iter().enumerate().filter(|(_, level)| **level == 1);
            on.map(move |(x, _)| (x, y)).collect::<Vec<_>>()
        })
        .collect()
    }

    /// All dark, and then addressed as `more` says.
    fn dark(more: &[u8]) -> Ssd1306 {
        let mut display = started(&[]);
        (0..1024).for_each(|_| display.data(0));
        for &byte in more {
            display.command(byte).unwrap();
        }
        display
    }

    #[test]
    fn a_byte_is_eight_pixels_from_the_top_down() {
        let mut display = dark(&[]);
        display.data(0b1000_0001);
        assert_eq!(lit(&display), [(0, 0), (0, 7)]);
    }

    #[test]
    fn a_window_is_filled_row_by_row_and_begins_again() {
        let mut display = dark(&[0x21, 3, 4, 0x22, 1, 2]);
        for byte in [1, 2, 4, 8, 16] {
            display.data(byte);
        }
        assert_eq!(lit(&display), [(4, 9), (3, 12), (3, 18), (4, 19)]);
    }

    #[test]
    fn the_picture_stands_on_its_head_with_the_lines_the_other_way() {
        let mut display = started(&[0xA0, 0xC0]);
        (0..1024).for_each(|_| display.data(0));
        display.data(1);
        assert_eq!(lit(&display), [(127, 63)]);
    }

    #[test]
    fn is_dark_without_the_charge_pump_and_snows_until_it_is_cleared() {
        assert!(lit(&started(&[])).len() > 1000);
        assert!(lit(&started(&[0x8D, 0x10])).is_empty());
        assert!(lit(&Ssd1306::default()).is_empty());
    }

    #[test]
    fn control_bytes_tell_data_from_commands() {
        let mut display = dark(&[]);
        display.i2c(&[0x80, 0x21, 0x00, 5, 6]).unwrap();
        display.i2c(&[0xC0, 1, 0x40, 2, 4]).unwrap();
        assert_eq!(lit(&display), [(5, 0), (6, 1), (5, 10)]);
        assert!(display.i2c(&[0x01]).is_err());
    }

    #[test]
    fn refuses_what_the_data_sheet_does_not_have() {
        for command in [
            &[0xE1][..],
            &[0x18],
            &[0x20, 3],
            &[0x21, 5, 4],
            &[0x22, 0, 8],
            &[0xDA, 0x02],
            &[0xD9, 0x0F],
            &[0xB0],
        ] {
            let mut display = started(&[]);
            let (last, first) = command.split_last().unwrap();
            first
                .iter()
                .for_each(|&byte| display.command(byte).unwrap());
            assert!(display.command(*last).is_err(), "{command:02x?}");
        }
    }
}
