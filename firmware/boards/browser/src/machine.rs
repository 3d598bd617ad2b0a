//! The app on a display in memory.

use core::convert::Infallible;

use firmware::{App, Board, Drawn, Input, ModeName, Modes, Reason, Stop, Time};
use heapless::Deque;
use runtime::Model;

use crate::page;
use crate::screen::{Depth, Screen};

/// Inputs that wait for the app; more are not heard.
const INPUTS: usize = 8;

/// The app at work.
pub(crate) struct Machine {
    app: App<'static, Modes>,
    board: PageBoard,
}

/// The page as a board.
struct PageBoard {
    screen: Screen,
    inputs: Deque<Input, INPUTS>,
}

impl Machine {
    /// Starts the app, in `workspace` of [`Model::workspace_len`] bytes.
    pub(crate) fn start(
        model: &'static Model<'static>,
        workspace: &'static mut [u8],
        depth: Depth,
    ) -> Result<Self, Reason> {
        let mut board = PageBoard {
            screen: Screen::new(depth),
            inputs: Deque::new(),
        };
        let app = App::start(model, workspace, &mut board).map_err(reason)?;
        Ok(Self { app, board })
    }

    /// Answers an input, or draws a digit, which is returned.
    pub(crate) fn step(&mut self) -> Result<Option<Drawn>, Reason> {
        self.app.step(&mut self.board).map_err(reason)
    }

    pub(crate) fn input(&mut self, input: Input) {
        // A queue that is full is that of a user who plays on the keys.
        let _ = self.board.inputs.push_back(input);
    }

    pub(crate) fn mode(&self) -> ModeName {
        self.app.mode().name()
    }

    pub(crate) fn screen(&self) -> &Screen {
        &self.board.screen
    }
}

fn reason(stop: Stop<Infallible>) -> Reason {
    match stop {
        Stop::Reason(reason) => reason,
        Stop::Display(never) => match never {},
    }
}

impl Board for PageBoard {
    type Display = Screen;

    fn display(&mut self) -> &mut Screen {
        &mut self.screen
    }

    fn micros(&self) -> u32 {
        page::micros()
    }

    fn input(&mut self) -> Option<Input> {
        self.inputs.pop_front()
    }

    fn entropy(&mut self) -> Option<u32> {
        Some(page::entropy())
    }

    fn time(&mut self) -> Option<Time> {
        page::time()
    }

    fn set_time(&mut self, time: Time) {
        page::set_time(time);
    }
}
