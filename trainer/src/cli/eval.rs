//! `trainer eval`: how good a model is, measured on what the device draws.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::train::judge;
use super::{CliError, DataArgs, model_file, print};

/// Measure how good a model is: what a classifier makes of its images
///
/// Images are drawn by the runtime, as a microcontroller draws them. A classifier of the data set
/// reads them; its last features give the Fréchet distance to the data set's test images. The
/// classifier's figures for the real test images stand beside.
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

    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// What is measured; shares are between 0 and 1.
#[derive(Debug, Serialize)]
struct Report {
    model: String,
    data_set: String,
    images: u32,
    /// Read as the class asked for; none for an unconditional model.
    recognised: Option<f64>,
    recognised_by_class: Vec<f64>,
    frechet: f64,
    /// Real test images read as their label.
    real_recognised: f64,
    /// Fréchet distance between two random halves of the real test images.
    real_frechet: f64,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if the model or the data are unusable or do not suit each other.
pub fn run(args: &EvalArgs) -> Result<(), CliError> {
    let bytes = model_file::read(&args.model)?;
    let model = model_file::parse(&args.model, &bytes)?;
    let data = args.data.load()?;
    let classes = usize::from(model.classes());
    if model.image() != data.test.shape() || ![0, data.test.classes].contains(&classes) {
        return Err(CliError::Images(format!(
            "{} draws other images, or other classes, than those of {}: name its data with --data",
            args.model.display(),
            data.name
        )));
    }
    let judge = judge(&data);
    let quality = judge.judge(&model, args.count, args.seed)?;
    let report = Report {
        model: args.model.display().to_string(),
        data_set: data.name,
        images: quality.images,
        recognised: quality.recognised,
        recognised_by_class: quality.recognised_by_class,
        frechet: quality.frechet,
        real_recognised: judge.accuracy,
        real_frechet: judge.floor,
    };
    if args.json {
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| CliError::Stdout(error.into()))?;
        return print(&format!("{json}\n"));
    }
    print(&table(&report))
}

fn table(report: &Report) -> String {
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let by_class: Vec<_> = report
        .recognised_by_class
        .iter()
        .enumerate()
        .map(|(class, &share)| format!("{class}: {}", percent(share)))
        .collect();
    format!(
        "{} against {}, {} images\n\
         recognised as requested  {}  (real test images: {})\n\
         Fréchet distance         {:.2}  (between two halves of the real test images: {:.2})\n\
         by class                 {}\n",
        report.model,
        report.data_set,
        report.images,
        report.recognised.map_or("no classes".into(), percent),
        percent(report.real_recognised),
        report.frechet,
        report.real_frechet,
        by_class.join(", "),
    )
}
