//! Images per second on one thread of this machine, beside LiteRT's: see `docs/engine.md`.
//!
//! `cargo bench -p runtime -- [MODEL…] [--images N] [--rounds N]`. Where the environment variable
//! `POCKETGAN_PYTHON` names a Python with `ai-edge-litert`, `litert.py` beside this file takes turns
//! with us, so that both see the same machine. It computes the same network with the same weights:
//! how far its pixels are from ours is in the table.

#[path = "../tests/common/mod.rs"]
mod common;

use std::error::Error;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use common::aligned::Aligned;
use common::models::{COMMITTED, committed, models};
use runtime::format::{Activation, Kind, Layer};
use runtime::geometry::Geometry;
use runtime::layout::{conv_offset, dense_offset, weight};
use runtime::{Generator, Latent, Model};
use serde_json::{Value, json};

/// Models of random weights, beside the committed ones: the networks of the tables of instructions.
const RANDOM: [&str; 2] = ["mlp", "conv"];
/// Models that are measured if none is named.
const USUAL: [&str; 4] = ["mlp", "conv", "digits", "tiny"];
/// Images whose pixels are compared.
const COMPARED: u32 = 20;
/// Images before those that are timed.
const WARM_UP: u32 = 50;

struct Options {
    models: Vec<String>,
    images: u32,
    rounds: u32,
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    let mut litert = match std::env::var_os("POCKETGAN_PYTHON") {
        Some(python) => Some(LiteRt::start(Path::new(&python))?),
        None => None,
    };
    println!(
        "| model | MACs | by | images a second | runtime's / its | pixels differ by, mean | at most |"
    );
    println!("|---|--:|---|--:|--:|--:|--:|");
    for name in &options.models {
        let file = Aligned::new(&file(name)?);
        let model = Model::from_bytes(&file)?;
        measure(name, &model, litert.as_mut(), &options)?;
    }
    Ok(())
}

/// Prints the lines of one model.
fn measure(
    name: &str,
    model: &Model,
    mut litert: Option<&mut LiteRt>,
    options: &Options,
) -> Result<(), Box<dyn Error>> {
    let mut differences = Vec::new();
    if let Some(litert) = &mut litert {
        litert.load(model)?;
        differences = compare(model, litert)?;
    }
    let ways = differences.len();
    time(model, WARM_UP)?;
    for way in 0..ways {
        litert
            .as_mut()
            .map(|litert| litert.time(way, WARM_UP))
            .transpose()?;
    }
    // The least of all rounds, in which everybody takes turns: the runtime first.
    let mut best = vec![Duration::MAX; 1 + ways];
    for _ in 0..options.rounds {
        best[0] = best[0].min(time(model, options.images)?);
        for (way, best) in best[1..].iter_mut().enumerate() {
            if let Some(litert) = &mut litert {
                *best = (*best).min(litert.time(way, options.images)?);
            }
        }
    }
    let speeds: Vec<f64> = best
        .iter()
        .map(|time| f64::from(options.images) / time.as_secs_f64())
        .collect();
    println!(
        "| {name} | {} | runtime | {:.0} | | | |",
        model.macs(),
        speeds[0]
    );
    let names = litert.iter().flat_map(|litert| &litert.ways);
    for ((way, speed), (mean, most)) in names.zip(&speeds[1..]).zip(differences) {
        let ratio = speeds[0] / speed;
        println!("| | | {way} | {speed:.0} | {ratio:.2} | {mean:.2} | {most} |");
    }
    Ok(())
}

/// The file of the model `name`.
fn file(name: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    if RANDOM.contains(&name) {
        let mut nets = models().into_iter();
        let net = nets.find(|(its, _)| *its == name);
        return Ok(net.ok_or("the tests have no such model")?.1.encode());
    }
    match COMMITTED.contains(&name) {
        true => Ok(committed(name)),
        false => Err(format!("there is no model {name}: {RANDOM:?}, {COMMITTED:?}").into()),
    }
}

