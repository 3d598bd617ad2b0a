//! Setting a training up: a new one, or one that goes on.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::super::recipe_args::{RecipeArgs, check_images};
use super::super::{CliError, DataArgs, tell};
use super::TrainArgs;
use crate::backend::Backend;
use crate::data::{DataSet, Images};
use crate::gan::game::Game;
use crate::gan::generator::Generator;
use crate::gan::recipe::Recipe;
use crate::output;
use crate::training::{Best, Checkpoint, CheckpointError, Folder, History, Identity};

/// Evaluations of a training, and the fewest steps between two of them.
const EVALUATIONS: u32 = 20;
const EVALUATION_STEPS: u32 = 500;

/// A training that can be played.
pub struct Training {
    setup: Setup,
    identity: Identity,
    /// What is trained, and how.
    pub recipe: Recipe,
    /// What is learned from.
    pub data: DataSet,
    /// Steps of the whole training.
    pub steps: u32,
    /// The networks.
    pub game: Game,
    /// What was measured so far.
    pub history: History,
    /// The best model so far.
    pub best: Option<Best>,
    /// Where all this is kept.
    pub folder: Folder,
}

/// The arguments of a training, independent of the working folder and the environment.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Setup {
    data: DataArgs,
    recipe: RecipeArgs,
    seed: u64,
    #[serde(default)]
    backend: Backend,
    checkpoint_every: Option<u32>,
    export: PathBuf,
    grid: PathBuf,
}

impl Training {
    /// A new training. Its folder is taken once everything else is known to be right.
    pub fn begin(args: &TrainArgs) -> Result<Self, CliError> {
        let export = args.export.clone().unwrap_or_else(|| "gen.bin".into());
        let grid = args.grid.clone();
        let grid = grid.unwrap_or_else(|| export.with_extension("png"));
        let run = args.run.clone();
        let folder = Folder::at(&run.unwrap_or_else(|| export.with_extension("run")));
        let recipe = args.recipe.recipe()?;
        let device = args.backend.device()?;
        check_places(&export, &grid, &folder)?;
        folder.check_free()?;
        let data = args.data.load()?;
        check_images(&recipe, &data)?;
        tell_data(&data);
        let steps = args.recipe.steps(&recipe, data.train.len());
        let setup = Setup {
            data: args.data.settled(&data),
            recipe: args.recipe.clone(),
            seed: args.seed,
            backend: args.backend,
            checkpoint_every: args.checkpoint_every,
            export: absolute(&export),
            grid: absolute(&grid),
        };
        let training = Self {
            identity: Identity::new(&recipe, args.seed, &data),
            game: Game::new(recipe.clone(), steps, args.seed, &data.train, &device),
            setup,
            recipe,
            data,
            steps,
            history: History::default(),
            best: None,
            folder,
        };
        training.folder.begin(&training.checkpoint()?)?;
        Ok(training)
    }

