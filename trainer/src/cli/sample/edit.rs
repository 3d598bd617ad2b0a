//! Rows of images that show the latent space, as a sheet and as a film.

use runtime::{Latent, Model};

use super::{SampleArgs, USUAL_COLUMNS};
use crate::cli::CliError;
use crate::drawing::Point;
use crate::latent_space::{Attribute, Direction, labels, walk};

/// Rows if their number is not given.
pub const ROWS: u32 = 5;
/// Images of a row of a sheet if their number is not given.
pub const SHEET_STEPS: u8 = 11;
/// Images from one end to the other of a film if their number is not given.
pub const GIF_STEPS: u8 = 24;
/// How long a frame of a film is shown, in hundredths of a second.
const MOVING: u16 = 6;
/// How long an end is.
const RESTING: u16 = 50;

/// Points to be drawn side by side.
pub struct Sheet {
    /// The model file to draw with, if not the user's own.
    pub model: Option<Vec<u8>>,
    /// In reading order.
    pub points: Vec<Point>,
    /// What is written over each image in the terminal.
    pub captions: Vec<String>,
    /// Images in a row.
    pub columns: usize,
}

/// Points to be drawn one after another.
pub struct Film {
    /// The model file to draw with, if not the user's own.
    pub model: Option<Vec<u8>>,
    /// Points of each frame, in reading order, and for how many hundredths of a second it is shown.
    pub frames: Vec<(Vec<Point>, u16)>,
    /// Images in a row.
    pub columns: usize,
}

impl Film {
    /// A sheet's images, each a frame.
    pub fn slides(sheet: Sheet) -> Self {
        let frame = |point| (vec![point], RESTING);
        Self {
            model: sheet.model,
            frames: sheet.points.into_iter().map(frame).collect(),
            columns: 1,
        }
    }
}

/// What is done with the latent space.
pub struct Edit<'a> {
    args: &'a SampleArgs,
    model: &'a Model<'a>,
    rows: usize,
    kind: Kind,
}

enum Kind {
    /// Between two latents and, if given, two classes.
    Interpolate(Option<(u8, u8)>),
    /// One latent with all classes.
    Style,
    /// Along a direction.
    Attribute(Attribute, Direction),
}

impl<'a> Edit<'a> {
    /// What the arguments ask for, if they do.
    ///
    /// # Errors
    /// [`CliError::Generate`] never for a checked model.
    pub fn of(args: &'a SampleArgs, model: &'a Model<'a>) -> Result<Option<Self>, CliError> {
        let kind = match (args.interpolate, args.attribute) {
            (Some(pair), _) => Kind::Interpolate(pair),
            (None, Some(attribute)) => {
                Kind::Attribute(attribute, Direction::find(model, attribute)?)
            }
            (None, None) if args.style => Kind::Style,
            (None, None) => return Ok(None),
        };
        Ok(Some(Self {
            args,
            model,
            rows: args.count.unwrap_or(ROWS) as usize,
            kind,
        }))
    }

    /// The rows, one below the other.
    ///
    /// # Errors
    /// [`CliError::Encode`] never for a model that was read.
    pub fn sheet(&self) -> Result<Sheet, CliError> {
        let steps = self.args.steps.unwrap_or(SHEET_STEPS);
        let columns = match self.kind {
            Kind::Style => usize::from(self.model.classes()),
            _ => usize::from(steps),
        };
        let places = || (0..self.rows * columns).map(|i| (i / columns, i % columns));
        let point = |(row, column)| match self.kind {
            Kind::Style => self.styled(row, 0, steps, column),
            _ => self.point(row, column, steps),
        };
        Ok(Sheet {
            model: self.model_of(steps)?,
            points: places().map(point).collect(),
            captions: places()
                .map(|(row, column)| self.caption(row, column, steps))
                .collect(),
            columns,
        })
    }

