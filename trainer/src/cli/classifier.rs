//! `trainer classifier`: trains the classifier that judges models of a data set.

use std::path::PathBuf;

use burn::tensor::Device;
use clap::Args;

use super::train::bar;
use super::{CliError, DataArgs, tell};
use crate::data::folder;
use crate::evaluate::Judge;
use crate::evaluate::classifier::Classifier;
use crate::output;

/// Train the classifier that judges models, as those embedded in this program were
#[derive(Debug, Args)]
pub struct ClassifierArgs {
    #[command(flatten)]
    data: DataArgs,

    /// Write its weights here
    #[arg(long, value_name = "FILE")]
    out: PathBuf,

    /// Passes over the training images
    #[arg(long, value_name = "N", default_value_t = 10,
          value_parser = clap::value_parser!(u16).range(1..))]
    epochs: u16,

    /// Seed of all randomness
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,

    /// Test it on these data, too: a folder or file as for --data
    #[arg(long, value_name = "DIR|FILE")]
    test: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if there are no data or the weights cannot be written.
pub fn run(args: &ClassifierArgs) -> Result<(), CliError> {
    output::check(&args.out)?;
    let data = args.data.load()?;
    let other = args.test.as_deref().map(folder::load).transpose()?;
    let epochs = usize::from(args.epochs);
    let bar = bar(epochs * data.train.len().div_ceil(128), "training");
    let classifier = Classifier::train(
        &data.train,
        epochs,
        args.seed,
        &Device::flex(),
        |done, _| bar.set_position(done as u64),
    );
    bar.finish();
    let bytes = classifier.to_bytes()?;
    // What is judged by is what is written, in half precision.
    let size = [data.test.height, data.test.width, data.test.channels];
    let classes = data.test.classes;
    let load = || Classifier::from_bytes(&bytes, classes, size, &Device::flex());
    let judge = Judge::new(load()?, &data.test);
    output::write(&args.out, &bytes)?;
    tell(&format!(
        "{} reads {:.2} % of the {} test images of {} ({} bytes)",
        args.out.display(),
        100.0 * judge.accuracy,
        data.test.len(),
        data.name,
        bytes.len()
    ));
    if let Some(other) = other {
        let same = [other.test.height, other.test.width, other.test.channels] == size;
        if !same || other.test.classes != classes {
            return Err(CliError::Images(format!(
                "the images of --test differ in size or classes from those of {}",
                data.name
            )));
        }
        let accuracy = Judge::new(load()?, &other.test).accuracy;
        tell(&format!(
            "and {:.2} % of the {} test images of {}",
            100.0 * accuracy,
            other.test.len(),
            other.name
        ));
    }
    Ok(())
}
