//! A Raspberry Pi Pico with an SSD1306 module on I2C0, emulated by rp2040js in Node.js.
//!
//! Time passes only when the caller lets it, and always in the same way: the same calls give the
//! same answers.

use std::env;
use std::io::{self, BufRead, BufReader, Lines, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::Error;
use crate::log::{Decoder, Line, Log};
use crate::screen::Screen;
use crate::ssd1306::Ssd1306;

/// Longest piece of time between two looks at the log, in microseconds.
const PIECE: u64 = 100_000;
/// How long a button is held, in microseconds.
const PRESS: u64 = 60_000;
/// What the emulator says of correct firmware, too, because it does not emulate that part.
const NOT_EMULATED: &[&str] = &["I2C0: Unimplemented write to IC_SDA_HOLD"];

/// A running firmware. Dropping it ends the emulator.
pub struct Pico<'a> {
    node: Node,
    log: Decoder<'a>,
    lines: Vec<Line>,
    /// Lines before this one have been waited for.
    waited: usize,
    display: Ssd1306,
    micros: u64,
    resets: u64,
    complaints: Vec<String>,
}

/// RAM that a firmware has used, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// What the linker placed.
    pub fixed: u64,
    /// As deep as the stack ever was.
    pub stack: u64,
}

impl<'a> Pico<'a> {
    /// Powers a Pico on that was flashed with `elf`. `log` is that of the same file; `entropy`
    /// makes the random bits of its ring oscillator.
    ///
    /// # Errors
    /// [`Error::NoPico`], [`Error::Pico`] if `elf` is not a firmware.
    pub fn start(elf: &Path, log: &'a Log, entropy: u32) -> Result<Self, Error> {
        Ok(Self {
            node: Node::start(elf, entropy)?,
            log: log.decoder(),
            lines: Vec::new(),
            waited: 0,
            display: Ssd1306::default(),
            micros: 0,
            resets: 0,
            complaints: Vec::new(),
        })
    }

    /// Lets `micros` microseconds pass.
    ///
    /// # Errors
    /// [`Error::Pico`] if the firmware stops the emulator, [`Error::Display`] if it sends the
    /// display what there is not.
    pub fn run(&mut self, micros: u64) -> Result<(), Error> {
        self.run_piece(micros, false)
    }

