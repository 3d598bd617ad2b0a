//! Words on a display.

use core::fmt::{self, Write};
use core::iter;
use core::panic::PanicInfo;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::image::{GetPixel, ImageRaw};
use embedded_graphics::mono_font::ascii::FONT_5X8;
use embedded_graphics::pixelcolor::BinaryColor;
use heapless::String;

use crate::ink::Ink;
use crate::layout::Cell;
use crate::stamp::stamp_row;

/// Words for the display and for the log: one text in ASCII of at most 160 characters, of which
/// the beginning is kept.
///
/// For what is not a digit: why there is none, or that the program has failed. A board's panic
/// handler shows the panic's message and location so, on a display that it has started anew, and
/// then resets the chip. What is written to it goes behind what is there.
#[derive(Debug, Default)]
pub struct Words(String<160>);

impl Words {
    /// The words of `text`.
    pub fn of(text: impl fmt::Display) -> Self {
        let mut words = Self::default();
        // A text that does not fit keeps its beginning: better than none.
        let _ = write!(words, "{text}");
        words
    }

    /// Message and place of a panic.
    pub fn of_panic(info: &PanicInfo<'_>) -> Self {
        let mut words = Self::of(format_args!("Failed: {}", info.message()));
        if let Some(place) = info.location() {
            // Not by formatting, which takes a KB of flash for text. What does not fit is left out.
            let _ = words.write_str(", ");
            let _ = words.write_str(place.file());
            let _ = write!(words, ":{}", place.line());
        }
        words
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Clears `display` and writes the words on it in full ink, in characters of 5x8 pixels: all of
    /// them fit on 128x64. What does not fit is left out.
    ///
    /// # Errors
    /// The display's own.
    pub fn show<D>(&self, display: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget,
        D::Color: Ink,
    {
        let Size { width, height } = display.bounding_box().size;
        let columns = (width / WIDTH).max(1) as usize;
        let rows = (height / HEIGHT) as usize;
        display.clear(D::Color::from_ink(0, Point::zero()))?;
        let mut cell = Cell {
            corner: Point::zero(),
            scale: 1,
            part: Size::new(WIDTH, HEIGHT),
        };
        for line in lines(self.0.as_bytes(), columns).take(rows) {
            cell.corner.x = 0;
            for &character in line {
                draw(character, &cell, display)?;
                cell.corner.x += WIDTH as i32;
            }
            cell.corner.y += HEIGHT as i32;
        }
        Ok(())
    }
}

/// Every character becomes one of ASCII, and a line's end a space: lines are broken by the display's
/// width, not by the text.
impl Write for Words {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // All bytes of a character but its first one are 0b10xx_xxxx.
        let firsts = text.bytes().filter(|byte| byte & 0xC0 != 0x80);
        for byte in firsts {
            self.write_char(byte.into())?;
        }
        Ok(())
    }

    fn write_char(&mut self, character: char) -> fmt::Result {
        let character = match character {
            '\n' => ' ',
            ' '..='~' => character,
            _ => '?',
        };
        self.0.push(character).map_err(|_| fmt::Error)
    }
}

/// The characters of ASCII from the space on, [`IN_A_ROW`] in a row: all that is needed of the font.
/// embedded-graphics' own way to draw text is several KB of code.
static GLYPHS: ImageRaw<BinaryColor> = FONT_5X8.image;
const IN_A_ROW: u32 = 16;
/// Pixels of a character.
const WIDTH: u32 = FONT_5X8.character_size.width;
const HEIGHT: u32 = FONT_5X8.character_size.height;

/// Draws a character, which is a picture like any other, into `cell`.
fn draw<D>(character: u8, cell: &Cell, display: &mut D) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: Ink,
{
    let index = u32::from(character) - u32::from(b' ');
    let left = index % IN_A_ROW * WIDTH;
    let top = index / IN_A_ROW * HEIGHT;
    for y in 0..HEIGHT {
        let mut row = [0; WIDTH as usize];
        for (x, ink) in (left as i32..).zip(&mut row) {
            if GLYPHS.pixel(Point::new(x, (top + y) as i32)) == Some(BinaryColor::On) {
                *ink = u8::MAX;
            }
        }
        stamp_row(display, cell, false, y, &row)?;
    }
    Ok(())
}

/// Cuts `text` into lines of `columns` (at least 1) characters.
fn lines(text: &[u8], columns: usize) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    iter::from_fn(move || {
        let line;
        (line, rest) = split_line(Some(rest).filter(|rest| !rest.is_empty())?, columns);
        Some(line)
    })
}

/// Cuts `text` after as many words as fit in `columns` (at least 1) characters, or after as many
/// characters if not even the first word fits. The space at the cut is left out.
fn split_line(text: &[u8], columns: usize) -> (&[u8], &[u8]) {
    let Some((line, rest)) = text.split_at_checked(columns) else {
        return (text, &[]);
    };
    let space = match rest {
        [] | [b' ', ..] => None,
        _ => line.iter().rposition(|&character| character == b' '),
    };
    let cut = space.and_then(|space| text.split_at_checked(space));
    let (line, rest) = cut.unwrap_or((line, rest));
    (line, rest.strip_prefix(b" ").unwrap_or(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines_of(text: &str, columns: usize) -> heapless::Vec<&str, 8> {
        lines(text.as_bytes(), columns)
            .map(|line| core::str::from_utf8(line).unwrap())
            .collect()
    }

    #[test]
    fn lines_end_between_words() {
        assert_eq!(lines_of("one two three", 7), ["one two", "three"]);
        assert_eq!(lines_of("one two three", 6), ["one", "two", "three"]);
        assert_eq!(lines_of("one two three", 13), ["one two three"]);
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        assert_eq!(lines_of("abcdefgh ij", 3), ["abc", "def", "gh", "ij"]);
    }

    #[test]
    fn what_is_not_ascii_becomes_a_question_mark() {
        assert_eq!(Words::of("30 °C\n€ 5").as_str(), "30 ?C ? 5");
    }

    #[test]
    fn a_long_text_keeps_its_beginning() {
        let text = [b'a'; 200];
        let text = core::str::from_utf8(&text).unwrap();
        assert_eq!(Words::of(text).as_str(), &text[..160]);
    }
}
