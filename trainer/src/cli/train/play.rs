//! Playing a training to its end, and keeping what is needed of it on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::ProgressBar;

use super::super::{CliError, tell};
use super::export::candidate;
use super::prepare::Training;
use super::progress::Teller;
use crate::gan::game::Losses;
use crate::gan::loss::Loss;
use crate::output;
use crate::training::{Evaluator, Watch, figure, frame, frame_steps};

/// A checkpoint is written after so much time even if no evaluation is due.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(120);

/// How a training ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// All steps are done.
    Finished,
    /// The user stopped it.
    Stopped,
}

/// Plays a training to its end, or until Ctrl-C. Whatever happens, the folder holds a checkpoint
/// from which it can go on.
pub fn play(training: &mut Training, evaluator: &Evaluator) -> Result<End, CliError> {
    let stop = on_interrupt();
    let frames = frame_steps(training.steps);
    let every = training.evaluate_every();
    let mut teller = Teller::new(training);
    let mut watch = Watch::default();
    let mut kept = Instant::now();
    tell_equilibrium(training);
    if training.game.step_count() == 0 {
        keep_frame(training)?;
    }
    while training.game.step_count() < training.steps {
        if stop.load(Ordering::Relaxed) {
            teller.abandon();
            tell(&format!(
                "stopping after step {} of {}: a checkpoint is written and the best model is \
                 exported; Ctrl-C again ends at once",
                training.game.step_count(),
                training.steps
            ));
            keep(training)?;
            return Ok(End::Stopped);
        }
        let losses = training.game.step(&training.data.train);
        let step = training.game.step_count();
        if !losses.discriminator.is_finite() || !losses.generator.is_finite() {
            teller.abandon();
            let best = training.best.as_ref().map(|_| training.folder.best());
            return Err(CliError::Diverged { step, best });
        }
        training.history.record(step, losses);
        teller.step(step, losses);
        if frames.binary_search(&step).is_ok() {
            keep_frame(training)?;
        }
        if step.is_multiple_of(every) || step == training.steps {
            evaluate(training, evaluator, &mut watch, teller.bar())?;
            keep(training)?;
            kept = Instant::now();
        } else if kept.elapsed() > CHECKPOINT_AFTER {
            keep(training)?;
            kept = Instant::now();
        }
    }
    teller.finish();
    Ok(End::Finished)
}

/// A flag that Ctrl-C raises; a second one ends the program.
fn on_interrupt() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    // Where no handler can be installed, Ctrl-C just ends the program, as it does elsewhere.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    });
    stop
}

fn tell_equilibrium(training: &Training) {
    let (d, value) = Losses::EQUILIBRIUM;
    if training.recipe.loss != Loss::Relativistic {
        tell(&format!(
            "if the generator were perfect: D(x) = D(G(z)) = {d}, V = -log 4 = {value:.3}"
        ));
    }
}

/// Evaluates the generator, keeps it if it is the best one, and tells what goes wrong.
fn evaluate(
    training: &mut Training,
    evaluator: &Evaluator,
    watch: &mut Watch,
    bar: &ProgressBar,
) -> Result<(), CliError> {
    let step = training.game.step_count();
    let candidate = candidate(training, evaluator)?;
    let evaluation = candidate.evaluation;
    training.history.evaluate(step, evaluation);
    if let Some(row) = training.history.rows().last() {
        for trouble in watch.look(step, row.losses, &evaluation) {
            bar.suspend(|| tell(&format!("warning: {}", trouble.notice(step))));
        }
    }
    let best = training.best.as_ref();
    if best.is_none_or(|best| evaluation.beats(&best.evaluation)) {
        output::write(&training.folder.best(), &candidate.model)?;
        training.best = Some(candidate);
    }
    Ok(())
}

/// Writes history, plot and, last of all, the checkpoint that agrees with them.
fn keep(training: &Training) -> Result<(), CliError> {
    let (folder, history) = (&training.folder, &training.history);
    output::write(&folder.history(), history.to_csv().as_bytes())?;
    let best = training.best.as_ref().map(|best| best.step);
    let plot = figure(history, training.steps, best).draw().to_png()?;
    output::write(&folder.plot(), &plot)?;
    training.checkpoint()?.write(&folder.checkpoint())?;
    Ok(())
}

fn keep_frame(training: &Training) -> Result<(), CliError> {
    let path = training.folder.grid(training.game.step_count())?;
    let picture = frame(training.game.average())?;
    output::write(&path, &picture.to_png()?)?;
    Ok(())
}
