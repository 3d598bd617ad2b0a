//! The end of a training: the best generator as a model file, with its scores, and pictures of it.

use std::path::Path;
use std::time::Instant;

use runtime::Model;
use runtime::format::Provenance;

use super::super::{CliError, model_file, tell};
use super::prepare::Training;
use crate::evaluate::{Judge, Quality, draw};
use crate::gan::generator::Generator;
use crate::training::{Best, Evaluator, animate};
use crate::{output, picture, quantize};

/// How far latents may reach when the training is over, besides the 1 of the training itself.
const SPREADS: [f64; 2] = [1.05, 1.1];
/// Images that the summary's figures are measured on.
const JUDGED: u32 = 5000;
/// Images of each class in the sample grid.
const GRID_ROWS: u32 = 8;
/// Images in the sample grid of a model without classes, and how many of them in a row.
const GRID_WITHOUT_CLASSES: (u32, usize) = (16, 4);

/// The generator as it is now, quantized and evaluated.
pub fn candidate(training: &Training, evaluator: &Evaluator) -> Result<Best, CliError> {
    evaluated(training, training.game.average(), evaluator)
}

/// `generator`, which is the training's as it is now, quantized and evaluated.
fn evaluated(
    training: &Training,
    generator: &Generator,
    evaluator: &Evaluator,
) -> Result<Best, CliError> {
    let step = training.game.step_count();
    let provenance = Provenance {
        data_set: &training.data.name,
        recipe: &training.recipe.label(),
        tool: concat!("pocketgan ", env!("CARGO_PKG_VERSION")),
        steps: step,
        seed: training.seed(),
        scores: None,
    };
    let layers = quantize::quantize(generator)?;
    let bytes = quantize::encode(&layers, generator.latent(), generator.classes(), provenance);
    let model = model_file::parse(training.export(), &bytes)?;
    let evaluation = evaluator.evaluate(&model)?;
    Ok(Best {
        step,
        evaluation,
        model: bytes,
    })
}

/// Writes the best model of the training and the pictures, and says how good it is. Where the
/// training was stopped between two evaluations, the generator as it is now may be the best one.
pub fn export(
    training: &Training,
    judge: &Judge,
    evaluator: &Evaluator,
    started: Instant,
) -> Result<(), CliError> {
    let last = training.history.rows().last();
    let evaluated =
        last.is_some_and(|row| row.step == training.game.step_count() && row.evaluation.is_some());
    let newest = match evaluated {
        true => None,
        false => Some(candidate(training, evaluator)?),
    };
    let best = better(training.best.as_ref(), newest.as_ref())
        .expect("the last step is evaluated, and its generator is kept or beaten by another");
    let wider = wider(training, evaluator, best)?;
    let (best, spread) = match &wider {
        Some((best, spread)) => (best, *spread),
        None => (best, 1.0),
    };
    let (file, grid) = (training.export(), training.grid());
    let model = model_file::parse(file, &best.model)?;
    let quality = judge.judge(&model, JUDGED, 0)?;
    let (count, columns) = match u32::from(model.classes()) {
        0 => GRID_WITHOUT_CLASSES,
        classes => (GRID_ROWS * classes, classes as usize),
    };
    let samples = draw(&model, count, 0)?;
    let samples = picture::grid(model.image(), &samples, columns)?.to_png()?;
    let bytes = quantize::with_scores(&model, quality.scores());
    let model = model_file::parse(file, &bytes)?;
    output::write(grid, &samples)?;
    output::write(file, &bytes)?;
    let animation = animate(&training.folder)?;
    output::write(&training.folder.animation(), &animation)?;

    let spread = match spread {
        1.0 => String::new(),
        spread => format!(", with latents that reach {spread}"),
    };
    let seconds = started.elapsed().as_secs();
    let (file, grid) = (shown(file), shown(grid));
    tell(&format!(
        "\n{}\n\
         best      after step {} of {}{spread}\n\
         time      {} min {:02} s\n\
         training  {}: history.csv, plot.png, training.gif\n\
         {}",
        cost_and_quality(file, &model, &quality, judge),
        best.step,
        training.game.step_count(),
        seconds / 60,
        seconds % 60,
        training.folder.path().display(),
        what_next(file, grid),
    ));
    Ok(())
}

fn better<'a>(best: Option<&'a Best>, newest: Option<&'a Best>) -> Option<&'a Best> {
    match (best, newest) {
        (Some(best), Some(newest)) if newest.evaluation.beats(&best.evaluation) => Some(newest),
        _ => best.or(newest),
    }
}

/// Where the training is finished, the last generator with latents that reach farther than in the
/// training, and how far, if it is better than `best`. What teaches the generator to obey labels
/// costs variety, and more of the latent's space brings some of it back: how much the images' quality
/// bears is found by trying.
fn wider(
    training: &Training,
    evaluator: &Evaluator,
    best: &Best,
) -> Result<Option<(Best, f64)>, CliError> {
    let finished = training.game.step_count() == training.steps;
    if !finished || !training.recipe.may_spread() {
        return Ok(None);
    }
    let mut found: Option<(Best, f64)> = None;
    for spread in SPREADS {
        let generator = training.game.average().clone().with_spread(spread);
        let candidate = evaluated(training, &generator, evaluator)?;
        // Each has to beat the training's best one, too: else recognition could be given away bit
        // by bit.
        let rivals = [Some(best), found.as_ref().map(|(found, _)| found)];
        let mut rivals = rivals.iter().flatten();
        if rivals.all(|rival| candidate.evaluation.beats(&rival.evaluation)) {
            found = Some((candidate, spread));
        }
    }
    Ok(found)
}

/// The path as the user sees it from the working folder.
fn shown(path: &Path) -> &Path {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here).unwrap_or(path)
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
