//! One digit that changes its handwriting all the time.

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::layout::Layout;
use crate::log::{debug, info};
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::style::Way;
use crate::time::turn;

/// One large digit whose handwriting moves smoothly from one style to the next, a way of
/// two seconds each, as many frames a second as the board can draw.
///
/// [`Input::Action`] holds it, and lets it go on. [`Input::Next`], [`Input::Previous`] and
/// [`Input::Label`] choose the digit.
#[derive(Debug)]
pub struct Morph {
    layout: Layout,
    label: u8,
    way: Way,
    /// When this way began, while it goes on.
    start: u32,
    /// How much of its time had passed when it was held.
    held: Option<u32>,
    /// Label and `t` of what the display shows.
    shown: Option<(u8, u16)>,
    /// Frames since this way began or went on.
    frames: u32,
}

impl Mode for Morph {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(Self {
            layout: Layout::one(scene.display(), scene.picture()),
            label: 0,
            way: Way {
                from: scene.seed(),
                to: scene.seed(),
            },
            start: scene.now(),
            held: None,
            shown: None,
            frames: 0,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        let now = scene.now();
        let labels = scene.labels();
        match input {
            Some(Input::Action) => self.hold_or_go(now),
            Some(Input::Next) => self.label = turn(self.label, labels, true),
            Some(Input::Previous) => self.label = turn(self.label, labels, false),
            Some(Input::Label(label)) if label < labels => self.label = label,
            _ => {}
        }
        let mut elapsed = self.held.unwrap_or(now.wrapping_sub(self.start));
        if elapsed >= Way::MICROS && self.held.is_none() {
            info!("morph: {=u32} frames in {=u32} us", self.frames, elapsed);
            self.way = Way {
                from: self.way.to,
                to: scene.seed(),
            };
            self.start = now;
            self.frames = 0;
            elapsed = 0;
        }
        let style = self.way.after(elapsed);
        let wanted = (self.label, style.t);
        if self.shown == Some(wanted) {
            return Ok(None);
        }
        let drawn = scene.draw(&self.layout.cell(0), style, self.label)?;
        self.shown = Some(wanted);
        self.frames += 1;
        debug!(
            "morph: {=u16}/256, {=u32} us, {=u32} us of them for the display",
            style.t, drawn.micros, drawn.display_micros
        );
        if self.held.is_some() {
            info!(
                "morph: held, label {=u8}, {=u16}/256 from seed {=u32} to seed {=u32}",
                drawn.label, style.t, style.from, style.to
            );
        }
        Ok(Some(drawn))
    }
}

impl Morph {
    fn hold_or_go(&mut self, now: u32) {
        self.held = match self.held {
            Some(elapsed) => {
                self.start = now.wrapping_sub(elapsed);
                None
            }
            None => {
                // Draws once more, so that the log tells what is held.
                self.shown = None;
                Some(now.wrapping_sub(self.start).min(Way::MICROS))
            }
        };
    }
}
