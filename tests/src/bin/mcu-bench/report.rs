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
    workspace: u32,
    stack: u32,
    stack_rows: u32,
    layers: Vec<(String, u64, Count)>,
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
            .map(|(layer, (run, before))| {
                let count = Count {
                    instructions: run.draw.instructions.saturating_sub(before.instructions),
                    cycles: run.draw.cycles.saturating_sub(before.cycles),
                };
                (layer.name.clone(), layer.macs, count)
            })
            .collect();
        let (macs, drawn) = match layers.last() {
            Some(&(_, macs, count)) if case.last_layer_only => (macs, count),
            _ => (case.layers.iter().map(|layer| layer.macs).sum(), whole.draw),
        };
        Self {
            name: case.name.clone(),
            macs,
            drawn,
            load: whole.load,
            model_bytes: case.prefixes.last().map_or(0, Vec::len),
            workspace: whole.workspace,
            stack: whole.stack,
            stack_rows: whole.stack_rows,
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
    println!(
        "\n{} ({}, QEMU {})\n",
        core.name, core.target, core.machine[0]
    );
    println!(
        "| case | MACs | instructions | per MAC | modelled cycles | per MAC | load instructions | model | workspace | stack, frame | stack, rows |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    let per = |count: u64, macs: u64| count as f64 / macs as f64;
    for row in rows {
        println!(
            "| {} | {} | {} | {:.2} | {} | {:.2} | {} | {} | {} | {} | {} |",
            row.name,
            row.macs,
            row.drawn.instructions,
            per(row.drawn.instructions, row.macs),
            row.drawn.cycles,
            per(row.drawn.cycles, row.macs),
            row.load.instructions,
            row.model_bytes,
            row.workspace,
            row.stack,
            row.stack_rows,
        );
        for (name, macs, count) in &row.layers {
            println!(
                "| · {name} | {macs} | {} | {:.2} | {} | {:.2} | | | | | |",
                count.instructions,
                per(count.instructions, *macs),
                count.cycles,
                per(count.cycles, *macs),
            );
        }
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
            "workspace_bytes": row.workspace,
            "stack_bytes": row.stack,
            "stack_rows_bytes": row.stack_rows,
        })
    );
    for (index, (name, macs, count)) in row.layers.iter().enumerate() {
        println!(
            "{}",
            json!({
                "core": core.name,
                "case": format!("{}/{index}", row.name),
                "layer": name,
                "macs": macs,
                "instructions": count.instructions,
                "cycles_modelled": count.cycles,
            })
        );
    }
}

/// Prints the bytes of flash that the runtime takes.
pub fn print_sizes(core: &Core, sizes: &[Size], json: bool) {
    for Size {
        profile,
        layers,
        bytes,
    } in sizes
    {
        if json {
            println!(
                "{}",
                json!({
                    "core": core.name,
                    "profile": profile,
                    "layers": layers,
                    "code_bytes": bytes,
                })
            );
        } else {
            println!("\nFlash of the runtime, profile {profile}, {layers} layers: {bytes} bytes");
        }
    }
}
