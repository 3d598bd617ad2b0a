//! `trainer eval`: how good a model is, measured on what the device draws.

mod report;
mod table;

use std::path::PathBuf;

use clap::Args;
use runtime::Model;

use self::report::Report;
use super::train::judge;
use super::{CliError, DataArgs, model_file, print};
use crate::data::DataSet;

/// Measure how good a model is, and print what real images get beside it
///
/// Images are drawn by the runtime, as a microcontroller draws them. A classifier of the data set,
/// trained on its training half, reads them: how many are what was asked for, and how far its last
/// features are from those of the test images (Fréchet distance, precision and recall). Pixels tell
/// whether training images are repeated.
#[derive(Debug, Args)]
pub struct EvalArgs {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    #[command(flatten)]
    data: DataArgs,

    /// How many images to draw
    #[arg(long, value_name = "N", default_value_t = 10_000,
          value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    count: u32,

    /// Seed of the first image
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u32,

    /// Variety within each class, too: precision, recall and spread
    #[arg(long)]
    by_class: bool,

    /// A table of what is read instead of what was asked for, too
    #[arg(long)]
    confusion: bool,

    /// Stacked MNIST, too: how many of all combinations of three classes come about in 26,000
    /// samples of three images
    #[arg(long)]
    stacked: bool,

    /// What quantization costs, too: the generator in this folder of a training (`trainer train
    /// --run`), in floats and quantized, as its checkpoint has it
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,

    /// Print JSON instead of tables
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if the model or the data are unusable or do not suit each other.
pub fn run(args: &EvalArgs) -> Result<(), CliError> {
    let bytes = model_file::read(&args.model)?;
    let model = model_file::parse(&args.model, &bytes)?;
    if args.confusion && model.classes() == 0 {
        return Err(CliError::Usage(format!(
            "--confusion is not possible: {} has no classes to ask for",
            args.model.display()
        )));
    }
    let data = args.data.load()?;
    check(args, &model, &data)?;
    let report = Report::new(args, &model, &data, &judge(&data))?;
    if args.json {
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| CliError::Stdout(error.into()))?;
        return print(&format!("{json}\n"));
    }
    print(&table::render(&report))
}

fn check(args: &EvalArgs, model: &Model, data: &DataSet) -> Result<(), CliError> {
    let classes = usize::from(model.classes());
    if model.image() == data.test.shape() && [0, data.test.classes].contains(&classes) {
        return Ok(());
    }
    Err(CliError::Images(format!(
        "{} draws other images, or other classes, than those of {}: name its data with --data",
        args.model.display(),
        data.name
    )))
}
