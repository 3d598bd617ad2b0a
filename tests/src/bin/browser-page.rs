//! Puts the browser board's page together.

use std::env;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;

use tests::{Error, page};

/// Puts the browser board's page together: one file that can be opened, mailed or served.
/// `cargo run --release` in firmware/boards/browser calls this.
#[derive(Parser)]
struct Arguments {
    /// Relative paths count from this folder.
    #[arg(long, value_name = "DIR")]
    directory: Option<PathBuf>,
    /// The firmware, a WebAssembly module.
    wasm: PathBuf,
    /// Where index.html goes; next to the module if not given.
    folder: Option<PathBuf>,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(path) => {
            println!("the page is in {}: open it in a browser", path.display());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<PathBuf, Error> {
    if let Some(directory) = arguments.directory {
        env::set_current_dir(&directory).map_err(|source| Error::File {
            path: directory,
            source,
        })?;
    }
    let wasm = &arguments.wasm;
    let folder = arguments
        .folder
        .unwrap_or_else(|| wasm.parent().unwrap_or(Path::new("")).join("page"));
    page::write(wasm, &folder)
}
