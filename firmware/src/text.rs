//! Words on a display.

use core::fmt::{self, Write};
use core::iter;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Size;
use embedded_graphics::mono_font::ascii::{FONT_4X6, FONT_5X8, FONT_6X10};
use embedded_graphics::mono_font::{MonoFont, MonoTextStyle};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use heapless::String;

use crate::ink::Ink;

/// Longest text that is shown, in bytes; a longer one is cut.
const TEXT: usize = 160;

/// Clears `display` and writes `text` on it in full ink, as large as it fits.
///
/// For what is not a digit: why there is none, or that the program has failed. A board's panic
/// handler shows the panic's location or message so, on a display that it has started anew, and
/// then resets the chip. What does not fit, on the display or in 160 bytes, is left out.
///
/// # Errors
/// The display's own.
pub fn show_text<D>(display: &mut D, text: impl fmt::Display) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: Ink,
{
    let mut buffer = String::<TEXT>::new();
    // A text that does not fit keeps its beginning: better than none.
    let _ = write!(Cut(&mut buffer), "{text}");
    let area = display.bounding_box();
    let fits = |font: &&MonoFont| {
        let (columns, rows) = columns_and_rows(font, area.size);
        lines(&buffer, columns).count() <= rows
    };
    let font = FONTS.into_iter().find(fits).unwrap_or(SMALLEST);
    let style = MonoTextStyle::new(font, D::Color::from_ink(u8::MAX, Point::zero()));
    let mut corner = area.top_left;
    display.clear(D::Color::from_ink(0, Point::zero()))?;
    for line in lines(&buffer, columns_and_rows(font, area.size).0) {
        Text::with_baseline(line, corner, style, Baseline::Top).draw(display)?;
        corner.y += font.character_size.height as i32;
    }
    Ok(())
}

/// The text is written in the first of these in which it fits on the display, else in [`SMALLEST`].
const FONTS: [&MonoFont; 2] = [&FONT_6X10, &FONT_5X8];
const SMALLEST: &MonoFont = &FONT_4X6;

/// Characters of a line, at least 1, and lines of `font` on a display.
fn columns_and_rows(font: &MonoFont, display: Size) -> (usize, usize) {
    let columns = display.width / font.character_size.width;
    let rows = display.height / font.character_size.height;
    (columns.max(1) as usize, rows as usize)
}

/// Cuts `text` into lines of `columns` (at least 1) characters.
fn lines(text: &str, columns: usize) -> impl Iterator<Item = &str> {
    let mut rest = text;
    iter::from_fn(move || {
        let line;
        (line, rest) = split_line(Some(rest).filter(|rest| !rest.is_empty())?, columns);
        Some(line)
    })
}

/// Cuts `text` after as many words as fit in `columns` (at least 1) characters, or after as many
/// characters if not even the first word fits. The space at the cut is left out.
///
/// Every cut is at the start of a character. `split_at_checked` keeps the formatting of a panic
/// that cannot happen (6 KB) out of the firmware.
fn split_line(text: &str, columns: usize) -> (&str, &str) {
    let Some((limit, at_limit)) = text.char_indices().nth(columns) else {
        return (text, "");
    };
    let Some((line, rest)) = text.split_at_checked(limit) else {
        return (text, "");
    };
    if at_limit == ' ' {
        return (line, without_space(rest));
    }
    match line
        .rfind(' ')
        .and_then(|space| text.split_at_checked(space))
    {
        Some((line, rest)) => (line, without_space(rest)),
        None => (line, rest),
    }
}

fn without_space(text: &str) -> &str {
    text.strip_prefix(' ').unwrap_or(text)
}

/// Writes as many characters as fit. Lines are broken by the display's width, not by the text.
struct Cut<'a>(&'a mut String<TEXT>);

impl Write for Cut<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars()
            .map(|character| if character == '\n' { ' ' } else { character })
            .try_for_each(|character| self.0.push(character))
            .map_err(|_| fmt::Error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_between_words() {
        assert!(lines("one two three", 7).eq(["one two", "three"]));
        assert!(lines("one two three", 6).eq(["one", "two", "three"]));
        assert!(lines("one two three", 13).eq(["one two three"]));
    }

    #[test]
    fn a_word_longer_than_a_line_is_cut() {
        assert!(lines("abcdefgh ij", 3).eq(["abc", "def", "gh", "ij"]));
        assert!(lines("öäü", 1).eq(["ö", "ä", "ü"]));
    }
}
