//! Time of a training step, beside PyTorch's on the same networks: see `docs/speed.md`.
//!
//! `cargo bench -p trainer -- [RECIPE…] [--steps N] [--rounds N]`. Other backends that are in this build
//! and find a device take turns with flex, so that all see the same machine; and so does `pytorch.py`
//! beside this file where the environment variable `POCKETGAN_PYTHON` names a Python with PyTorch.

use std::error::Error;
use std::fmt;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use rand::{RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use trainer::backend::{Backend, BackendError};
use trainer::data::Images;
use trainer::gan::game::Game;
use trainer::gan::recipe::Recipe;

/// The same allocator as in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Threads that PyTorch gets: as many as a step of ours has; and one, as two of PyTorch's wait for each
/// other in busy loops where other programs have the cores.
const THREADS: [usize; 2] = [2, 1];
/// Steps before those that are timed.
const WARM_UP: u32 = 5;

struct Options {
    recipes: Vec<Recipe>,
    steps: u32,
    rounds: u32,
}

/// What some steps took.
#[derive(Clone, Copy)]
struct Times {
    wall: Duration,
    cpu: Duration,
}

/// Somebody who can train.
trait Contestant {
    fn name(&self) -> String;

    fn steps(&mut self, recipe: &str, steps: u32) -> Result<Times, Box<dyn Error>>;
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options(std::env::args().skip(1))?;
    let mut others = vec![];
    if let Some(python) = std::env::var_os("POCKETGAN_PYTHON") {
        for threads in THREADS {
            others.push(PyTorch::start(Path::new(&python), threads)?);
        }
    }
    println!(
        "| recipe | backend | ms a step | CPU ms a step | flex's ms / its | flex's CPU ms / its |"
    );
    println!("|---|---|---|---|---|---|");
    for recipe in &options.recipes {
        // Flex comes first.
        let mut ours: Vec<_> = Backend::ALL
            .into_iter()
            .filter_map(|backend| Ours::new(recipe, backend).ok())
            .collect();
        let mut contestants: Vec<&mut dyn Contestant> = vec![];
        contestants.extend(ours.iter_mut().map(|ours| ours as &mut dyn Contestant));
        contestants.extend(others.iter_mut().map(|other| other as &mut dyn Contestant));
        let times = compete(&mut contestants, recipe.name, &options)?;
        for (contestant, its) in contestants.iter().zip(&times) {
            let row = Row {
                recipe: recipe.name,
                name: contestant.name(),
                its,
                ours: &times[0],
            };
            println!("{row}");
        }
    }
    Ok(())
}

/// One line of the table.
struct Row<'a> {
    recipe: &'a str,
    name: String,
    its: &'a Times,
    ours: &'a Times,
}

impl fmt::Display for Row<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
        let ratio = |ours: Duration, its: Duration| ours.as_secs_f64() / its.as_secs_f64();
        write!(
            f,
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.2} |",
            self.recipe,
            self.name,
            milliseconds(self.its.wall),
            milliseconds(self.its.cpu),
            ratio(self.ours.wall, self.its.wall),
            ratio(self.ours.cpu, self.its.cpu),
        )
    }
}

/// Each contestant's time for a step: the least of all rounds, in which they take turns.
fn compete(
    contestants: &mut [&mut dyn Contestant],
    recipe: &str,
    options: &Options,
) -> Result<Vec<Times>, Box<dyn Error>> {
    for contestant in contestants.iter_mut() {
        contestant.steps(recipe, WARM_UP)?;
    }
    let mut best = vec![
        Times {
            wall: Duration::MAX,
            cpu: Duration::MAX
        };
        contestants.len()
    ];
    for _ in 0..options.rounds {
        for (contestant, best) in contestants.iter_mut().zip(&mut best) {
            let times = contestant.steps(recipe, options.steps)?;
            best.wall = best.wall.min(times.wall / options.steps);
            best.cpu = best.cpu.min(times.cpu / options.steps);
        }
    }
    Ok(best)
}

