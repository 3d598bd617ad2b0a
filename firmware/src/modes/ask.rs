//! The digit that is asked for.

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::layout::Layout;
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::style::Style;
use crate::time::turn;

/// The digit that is asked for, large, and never twice the same.
///
/// [`Input::Next`], [`Input::Previous`] and [`Input::Label`] choose the digit, [`Input::Action`]
/// draws another of the same class.
#[derive(Debug)]
pub struct Ask {
    layout: Layout,
    label: u8,
    /// Whether the digit has yet to be drawn.
    pending: bool,
}

impl Mode for Ask {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(Self {
            layout: Layout::one(scene.display(), scene.picture()),
            label: 0,
            pending: true,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        let labels = scene.labels();
        let asked = match input {
            Some(Input::Action) => Some(self.label),
            Some(Input::Next) => Some(turn(self.label, labels, true)),
            Some(Input::Previous) => Some(turn(self.label, labels, false)),
            Some(Input::Label(label)) if label < labels => Some(label),
            _ => None,
        };
        if let Some(label) = asked {
            self.label = label;
            self.pending = true;
        }
        if !self.pending {
            return Ok(None);
        }
        self.pending = false;
        let seed = scene.seed();
        let drawn = scene.draw(&self.layout.cell(0), Style::of(seed), self.label)?;
        drawn.log("ask");
        Ok(Some(drawn))
    }
}
