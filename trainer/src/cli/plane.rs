//! `trainer train --data gaussian` and `--data ring`: the game in the plane.

use std::path::{Path, PathBuf};
use std::time::Instant;

use burn::tensor::Device;
use clap::Args;

use super::train::bar;
use super::{CliError, tell};
use crate::backend::Backend;
use crate::gan::draws::stream;
use crate::gan::game::Losses;
use crate::gan::loss::Loss;
use crate::output;
use crate::plane::Point;
use crate::plane::distribution::{Distribution, Gaussian};
use crate::plane::estimate::{Coverage, Moments};
use crate::plane::game::{Game, Rules};
use crate::plane::scatter::Scatter;

/// Points that the generator is judged by.
const JUDGED: usize = 100_000;
/// Points of the distribution in the picture.
const SHOWN: usize = 1500;

/// Arguments of a training in the plane.
#[derive(Debug, Args)]
#[command(next_help_heading = "Points in the plane, --data gaussian or --data ring")]
pub struct PlaneArgs {
    /// Mean of the Gaussian [default: 1,2]
    #[arg(long, value_name = "X,Y", allow_hyphen_values = true, value_parser = numbers::<2>)]
    mean: Option<Numbers<2>>,

    /// Covariance of the Gaussian, by rows [default: 1,0.5,0.5,2]
    #[arg(long, value_name = "XX,XY,YX,YY", allow_hyphen_values = true, value_parser = numbers::<4>)]
    covariance: Option<Numbers<4>>,

    /// Write the picture of real and generated points here [default: gaussian.png or ring.png]
    #[arg(long, value_name = "FILE.png")]
    scatter: Option<PathBuf>,
}

/// So many numbers.
#[derive(Clone, Copy, Debug)]
struct Numbers<const N: usize>([f64; N]);

/// Which distribution is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plane {
    /// One Gaussian.
    Gaussian,
    /// Eight on a ring.
    Ring,
}

impl PlaneArgs {
    /// Checks that none of these is given: they say nothing about images.
    ///
    /// # Errors
    /// [`CliError::Usage`] that names the first that is.
    pub fn refuse(&self) -> Result<(), CliError> {
        let given = [
            ("--mean", "gaussian", self.mean.is_some()),
            ("--covariance", "gaussian", self.covariance.is_some()),
            ("--scatter", "gaussian or ring", self.scatter.is_some()),
        ];
        match given.iter().find(|(_, _, given)| *given) {
            Some((name, data, _)) => Err(CliError::Usage(format!(
                "{name} is for --data {data}: what is trained here are images"
            ))),
            None => Ok(()),
        }
    }
}

impl Plane {
    /// What `--data` asks for, if it is points (`./ring` is a folder of that name).
    pub fn named(data: Option<&Path>) -> Option<Self> {
        match data?.to_str()? {
            "gaussian" => Some(Self::Gaussian),
            "ring" => Some(Self::Ring),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Gaussian => "gaussian",
            Self::Ring => "ring",
        }
    }

    /// Checks that no argument is given that is for images: each with whether it is.
    ///
    /// # Errors
    /// [`CliError::Usage`] that names the first that is.
    pub fn refuse(self, for_images: &[(&str, bool)]) -> Result<(), CliError> {
        match for_images.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(CliError::Usage(format!(
                "{name} is for images: --data {} trains dense networks on points in the plane, and \
                 writes a picture of them (--scatter)",
                self.name()
            ))),
            None => Ok(()),
        }
    }

    fn distribution(self, args: &PlaneArgs) -> Result<Distribution, CliError> {
        if self == Self::Ring {
            if args.mean.is_some() || args.covariance.is_some() {
                return Err(CliError::Usage(
                    "--mean and --covariance are for --data gaussian: the ring is always the same"
                        .into(),
                ));
            }
            return Ok(Distribution::Ring);
        }
        let mean = args.mean.map_or([1.0, 2.0], |numbers| numbers.0);
        let [a, b, c, d] = args
            .covariance
            .map_or([1.0, 0.5, 0.5, 2.0], |numbers| numbers.0);
        let gaussian = Gaussian::new(mean, [[a, b], [c, d]])
            .map_err(|error| CliError::Usage(error.to_string()))?;
        Ok(Distribution::Gaussian(gaussian))
    }

    /// Trains, writes the picture, and says what has been learned.
    ///
    /// # Errors
    /// [`CliError`] if the arguments make no sense, there is no such backend here, the training
    /// diverges or the picture cannot be written.
    pub fn run(
        self,
        args: &PlaneArgs,
        loss: Option<Loss>,
        steps: Option<u32>,
        seed: u64,
        backend: Backend,
    ) -> Result<(), CliError> {
        let started = Instant::now();
        let distribution = self.distribution(args)?;
        let device = backend.device()?;
        let default = || PathBuf::from(self.name()).with_extension("png");
        let picture = args.scatter.clone().unwrap_or_else(default);
        output::check(&picture)?;
        let mut rules = Rules::default();
        rules.loss = loss.unwrap_or(rules.loss);
        rules.steps = steps.unwrap_or(rules.steps);

        let (game, losses) = play(rules.clone(), distribution, seed, &device)?;
        // The streams of the steps have smaller numbers.
        let mut rng = stream(seed, u32::MAX);
        let generated = game.generate(JUDGED, &mut rng);
        let real: Vec<Point> = (0..SHOWN).map(|_| distribution.draw(&mut rng)).collect();
        let moments = Moments::of(&generated);
        let (title, real_gaussian, learned) = match distribution {
            Distribution::Gaussian(gaussian) => (
                "ellipses hold 95 %",
                Some(gaussian),
                learned(&moments, &gaussian),
            ),
            Distribution::Ring => ("eight Gaussians", None, covered(&Coverage::of(&generated))),
        };
        let scatter = Scatter {
            title: title.into(),
            real: &real,
            generated: &generated,
            real_gaussian,
            generated_gaussian: real_gaussian
                .and_then(|_| Gaussian::new(moments.mean, moments.covariance).ok()),
        };
        output::write(&picture, &scatter.draw().to_png()?)?;
        let (d, value) = Losses::EQUILIBRIUM;
        let seconds = started.elapsed().as_secs();
        tell(&format!(
            "\n{learned}\n\
             game      {losses} (at the equilibrium D(x) = D(G(z)) = {d}, V = -log 4 = {value:.3})\n\
             picture   {}\n\
             time      {} min {:02} s, {} steps",
            picture.display(),
            seconds / 60,
            seconds % 60,
            rules.steps,
        ));
        Ok(())
    }
}

