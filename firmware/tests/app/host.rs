//! A board made of nothing.

use std::collections::VecDeque;

use firmware::{App, Board, Drawn, Ink, Input, Mode, Stop, Time};
use runtime::Model;

use crate::panel::{Broken, Character, Panel};

/// A board whose time passes only when the test, or the app's rest, lets it.
pub struct Host<C> {
    pub panel: Panel<C>,
    pub micros: u32,
    pub inputs: VecDeque<Input>,
    /// Random seeds, and `None` after them.
    pub entropy: VecDeque<u32>,
    /// The board's clock.
    pub time: Option<Time>,
    pub flushes: u32,
    pub fed: u32,
}

impl<C: Character> Host<C> {
    pub fn new(width: u32, height: u32) -> Self {
        Self {
            panel: Panel::new(width, height),
            micros: 0,
            inputs: VecDeque::new(),
            entropy: VecDeque::new(),
            time: None,
            flushes: 0,
            fed: 0,
        }
    }
}

/// How long a rest is, in microseconds.
pub const REST: u32 = 10_000;

impl<C: Character + Ink> Board for Host<C> {
    type Display = Panel<C>;

    fn display(&mut self) -> &mut Panel<C> {
        &mut self.panel
    }

    fn micros(&self) -> u32 {
        self.micros
    }

    fn input(&mut self) -> Option<Input> {
        self.inputs.pop_front()
    }

    fn flush(&mut self) -> Result<(), Broken> {
        self.flushes += 1;
        Ok(())
    }

    fn rest(&mut self) {
        self.micros = self.micros.wrapping_add(REST);
    }

    fn feed_watchdog(&mut self) {
        self.fed += 1;
    }

    fn entropy(&mut self) -> Option<u32> {
        self.entropy.pop_front()
    }

    fn time(&mut self) -> Option<Time> {
        self.time
    }

    fn set_time(&mut self, time: Time) {
        self.time = self.time.and(Some(time));
    }
}

/// A model that a test may borrow forever.
pub fn model(bytes: Vec<u8>) -> &'static Model<'static> {
    // Models are read at multiples of four.
    let words: Vec<u32> = vec![0; bytes.len().div_ceil(4)];
    let memory: &'static mut [u8] = bytemuck::cast_slice_mut(words.leak());
    memory[..bytes.len()].copy_from_slice(&bytes);
    Box::leak(Box::new(Model::from_bytes(&memory[..bytes.len()]).unwrap()))
}

/// An app on its board.
pub struct Running<M, C> {
    pub app: App<'static, M>,
    pub host: Host<C>,
}

impl<M: Mode, C: Character + Ink> Running<M, C> {
    /// Starts `model` on a board.
    pub fn start(model: &'static Model<'static>, mut host: Host<C>) -> Result<Self, Stop<Broken>> {
        let workspace = vec![0; model.workspace_len()].leak();
        let app = App::start(model, workspace, &mut host)?;
        Ok(Self { app, host })
    }

    /// One step.
    pub fn step(&mut self) -> Option<Drawn> {
        self.app.step(&mut self.host).unwrap()
    }

    /// Steps until there is nothing to draw, and returns what was drawn.
    pub fn settle(&mut self) -> Vec<Drawn> {
        std::iter::from_fn(|| self.step()).take(1_000).collect()
    }

    /// Lets time pass, then as [`Running::settle`].
    pub fn after(&mut self, micros: u32) -> Vec<Drawn> {
        self.host.micros = self.host.micros.wrapping_add(micros);
        self.settle()
    }

    /// Asks for something, then as [`Running::settle`].
    pub fn input(&mut self, input: Input) -> Vec<Drawn> {
        self.host.inputs.push_back(input);
        self.settle()
    }
}

/// Labels of what was drawn.
pub fn labels(drawn: &[Drawn]) -> Vec<u8> {
    drawn.iter().map(|drawn| drawn.label).collect()
}

/// Seeds of what was drawn; it must not be between two.
pub fn seeds(drawn: &[Drawn]) -> Vec<u32> {
    let seed = |drawn: &Drawn| {
        assert_eq!(drawn.style.t, 0, "{drawn:?}");
        drawn.style.from
    };
    drawn.iter().map(seed).collect()
}