    /// Takes the log's messages one by one, each only once, until `wanted` makes something of one,
    /// and returns that. Lets time pass for as long as there is none.
    ///
    /// # Errors
    /// [`Error::Timeout`] after `patience` microseconds, naming `what`; those of [`Pico::run`].
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        patience: u64,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let end = self.micros + patience;
        loop {
            while let Some(line) = self.lines.get(self.waited) {
                self.waited += 1;
                if let Some(found) = wanted(&line.message) {
                    return Ok(found);
                }
            }
            if self.micros >= end {
                break;
            }
            self.run_piece(PIECE, true)?;
        }
        Err(Error::Timeout {
            what: what.into(),
            seconds: patience / 1_000_000,
            log: self.messages().map(|text| format!("  {text}\n")).collect(),
        })
    }

    fn run_piece(&mut self, micros: u64, until_log: bool) -> Result<(), Error> {
        let answer = self.ask(json!({ "run": micros, "until_log": until_log }))?;
        let written = answer["i2c"].as_array().into_iter().flatten();
        written
            .map(bytes)
            .try_for_each(|bytes| self.display.i2c(&bytes))?;
        let lines = self.log.lines(&bytes(&answer["log"]));
        self.lines.extend(lines);
        Ok(())
    }

    /// Presses and releases the button between GPIO `pin` and ground.
    ///
    /// # Errors
    /// Those of [`Pico::run`].
    pub fn press(&mut self, pin: u8) -> Result<(), Error> {
        self.hold(pin, PRESS)
    }

    /// Presses the button between GPIO `pin` and ground for `micros` microseconds.
    ///
    /// # Errors
    /// Those of [`Pico::run`].
    pub fn hold(&mut self, pin: u8, micros: u64) -> Result<(), Error> {
        self.ask(json!({ "pin": pin, "high": false }))?;
        self.run(micros)?;
        self.ask(json!({ "pin": pin, "high": true }))?;
        self.run(PRESS)
    }

    /// Plugs the display in, or pulls it out: then nothing answers on the bus.
    ///
    /// # Errors
    /// [`Error::Pico`].
    pub fn plug_display(&mut self, plugged: bool) -> Result<(), Error> {
        self.ask(json!({ "plugged": plugged })).map(drop)
    }

    /// Raises an interrupt that the firmware does not expect.
    ///
    /// # Errors
    /// [`Error::Pico`].
    pub fn interrupt(&mut self, number: u8) -> Result<(), Error> {
        self.ask(json!({ "interrupt": number })).map(drop)
    }

    /// RAM that was used so far.
    ///
    /// # Errors
    /// [`Error::Pico`].
    pub fn memory(&mut self) -> Result<Memory, Error> {
        let answer = self.ask(json!({ "memory": true }))?;
        let number = |name: &str| {
            answer[name]
                .as_u64()
                .ok_or_else(|| Error::Pico(format!("no number `{name}` in {answer}")))
        };
        Ok(Memory {
            fixed: number("static")?,
            stack: number("stack")?,
        })
    }

    /// What the display shows now.
    pub fn screen(&self) -> Screen {
        self.display.screen()
    }

    /// The messages of the log so far.
    pub fn messages(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.message.as_str())
    }

    /// Microseconds since power-on.
    pub fn micros(&self) -> u64 {
        self.micros
    }

    /// How often the watchdog has reset the chip.
    pub fn resets(&self) -> u64 {
        self.resets
    }

    /// What the emulated hardware finds wrong with the firmware.
    pub fn complaints(&self) -> &[String] {
        &self.complaints
    }

    fn ask(&mut self, request: Value) -> Result<Value, Error> {
        let answer = self.node.ask(&request)?;
        if let Some(error) = answer["error"].as_str() {
            return Err(Error::Pico(error.into()));
        }
        self.micros = answer["micros"].as_f64().unwrap_or_default() as u64;
        self.resets = answer["resets"].as_u64().unwrap_or_default();
        let complaints = answer["complaints"].as_array().into_iter().flatten();
        self.complaints.extend(
            complaints
                .filter_map(Value::as_str)
                .filter(|complaint| !NOT_EMULATED.contains(complaint))
                .map(Into::into),
        );
        Ok(answer)
    }
}

/// A list of numbers below 256.
fn bytes(list: &Value) -> Vec<u8> {
    let numbers = list.as_array().into_iter().flatten();
    numbers
        .filter_map(|number| number.as_u64()?.try_into().ok())
        .collect()
}

/// The process that emulates: a request is a line, and so is its answer.
struct Node {
    child: Child,
    requests: ChildStdin,
    answers: Lines<BufReader<ChildStdout>>,
}

impl Node {
    fn start(elf: &Path, entropy: u32) -> Result<Self, Error> {
        let folder = folder();
        if !folder.join("node_modules/rp2040js").is_dir() {
            return Err(Error::NoPico);
        }
        let program = env::var_os("NODE").unwrap_or_else(|| "node".into());
        let started = Command::new(&program)
            .arg(folder.join("emulate.mjs"))
            .arg(elf)
            .arg(entropy.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = started.map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Error::NoPico,
            _ => Error::Start {
                program: program.to_string_lossy().into(),
                source,
            },
        })?;
        let requests = child.stdin.take().expect("it is piped");
        let answers = BufReader::new(child.stdout.take().expect("it is piped")).lines();
        Ok(Self {
            child,
            requests,
            answers,
        })
    }

    fn ask(&mut self, request: &Value) -> Result<Value, Error> {
        // If the emulator has ended, its last line says why: that is more than a broken pipe.
        let _ = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        let failed = |why: String| Error::Pico(format!("no answer to {request}: {why}"));
        let line = self
            .answers
            .next()
            .ok_or_else(|| failed("the emulator has ended".into()))?
            .map_err(|error| failed(error.to_string()))?;
        serde_json::from_str(&line).map_err(|error| failed(format!("{error} in `{line}`")))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rp2040")
}
