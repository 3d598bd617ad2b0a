//! `trainer sample`: images drawn by a model, exactly as a microcontroller draws them.

mod check;
mod edit;

use std::path::{Path, PathBuf};

use clap::Args;
use runtime::Model;

use self::edit::{Edit, Film, Sheet};
use super::{CliError, model_file, print, tell};
use crate::drawing::{self, Point};
use crate::latent_space::Attribute;
use crate::output::{self, AtomicFile};
use crate::picture::{self, Frame, Terminal};

/// Images in a row of the picture where the rows have no other reason for a length.
const USUAL_COLUMNS: usize = 10;
/// Images drawn at a time into a raw file.
const CHUNK: usize = 1000;

/// Draw images with a model: into a PNG, a GIF, a file of raw pixels, or in the terminal
///
/// Image i has seed S + i and class i modulo the number of classes: the same image as on a
/// microcontroller. --interpolate, --style and --attribute draw rows of images that show how the
/// latent space is laid out, row after row, in the same way.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// Draw only this class, for instance the digit 7 [default: all in turn]
    #[arg(long, value_name = "D")]
    digit: Option<u8>,

    /// How many images, or rows of them, to draw [default: 20 images or 5 rows]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: Option<u32>,

    /// Seed of the first image
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u32,

    /// Move from one image to another, from digit FROM to digit TO, or with just another latent of
    /// the same class
    ///
    /// Row r moves from the latent of seed S + 2r to that of seed S + 2r + 1, in equal steps. Where
    /// FROM and TO differ, what the class adds to the sums moves in equal steps, too; a
    /// microcontroller, which knows only whole classes, draws the ends.
    #[arg(long, value_name = "FROM,TO", num_args = 0..=1, value_parser = parse_pair,
          conflicts_with_all = ["style", "attribute", "digit"])]
    interpolate: Option<Option<(u8, u8)>>,

    /// Draw one latent with all labels: every row is a handwriting, row r that of seed S + r
    ///
    /// A GIF moves from each handwriting to the next.
    #[arg(long, conflicts_with_all = ["attribute", "digit"])]
    style: bool,

    /// Change an attribute, from much less on the left to much more on the right
    ///
    /// Adds to the latent, or subtracts from it, the mean latent of images that have much of the
    /// attribute minus that of images that have little of it. In the middle of row r is image r.
    #[arg(long, value_name = "NAME")]
    attribute: Option<Attribute>,

    /// How many times the difference of the means --attribute goes to each side
    #[arg(long, value_name = "X", default_value_t = 1.0, requires = "attribute",
          value_parser = parse_amount, allow_negative_numbers = true)]
    amount: f64,

    /// Images from one end of --interpolate or --attribute, or in a GIF from one handwriting of
    /// --style, to the other [default: 11, in a GIF 24]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..))]
    steps: Option<u8>,

    /// Write a PNG of all images
    #[arg(long, value_name = "FILE.png")]
    out: Option<PathBuf>,

    /// Write an animated GIF: the images one after another, or moving from one end to the other and
    /// back
    #[arg(long, value_name = "FILE.gif")]
    gif: Option<PathBuf>,

    /// Write the pixels of all images, one byte a value, without any header:
    /// [image][row][column][channel]
    #[arg(long, value_name = "FILE")]
    raw: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if the model is unusable, the class is not one of its, or a file cannot be
/// written.
pub fn run(args: &SampleArgs) -> Result<(), CliError> {
    let bytes = model_file::read(&args.model)?;
    let model = model_file::parse(&args.model, &bytes)?;
    check::check(args, &model)?;
    for path in [&args.out, &args.gif].into_iter().flatten() {
        output::check(path)?;
    }
    match Edit::of(args, &model)? {
        Some(edit) => {
            write_sheet(args, &model, &edit.sheet()?)?;
            if let Some(path) = &args.gif {
                write_film(path, &model, &edit.film()?)?;
            }
        }
        None => draw_samples(args, &model)?,
    }
    Ok(())
}

/// Draws images `0..count`, each for itself.
fn draw_samples(args: &SampleArgs, model: &Model) -> Result<(), CliError> {
    let count = args.count.unwrap_or(20) as usize;
    let point = |index: usize| args.point(index, model);
    if let Some(path) = &args.raw {
        let mut raw = AtomicFile::create(path)?;
        for start in (0..count).step_by(CHUNK) {
            let images = drawing::draw(model, CHUNK.min(count - start), |i| point(start + i))?;
            raw.append(&images)?;
        }
        raw.commit()?;
        tell_raw(path, count, model);
    }
    let sheet = || Sheet {
        model: None,
        points: (0..count).map(point).collect(),
        captions: (0..count).map(|index| args.caption(index, model)).collect(),
        columns: match (args.digit, model.classes()) {
            (None, classes @ 2..=20) => usize::from(classes),
            _ => USUAL_COLUMNS,
        },
    };
    if args.shows_sheet() {
        show(args, model, &sheet())?;
    }
    if let Some(path) = &args.gif {
        let film = Film::slides(sheet());
        write_film(path, model, &film)?;
    }
    Ok(())
}

