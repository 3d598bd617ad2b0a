//! All digits in one handwriting.

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::layout::Layout;
use crate::log::info;
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::style::Style;

/// All digits in one handwriting: the same latent for each label, 0 to the last.
///
/// [`Input::Action`] and [`Input::Next`] take another handwriting. Where the digits do not fit on
/// the display together, even without their margins, they come in pages that turn every two
/// seconds.
#[derive(Debug)]
pub struct Handwriting {
    layout: Layout,
    seed: u32,
    /// The first label of the page.
    first: u8,
    /// The label to draw next.
    next: u8,
    /// When the page was complete.
    complete: u32,
}

/// How long a page stays, in microseconds.
const PAGE: u32 = 2_000_000;

impl Mode for Handwriting {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        let labels = scene.labels().into();
        Ok(Self {
            layout: Layout::of(scene.display(), scene.picture(), labels)
                .ok_or_else(|| scene.too_small())?,
            seed: scene.seed(),
            first: 0,
            next: 0,
            complete: 0,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        let labels = scene.labels();
        if matches!(input, Some(Input::Action | Input::Next)) {
            self.seed = scene.seed();
            self.go_to(0, scene)?;
        }
        if self.next == self.end(labels) {
            let over = scene.now().wrapping_sub(self.complete) >= PAGE;
            if !self.has_pages(labels) || !over {
                return Ok(None);
            }
            self.go_to(if self.next == labels { 0 } else { self.next }, scene)?;
        }
        let label = self.next;
        self.next += 1;
        let cell = self.layout.cell((label - self.first).into());
        let drawn = scene.draw(&cell, Style::of(self.seed), label)?;
        drawn.log("handwriting");
        if self.next == self.end(labels) {
            self.complete = scene.now();
            info!(
                "handwriting: labels {=u8} to {=u8} of seed {=u32} ready",
                self.first, label, self.seed
            );
        }
        Ok(Some(drawn))
    }
}

impl Handwriting {
    fn has_pages(&self, labels: u8) -> bool {
        self.layout.cells() < labels.into()
    }

    /// The label after the last one of the page.
    fn end(&self, labels: u8) -> u8 {
        let end = u32::from(self.first) + self.layout.cells();
        end.min(labels.into()) as u8
    }

    /// Begins the page whose first label is `first`.
    fn go_to<B: Board>(
        &mut self,
        first: u8,
        scene: &mut Scene<'_, '_, B>,
    ) -> Result<(), Stop<DisplayError<B>>> {
        // The last page may leave digits of the one before it.
        if first != self.first {
            scene.clear()?;
        }
        self.first = first;
        self.next = first;
        Ok(())
    }
}
