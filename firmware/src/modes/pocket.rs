//! Gallery and Ask in one, in as little memory as possible.

use embedded_graphics::geometry::Size;

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::layout::{Cell, Layout};
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::style::Style;
use crate::time::turn;

/// What [`Gallery`](super::Gallery) and [`Ask`](super::Ask) are in a small chip: pages of fresh
/// digits, one class after another, or one large digit, never twice the same.
///
/// [`Input::NextMode`] goes from the one to the other. [`Input::Action`] draws another page, or
/// another digit of the same class, and [`Input::Next`] another page or the next class. Pages turn by
/// themselves every four seconds, until one is turned by hand.
#[derive(Debug)]
pub struct Pocket {
    /// Pictures that have been drawn, of those that are on the display together.
    drawn: u8,
    /// The label to draw.
    label: u8,
    /// Whether there is one picture on the display.
    one: bool,
    by_hand: bool,
    /// When all was drawn.
    complete: u32,
}

/// How long a page stays when pages turn by themselves, in microseconds.
const PAGE: u32 = 4_000_000;

impl Mode for Pocket {
    fn start<B: Board>(_scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(Self {
            drawn: 0,
            label: 0,
            one: false,
            by_hand: false,
            complete: 0,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        let labels = scene.labels();
        if self.answer(input, labels) {
            scene.clear()?;
        }
        let Some(cell) = &self.cell(scene.display(), scene.picture(), scene.now()) else {
            return Ok(None);
        };
        let style = Style::of(scene.seed());
        let drawn = scene.draw(cell, style, self.label)?;
        self.drawn += 1;
        self.complete = scene.now();
        if !self.one {
            self.label = turn(self.label, labels, true);
        }
        Ok(Some(drawn))
    }
}

impl Pocket {
    /// Answers `input`. Returns whether the display is to be cleared.
    fn answer(&mut self, input: Option<Input>, labels: u8) -> bool {
        match input {
            Some(Input::NextMode) => self.one = !self.one,
            Some(Input::Next) if self.one => self.label = turn(self.label, labels, true),
            Some(Input::Action | Input::Next) => self.by_hand |= !self.one,
            _ => return false,
        }
        self.drawn = 0;
        input == Some(Input::NextMode)
    }

    /// The place of the next picture, if it is time for one.
    ///
    /// On its own, so that what it needs of the stack is free when the picture is drawn.
    #[inline(never)]
    fn cell(&mut self, display: Size, picture: Size, now: u32) -> Option<Cell> {
        let layout = if self.one { Layout::one } else { Layout::page };
        let layout = layout(display, picture);
        if u32::from(self.drawn) == layout.cells() {
            if self.one || self.by_hand || now.wrapping_sub(self.complete) < PAGE {
                return None;
            }
            self.drawn = 0;
        }
        Some(layout.cell(self.drawn.into()))
    }
}