struct Ours {
    backend: Backend,
    game: Game,
    images: Images,
}

impl Ours {
    fn new(recipe: &Recipe, backend: Backend) -> Result<Self, BackendError> {
        let device = backend.device()?;
        // What the pixels are does not matter to the time.
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(0);
        let count = 10_000;
        let images = Images {
            height: 28,
            width: 28,
            channels: 1,
            classes: 10,
            pixels: (0..count * 784).map(|_| rng.random()).collect(),
            labels: (0..count).map(|_| rng.random_range(0..10)).collect(),
        };
        let game = Game::new(recipe.clone(), u32::MAX, 0, &images, &device);
        Ok(Self {
            backend,
            game,
            images,
        })
    }
}

impl Contestant for Ours {
    fn name(&self) -> String {
        self.backend.to_string()
    }

    fn steps(&mut self, _: &str, steps: u32) -> Result<Times, Box<dyn Error>> {
        let (wall, cpu) = (Instant::now(), ProcessTime::try_now()?);
        for _ in 0..steps {
            let losses = self.game.step(&self.images);
            if !losses.discriminator.is_finite() {
                return Err("the training diverged".into());
            }
        }
        Ok(Times {
            wall: wall.elapsed(),
            cpu: cpu.try_elapsed()?,
        })
    }
}

struct PyTorch {
    version: String,
    threads: usize,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl PyTorch {
    fn start(python: &Path, threads: usize) -> Result<Self, Box<dyn Error>> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/pytorch.py");
        let mut process = Command::new(python)
            .arg(script)
            .arg(threads.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|reason| format!("cannot run {}: {reason}", python.display()))?;
        let questions = process.stdin.take().ok_or("no pipe to PyTorch")?;
        let answers = process.stdout.take().ok_or("no pipe from PyTorch")?;
        let mut pytorch = Self {
            version: String::new(),
            threads,
            process,
            questions,
            answers: BufReader::new(answers),
        };
        // The first line is its version.
        pytorch.version = pytorch.answer()?;
        Ok(pytorch)
    }

    fn answer(&mut self) -> Result<String, Box<dyn Error>> {
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        if line.is_empty() {
            return Err("PyTorch's process ended early".into());
        }
        Ok(line.trim().to_owned())
    }
}

impl Contestant for PyTorch {
    fn name(&self) -> String {
        format!("PyTorch {}, {} thread(s)", self.version, self.threads)
    }

    fn steps(&mut self, recipe: &str, steps: u32) -> Result<Times, Box<dyn Error>> {
        writeln!(self.questions, "{recipe} {steps}")?;
        self.questions.flush()?;
        let answer = self.answer()?;
        let (wall, cpu) = answer
            .split_once(' ')
            .ok_or("an answer without two numbers")?;
        Ok(Times {
            wall: Duration::from_secs_f64(wall.parse()?),
            cpu: Duration::from_secs_f64(cpu.parse()?),
        })
    }
}

impl Drop for PyTorch {
    fn drop(&mut self) {
        // It would end by itself at the end of its input; there is nobody to tell of a failure.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn options(arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
    let mut options = Options {
        recipes: vec![],
        steps: 20,
        rounds: 10,
    };
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u32, Box<dyn Error>> {
            let value = arguments
                .next()
                .ok_or(format!("{argument} needs a number"))?;
            let number: u32 = value.parse()?;
            if number == 0 {
                Err(format!("{argument} must be at least 1"))?
            }
            Ok(number)
        };
        match argument.as_str() {
            // Cargo adds it.
            "--bench" => {}
            "--steps" => options.steps = number()?,
            "--rounds" => options.rounds = number()?,
            name => {
                let recipe = Recipe::named(name).ok_or(format!("there is no recipe {name}"))?;
                options.recipes.push(recipe);
            }
        }
    }
    if options.recipes.is_empty() {
        options.recipes = ["small", "goodfellow"]
            .into_iter()
            .filter_map(Recipe::named)
            .collect();
    }
    Ok(options)
}