/// Plays the game to its end. Returns the losses of its last tenth, averaged.
fn play(
    rules: Rules,
    distribution: Distribution,
    seed: u64,
    device: &Device,
) -> Result<(Game, Losses), CliError> {
    let steps = rules.steps;
    let mut game = Game::new(rules, distribution, seed, device);
    let bar = bar(steps as usize, "training");
    let every = steps.div_ceil(10);
    let mut mean = Losses::default();
    for step in 0..steps {
        let losses = game.step();
        if !losses.discriminator.is_finite() || !losses.generator.is_finite() {
            bar.abandon();
            return Err(CliError::Diverged { step, best: None });
        }
        let within = step % every;
        mean = mean.follow(losses, within as f32 / (within + 1) as f32);
        bar.set_message(mean.to_string());
        bar.inc(1);
        if within + 1 == every && bar.is_hidden() {
            tell(&format!("step {} of {steps}: {mean}", step + 1));
        }
    }
    bar.finish();
    Ok((game, mean))
}

/// The moments of the generated points beside the true ones.
fn learned(moments: &Moments, gaussian: &Gaussian) -> String {
    let row = |name: &str, truth: Point, estimate: Point| {
        let error = [0, 1].map(|axis| estimate[axis] - truth[axis]);
        format!(
            "{name:<10}  {:8.3} {:8.3}    {:8.3} {:8.3}    {:+8.3} {:+8.3}\n",
            truth[0], truth[1], estimate[0], estimate[1], error[0], error[1]
        )
    };
    let mut text = format!(
        "{:<10}  {:>17}    {:>17}    {:>17}\n",
        "", "true", "estimated", "error"
    );
    text += &row("mean", gaussian.mean(), moments.mean);
    let truth = gaussian.covariance();
    text += &row("covariance", truth[0], moments.covariance[0]);
    text += &row("", truth[1], moments.covariance[1]);
    text + &format!("estimated from {JUDGED} generated points")
}

/// How the ring is covered.
fn covered(coverage: &Coverage) -> String {
    let shares: Vec<_> = coverage
        .shares
        .iter()
        .map(|share| format!("{:.1} %", 100.0 * share))
        .collect();
    format!(
        "modes     {} of {} covered: at least {:.0} % of {JUDGED} points within three sigma of its \
         mean\n\
         near      {:.1} % of the points within three sigma of a mean (the ring's own points: {:.1} \
         %)\n\
         by mode   {}",
        coverage.modes(),
        Distribution::MODES,
        100.0 * Coverage::COVERED,
        100.0 * coverage.near(),
        100.0 * Coverage::near_of_the_ring(),
        shares.join(", "),
    )
}

fn numbers<const N: usize>(text: &str) -> Result<Numbers<N>, String> {
    let parts: Result<Vec<f64>, _> = text.split(',').map(|part| part.trim().parse()).collect();
    match parts.ok().map(<[f64; N]>::try_from) {
        Some(Ok(numbers)) if numbers.iter().all(|number| number.is_finite()) => {
            Ok(Numbers(numbers))
        }
        _ => Err(format!("{N} numbers with commas between them are expected")),
    }
}