    /// All rows at once, moving from their beginning to their end and back; for handwritings, from
    /// each to the next.
    ///
    /// # Errors
    /// [`CliError::Encode`] never for a model that was read.
    pub fn film(&self) -> Result<Film, CliError> {
        let steps = self.args.steps.unwrap_or(GIF_STEPS);
        let count = usize::from(steps);
        let pause = |step: usize| match step {
            0 => RESTING,
            _ if step == count - 1 => RESTING,
            _ => MOVING,
        };
        let classes = usize::from(self.model.classes());
        let (frames, images) = match self.kind {
            Kind::Style => {
                // The last step of a way is the first of the next.
                let steps_of = |row| (0..count - 1).map(move |step| (row, step));
                let frame = |(row, step)| {
                    let points = (0..classes).map(|class| self.styled(row, step, steps, class));
                    (points.collect(), pause(step))
                };
                // A lone handwriting has nowhere to go.
                let frames = match self.rows {
                    1 => vec![frame((0, 0))],
                    rows => (0..rows).flat_map(steps_of).map(frame).collect(),
                };
                (frames, classes)
            }
            _ => {
                let frame = |step| {
                    let points = (0..self.rows).map(|row| self.point(row, step, steps));
                    (points.collect(), pause(step))
                };
                (walk::there_and_back(count).map(frame).collect(), self.rows)
            }
        };
        Ok(Film {
            model: self.model_of(steps)?,
            frames,
            columns: images.min(USUAL_COLUMNS / 2),
        })
    }

    /// The model that has the classes of the points, if it is another one.
    fn model_of(&self, steps: u8) -> Result<Option<Vec<u8>>, CliError> {
        match self.kind {
            Kind::Interpolate(Some((from, to))) if from != to => {
                Ok(Some(labels::between(self.model, from, to, steps)?))
            }
            _ => Ok(None),
        }
    }

    /// The point of a row's step, other than in a handwriting.
    fn point(&self, row: usize, step: usize, steps: u8) -> Point {
        match &self.kind {
            Kind::Interpolate(pair) => {
                let [from, to] = [2 * row, 2 * row + 1].map(|place| self.latent(place));
                let label = match *pair {
                    // A class for each step.
                    Some((from, to)) if from != to => step as u8,
                    Some((from, _)) => from,
                    None => self.args.identity(row, self.model).1,
                };
                Point {
                    latent: walk::at(&from, &to, step, usize::from(steps)),
                    label,
                }
            }
            Kind::Attribute(_, direction) => {
                let (seed, label) = self.args.identity(row, self.model);
                let latent = Latent::from_seed(seed, self.model.latent_len());
                let latent = direction.moved(&latent, self.amount(step, steps));
                Point { latent, label }
            }
            Kind::Style => self.styled(row, step, steps, 0),
        }
    }

    /// The point of a class in handwriting `row`, `step` steps on the way to the next handwriting;
    /// after the last comes the first.
    fn styled(&self, row: usize, step: usize, steps: u8, class: usize) -> Point {
        let (from, to) = (self.latent(row), self.latent((row + 1) % self.rows));
        Point {
            latent: walk::at(&from, &to, step, usize::from(steps)),
            // There are at most 255 classes.
            label: class as u8,
        }
    }

    /// The latent of the seed so many places after the first.
    fn latent(&self, place: usize) -> Latent {
        let seed = self.args.seed.wrapping_add(place as u32);
        Latent::from_seed(seed, self.model.latent_len())
    }

    /// How far along the attribute's direction a step is.
    fn amount(&self, step: usize, steps: u8) -> f64 {
        let share = step as f64 / f64::from(steps - 1);
        self.args.amount * (2.0 * share - 1.0)
    }

    fn caption(&self, row: usize, column: usize, steps: u8) -> String {
        match self.kind {
            Kind::Style => format!("{column} seed {}", self.args.seed.wrapping_add(row as u32)),
            Kind::Interpolate(_) => format!("row {row} {}/{}", column + 1, steps),
            Kind::Attribute(attribute, _) => {
                format!("{attribute:?} {:+.2}", self.amount(column, steps)).to_lowercase()
            }
        }
    }
}
