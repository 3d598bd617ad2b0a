//! `trainer sample`: images drawn by a model, exactly as a microcontroller draws them.

use std::path::PathBuf;

use clap::Args;
use runtime::{Generator, Latent, Model};

use super::{CliError, model_file, print, tell};
use crate::output::{self, AtomicFile};
use crate::picture::{self, Terminal};

/// Most images that fit into a picture that anybody could open.
const MAX_SHOWN: u32 = 10_000;
/// Images in a row of the picture where the rows have no other reason for a length.
const USUAL_COLUMNS: usize = 10;

/// Draw images with a model: into a PNG, into a file of raw pixels, or in the terminal
///
/// Image i has seed S + i and class i modulo the number of classes: the same image as on a
/// microcontroller.
#[derive(Debug, Args)]
pub struct SampleArgs {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// Draw only this class, for instance the digit 7 [default: all in turn]
    #[arg(long, value_name = "D")]
    digit: Option<u8>,

    /// How many images to draw
    #[arg(long, value_name = "N", default_value_t = 20,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    count: u32,

    /// Seed of the first image
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u32,

    /// Write a PNG of all images
    #[arg(long, value_name = "FILE.png")]
    out: Option<PathBuf>,

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
    check(args, &model)?;

    let shows = args.out.is_some() || args.raw.is_none();
    let mut raw = args.raw.as_deref().map(AtomicFile::create).transpose()?;
    args.out.as_deref().map(output::check).transpose()?;

    let mut shown = Vec::new();
    let mut workspace = vec![0; model.workspace_len()];
    let mut pixels = vec![0; model.image().len()];
    let mut generator = Generator::new(&model, &mut workspace)?;
    for index in 0..args.count {
        let (seed, label) = args.identity(index, &model);
        let latent = Latent::from_seed(seed, model.latent_len());
        generator.generate(&latent, label, &mut pixels)?;
        if let Some(raw) = &mut raw {
            raw.append(&pixels)?;
        }
        if shows {
            shown.extend_from_slice(&pixels);
        }
    }

    if let (Some(raw), Some(path)) = (raw, &args.raw) {
        raw.commit()?;
        tell(&format!(
            "{} images of {} bytes each: {}",
            args.count,
            pixels.len(),
            path.display()
        ));
    }
    if let Some(path) = &args.out {
        let columns = match (args.digit, model.classes()) {
            (None, classes @ 2..=20) => usize::from(classes),
            _ => USUAL_COLUMNS,
        };
        let picture = picture::grid(model.image(), &shown, columns)?;
        output::write(path, &picture.to_png()?)?;
        tell(&format!("{} images: {}", args.count, path.display()));
    } else if shows {
        let captions: Vec<_> = (0..args.count)
            .map(
                |index| match (args.identity(index, &model), model.classes()) {
                    ((seed, _), 0) => format!("seed {seed}"),
                    ((seed, label), _) => format!("{label} seed {seed}"),
                },
            )
            .collect();
        let text = picture::preview(model.image(), &shown, &captions, Terminal::of_stdout())?;
        print(&text)?;
    }
    Ok(())
}

impl SampleArgs {
    /// Seed and label of image `index`.
    fn identity(&self, index: u32, model: &Model) -> (u32, u8) {
        let classes = u32::from(model.classes().max(1));
        // A remainder by at most 255 fits.
        let label = self.digit.unwrap_or((index % classes) as u8);
        (self.seed.wrapping_add(index), label)
    }
}

/// Checks the arguments against the model and against each other.
fn check(args: &SampleArgs, model: &Model) -> Result<(), CliError> {
    let usage = |message: String| Err(CliError::Usage(message));
    let model_name = args.model.display();
    match (args.digit, model.classes()) {
        (Some(digit), 0) => {
            return usage(format!(
                "--digit {digit} is not possible: {model_name} has no classes to choose from"
            ));
        }
        (Some(digit), classes) if digit >= classes => {
            return usage(format!(
                "--digit {digit} is not possible: {model_name} draws 0 to {}",
                classes - 1
            ));
        }
        _ => {}
    }
    if args.out.is_some() && args.out == args.raw {
        return usage("--out and --raw name the same file: give each its own".into());
    }
    let shows = args.out.is_some() || args.raw.is_none();
    if shows && args.count > MAX_SHOWN {
        return usage(format!(
            "--count {} is too much for a picture, of at most {MAX_SHOWN} images: use --raw",
            args.count
        ));
    }
    Ok(())
}
