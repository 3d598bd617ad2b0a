//! `trainer train`: from images to a model file.

mod export;
mod play;
mod prepare;
mod progress;

use std::path::PathBuf;
use std::time::Instant;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};

use super::plane::{Plane, PlaneArgs};
use super::recipe_args::RecipeArgs;
use super::{CliError, DataArgs, tell};
use crate::backend::Backend;
use crate::training::Evaluator;
use play::End;
use prepare::Training;

pub use prepare::generator_of;
pub use progress::{bar, judge};

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
    #[arg(long, value_name = "S", default_value_t = 0, conflicts_with = "resume")]
    seed: u64,

    /// What to compute with: flex and ndarray are CPUs, cuda and wgpu GPUs; all but flex need a build
    /// with the Cargo feature of that name
    #[arg(long, value_name = "NAME", default_value = Backend::Flex.name(), conflicts_with = "resume",
          value_parser = backend())]
    backend: Backend,

    /// Keep checkpoint, history, plots and sample grids of the training in this folder [default:
    /// beside the model file, with the ending .run]
    #[arg(long, value_name = "DIR", conflicts_with = "resume")]
    run: Option<PathBuf>,

    /// Evaluate the generator and write a checkpoint every N steps [default: twenty times in a
    /// training, but not more often than every 500 steps]
    #[arg(long, value_name = "N", conflicts_with = "resume",
          value_parser = clap::value_parser!(u32).range(1..))]
    checkpoint_every: Option<u32>,

    /// Go on with the training in this folder, as if it had never stopped
    ///
    /// Everything is as it was when the training began. It may become longer or shorter with --steps
    /// or --epochs (the learning rate then follows the new length), its results may go elsewhere
    /// with --export and --grid, and --data says where the same images are now. A training on points
    /// in the plane is short and keeps no checkpoints.
    #[arg(long, value_name = "DIR")]
    resume: Option<PathBuf>,

    #[command(flatten)]
    plane: PlaneArgs,
}

impl TrainArgs {
    /// The arguments that only make sense for images, and whether they are given.
    fn for_images(&self) -> Vec<(&'static str, bool)> {
        let mut arguments = self.recipe.for_images().to_vec();
        arguments.extend([
            ("--export", self.export.is_some()),
            ("--grid", self.grid.is_some()),
            ("--run", self.run.is_some()),
            ("--checkpoint-every", self.checkpoint_every.is_some()),
            ("--resume", self.resume.is_some()),
            ("--mirror", self.data.mirror.is_some()),
        ]);
        arguments
    }
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if there are no data, the images do not suit the recipe, there is nothing to
/// resume, the training diverges or a file cannot be written.
pub fn run(args: &TrainArgs) -> Result<(), CliError> {
    let started = Instant::now();
    if let Some(plane) = Plane::named(args.data.data.as_deref()) {
        plane.refuse(&args.for_images())?;
        let (loss, steps) = (args.recipe.loss()?, args.recipe.steps);
        return plane.run(&args.plane, loss, steps, args.seed, args.backend);
    }
    args.plane.refuse()?;
    let mut training = match &args.resume {
        Some(folder) => Training::resume(args, folder)?,
        None => Training::begin(args)?,
    };
    let judge = judge(&training.data);
    let evaluator = Evaluator::new(&judge, &training.data);
    let end = play::play(&mut training, &evaluator)?;
    export::export(&training, &judge, &evaluator, started)?;
    if end == End::Stopped {
        tell(&format!(
            "go on     cargo run --release -p trainer -- train --resume {}",
            training.folder.path().display()
        ));
    }
    Ok(())
}

fn backend() -> impl TypedValueParser<Value = Backend> {
    PossibleValuesParser::new(Backend::ALL.map(Backend::name))
        .map(|name| Backend::named(&name).unwrap_or_default())
}
