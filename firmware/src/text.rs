//! Words on a display.

use core::fmt::{self, Write};
use core::iter;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::image::{GetPixel, ImageRaw};
use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::mono_font::ascii::{FONT_4X6, FONT_5X8, FONT_6X10};
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

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Clears `display` and writes the words on it in full ink, as large as they fit. What does not
    /// fit in the smallest font is left out.
    ///
    /// # Errors
    /// The display's own.
    pub fn show<D>(&self, display: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget,
        D::Color: Ink,
    {
        let text = self.0.as_bytes();
        let size = display.bounding_box().size;
        let fits = |font: &&Font| {
            let Size { width, height } = font.characters(size);
            lines(text, width as usize).count() <= height as usize
        };
        let font = FONTS.iter().find(fits).unwrap_or(&SMALLEST);
        let Size { width, height } = font.characters(size);
        display.clear(D::Color::from_ink(0, Point::zero()))?;
        let mut cell = Cell {
            corner: Point::zero(),
            scale: 1,
            cut: Size::zero(),
            part: font.size,
        };
        for line in lines(text, width as usize).take(height as usize) {
            cell.corner.x = 0;
            for &character in line {
                font.draw(character, &cell, display)?;
                cell.corner.x += font.size.width as i32;
            }
            cell.corner.y += font.size.height as i32;
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

/// The text is written in the first of these in which it fits on the display, else in [`SMALLEST`].
static FONTS: [Font; 2] = [Font::of(&FONT_6X10), Font::of(&FONT_5X8)];
static SMALLEST: Font = Font::of(&FONT_4X6);

/// What is needed of a font: embedded-graphics' own way to draw text is several KB of code.
struct Font {
    /// The characters of ASCII from the space on, [`Font::IN_A_ROW`] in a row.
    glyphs: ImageRaw<'static, BinaryColor>,
    /// Pixels of a character.
    size: Size,
}

impl Font {
    const IN_A_ROW: u32 = 16;
    const WIDEST: usize = 6;

    const fn of(font: &MonoFont<'static>) -> Self {
        assert!(font.character_size.width as usize <= Self::WIDEST);
        Self {
            glyphs: font.image,
            size: font.character_size,
        }
    }

    /// Characters of a line, at least 1, and lines on a display.
    fn characters(&self, display: Size) -> Size {
        let Size { width, height } = self.size;
        let columns = display.width.checked_div(width).unwrap_or_default();
        let rows = display.height.checked_div(height).unwrap_or_default();
        Size::new(columns.max(1), rows)
    }

    /// Draws a character, which is a picture like any other, into `cell`.
    fn draw<D>(&self, character: u8, cell: &Cell, display: &mut D) -> Result<(), D::Error>
    where
        D: DrawTarget,
        D::Color: Ink,
    {
        let Size { width, height } = self.size;
        let index = u32::from(character) - u32::from(b' ');
        let left = index % Self::IN_A_ROW * width;
        let top = index / Self::IN_A_ROW * height;
        for y in 0..height {
            let mut row = [0; Self::WIDEST];
            for (x, ink) in (left as i32..).zip(&mut row) {
                let on = self.glyphs.pixel(Point::new(x, (top + y) as i32));
                *ink = if on == Some(BinaryColor::On) {
                    u8::MAX
                } else {
                    0
                };
            }
            stamp_row(display, cell, false, y as usize, &row)?;
        }
        Ok(())
    }
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
