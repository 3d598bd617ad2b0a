//! What is told while a training goes on.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::super::tell;
use super::prepare::Training;
use crate::data::DataSet;
use crate::evaluate::Judge;
use crate::gan::game::Losses;
use crate::gan::recipe::Length;

/// Tells of the steps: on a bar that shows the losses, with lines only for the epochs of a recipe
/// that counts them; where no bar is drawn, as in a log file, with a line now and then.
pub struct Teller {
    bar: ProgressBar,
    /// Whether lines are told for epochs.
    epochs: bool,
    steps: u32,
    every: u32,
    /// Steps told of.
    seen: u32,
    shown: Losses,
    mean: Losses,
    /// Steps in the mean.
    within: u32,
}

impl Teller {
    /// A teller of the steps of `training` that are still to come.
    pub fn new(training: &Training) -> Self {
        let bar = bar(training.steps as usize, "training");
        bar.set_position(u64::from(training.game.step_count()));
        bar.reset_eta();
        let epochs = matches!(training.recipe.length, Length::Epochs(_));
        Self {
            bar,
            epochs,
            steps: training.steps,
            every: match epochs {
                true => training.recipe.steps_per_epoch(training.data.train.len()),
                false => (training.steps / 10).max(1),
            },
            seen: 0,
            shown: Losses::default(),
            mean: Losses::default(),
            within: 0,
        }
    }

    /// Tells what the step measured that made the count of steps `step`.
    pub fn step(&mut self, step: u32, losses: Losses) {
        let part = |count: u32| count as f32 / (count + 1) as f32;
        self.shown = self.shown.follow(losses, part(self.seen).min(0.98));
        self.seen += 1;
        self.bar.set_message(self.shown.to_string());
        self.bar.inc(1);
        self.mean = self.mean.follow(losses, part(self.within));
        self.within += 1;
        if step.is_multiple_of(self.every) {
            self.within = 0;
            if self.epochs || self.bar.is_hidden() {
                let done = match self.epochs {
                    true => format!(
                        "epoch {} of {}",
                        step / self.every,
                        self.steps.div_ceil(self.every)
                    ),
                    false => format!("step {step} of {}", self.steps),
                };
                self.bar.suspend(|| tell(&format!("{done}: {}", self.mean)));
            }
        }
    }

    /// The bar, to be suspended while other lines are told.
    pub fn bar(&self) -> &ProgressBar {
        &self.bar
    }

    /// Leaves the bar as it is.
    pub fn abandon(&self) {
        self.bar.abandon();
    }

    /// Fills the bar.
    pub fn finish(&self) {
        self.bar.finish();
    }
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
