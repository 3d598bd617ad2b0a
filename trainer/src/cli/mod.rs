//! The `trainer` command.

mod classifier;
mod data_args;
mod error;
mod eval;
mod inspect;
mod model_file;
mod plane;
mod recipe_args;
mod sample;
mod train;

use std::ffi::OsString;
use std::io::{self, Write};

use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

pub use data_args::DataArgs;
pub use error::CliError;

/// Train a GAN, and let a microcontroller draw what it learned
#[derive(Debug, Parser)]
#[command(name = "trainer", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
#[allow(clippy::large_enum_variant, reason = "there is only ever one")]
enum Command {
    Train(train::TrainArgs),
    Sample(sample::SampleArgs),
    Inspect(inspect::InspectArgs),
    Eval(eval::EvalArgs),
    Classifier(classifier::ClassifierArgs),
}

/// Runs the command line `arguments`, the program's name first. Returns the exit code: 0 if all
/// went well, 2 if the command line is wrong, 1 after any other failure. A failure is one line on
/// stderr.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let result = match Cli::try_parse_from(arguments) {
        Ok(cli) => match &cli.command {
            Command::Train(args) => train::run(args),
            Command::Sample(args) => sample::run(args),
            Command::Inspect(args) => inspect::run(args),
            Command::Eval(args) => eval::run(args),
            Command::Classifier(args) => classifier::run(args),
        },
        Err(error) if is_help(&error) => {
            // Where help cannot be printed, nobody reads it.
            let _ = error.print();
            return error.exit_code() as u8;
        }
        Err(error) => Err(CliError::Usage(in_one_line(&error))),
    };
    match result {
        Ok(()) => 0,
        Err(error) if error.is_broken_pipe() => 0,
        Err(error) => {
            tell(&format!("error: {error}"));
            error.exit_code()
        }
    }
}

/// Writes a line to stderr. Nothing can be done if that is closed.
pub fn tell(line: &str) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Writes `text` to stdout.
///
/// # Errors
/// [`CliError::Stdout`], for instance if the reader of a pipe has stopped reading.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(CliError::Stdout)
}

/// Whether clap answers with help or the version, which the user asked for or, with no arguments
/// at all, needs.
fn is_help(error: &clap::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
    )
}

/// clap's message without the usage summary, which it puts into paragraphs of their own.
fn in_one_line(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let paragraphs: Vec<String> = text
        .trim_start_matches("error: ")
        .split("\n\n")
        .take_while(|paragraph| !paragraph.starts_with("Usage:"))
        .filter(|paragraph| !paragraph.starts_with("For more information"))
        .map(|paragraph| paragraph.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    format!("{} (see --help)", paragraphs.join("; "))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn message(arguments: &[&str]) -> String {
        in_one_line(&Cli::try_parse_from(arguments).unwrap_err())
    }

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn usage_errors_are_one_line() {
        assert_eq!(
            message(&["trainer", "sampel"]),
            "unrecognized subcommand 'sampel'; tip: a similar subcommand exists: 'sample' \
             (see --help)"
        );
        assert_eq!(
            message(&["trainer", "sample"]),
            "the following required arguments were not provided: <MODEL> (see --help)"
        );
        assert_eq!(
            message(&["trainer", "sample", "gen.bin", "--count", "0"]),
            "invalid value '0' for '--count <N>': 0 is not in 1..=1000000 (see --help)"
        );
    }
}