/// What so many images take us, from their latents to their pixels.
fn time(model: &Model, images: u32) -> Result<Duration, Box<dyn Error>> {
    let mut workspace = vec![0; model.workspace_len()];
    let mut pixels = vec![0; model.image().len()];
    let mut generator = Generator::new(model, &mut workspace)?;
    let latent = Latent::from_seed(1, model.latent_len());
    let start = Instant::now();
    for _ in 0..images {
        generator.generate(black_box(&latent), 0, &mut pixels)?;
        black_box(&mut pixels);
    }
    Ok(start.elapsed())
}

/// How far the pixels of each way are from ours: the mean, and the most.
fn compare(model: &Model, litert: &mut LiteRt) -> Result<Vec<(f64, u8)>, Box<dyn Error>> {
    let mut workspace = vec![0; model.workspace_len()];
    let mut pixels = vec![0; model.image().len()];
    let mut generator = Generator::new(model, &mut workspace)?;
    let mut sums = vec![(0, 0); litert.ways.len()];
    for seed in 0..COMPARED {
        let latent = Latent::from_seed(seed, model.latent_len());
        generator.generate(&latent, 0, &mut pixels)?;
        for ((sum, most), its) in sums.iter_mut().zip(litert.draw(&latent)?) {
            if its.len() != pixels.len() {
                return Err("LiteRT draws another number of pixels".into());
            }
            for (&its, &ours) in its.iter().zip(&pixels) {
                *sum += u64::from(its.abs_diff(ours));
                *most = its.abs_diff(ours).max(*most);
            }
        }
    }
    let count = f64::from(COMPARED) * pixels.len() as f64;
    let means = sums
        .into_iter()
        .map(|(sum, most)| (sum as f64 / count, most));
    Ok(means.collect())
}

/// A Python that draws with LiteRT.
struct LiteRt {
    /// What computes, in its own words.
    ways: Vec<String>,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl LiteRt {
    fn start(python: &Path) -> Result<Self, Box<dyn Error>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/litert.py");
        let mut process = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // The interpreter says what it delegates.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|reason| format!("cannot run {}: {reason}", python.display()))?;
        let questions = process.stdin.take().ok_or("no pipe to LiteRT")?;
        let answers = process.stdout.take().ok_or("no pipe from LiteRT")?;
        let mut litert = Self {
            ways: vec![],
            process,
            questions,
            answers: BufReader::new(answers),
        };
        let version = litert.answer()?;
        let ways: Vec<String> = serde_json::from_str(&litert.answer()?)?;
        litert.ways = ways.iter().map(|way| format!("{version}, {way}")).collect();
        Ok(litert)
    }

    fn ask(&mut self, question: Value) -> Result<(), Box<dyn Error>> {
        writeln!(self.questions, "{question}")?;
        Ok(self.questions.flush()?)
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err("LiteRT's process ended early: run benches/litert.py by hand".into());
        }
        Ok(line.trim().to_owned())
    }

    fn load(&mut self, model: &Model) -> Result<(), Box<dyn Error>> {
        let layers = model
            .layers()
            .map(|(geometry, layer)| describe(&geometry, &layer));
        let layers: Vec<Value> = layers.collect::<Result<_, _>>()?;
        self.ask(json!({"model": {"latent": model.latent_len(), "layers": layers}}))?;
        self.answer().map(|_| ())
    }

    /// The pixels of each way.
    fn draw(&mut self, latent: &Latent) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
        self.ask(json!({"draw": latent.components().collect::<Vec<i8>>()}))?;
        let answers = 0..self.ways.len();
        answers
            .map(|_| Ok(serde_json::from_str(&self.answer()?)?))
            .collect()
    }

    fn time(&mut self, way: usize, images: u32) -> Result<Duration, Box<dyn Error>> {
        self.ask(json!({"time": images, "way": way}))?;
        Ok(Duration::from_secs_f64(self.answer()?.parse()?))
    }
}

