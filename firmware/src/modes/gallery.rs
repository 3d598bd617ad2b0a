//! The gallery: pages of fresh digits, one class after another.

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::layout::Layout;
use crate::log::info;
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::style::Style;
use crate::time::turn;

/// Pages of fresh digits, one class after another, each with a seed of its own.
///
/// Pages turn by themselves every four seconds until [`Input::Action`] or [`Input::Next`] turns one
/// for the first time; from then on only these do.
#[derive(Debug)]
pub struct Gallery {
    layout: Layout,
    page: u32,
    /// Digits of the page that have been drawn.
    drawn: u32,
    label: u8,
    /// When the page was complete.
    complete: u32,
    by_hand: bool,
    /// Whether the page is to be turned as soon as it is complete.
    turn: bool,
}

/// How long a page stays when pages turn by themselves, in microseconds.
const PAGE: u32 = 4_000_000;

impl Mode for Gallery {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(Self {
            layout: Layout::page(scene.display(), scene.picture()),
            page: 0,
            drawn: 0,
            label: 0,
            complete: 0,
            by_hand: false,
            turn: false,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        if matches!(input, Some(Input::Action | Input::Next)) {
            self.turn = true;
            self.by_hand = true;
        }
        if self.drawn == self.layout.cells() {
            let over = !self.by_hand && scene.now().wrapping_sub(self.complete) >= PAGE;
            if !self.turn && !over {
                return Ok(None);
            }
            self.turn = false;
            self.drawn = 0;
            self.page = self.page.wrapping_add(1);
        }
        let (cell, label) = (self.drawn, self.label);
        self.drawn += 1;
        self.label = turn(label, scene.labels(), true);
        let seed = scene.seed();
        let drawn = scene.draw(&self.layout.cell(cell), Style::of(seed), label)?;
        drawn.log("gallery");
        if self.drawn == self.layout.cells() {
            self.complete = scene.now();
            info!("page {=u32} ready", self.page);
            if self.by_hand && !self.turn {
                info!("page {=u32} stays until the button is pressed", self.page);
            }
        }
        Ok(Some(drawn))
    }
}
