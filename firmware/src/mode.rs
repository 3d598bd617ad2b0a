//! What a mode is, and what it draws with.

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Dimensions, Point, Size};

use crate::board::{Board, DisplayError};
use crate::ink::Ink;
use crate::input::Input;
use crate::layout::Cell;
use crate::painter::{Drawn, Painter};
use crate::reason::Reason;
use crate::stamp::stamp_row;
use crate::stop::Stop;
use crate::style::Style;

/// A way to show a model's digits, in steps of one digit at most.
pub trait Mode: Sized {
    /// How it begins. The display is black.
    ///
    /// # Errors
    /// [`Stop::Reason`] if the model cannot be shown like this, and what `scene` returns.
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>>;

    /// Answers `input`, then draws what is next: one digit, which is returned, or nothing.
    ///
    /// # Errors
    /// What `scene` returns.
    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>>;
}

/// What a mode draws with.
pub struct Scene<'a, 'm, B> {
    painter: &'a mut Painter<'m>,
    board: &'a mut B,
}

impl<'a, 'm, B: Board> Scene<'a, 'm, B> {
    pub(crate) fn new(painter: &'a mut Painter<'m>, board: &'a mut B) -> Self {
        Self { painter, board }
    }

    /// The board.
    pub fn board(&mut self) -> &mut B {
        self.board
    }

    /// Microseconds now.
    pub fn now(&self) -> u32 {
        self.board.micros()
    }

    /// Pixels of the display.
    pub fn display(&mut self) -> Size {
        self.board.display().bounding_box().size
    }

    /// Pixels of a picture.
    pub fn picture(&self) -> Size {
        self.painter.picture()
    }

    /// Why not one picture fits on the display, or not as many as are needed.
    pub fn too_small(&mut self) -> Reason {
        Reason::DisplayTooSmall {
            needed: self.picture(),
            display: self.display(),
        }
    }

    /// Labels of the model, at least 1: label 0 is that of a model without classes.
    pub fn labels(&self) -> u8 {
        self.painter.model().classes().max(1)
    }

    /// A seed that was not used before, from the board's entropy if it has some.
    pub fn seed(&mut self) -> u32 {
        self.painter.seed(self.board)
    }

    /// Makes the display black.
    ///
    /// # Errors
    /// The display's.
    pub fn clear(&mut self) -> Result<(), Stop<DisplayError<B>>> {
        let display = self.board.display();
        let cleared = display.clear(Ink::from_ink(0, Point::zero()));
        cleared
            .and_then(|()| self.board.flush())
            .map_err(Stop::Display)
    }

    /// Fills a square of the display with ink.
    ///
    /// # Errors
    /// The display's.
    pub fn fill(&mut self, corner: Point, side: u32) -> Result<(), Stop<DisplayError<B>>> {
        let dot = Cell {
            corner,
            scale: side,
            part: Size::new_equal(1),
        };
        let filled = stamp_row(self.board.display(), &dot, false, 0, &[u8::MAX]);
        filled
            .and_then(|()| self.board.flush())
            .map_err(Stop::Display)
    }

    /// Draws a digit.
    ///
    /// # Errors
    /// The display's; [`Stop::Reason`] if there is no such label.
    pub fn draw(
        &mut self,
        cell: &Cell,
        style: Style,
        label: u8,
    ) -> Result<Drawn, Stop<DisplayError<B>>> {
        self.painter.draw(self.board, cell, style, label, false)
    }

    /// Draws a digit in black on white.
    ///
    /// # Errors
    /// Those of [`Scene::draw`].
    pub fn draw_negative(
        &mut self,
        cell: &Cell,
        style: Style,
        label: u8,
    ) -> Result<Drawn, Stop<DisplayError<B>>> {
        self.painter.draw(self.board, cell, style, label, true)
    }
}