impl Drop for LiteRt {
    fn drop(&mut self) {
        // It would end by itself at the end of its input; there is nobody to tell of a failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A layer in plain numbers. Class 0 adds to the biases.
fn describe(geometry: &Geometry, layer: &Layer) -> Result<Value, Box<dyn Error>> {
    let (inputs, output) = (geometry.input, geometry.output);
    let channels = usize::from(output.channels);
    let at = |place| weight(layer.weights, layer.bits, place) as i8;
    let (kind, window, weights): (_, _, Vec<i8>) = match geometry.kind {
        Kind::Dense => {
            let weights = (0..output.len()).flat_map(|output| {
                (0..inputs.len()).map(move |input| at(dense_offset(geometry, output, input)))
            });
            ("dense", vec![], weights.collect())
        }
        Kind::ConvTranspose(w) => {
            let (kernel, inputs) = (usize::from(w.kernel), usize::from(inputs.channels));
            let weights = (0..kernel * kernel * inputs * channels).map(|index| {
                let (tap, input) = (index / channels / inputs, index / channels % inputs);
                let (row, column) = (tap / kernel, tap % kernel);
                at(conv_offset(geometry, row, column, input, index % channels))
            });
            (
                "conv_transpose",
                vec![w.kernel, w.stride, w.padding],
                weights.collect(),
            )
        }
        kind => return Err(format!("LiteRT is not shown how to compute {kind:?}").into()),
    };
    let (activation, slope) = match layer.activation {
        Activation::Identity => ("identity", 0.0),
        Activation::LeakyRelu { slope } => ("leaky", f64::from(slope) / 32768.0),
        Activation::Tanh => ("tanh", 0.0),
        other => return Err(format!("LiteRT is not shown how to compute {other:?}").into()),
    };
    let numbers = |bytes: &[u8]| -> Vec<i16> {
        let (pairs, _) = bytes.as_chunks();
        pairs.iter().map(|&pair| i16::from_le_bytes(pair)).collect()
    };
    let step = 0.5f64.powi(i32::from(layer.pre_shift + layer.post_shift));
    let scales: Vec<f64> = numbers(layer.multipliers)
        .iter()
        .map(|&multiplier| f64::from(multiplier) * step)
        .collect();
    // One for each channel of a convolution, and for each output of a dense layer.
    let count = match geometry.kind {
        Kind::Dense => output.len(),
        _ => channels,
    };
    let bias = numbers(layer.bias);
    let label = |output: usize| {
        layer
            .label
            .get(output)
            .map_or(0, |&label| i32::from(label as i8))
    };
    let biases: Vec<i32> = (0..count)
        .map(|output| {
            let bias = bias.get(output % bias.len().max(1)).copied().unwrap_or(0);
            (i32::from(bias) << layer.bias_shift) + (label(output) << layer.label_shift)
        })
        .collect();
    Ok(json!({
        "kind": kind,
        "window": window,
        "output": [output.height, output.width, output.channels],
        "activation": activation,
        "slope": slope,
        "scales": scales,
        "bias": biases,
        "weights": weights,
    }))
}

fn options(arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        models: vec![],
        images: 20,
        rounds: 500,
    };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u32, Box<dyn Error>> {
            let value = arguments.next();
            let number = value.ok_or(format!("{argument} needs a number"))?.parse()?;
            match number {
                0 => Err(format!("{argument} must be at least 1").into()),
                _ => Ok(number),
            }
        };
        match argument.as_str() {
            // Cargo adds it.
            "--bench" => {}
            "--images" => options.images = number()?,
            "--rounds" => options.rounds = number()?,
            name => options.models.push(name.to_owned()),
        }
    }
    if options.models.is_empty() {
        options.models = USUAL.map(String::from).to_vec();
    }
    Ok(options)
}
