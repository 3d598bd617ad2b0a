//! The app: a mode of a model on a board.

use core::convert::Infallible;

use runtime::Model;

use crate::board::{Board, DisplayError};
use crate::layout::Layout;
use crate::log::error;
use crate::mode::{Mode, Scene};
use crate::painter::{Drawn, Painter};
use crate::stop::Stop;

/// A model on a display, to be driven by whoever has a loop.
#[derive(Debug)]
pub struct App<'m, M> {
    painter: Painter<'m>,
    mode: M,
}

impl<'m, M: Mode> App<'m, M> {
    /// Clears the display and begins.
    ///
    /// `workspace` is as long as [`Model::workspace_len`] says, or longer.
    ///
    /// # Errors
    /// [`Stop::Reason`]: the workspace is too small, not one picture fits on the display, or the
    /// pictures are not of one channel. [`Stop::Display`]: the display failed.
    pub fn start<B: Board>(
        model: &'m Model<'m>,
        workspace: &'m mut [u8],
        board: &mut B,
    ) -> Result<Self, Stop<DisplayError<B>>> {
        let mut painter = Painter::new(model, workspace)?;
        let mut scene = Scene::new(&mut painter, board);
        if !Layout::fits(scene.display(), scene.picture()) {
            return Err(scene.too_small().into());
        }
        scene.clear()?;
        let mode = M::start(&mut scene)?;
        Ok(Self { painter, mode })
    }

    /// Answers one input of the board's, then draws what is next: one digit, which is returned, or
    /// nothing. Feeds the watchdog.
    ///
    /// # Errors
    /// [`Stop::Display`]: the display failed. Another call goes on as well as it can.
    pub fn step<B: Board>(
        &mut self,
        board: &mut B,
    ) -> Result<Option<Drawn>, Stop<DisplayError<B>>> {
        board.feed_watchdog();
        let input = board.input();
        let mut scene = Scene::new(&mut self.painter, board);
        self.mode.step(&mut scene, input)
    }

    /// The mode.
    pub fn mode(&self) -> &M {
        &self.mode
    }
}

/// Shows the model `bytes` in the mode `M`, forever.
///
/// `workspace` is as long as [`Model::workspace_len`] says, or longer. A model that cannot be shown
/// is answered with its [`Reason`] on the display and in the log; the watchdog is the caller's
/// again then.
///
/// # Errors
/// Returns only with an error: [`Stop`] says which.
pub fn run<M: Mode, B: Board>(
    board: &mut B,
    bytes: &[u8],
    workspace: &mut [u8],
) -> Result<Infallible, Stop<DisplayError<B>>> {
    let stopped = show::<M, B>(board, bytes, workspace);
    if let Err(Stop::Reason(reason)) = stopped {
        let words = reason.words();
        error!("{=str}", words.as_str());
        let shown = words.show(board.display());
        shown.and_then(|()| board.flush()).map_err(Stop::Display)?;
    }
    stopped
}

fn show<M: Mode, B: Board>(
    board: &mut B,
    bytes: &[u8],
    workspace: &mut [u8],
) -> Result<Infallible, Stop<DisplayError<B>>> {
    let model = Model::from_bytes(bytes)?;
    let mut app = App::<M>::start(&model, workspace, board)?;
    loop {
        if app.step(board)?.is_none() {
            board.rest();
        }
    }
}
