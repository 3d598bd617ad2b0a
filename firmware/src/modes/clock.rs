//! A clock that writes the time by hand.

use super::face::Face;
use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::mode::{Mode, Scene};
use crate::painter::Drawn;
use crate::stop::Stop;
use crate::time::CountedTime;

/// The time in generated digits, HH:MM, every minute in another handwriting, into which the one
/// before changes smoothly.
///
/// The board's clock tells the time, or else the app counts it from 12:00. [`Input::Action`] sets
/// the hours, then the minutes, then it is done; what is being set is shown in black on white, and
/// [`Input::Next`] and [`Input::Previous`] change it. When nothing is being set, [`Input::Next`]
/// takes another handwriting.
///
/// Where four digits and a colon do not fit in a row, even without the digits' margins, the hours
/// stand above the minutes; where that does not fit either, they take turns every two seconds,
/// `HH:` and `:MM`.
#[derive(Debug)]
pub struct Clock {
    face: Face,
    time: CountedTime,
}

impl Mode for Clock {
    fn start<B: Board>(scene: &mut Scene<'_, '_, B>) -> Result<Self, Stop<DisplayError<B>>> {
        let mut time = CountedTime::new(scene.now());
        Ok(Self {
            face: Face::start(scene, &mut time)?,
            time,
        })
    }

    fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        self.face.step(scene, input, &mut self.time)
    }
}