/// Writes a sheet wherever the arguments ask for.
fn write_sheet(args: &SampleArgs, model: &Model, sheet: &Sheet) -> Result<(), CliError> {
    if let Some(path) = &args.raw {
        let mut raw = AtomicFile::create(path)?;
        raw.append(&draw(
            model,
            sheet.model.as_deref(),
            &sheet.points,
            &args.model,
        )?)?;
        raw.commit()?;
        tell_raw(path, sheet.points.len(), model);
    }
    if args.shows_sheet() {
        show(args, model, sheet)?;
    }
    Ok(())
}

/// Shows a sheet as PNG or, if no file is asked for, in the terminal.
fn show(args: &SampleArgs, model: &Model, sheet: &Sheet) -> Result<(), CliError> {
    let images = draw(model, sheet.model.as_deref(), &sheet.points, &args.model)?;
    let Some(path) = &args.out else {
        let terminal = Terminal::of_stdout();
        let text = picture::preview(model.image(), &images, &sheet.captions, terminal)?;
        return print(&text);
    };
    let picture = picture::grid(model.image(), &images, sheet.columns)?;
    output::write(path, &picture.to_png()?)?;
    tell(&format!(
        "{} images: {}",
        sheet.points.len(),
        path.display()
    ));
    Ok(())
}

fn write_film(path: &Path, model: &Model, film: &Film) -> Result<(), CliError> {
    let pictures = film
        .frames
        .iter()
        .map(|(points, _)| {
            let images = draw(model, film.model.as_deref(), points, path)?;
            Ok(picture::grid(model.image(), &images, film.columns)?)
        })
        .collect::<Result<Vec<_>, CliError>>()?;
    let frames: Vec<_> = pictures
        .iter()
        .zip(&film.frames)
        .map(|(picture, &(_, hundredths))| Frame {
            picture,
            hundredths,
        })
        .collect();
    output::write(path, &picture::animation(&frames)?)?;
    tell(&format!("{} frames: {}", frames.len(), path.display()));
    Ok(())
}

/// Draws points with `model`, or with the one in `other`, which was made from it.
fn draw(
    model: &Model,
    other: Option<&[u8]>,
    points: &[Point],
    path: &Path,
) -> Result<Vec<u8>, CliError> {
    let point = |i: usize| points[i].clone();
    Ok(match other {
        None => drawing::draw(model, points.len(), point)?,
        Some(bytes) => drawing::draw(&model_file::parse(path, bytes)?, points.len(), point)?,
    })
}

fn tell_raw(path: &Path, count: usize, model: &Model) {
    let size = model.image().len();
    tell(&format!(
        "{count} images of {size} bytes each: {}",
        path.display()
    ));
}

impl SampleArgs {
    /// Whether a sheet is shown: in a PNG, or in the terminal if no file is asked for.
    fn shows_sheet(&self) -> bool {
        self.out.is_some() || (self.raw.is_none() && self.gif.is_none())
    }

    /// Seed and label of image `index`.
    fn identity(&self, index: usize, model: &Model) -> (u32, u8) {
        let classes = usize::from(model.classes().max(1));
        // A remainder by at most 255 fits.
        let label = self.digit.unwrap_or((index % classes) as u8);
        (self.seed.wrapping_add(index as u32), label)
    }

    fn point(&self, index: usize, model: &Model) -> Point {
        let (seed, label) = self.identity(index, model);
        Point::of_seed(model, seed, label)
    }

    fn caption(&self, index: usize, model: &Model) -> String {
        match (self.identity(index, model), model.classes()) {
            ((seed, _), 0) => format!("seed {seed}"),
            ((seed, label), _) => format!("{label} seed {seed}"),
        }
    }
}

fn parse_pair(text: &str) -> Result<(u8, u8), String> {
    let pair = text
        .split_once(',')
        .and_then(|(from, to)| Some((from.trim().parse().ok()?, to.trim().parse().ok()?)));
    pair.ok_or_else(|| "two digits with a comma between them are expected, such as 3,8".into())
}

fn parse_amount(text: &str) -> Result<f64, String> {
    let amount: Option<f64> = text.parse().ok();
    let fits = |amount: &f64| amount.is_finite() && amount.abs() <= 100.0;
    amount
        .filter(fits)
        .ok_or_else(|| "a number of -100 to 100 is expected".into())
}
