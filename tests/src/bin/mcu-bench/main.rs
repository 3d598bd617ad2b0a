//! Measures the runtime on microcontroller cores in QEMU: instructions, modelled cycles, stack and
//! sizes of models with random weights, and of the committed models. `docs/engine.md` explains the
//! columns.

mod build;
mod case;
mod core;
mod emulate;
mod host;
mod report;

use std::process::ExitCode;

use clap::Parser;

use crate::build::Built;
use crate::case::Case;
use crate::core::Core;

/// Measures the runtime on microcontroller cores in QEMU.
#[derive(Parser)]
struct Arguments {
    /// Prints one JSON object a line instead of tables.
    #[arg(long)]
    json: bool,
    /// Only these cores (cortex-m0, cortex-m3, cortex-m4, cortex-m33, riscv32).
    #[arg(long, value_name = "NAME")]
    core: Vec<String>,
    /// Only cases whose name contains this.
    #[arg(long, value_name = "TEXT")]
    case: Option<String>,
    /// Keeps what QEMU loads into the board's memory, the length of the model file (u32) and the
    /// file, as FOLDER/CASE.image.
    #[arg(long, value_name = "FOLDER")]
    keep: Option<std::path::PathBuf>,
    /// Without the code sizes, which take more builds.
    #[arg(long)]
    no_sizes: bool,
    /// With firmware for a small flash, opt-level "s" and without optional features of the runtime:
    /// only the cases that it can load.
    #[arg(long)]
    small: bool,
}

/// What a person needs to know: what went wrong, where, and what to do.
type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<()> {
    let cores: Vec<&Core> = core::CORES
        .iter()
        .filter(|core| arguments.core.is_empty() || arguments.core.iter().any(|n| n == core.name))
        .collect();
    if cores.is_empty() {
        return Err("no such core: cortex-m0, cortex-m3, cortex-m4, cortex-m33, riscv32".into());
    }
    let mut cases = case::all()?;
    if let Some(text) = &arguments.case {
        cases.retain(|case| case.name.contains(text.as_str()));
    }
    if let Some(folder) = &arguments.keep {
        for case in &cases {
            let path = folder.join(format!("{}.image", case.name));
            let model = case.prefixes.last().map_or(&[][..], Vec::as_slice);
            std::fs::write(&path, emulate::image(model)?)
                .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        }
    }
    let plugin = build::plugin()?;
    for core in cores {
        let firmware = Built::bench(core, arguments.small)?;
        let rows = cases
            .iter()
            .filter(|case| !arguments.small || case.is_basic())
            .map(|case| measure(core, &firmware, &plugin, case))
            .collect::<Result<Vec<_>>>()?;
        report::print(core, &rows, arguments.json);
        if !arguments.no_sizes {
            report::print_sizes(core, &build::sizes(core)?, arguments.json);
        }
    }
    Ok(())
}

/// Runs a case on a core: the whole model, and the model cut after each of its layers, whose
/// differences are the layers.
fn measure(
    core: &Core,
    firmware: &Built,
    plugin: &std::path::Path,
    case: &Case,
) -> Result<report::Row> {
    let runs = case
        .prefixes
        .iter()
        .map(|model| emulate::run(core, firmware, plugin, model))
        .collect::<Result<Vec<_>>>()
        .map_err(|error| format!("{} on {}: {error}", case.name, core.name))?;
    for (run, model) in runs.iter().zip(&case.prefixes) {
        if run.hash != host::hash(model)? {
            let (case, core) = (&case.name, core.name);
            return Err(format!("{case}: {core} draws another image than this machine").into());
        }
    }
    Ok(report::Row::new(case, &runs))
}
