//! Words for the page: what went wrong.

use core::fmt::{self, Write};

use heapless::String;

/// A text that the page reads.
#[derive(Default)]
pub(crate) struct Text(String<240>);

impl Text {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Replaces the text by the words of `value`; the end of a text that is too long is left out.
    pub(crate) fn set(&mut self, value: &impl fmt::Display) {
        self.0.clear();
        let _ = write!(self, "{value}");
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars()
            .try_for_each(|character| self.0.push(character))
            .map_err(|_| fmt::Error)
    }
}
