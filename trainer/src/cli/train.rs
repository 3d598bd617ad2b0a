//! `trainer train`: from images to a model file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use clap::Args;
use clap::builder::PossibleValuesParser;
use indicatif::{ProgressBar, ProgressStyle};
use runtime::Model;
use runtime::format::{Provenance, Scores};

use super::{CliError, DataArgs, model_file, tell};
use crate::data::{DataSet, Images};
use crate::evaluate::{Judge, Quality, draw};
use crate::gan::game::{Game, Losses};
use crate::gan::recipe::Recipe;
use crate::{output, picture, quantize};

/// Images that the summary's figures are measured on.
const JUDGED: u32 = 5000;
/// Images of each class in the sample grid.
const GRID_ROWS: u32 = 8;

/// Train a GAN on images and write its generator as a model file for microcontrollers
#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Write the model file here
    #[arg(long, value_name = "FILE", default_value = "gen.bin")]
    export: PathBuf,

    /// Write a grid of samples here [default: beside the model file, with the ending .png]
    #[arg(long, value_name = "FILE.png")]
    grid: Option<PathBuf>,

    /// What to train, and how
    #[arg(long, value_name = "NAME", default_value = Recipe::ALL[0].name,
          value_parser = PossibleValuesParser::new(Recipe::ALL.map(|recipe| recipe.name)))]
    recipe: String,

    /// Training steps, each an update of both networks [default: the recipe's, a few minutes]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    steps: Option<u32>,

    /// Seed of all randomness: the same seed gives the same model on the same machine
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if there are no data, the images do not suit the recipe, the training diverges or
/// a file cannot be written.
pub fn run(args: &TrainArgs) -> Result<(), CliError> {
    let started = Instant::now();
    let grid = args
        .grid
        .clone()
        .unwrap_or_else(|| args.export.with_extension("png"));
    if grid == args.export {
        return Err(CliError::Usage(format!(
            "the model and the grid of samples would both be {}: give --grid another file",
            grid.display()
        )));
    }
    output::check(&args.export)?;
    output::check(&grid)?;
    let data = args.data.load()?;
    check_images(&data)?;
    let recipe = Recipe::named(&args.recipe)
        .ok_or_else(|| CliError::Usage(format!("there is no recipe {}", args.recipe)))?;
    let steps = args.steps.unwrap_or(recipe.steps);
    tell(&format!(
        "{} images to learn from, {} to judge by: {}",
        data.train.len(),
        data.test.len(),
        data.origin
    ));

    let mut game = Game::new(
        recipe.clone(),
        steps,
        args.seed,
        &data.train,
        &Device::flex(),
    );
    play(&mut game, steps, &data.train)?;

    let layers = quantize::quantize(game.average())?;
    let encode = |scores: Option<Scores>| {
        let provenance = Provenance {
            data_set: &data.name,
            recipe: recipe.name,
            tool: concat!("pocketgan ", env!("CARGO_PKG_VERSION")),
            steps: game.step_count(),
            seed: args.seed,
            scores,
        };
        let latent = game.average().latent();
        quantize::encode(&layers, latent, data.train.classes, provenance)
    };
    let judge = judge(&data);
    let bytes = encode(None);
    let model = model_file::parse(&args.export, &bytes)?;
    let quality = judge.judge(&model, JUDGED, 0)?;
    let samples = draw(&model, GRID_ROWS * data.train.classes as u32, 0)?;
    let samples = picture::grid(model.image(), &samples, data.train.classes)?.to_png()?;
    let bytes = encode(Some(quality.scores()));
    let model = model_file::parse(&args.export, &bytes)?;
    output::write(&grid, &samples)?;
    output::write(&args.export, &bytes)?;

    let seconds = started.elapsed().as_secs();
    tell(&format!(
        "\n{}\ntime      {} min {:02} s, {} steps\n{}",
        cost_and_quality(&args.export, &model, &quality, &judge),
        seconds / 60,
        seconds % 60,
        game.step_count(),
        what_next(&args.export, &grid),
    ));
    Ok(())
}

fn check_images(data: &DataSet) -> Result<(), CliError> {
    let Images {
        height,
        width,
        channels,
        ..
    } = data.train;
    let suits = |side: usize| side % 8 == 4 && (12..=60).contains(&side);
    if suits(height) && suits(width) && channels == 1 {
        return Ok(());
    }
    Err(CliError::Images(format!(
        "the images are {height}x{width} with {channels} channel(s): the recipes learn grey images \
         with sides that are 4 more than a multiple of 8 and at most 60, such as 28x28"
    )))
}

/// Plays the game to its end, or until Ctrl-C.
fn play(game: &mut Game, steps: u32, images: &Images) -> Result<(), CliError> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Where no handler can be installed, Ctrl-C just ends the program, as it does elsewhere.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    let bar = bar(steps as usize, "training");
    let mut shown = Losses::default();
    for step in 0..steps {
        if stop.load(Ordering::Relaxed) {
            bar.abandon();
            tell("stopping: what has been learned so far is exported; Ctrl-C again ends at once");
            break;
        }
        let losses = game.step(images);
        if !losses.discriminator.is_finite() || !losses.generator.is_finite() {
            bar.abandon();
            return Err(CliError::Diverged { step });
        }
        shown = shown.follow(losses, 0.98);
        bar.set_message(format!(
            "loss D {:.3} G {:.3}",
            shown.discriminator, shown.generator
        ));
        bar.inc(1);
        // Where no bar is drawn, as in a log file, a line now and then takes its place.
        if bar.is_hidden() && (step + 1) % (steps / 10).max(1) == 0 {
            tell(&format!(
                "step {} of {steps}: loss D {:.3} G {:.3}",
                step + 1,
                shown.discriminator,
                shown.generator
            ));
        }
    }
    bar.finish();
    Ok(())
}

/// The judge of a data set, with a progress bar if it has to be trained.
pub fn judge(data: &DataSet) -> Judge {
    let mut progress: Option<ProgressBar> = None;
    let judge = Judge::for_data(data, |done, total| {
        let bar = progress.get_or_insert_with(|| bar(total, "learning to judge"));
        bar.set_position(done as u64);
    });
    if let Some(bar) = progress {
        bar.finish();
    }
    judge
}

/// A progress bar of so many steps, on stderr.
pub fn bar(steps: usize, what: &'static str) -> ProgressBar {
    let style =
        ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len} {msg} {elapsed} (ETA {eta})")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(steps as u64)
        .with_style(style)
        .with_prefix(what);
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

fn cost_and_quality(file: &Path, model: &Model, quality: &Quality, judge: &Judge) -> String {
    format!(
        "model     {}: {} bytes of flash, {} bytes of RAM, {} multiply-accumulates an image\n\
         quality   {:.1} % of {} images read as the class asked for (real test images: {:.1} %), \
         Fréchet distance {:.1} (between two halves of the test images: {:.1})",
        file.display(),
        model.file_len(),
        model.workspace_len(),
        model.macs(),
        100.0 * quality.recognised.unwrap_or(0.0),
        quality.images,
        100.0 * judge.accuracy,
        quality.frechet,
        judge.floor,
    )
}

fn what_next(file: &Path, grid: &Path) -> String {
    let absolute = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
    format!(
        "samples   {}\n\
         next      see more digits:      cargo run --release -p trainer -- sample {}\n\
         \x20         put it on a board:    cd firmware/boards/lm3s6965evb && GEN_BIN={} cargo run \
         --release",
        grid.display(),
        file.display(),
        absolute.display(),
    )
}
