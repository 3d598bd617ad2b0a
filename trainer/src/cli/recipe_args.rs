//! What to train and how, as command line arguments.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde::{Deserialize, Serialize};

use super::CliError;
use crate::data::DataSet;
use crate::gan::loss::Loss;
use crate::gan::recipe::{DiscriminatorShape, GeneratorShape, Recipe, Weights};

/// Hidden units of `--discriminator hidden`.
const HIDDEN: usize = 256;

/// Arguments that choose a recipe and change it.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct RecipeArgs {
    /// What to train, and how: small, tiny, nano, pico and femto, each smaller than the one before,
    /// for microcontrollers; goodfellow and dcgan from the textbook [default: small]
    #[arg(long, value_name = "NAME", conflicts_with = "resume",
          value_parser = PossibleValuesParser::new(Recipe::ALL.map(|recipe| recipe.name)))]
    recipe: Option<String>,

    /// What generator and discriminator minimise [default: the recipe's]
    #[arg(long, value_name = "LOSS", conflicts_with = "resume",
          value_parser = PossibleValuesParser::new(Loss::ALL.map(Loss::name)))]
    loss: Option<String>,

    /// Bits of the generator's weights on the device; training makes up for the rounding to four
    /// [default: the recipe's]
    #[arg(long, value_name = "BITS", conflicts_with = "resume", value_parser = ["int8", "int4"])]
    weights: Option<String>,

    /// The discriminator of goodfellow: one hidden layer, or none [default: hidden]
    #[arg(long, value_name = "KIND", conflicts_with = "resume",
          value_parser = ["hidden", "linear"])]
    discriminator: Option<String>,

    /// Training steps, each an update of both networks [default: the recipe's]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub steps: Option<u32>,

    /// Training steps in passes over the images
    #[arg(long, value_name = "N", conflicts_with = "steps",
          value_parser = clap::value_parser!(u32).range(1..))]
    epochs: Option<u32>,
}

impl RecipeArgs {
    /// The recipe with its changes.
    ///
    /// # Errors
    /// [`CliError::Usage`] for a change that the recipe does not have.
    pub fn recipe(&self) -> Result<Recipe, CliError> {
        let [default, ..] = Recipe::ALL;
        let mut recipe = match &self.recipe {
            Some(name) => Recipe::named(name)
                .ok_or_else(|| CliError::Usage(format!("there is no recipe {name}")))?,
            None => default,
        };
        if let Some(loss) = self.loss()? {
            recipe.loss = loss;
        }
        if let Some(bits) = &self.weights {
            let weights = match bits.as_str() {
                "int4" => Weights::INT4,
                _ => Weights::INT8,
            };
            if !recipe.set_weights(weights) {
                return Err(CliError::Usage(format!(
                    "--weights {bits} is for the recipes small to femto: the weights of {} have \
                     eight bits",
                    recipe.name
                )));
            }
        }
        if let Some(kind) = &self.discriminator {
            if !matches!(recipe.generator, GeneratorShape::Perceptron { .. }) {
                return Err(CliError::Usage(format!(
                    "--discriminator {kind} is for --recipe goodfellow: the recipe {} has a \
                     discriminator of its own",
                    recipe.name
                )));
            }
            recipe.discriminator = match kind.as_str() {
                "linear" => DiscriminatorShape::Linear,
                _ => DiscriminatorShape::Hidden(HIDDEN),
            };
        }
        Ok(recipe)
    }

    /// The loss that is asked for.
    ///
    /// # Errors
    /// [`CliError::Usage`] if there is no such loss.
    pub fn loss(&self) -> Result<Option<Loss>, CliError> {
        let named = |name: &String| {
            Loss::named(name).ok_or_else(|| CliError::Usage(format!("there is no loss {name}")))
        };
        self.loss.as_ref().map(named).transpose()
    }

    /// Those arguments that only make sense for images, and whether they were given.
    pub fn for_images(&self) -> [(&'static str, bool); 4] {
        [
            ("--recipe", self.recipe.is_some()),
            ("--weights", self.weights.is_some()),
            ("--discriminator", self.discriminator.is_some()),
            ("--epochs", self.epochs.is_some()),
        ]
    }

    /// These arguments with the length that `other` asks for, if it asks for one.
    pub fn with_length_of(mut self, other: &RecipeArgs) -> Self {
        if other.steps.is_some() || other.epochs.is_some() {
            (self.steps, self.epochs) = (other.steps, other.epochs);
        }
        self
    }

    /// Steps of the training of `recipe` on so many images.
    pub fn steps(&self, recipe: &Recipe, images: usize) -> u32 {
        match (self.steps, self.epochs) {
            (Some(steps), _) => steps,
            (None, Some(epochs)) => epochs.saturating_mul(recipe.steps_per_epoch(images)),
            (None, None) => recipe.steps(images),
        }
    }
}

/// Checks that a recipe can learn the images of `data`.
///
/// # Errors
/// [`CliError::Images`] that says which images it could learn.
pub fn check_images(recipe: &Recipe, data: &DataSet) -> Result<(), CliError> {
    let (height, width) = (data.train.height, data.train.width);
    let channels = data.train.channels;
    let ours = recipe.discriminator == DiscriminatorShape::Patches;
    let suits = |side: usize| match recipe.generator {
        _ if ours => side % 8 == 4 && (12..=60).contains(&side),
        GeneratorShape::Conv(_) | GeneratorShape::Dcgan { .. } => {
            side.is_multiple_of(4) && (8..=64).contains(&side)
        }
        GeneratorShape::Perceptron { .. } => (1..=64).contains(&side),
    };
    if suits(height) && suits(width) && channels == 1 {
        return Ok(());
    }
    let sides = match recipe.generator {
        _ if ours => "sides that are 4 more than a multiple of 8 and at most 60",
        GeneratorShape::Conv(_) | GeneratorShape::Dcgan { .. } => {
            "sides that are multiples of 4, from 8 to 64"
        }
        GeneratorShape::Perceptron { .. } => "sides of at most 64",
    };
    Err(CliError::Images(format!(
        "the images are {height}x{width} with {channels} channel(s): the recipe {} learns grey \
         images with {sides}, such as 28x28",
        recipe.name
    )))
}