    /// The training in `folder`, where it stopped.
    pub fn resume(args: &TrainArgs, folder: &Path) -> Result<Self, CliError> {
        let folder = Folder::at(folder);
        let path = folder.checkpoint();
        let checkpoint = Checkpoint::read(&path)?;
        let mut setup: Setup = serde_json::from_str(&checkpoint.arguments)
            .map_err(|_| CheckpointError::Version(path))?;
        setup.recipe = setup.recipe.with_length_of(&args.recipe);
        if args.data.are_given() {
            setup.data = args.data.clone();
        }
        if let Some(export) = &args.export {
            setup.export = absolute(export);
            setup.grid = absolute(&export.with_extension("png"));
        }
        if let Some(grid) = &args.grid {
            setup.grid = absolute(grid);
        }
        check_places(&setup.export, &setup.grid, &folder)?;
        let recipe = setup.recipe.recipe()?;
        let data = setup.data.load()?;
        setup.data = setup.data.settled(&data);
        check_images(&recipe, &data)?;
        let identity = Identity::new(&recipe, setup.seed, &data);
        checkpoint
            .identity
            .check(&identity)
            .map_err(|reason| CliError::Resume {
                folder: folder.path().to_owned(),
                reason,
            })?;
        let (done, steps) = (
            checkpoint.game.step,
            setup.recipe.steps(&recipe, data.train.len()),
        );
        if steps < done {
            return Err(CliError::Usage(format!(
                "the training in {} has done {done} steps already: it cannot end after {steps}",
                folder.path().display()
            )));
        }
        tell_data(&data);
        tell(&format!("going on after step {done} of {steps}"));
        let device = setup.backend.device()?;
        let game = Game::new(recipe.clone(), steps, setup.seed, &data.train, &device)
            .restore(&checkpoint.game)
            .map_err(CliError::State)?;
        folder.forget_after(done)?;
        Ok(Self {
            setup,
            identity,
            recipe,
            data,
            steps,
            game,
            history: checkpoint.history,
            best: checkpoint.best,
            folder,
        })
    }

    /// The training as it stands.
    pub fn checkpoint(&self) -> Result<Checkpoint, CliError> {
        let arguments = serde_json::to_string(&self.setup).map_err(|_| {
            CliError::Usage(
                "a checkpoint cannot hold names of files that are not valid UTF-8: rename them"
                    .into(),
            )
        })?;
        Ok(Checkpoint {
            arguments,
            identity: self.identity.clone(),
            steps: self.steps,
            history: self.history.clone(),
            best: self.best.clone(),
            game: self.game.state().map_err(CliError::State)?,
        })
    }

    /// Steps between two evaluations.
    pub fn evaluate_every(&self) -> u32 {
        let usual = (self.steps / EVALUATIONS).max(EVALUATION_STEPS);
        self.setup.checkpoint_every.unwrap_or(usual)
    }

    /// Where the model file goes.
    pub fn export(&self) -> &Path {
        &self.setup.export
    }

    /// Where the grid of samples goes.
    pub fn grid(&self) -> &Path {
        &self.setup.grid
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.setup.seed
    }
}

/// The generator of the training in `folder` as its checkpoint has it, in floats and without
/// automatic differentiation, and after how many steps that is. `images` must have the size and the
/// classes of those that it learned from.
///
/// # Errors
/// [`CliError`] if there is no usable checkpoint, or it is one of a training with other images.
pub fn generator_of(folder: &Path, images: &Images) -> Result<(Generator, u32), CliError> {
    let path = Folder::at(folder).checkpoint();
    let checkpoint = Checkpoint::read(&path)?;
    let setup: Setup =
        serde_json::from_str(&checkpoint.arguments).map_err(|_| CheckpointError::Version(path))?;
    let recipe = setup.recipe.recipe()?;
    let device = setup.backend.device()?;
    let game = Game::new(recipe, checkpoint.steps, setup.seed, images, &device)
        .restore(&checkpoint.game)
        .map_err(CliError::State)?;
    Ok((game.average().clone(), checkpoint.game.step))
}

fn tell_data(data: &DataSet) {
    tell(&format!(
        "{} images to learn from, {} to judge by: {}",
        data.train.len(),
        data.test.len(),
        data.origin
    ));
}

/// Checks that model, grid and folder can be written, and are not the same.
fn check_places(export: &Path, grid: &Path, folder: &Folder) -> Result<(), CliError> {
    if grid == export {
        return Err(CliError::Usage(format!(
            "the model and the grid of samples would both be {}: give --grid another file",
            grid.display()
        )));
    }
    if folder.path() == export || folder.path() == grid {
        return Err(CliError::Usage(format!(
            "{} would be a file and the folder of the training: give --run another folder",
            folder.path().display()
        )));
    }
    output::check(export)?;
    output::check(grid)?;
    Ok(())
}

/// The path from the root on, which another working folder does not change.
fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
