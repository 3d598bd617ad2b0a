//! The report as text for people.

use super::report::{LayerReport, Report};

/// Titles of the columns; the numbers among them are aligned to the right.
const TITLES: [&str; 8] = [
    "layer",
    "input",
    "output",
    "activation",
    "weights",
    "scales",
    "MACs",
    "flash",
];
const FIRST_NUMBER: usize = 6;

/// The report as lines of text.
pub fn render(report: &Report) -> String {
    let provenance = &report.provenance;
    let classes = match report.classes {
        0 => "no classes".to_owned(),
        classes => format!("{classes} classes"),
    };
    let mut text = format!(
        "{}: images of {}, {classes}, latent of {}\n\n",
        report.file,
        shape(report.image),
        report.latent
    );
    text.push_str(&layers(report));
    text.push('\n');
    let mut fact = |name: &str, value: String| {
        text.push_str(&format!("{name:18}{value}\n"));
    };
    fact(
        "file (flash)",
        format!("{} bytes", grouped(report.flash_bytes as u64)),
    );
    fact(
        "RAM (workspace)",
        format!("{} bytes", grouped(report.workspace_bytes as u64)),
    );
    fact("MACs per image", grouped(report.macs));
    fact("data set", said(&provenance.data_set));
    fact(
        "recipe",
        format!(
            "{}, {} steps, seed {}",
            said(&provenance.recipe),
            grouped(provenance.steps.into()),
            provenance.seed
        ),
    );
    fact("written by", said(&provenance.tool));
    let measured = "not measured".to_owned();
    if report.classes > 0 {
        fact(
            "recognised",
            provenance
                .recognised
                .map_or(measured.clone(), |share| format!("{:.2} %", 100.0 * share)),
        );
    }
    fact(
        "Fréchet distance",
        provenance
            .frechet
            .map_or(measured, |distance| format!("{distance:.2}")),
    );
    text
}

fn layers(report: &Report) -> String {
    let mut rows = vec![TITLES.map(String::from)];
    rows.extend(report.layers.iter().enumerate().map(row));
    let widths: [usize; TITLES.len()] = std::array::from_fn(|column| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0)
    });
    let line = |row: [String; TITLES.len()]| {
        let cells: Vec<_> = row
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| match column {
                FIRST_NUMBER.. => format!("{cell:>width$}"),
                _ => format!("{cell:width$}"),
            })
            .collect();
        format!("{}\n", cells.join("  ").trim_end())
    };
    rows.into_iter().map(line).collect()
}

fn row((index, layer): (usize, &LayerReport)) -> [String; TITLES.len()] {
    let weights = layer
        .weight_bits
        .map(|bits| format!("{} int{bits}", grouped(layer.weights as u64)));
    let scales = layer.scales.map(|[smallest, largest]| {
        if smallest == largest {
            format!("{smallest:.1e}")
        } else {
            format!("{smallest:.1e}..{largest:.1e}")
        }
    });
    [
        format!("{index} {}", kind(layer)),
        shape(layer.input),
        shape(layer.output),
        match layer.slope {
            Some(slope) => format!("leaky {slope:.3}"),
            None => layer.activation.to_owned(),
        },
        weights.unwrap_or_else(|| "none".into()),
        scales.unwrap_or_else(|| "none".into()),
        grouped(layer.macs),
        grouped(layer.flash_bytes as u64),
    ]
}

/// Kind and window in short, as in papers: kernel, stride and padding.
fn kind(layer: &LayerReport) -> String {
    let name = match layer.kind {
        "conv_transpose" => "convT",
        "depthwise" => "dwconv",
        name => name,
    };
    match (layer.kernel, layer.stride, layer.padding) {
        (Some(kernel), Some(stride), Some(padding)) => {
            format!("{name} {kernel}x{kernel} s{stride} p{padding}")
        }
        (_, Some(factor), _) => format!("{name} x{factor}"),
        _ => name.to_owned(),
    }
}

fn shape([height, width, channels]: [u16; 3]) -> String {
    format!("{height}x{width}x{channels}")
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<_> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(String::from_utf8_lossy)
        .collect();
    groups.join(",")
}

/// Text from the file, safe for a terminal.
fn said(text: &str) -> String {
    match text {
        "" => "not said".into(),
        text => text.chars().filter(|c| !c.is_control()).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::inspect::report::Provenance;

    fn report() -> Report {
        Report {
            file: "gen.bin".into(),
            flash_bytes: 10_240,
            workspace_bytes: 512,
            macs: 1_234_567,
            latent: 16,
            classes: 10,
            image: [28, 28, 1],
            provenance: Provenance {
                data_set: "mnist".into(),
                recipe: "\x1b[31msmall".into(),
                tool: String::new(),
                steps: 6_600,
                seed: 1,
                recognised: Some(0.9731),
                frechet: None,
            },
            layers: vec![LayerReport {
                kind: "conv_transpose",
                kernel: Some(4),
                stride: Some(2),
                padding: Some(1),
                input: [14, 14, 8],
                output: [28, 28, 1],
                activation: "tanh",
                slope: None,
                weights: 128,
                weight_bits: Some(4),
                scales: Some([0.001, 0.0025]),
                macs: 25_088,
                flash_bytes: 68,
            }],
        }
    }

    #[test]
    fn shows_layers_and_totals() {
        let text = render(&report());
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "gen.bin: images of 28x28x1, 10 classes, latent of 16",
                "",
                "layer              input    output   activation  weights   scales            MACs  \
                 flash",
                "0 convT 4x4 s2 p1  14x14x8  28x28x1  tanh        128 int4  1.0e-3..2.5e-3  25,088     \
                 68",
                "",
                "file (flash)      10,240 bytes",
                "RAM (workspace)   512 bytes",
                "MACs per image    1,234,567",
                "data set          mnist",
                "recipe            [31msmall, 6,600 steps, seed 1",
                "written by        not said",
                "recognised        97.31 %",
                "Fréchet distance  not measured",
            ]
        );
    }
}
