//! Tables and JSON lines.

use serde_json::json;

use crate::build::Size;
use crate::case::Case;
use crate::core::Core;
use crate::emulate::{Count, Run};

/// The results of a case.
pub struct Row {
    name: String,
    macs: u64,
    drawn: Count,
    load: Count,
    model_bytes: usize,
    whole: Run,
    layers: Vec<LayerRow>,
}

/// The results of a layer.
struct LayerRow {
    name: String,
    macs: u64,
    /// What it adds to the model cut before it; but its code is all that is executed.
    drawn: Count,
    /// Of the model cut after it.
    run: Run,
}

impl Row {
    /// From the runs of the model cut after each layer.
    pub fn new(case: &Case, runs: &[Run]) -> Self {
        let whole = runs.last().copied().unwrap_or_default();
        let before = std::iter::once(Count::default()).chain(runs.iter().map(|run| run.draw));
        let layers: Vec<_> = case
            .layers
            .iter()
            .zip(runs.iter().zip(before))
            .map(|(layer, (run, before))| LayerRow {
                name: layer.name.clone(),
                macs: layer.macs,
                drawn: Count {
                    instructions: run.draw.instructions.saturating_sub(before.instructions),
                    cycles: run.draw.cycles.saturating_sub(before.cycles),
                    code: run.draw.code,
                },
                run: *run,
            })
            .collect();
        let (macs, drawn) = match layers.last() {
            Some(layer) if case.last_layer_only => (layer.macs, layer.drawn),
            _ => (case.layers.iter().map(|layer| layer.macs).sum(), whole.draw),
        };
        Self {
            name: case.name.clone(),
            macs,
            drawn,
            load: whole.load,
            model_bytes: case.prefixes.last().map_or(0, Vec::len),
            whole,
            layers: if case.last_layer_only {
                Vec::new()
            } else {
                layers
            },
        }
    }
}

/// Prints the results of a core.
pub fn print(core: &Core, rows: &[Row], json: bool) {
    if json {
        for row in rows {
            print_json(core, row);
        }
        return;
    }
    println!("\n### {}\n", core.name);
    println!(
        "| case | MACs | instructions | per MAC | modelled cycles | load, instructions | model, bytes | workspace, bytes | stack, frame | stack, rows | code, bytes |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for row in rows {
        let loaded = [
            grouped(row.load.instructions),
            grouped(row.model_bytes as u64),
        ];
        print_line(&row.name, row.macs, &row.drawn, &loaded, &row.whole);
        for layer in &row.layers {
            let name = format!("· {}", layer.name);
            print_line(
                &name,
                layer.macs,
                &layer.drawn,
                &Default::default(),
                &layer.run,
            );
        }
    }
}

fn print_line(name: &str, macs: u64, drawn: &Count, loaded: &[String; 2], run: &Run) {
    let per_mac = drawn.instructions as f64 / macs as f64;
    let [load, model] = loaded;
    println!(
        "| {name} | {} | {} | {per_mac:.2} | {} | {load} | {model} | {} | {} | {} | {} |",
        grouped(macs),
        grouped(drawn.instructions),
        grouped(drawn.cycles),
        grouped(run.workspace.into()),
        grouped(run.stack.into()),
        grouped(run.stack_rows.into()),
        grouped(drawn.code),
    );
}

/// A number with a comma before every three digits.
fn grouped(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", grouped(number / 1000), number % 1000),
    }
}

fn print_json(core: &Core, row: &Row) {
    println!(
        "{}",
        json!({
            "core": core.name,
            "case": row.name,
            "macs": row.macs,
            "instructions": row.drawn.instructions,
            "cycles_modelled": row.drawn.cycles,
            "load_instructions": row.load.instructions,
            "load_cycles_modelled": row.load.cycles,
            "model_bytes": row.model_bytes,
            "workspace_bytes": row.whole.workspace,
            "stack_bytes": row.whole.stack,
            "stack_rows_bytes": row.whole.stack_rows,
            "code_bytes": row.drawn.code,
            "load_code_bytes": row.load.code,
        })
    );
    for (index, layer) in row.layers.iter().enumerate() {
        println!(
            "{}",
            json!({
                "core": core.name,
                "case": format!("{}/{index}", row.name),
                "layer": layer.name,
                "macs": layer.macs,
                "instructions": layer.drawn.instructions,
                "cycles_modelled": layer.drawn.cycles,
                "workspace_bytes": layer.run.workspace,
                "stack_bytes": layer.run.stack,
                "stack_rows_bytes": layer.run.stack_rows,
                "code_bytes": layer.drawn.code,
            })
        );
    }
}

/// Prints the bytes of flash that the runtime takes.
pub fn print_sizes(core: &Core, sizes: &[Size], json: bool) {
    for Size {
        profile,
        features,
        bytes,
    } in sizes
    {
        if json {
            println!(
                "{}",
                json!({
                    "core": core.name,
                    "profile": profile,
                    "features": features.name,
                    "code_bytes": bytes,
                })
            );
        } else {
            let name = features.name;
            println!("\nFlash of the runtime, profile {profile}, features {name}: {bytes} bytes");
        }
    }
}
