//! `trainer inspect`: what a model file holds and what it costs.

mod report;
mod table;

use std::path::PathBuf;

use clap::Args;

use self::report::Report;
use super::{CliError, model_file, print};

/// Show what a model consists of, what it needs on a microcontroller, and where it comes from
#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The model file
    #[arg(value_name = "MODEL")]
    model: PathBuf,

    /// Print JSON instead of a table
    #[arg(long)]
    json: bool,
}

/// Runs the command.
///
/// # Errors
/// [`CliError`] if the model is unusable or stdout is closed.
pub fn run(args: &InspectArgs) -> Result<(), CliError> {
    let bytes = model_file::read(&args.model)?;
    let model = model_file::parse(&args.model, &bytes)?;
    let report = Report::new(&args.model.to_string_lossy(), &model);
    if args.json {
        let json = serde_json::to_string_pretty(&report)
            .map_err(|error| CliError::Stdout(error.into()))?;
        print(&format!("{json}\n"))
    } else {
        print(&table::render(&report))
    }
}
