//! The face of the clock.

mod arrangement;

use crate::board::{Board, DisplayError};
use crate::input::Input;
use crate::log::{debug, info};
use crate::mode::Scene;
use crate::painter::Drawn;
use crate::reason::Reason;
use crate::stop::Stop;
use crate::style::{Style, Way};
use crate::time::{CountedTime, Time};
use arrangement::Arrangement;

/// How long hours and minutes stay when they take turns, in microseconds.
const TURN: u32 = 2_000_000;

/// The four digits of the time: two of the hours, two of the minutes.
const DIGITS: usize = 4;

/// The time on the display: what [`Clock`](super::Clock) says of it, for a time that is kept
/// elsewhere.
#[derive(Debug)]
pub struct Face {
    arrangement: Arrangement,
    /// The time to show.
    time: Time,
    /// The digits of the minute before.
    before: [u8; DIGITS],
    /// From the handwriting of the minute before to that of this one.
    way: Way,
    /// When that way began, unless it is over.
    start: Option<u32>,
    setting: Setting,
    /// What stands in each place.
    shown: [Option<Glyph>; DIGITS],
    /// The place to look at first.
    next: usize,
    /// What is on the display, where not all is.
    half: Half,
    /// When that half was put there.
    turned: u32,
    colon_shown: bool,
    /// Whether the log has been told that all is there.
    ready: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    Nothing,
    Half(Half),
}

/// A half of the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Half {
    Hours,
    Minutes,
}

impl Half {
    /// The half to which a digit belongs.
    fn of(place: usize) -> Self {
        if place < DIGITS / 2 {
            Self::Hours
        } else {
            Self::Minutes
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Hours => Self::Minutes,
            Self::Minutes => Self::Hours,
        }
    }
}

/// What stands in a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Glyph {
    label: u8,
    style: Style,
    negative: bool,
}

impl Face {
    /// Classes that a model needs to write the time.
    pub const LABELS: u8 = 10;

    /// The time in a fresh handwriting. The display is black.
    ///
    /// # Errors
    /// [`Stop::Reason`] if the model has too few classes, or the digits do not fit on the display.
    pub fn start<B: Board>(
        scene: &mut Scene<'_, '_, B>,
        counted: &mut CountedTime,
    ) -> Result<Self, Stop<DisplayError<B>>> {
        let classes = scene.labels();
        if classes < Self::LABELS {
            return Err(Reason::NoDigits { classes }.into());
        }
        let arrangement =
            Arrangement::fit(scene.display(), scene.picture()).ok_or_else(|| scene.too_small())?;
        let time = read(scene, counted);
        let seed = scene.seed();
        Ok(Self {
            arrangement,
            time,
            before: time.digits(),
            way: Way {
                from: seed,
                to: seed,
            },
            start: None,
            setting: Setting::Nothing,
            shown: [None; DIGITS],
            next: 0,
            half: Half::Hours,
            turned: scene.now(),
            colon_shown: false,
            ready: false,
        })
    }

