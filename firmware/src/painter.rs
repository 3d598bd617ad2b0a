//! Generating a digit straight onto a display.

use embedded_graphics::geometry::Size;
use runtime::{Generator, Model};

use crate::board::{Board, DisplayError};
use crate::layout::Cell;
use crate::log::info;
use crate::reason::Reason;
use crate::stamp::stamp_row;
use crate::stop::Stop;
use crate::style::Style;

/// A digit that was drawn: what anyone needs to draw it again, and how long it took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Its class; 0 if the model has none.
    pub label: u8,
    /// Its handwriting.
    pub style: Style,
    /// Microseconds for generating and drawing it; 0 where [`Board::MEASURES`] is false.
    pub micros: u32,
    /// The part of `micros` that was spent in the display.
    pub display_micros: u32,
}

impl Drawn {
    /// Tells the log about a digit of one seed.
    pub(crate) fn log(&self, mode: &str) {
        info!(
            "{=str}: label {=u8}, seed {=u32}, {=u32} us, {=u32} us of them for the display",
            mode, self.label, self.style.from, self.micros, self.display_micros
        );
    }
}

/// Draws digits of a model, a row at a time, without a frame in memory.
#[derive(Debug)]
pub(crate) struct Painter<'m> {
    model: &'m Model<'m>,
    generator: Generator<'m>,
    next_seed: u32,
}

impl<'m> Painter<'m> {
    /// A painter for `model` that works in `workspace`, of [`Model::workspace_len`] bytes or more.
    ///
    /// # Errors
    /// [`Reason`]: the workspace is too small, or pictures have several channels.
    pub fn new(model: &'m Model<'m>, workspace: &'m mut [u8]) -> Result<Self, Reason> {
        let channels = model.image().channels;
        if channels != 1 {
            return Err(Reason::Channels { channels });
        }
        Ok(Self {
            model,
            generator: Generator::new(model, workspace)?,
            next_seed: 0,
        })
    }

    /// The model.
    pub fn model(&self) -> &'m Model<'m> {
        self.model
    }

    /// Pixels of a picture.
    pub fn picture(&self) -> Size {
        let image = self.model.image();
        Size::new(image.width.into(), image.height.into())
    }

    /// A seed that was not used before: the board's, or the next number.
    pub fn seed<B: Board>(&mut self, board: &mut B) -> u32 {
        board.entropy().unwrap_or_else(|| {
            let seed = self.next_seed;
            self.next_seed = seed.wrapping_add(1);
            seed
        })
    }

    /// Draws a digit into `cell`, black on white if `negative`.
    ///
    /// # Errors
    /// [`Stop`]: the display failed, or the model has no such label.
    pub fn draw<B: Board>(
        &mut self,
        board: &mut B,
        cell: &Cell,
        style: Style,
        label: u8,
        negative: bool,
    ) -> Result<Drawn, Stop<DisplayError<B>>> {
        let now = |board: &B| if B::MEASURES { board.micros() } else { 0 };
        let start = now(board);
        let Size { height, .. } = self.picture();
        let mut stamped = Ok(());
        let mut display_micros = 0;
        let on_row = |y: usize, row: &[u8]| {
            // Above the part of the picture that is drawn, this is more than its height.
            let y = (y as u32).wrapping_sub((height - cell.part.height) / 2);
            if stamped.is_ok() {
                let start = now(board);
                stamped = stamp_row(board.display(), cell, negative, y, row);
                display_micros += now(board).wrapping_sub(start);
            }
        };
        if cfg!(feature = "between") {
            let latent = style.latent(self.model.latent_len());
            self.generator.rows(&latent, label, on_row)?;
        } else {
            // Without a latent of its own, which would be some hundred bytes of the stack.
            self.generator.rows_from_seed(style.from, label, on_row)?;
        }
        stamped.map_err(Stop::Display)?;
        let start_of_flush = now(board);
        board.flush().map_err(Stop::Display)?;
        let end = now(board);
        Ok(Drawn {
            label,
            style,
            micros: end.wrapping_sub(start),
            display_micros: display_micros + end.wrapping_sub(start_of_flush),
        })
    }
}
