//! `trainer train`: from images to a model file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use burn::tensor::Device;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use runtime::Model;
use runtime::format::{Provenance, Scores};

use super::plane::{Plane, PlaneArgs};
use super::recipe_args::{RecipeArgs, check_images};
use super::{CliError, DataArgs, model_file, tell};
use crate::data::{DataSet, Images};
use crate::evaluate::{Judge, Quality, draw};
use crate::gan::game::{Game, Losses};
use crate::gan::loss::Loss;
use crate::gan::recipe::{Length, Recipe};
use crate::{output, picture, quantize};

/// Images that the summary's figures are measured on.
const JUDGED: u32 = 5000;
/// Images of each class in the sample grid.
const GRID_ROWS: u32 = 8;
/// Images in the sample grid of a model without classes, and how many of them in a row.
const GRID_WITHOUT_CLASSES: (u32, usize) = (16, 4);

/// Train a GAN on images and write its generator as a model file for microcontrollers
#[derive(Debug, Args)]
pub struct TrainArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Write the model file here [default: gen.bin]
    #[arg(long, value_name = "FILE")]
    export: Option<PathBuf>,

    /// Write a grid of samples here [default: beside the model file, with the ending .png]
    #[arg(long, value_name = "FILE.png")]
    grid: Option<PathBuf>,

    #[command(flatten)]
    recipe: RecipeArgs,

    /// Seed of all randomness: the same seed gives the same model on the same machine
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,

    #[command(flatten)]
    plane: PlaneArgs,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if there are no data, the images do not suit the recipe, the training diverges or
/// a file cannot be written.
pub fn run(args: &TrainArgs) -> Result<(), CliError> {
    let started = Instant::now();
    if let Some(plane) = Plane::named(args.data.data.as_deref()) {
        let [recipe, discriminator, epochs] = args.recipe.for_images();
        let for_images = [
            recipe,
            discriminator,
            epochs,
            ("--export", args.export.is_some()),
            ("--grid", args.grid.is_some()),
            ("--mirror", args.data.mirror.is_some()),
        ];
        plane.refuse(&for_images)?;
        let (loss, steps) = (args.recipe.loss()?, args.recipe.steps);
        return plane.run(&args.plane, loss, steps, args.seed);
    }
    args.plane.refuse()?;
    let export = args.export.clone().unwrap_or_else(|| "gen.bin".into());
    let grid = args
        .grid
        .clone()
        .unwrap_or_else(|| export.with_extension("png"));
    if grid == export {
        return Err(CliError::Usage(format!(
            "the model and the grid of samples would both be {}: give --grid another file",
            grid.display()
        )));
    }
    output::check(&export)?;
    output::check(&grid)?;
    let recipe = args.recipe.recipe()?;
    let data = args.data.load()?;
    check_images(&recipe, &data)?;
    let steps = args.recipe.steps(&recipe, data.train.len());
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
    play(&mut game, &recipe, steps, &data.train)?;

    let layers = quantize::quantize(game.average())?;
    let label = recipe.label();
    let encode = |scores: Option<Scores>| {
        let provenance = Provenance {
            data_set: &data.name,
            recipe: &label,
            tool: concat!("pocketgan ", env!("CARGO_PKG_VERSION")),
            steps: game.step_count(),
            seed: args.seed,
            scores,
        };
        let generator = game.average();
        quantize::encode(&layers, generator.latent(), generator.classes(), provenance)
    };
    let judge = judge(&data);
    let bytes = encode(None);
    let model = model_file::parse(&export, &bytes)?;
    let quality = judge.judge(&model, JUDGED, 0)?;
    let (count, columns) = match u32::from(model.classes()) {
        0 => GRID_WITHOUT_CLASSES,
        classes => (GRID_ROWS * classes, classes as usize),
    };
    let samples = draw(&model, count, 0)?;
    let samples = picture::grid(model.image(), &samples, columns)?.to_png()?;
    let bytes = encode(Some(quality.scores()));
    let model = model_file::parse(&export, &bytes)?;
    output::write(&grid, &samples)?;
    output::write(&export, &bytes)?;

    let seconds = started.elapsed().as_secs();
    tell(&format!(
        "\n{}\ntime      {} min {:02} s, {} steps\n{}",
        cost_and_quality(&export, &model, &quality, &judge),
        seconds / 60,
        seconds % 60,
        game.step_count(),
        what_next(&export, &grid),
    ));
    Ok(())
}

/// Plays the game to its end, or until Ctrl-C. Where a bar shows the losses, lines follow only for
/// the epochs of a recipe that counts them; where none is drawn, as in a log file, a line now and
/// then takes its place.
fn play(game: &mut Game, recipe: &Recipe, steps: u32, images: &Images) -> Result<(), CliError> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Where no handler can be installed, Ctrl-C just ends the program, as it does elsewhere.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    let bar = bar(steps as usize, "training");
    let epochs = matches!(recipe.length, Length::Epochs(_));
    let every = match epochs {
        true => recipe.steps_per_epoch(images.len()),
        false => (steps / 10).max(1),
    };
    let (d, value) = Losses::EQUILIBRIUM;
    if recipe.loss != Loss::Relativistic {
        tell(&format!(
            "if the generator were perfect: D(x) = D(G(z)) = {d}, V = -log 4 = {value:.3}"
        ));
    }
    let mut shown = Losses::default();
    let mut mean = Losses::default();
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
        shown = shown.follow(losses, (step as f32 / (step + 1) as f32).min(0.98));
        bar.set_message(shown.to_string());
        bar.inc(1);
        let within = step % every;
        mean = mean.follow(losses, within as f32 / (within + 1) as f32);
        if within + 1 == every && (epochs || bar.is_hidden()) {
            let done = match epochs {
                true => format!("epoch {} of {}", (step + 1) / every, steps.div_ceil(every)),
                false => format!("step {} of {steps}", step + 1),
            };
            bar.suspend(|| tell(&format!("{done}: {mean}")));
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
    let recognised = quality.recognised.map_or(String::new(), |share| {
        format!(
            "{:.1} % of {} images read as the class asked for (real test images: {:.1} %), ",
            100.0 * share,
            quality.images,
            100.0 * judge.accuracy,
        )
    });
    format!(
        "model     {}: {} bytes of flash, {} bytes of RAM, {} multiply-accumulates an image\n\
         quality   {recognised}Fréchet distance {:.1} (between two halves of the test images: {:.1})",
        file.display(),
        model.file_len(),
        model.workspace_len(),
        model.macs(),
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