    /// As [`Mode::step`](crate::Mode::step).
    ///
    /// # Errors
    /// Those of [`Mode::step`](crate::Mode::step).
    pub fn step<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
        counted: &mut CountedTime,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        self.answer(scene, input, counted);
        self.follow(scene, counted);
        self.turn(scene)?;
        self.show_colon(scene)?;
        let style = self.style(scene.now());
        for _ in 0..DIGITS {
            let place = self.next;
            self.next = (place + 1) % DIGITS;
            if let Some(drawn) = self.show(scene, place, style)? {
                return Ok(Some(drawn));
            }
        }
        self.next = 0;
        if self.start.is_none() && !self.ready {
            self.ready = true;
            info!(
                "clock: ready, {=u8}:{=u8} of seed {=u32}",
                self.time.hour(),
                self.time.minute(),
                self.way.to
            );
        }
        Ok(None)
    }

    fn answer<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        input: Option<Input>,
        counted: &mut CountedTime,
    ) {
        let on = match input {
            Some(Input::Action) => {
                self.setting = match self.setting {
                    Setting::Nothing => Setting::Half(Half::Hours),
                    Setting::Half(Half::Hours) => Setting::Half(Half::Minutes),
                    Setting::Half(Half::Minutes) => Setting::Nothing,
                };
                return;
            }
            Some(Input::Next) => true,
            Some(Input::Previous) => false,
            _ => return,
        };
        let time = match self.setting {
            Setting::Nothing if on => return self.change_hand(scene),
            Setting::Nothing => return,
            Setting::Half(Half::Hours) => self.time.turn_hour(on),
            Setting::Half(Half::Minutes) => self.time.turn_minute(on),
        };
        let now = scene.now();
        counted.set(time, now);
        scene.board().set_time(time);
        info!("clock: set to {=u8}:{=u8}", time.hour(), time.minute());
    }

    /// Begins the way to another handwriting.
    fn change_hand<B: Board>(&mut self, scene: &mut Scene<'_, '_, B>) {
        self.before = self.time.digits();
        self.way = Way {
            from: self.way.to,
            to: scene.seed(),
        };
        self.start = Some(scene.now());
    }

    /// Takes the time from the clock: a new minute has a new handwriting.
    fn follow<B: Board>(&mut self, scene: &mut Scene<'_, '_, B>, counted: &mut CountedTime) {
        let time = read(scene, counted);
        if time == self.time {
            return;
        }
        if self.setting == Setting::Nothing {
            self.change_hand(scene);
            self.time = time;
        } else {
            self.time = time;
            self.before = time.digits();
        }
    }

    /// Where hours and minutes take turns: turns, if it is time to.
    fn turn<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
    ) -> Result<(), Stop<DisplayError<B>>> {
        if !self.arrangement.takes_turns() {
            return Ok(());
        }
        let now = scene.now();
        let over = now.wrapping_sub(self.turned) >= TURN;
        let half = match self.setting {
            Setting::Half(half) => half,
            Setting::Nothing if over => self.half.other(),
            Setting::Nothing => return Ok(()),
        };
        if over || half != self.half {
            self.turned = now;
        }
        if half != self.half {
            self.half = half;
            self.shown = [None; DIGITS];
            self.colon_shown = false;
            scene.clear()?;
        }
        Ok(())
    }

    fn show_colon<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
    ) -> Result<(), Stop<DisplayError<B>>> {
        if !self.colon_shown {
            if let Some(corners) = self.arrangement.colon(self.half) {
                for corner in corners {
                    scene.fill(corner, self.arrangement.dot())?;
                }
            }
            self.colon_shown = true;
        }
        Ok(())
    }

    /// The handwriting at the moment.
    fn style(&mut self, now: u32) -> Style {
        let elapsed = self.start.map(|start| now.wrapping_sub(start));
        match elapsed {
            Some(elapsed) if elapsed < Way::MICROS => self.way.after(elapsed),
            _ => {
                self.start = None;
                Style::of(self.way.to)
            }
        }
    }

    /// What is to stand in a place; `None` if that place is not on the display now.
    fn wanted(&self, place: usize, style: Style) -> Option<Glyph> {
        let half = Half::of(place);
        if self.arrangement.takes_turns() && half != self.half {
            return None;
        }
        // A digit becomes another one in the middle of the way.
        let digits = if self.start.is_some() && style.t < 128 {
            self.before
        } else {
            self.time.digits()
        };
        Some(Glyph {
            label: *digits.get(place)?,
            style,
            negative: self.setting == Setting::Half(half),
        })
    }

    /// Draws the digit at `place` if it is not there yet.
    fn show<B: Board>(
        &mut self,
        scene: &mut Scene<'_, '_, B>,
        place: usize,
        style: Style,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        let (Some(wanted), Some(shown)) = (self.wanted(place, style), self.shown.get_mut(place))
        else {
            return Ok(None);
        };
        if *shown == Some(wanted) {
            return Ok(None);
        }
        *shown = Some(wanted);
        self.ready = false;
        let cell = self.arrangement.cell(place as u32);
        let drawn = if wanted.negative {
            scene.draw_negative(&cell, wanted.style, wanted.label)?
        } else {
            scene.draw(&cell, wanted.style, wanted.label)?
        };
        self.log(&drawn);
        Ok(Some(drawn))
    }

    fn log(&self, drawn: &Drawn) {
        if self.start.is_some() {
            debug!(
                "clock: label {=u8}, {=u16}/256, {=u32} us, {=u32} us of them for the display",
                drawn.label, drawn.style.t, drawn.micros, drawn.display_micros
            );
            return;
        }
        drawn.log("clock");
    }
}

/// The time by the board's clock, or else by the app's.
fn read<B: Board>(scene: &mut Scene<'_, '_, B>, counted: &mut CountedTime) -> Time {
    let now = scene.now();
    let counted = counted.time(now);
    scene.board().time().unwrap_or(counted)
}
