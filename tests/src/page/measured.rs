//! What was measured of models, from the tables of `docs/engine.md`, for the page.

use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::read_text;
use crate::Error;

/// The cores that the page tells of, as the document's headings and as a reader knows them.
const CORES: [(&str, &str); 2] = [("cortex-m0", "Cortex-M0"), ("cortex-m4", "Cortex-M4")];

/// For each core the instructions of the committed models, by the checksum of the file, and of
/// the layers in the document's tables.
///
/// # Errors
/// [`Error::File`]; [`Error::Page`] if the document says nothing of a core.
pub(super) fn read(repository: &Path) -> Result<Value, Error> {
    let document = read_text(&repository.join("docs/engine.md"))?;
    let cores = CORES.map(|(heading, name)| core(repository, &document, heading, name));
    cores.into_iter().collect()
}

fn core(repository: &Path, document: &str, heading: &str, name: &str) -> Result<Value, Error> {
    let mut models = Map::new();
    let mut layers = Vec::new();
    for row in rows(document, heading) {
        let Some((case, [macs, instructions])) = row else {
            continue;
        };
        if let Some(model) = case.strip_prefix("model_") {
            let path = repository.join(format!("firmware/models/{model}.gen.bin"));
            let file = fs::read(&path).map_err(|source| Error::File { path, source })?;
            let checksum = file.last_chunk().map(|last| u32::from_le_bytes(*last));
            let checksum = checksum.unwrap_or_default().to_string();
            models.insert(checksum, instructions.into());
        } else if let Some(layer) = case.strip_prefix("· ").and_then(layer) {
            let mut layer = layer;
            layer["macs"] = macs.into();
            layer["instructions"] = instructions.into();
            layers.push(layer);
        }
    }
    if models.is_empty() || layers.is_empty() {
        return Err(Error::Page(format!(
            "docs/engine.md has no table of models and layers for {heading}"
        )));
    }
    Ok(json!({ "core": name, "models": models, "layers": layers }))
}

/// The rows of the tables below `### heading`: the case, and its first two numbers. `None` where a
/// row has others.
fn rows<'a>(
    document: &'a str,
    heading: &'a str,
) -> impl Iterator<Item = Option<(&'a str, [u64; 2])>> {
    let mut inside = false;
    let lines = document.lines().filter(move |line| {
        if let Some(found) = line.strip_prefix('#') {
            inside = found.trim_start_matches('#').trim() == heading;
        }
        inside && line.starts_with('|')
    });
    lines.map(|line| {
        let mut cells = line.split('|').skip(1).map(str::trim);
        let case = cells.next()?;
        let mut number = || cells.next()?.replace(',', "").parse().ok();
        Some((case, [number()?, number()?]))
    })
}

/// A layer as the benchmark names it: `dense 1x1x24 → 7x7x16, int8` or
/// `conv transposed 4x4 s2 7x7x16 → 14x14x24, int8`.
fn layer(name: &str) -> Option<Value> {
    let (what, bits) = name.rsplit_once(", int")?;
    let (what, output) = what.rsplit_once(" → ")?;
    let (what, input) = what.rsplit_once(' ')?;
    let (kind, stride) = match what.rsplit_once(" s") {
        Some((window, stride)) => (window.rsplit_once(' ')?.0, stride.parse().ok()?),
        None => (what, 0),
    };
    Some(json!({
        "kind": kind,
        "stride": stride,
        "bits": bits.parse::<u32>().ok()?,
        "input": sides(input)?,
        "output": sides(output)?,
    }))
}

fn sides(text: &str) -> Option<Value> {
    let mut numbers = text.split('x').map(|side| side.parse::<u32>().ok());
    let mut side = || numbers.next().flatten();
    Some(json!({ "height": side()?, "width": side()?, "channels": side()? }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_layer_from_its_name() {
        let layer = layer("conv transposed 4x4 s2 7x7x16 → 14x14x24, int8").unwrap();
        assert_eq!(layer["kind"], "conv transposed");
        assert_eq!(layer["stride"], 2);
        assert_eq!(layer["bits"], 8);
        assert_eq!(layer["input"]["channels"], 16);
        assert_eq!(layer["output"]["height"], 14);
    }

    #[test]
    fn takes_rows_of_the_core_alone() {
        let document =
            "### a\n| x | 1,000 | 2 |\n### b\n| y | 3 | 4 | 5 |\n| z | | |\n## c\n| x | 6 | 7 |";
        let found: Vec<_> = rows(document, "b").flatten().collect();
        assert_eq!(found, [("y", [3, 4])]);
        assert_eq!(rows(document, "a").flatten().next(), Some(("x", [1000, 2])));
    }
}
