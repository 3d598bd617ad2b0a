//! All modes, one at a time.

use super::face::Face;
use super::{Ask, Gallery, Handwriting, ModeName, Morph};
use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::log::info;
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::time::CountedTime;

/// All modes: begins with the gallery and answers [`Input::NextMode`], [`Input::PreviousMode`] and
/// [`Input::Mode`]. Each mode begins anew whenever it is chosen; only the time goes on.
///
/// A model of less than ten classes has no digits to make a clock of: that mode is left out.
#[derive(Debug)]
pub struct Modes {
    state: State,
    time: CountedTime,
}

#[derive(Debug)]
enum State {
    Gallery(Gallery),
    Morph(Morph),
    Ask(Ask),
    Handwriting(Handwriting),
    Clock(Face),
}

impl State {
    fn start<B: Board>(
        name: ModeName,
        scene: &mut Scene<'_, '_, B>,
        time: &mut CountedTime,
    ) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(match name {
            ModeName::Gallery => Self::Gallery(Gallery::start(scene)?),
            ModeName::Morph => Self::Morph(Morph::start(scene)?),
            ModeName::Ask => Self::Ask(Ask::start(scene)?),
            ModeName::Handwriting => Self::Handwriting(Handwriting::start(scene)?),
            ModeName::Clock => Self::Clock(Face::start(scene, time)?),
        })
    }
}

impl Modes {
    /// The mode that is shown.
    pub fn name(&self) -> ModeName {
        match self.state {
            State::Gallery(_) => ModeName::Gallery,
            State::Morph(_) => ModeName::Morph,
            State::Ask(_) => ModeName::Ask,
            State::Handwriting(_) => ModeName::Handwriting,
            State::Clock(_) => ModeName::Clock,
        }
    }

    /// The mode that `input` asks for, if it does and there is such a mode.
    fn asked(&self, input: Option<Input>, labels: u8) -> Option<ModeName> {
        let mut count = ModeName::ALL.len() as u8;
        if labels < Face::LABELS {
            count -= 1;
        }
        let name = match input? {
            Input::NextMode => self.name().turn(count, true),
            Input::PreviousMode => self.name().turn(count, false),
            Input::Mode(name) => name,
            _ => return None,
        };
        ((name as u8) < count).then_some(name)
    }
}

impl Mode for Modes {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        Ok(Self {
            state: State::Gallery(Gallery::start(scene)?),
            time: CountedTime::new(scene.now()),
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        self.time.time(scene.now());
        if let Some(name) = self.asked(input, scene.labels()) {
            scene.clear()?;
            self.state = State::start(name, scene, &mut self.time)?;
            info!("mode: {}", name);
        }
        match &mut self.state {
            State::Gallery(mode) => mode.step(scene, input),
            State::Morph(mode) => mode.step(scene, input),
            State::Ask(mode) => mode.step(scene, input),
            State::Handwriting(mode) => mode.step(scene, input),
            State::Clock(face) => face.step(scene, input, &mut self.time),
        }
    }
}
