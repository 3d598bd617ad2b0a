//! The app: from a model's bytes to pages on a display.

use core::convert::Infallible;
use core::fmt::{self, Debug};

use embedded_graphics::draw_target::DrawTarget;
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::InputPin;
use runtime::Model;

use crate::button::Button;
use crate::clock::Clock;
use crate::gallery::{DrawError, Drawn, Gallery, Settings};
use crate::ink::Ink;
use crate::log::{error, info};
use crate::reason::Reason;

/// How long a page stays when pages turn by themselves, in milliseconds.
const PAGE_MS: u32 = 4_000;
/// Time between two looks at the button, in milliseconds: longer than its contacts bounce, shorter
/// than a person's press.
const LOOK_MS: u32 = 10;

/// What a board lends to the app.
pub struct Board<D, B, T, C> {
    /// The display.
    pub display: D,
    /// A button that pulls its pin low while it is held.
    pub button: B,
    /// A way to wait.
    pub delay: T,
    /// A clock for the latencies in the log; [`crate::NoClock`] where there is none.
    pub clock: C,
}

/// Why the app ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop<D, B> {
    /// The model cannot be shown. The display says why.
    Reason(Reason),
    /// The display failed.
    Display(D),
    /// The button's pin could not be read.
    Button(B),
}

impl<D, B> From<DrawError<D>> for Stop<D, B> {
    fn from(error: DrawError<D>) -> Self {
        match error {
            DrawError::Display(error) => Self::Display(error),
            DrawError::Generate(error) => Self::Reason(error.into()),
        }
    }
}

impl<D: Debug, B: Debug> fmt::Display for Stop<D, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reason(reason) => fmt::Display::fmt(reason, f),
            Self::Display(error) => write!(f, "the display failed: {error:?}"),
            Self::Button(error) => write!(f, "the button's pin failed: {error:?}"),
        }
    }
}

impl<D: Debug, B: Debug> core::error::Error for Stop<D, B> {}

/// Shows the gallery of the model `bytes`, forever.
///
/// Pages turn by themselves until the button is pressed for the first time; from then on, each
/// press turns one. `workspace` is as long as [`Model::workspace_len`] says, or longer. A model
/// that cannot be shown is answered with its [`Reason`] on the display and in the log.
///
/// # Errors
/// Returns only with an error: [`Stop`] says which.
pub fn run<D, B, T, C>(
    mut board: Board<D, B, T, C>,
    bytes: &[u8],
    workspace: &mut [u8],
    settings: Settings,
) -> Result<Infallible, Stop<D::Error, B::Error>>
where
    D: DrawTarget,
    D::Color: Ink,
    B: InputPin,
    T: DelayNs,
    C: Clock,
{
    let stopped = show_gallery(&mut board, bytes, workspace, settings);
    if let Err(Stop::Reason(reason)) = stopped {
        error!("no picture: {}", reason);
        reason.show(&mut board.display).map_err(Stop::Display)?;
    }
    stopped
}

fn show_gallery<D, B, T, C>(
    board: &mut Board<D, B, T, C>,
    bytes: &[u8],
    workspace: &mut [u8],
    settings: Settings,
) -> Result<Infallible, Stop<D::Error, B::Error>>
where
    D: DrawTarget,
    D::Color: Ink,
    B: InputPin,
    T: DelayNs,
    C: Clock,
{
    let model = Model::from_bytes(bytes).map_err(|error| Stop::Reason(error.into()))?;
    log_model(&model, workspace.len());
    let display = &mut board.display;
    let size = display.bounding_box().size;
    let mut gallery = Gallery::new(&model, workspace, size, settings).map_err(Stop::Reason)?;
    display
        .clear(D::Color::from_ink(0))
        .map_err(Stop::Display)?;

    let mut button = Button::new(&mut board.button);
    let mut by_hand = false;
    let mut page: u32 = 0;
    loop {
        let mut turn = false;
        for _ in 0..gallery.digits_per_page() {
            let drawn = gallery.draw_next(display, &board.clock)?;
            log_digit(&drawn);
            turn |= button.pressed().map_err(Stop::Button)?;
        }
        info!("page {} ready", page);
        by_hand |= turn;
        if by_hand && !turn {
            info!("page {} stays until the button is pressed", page);
        }
        let mut shown_ms = 0;
        while !turn && (by_hand || shown_ms < PAGE_MS) {
            board.delay.delay_ms(LOOK_MS);
            shown_ms += LOOK_MS;
            turn = button.pressed().map_err(Stop::Button)?;
        }
        by_hand |= turn;
        page = page.wrapping_add(1);
    }
}

fn log_model(model: &Model<'_>, workspace: usize) {
    let provenance = model.provenance();
    info!(
        "model: {} digits, recipe {}, {} steps, seed {}, by {}",
        provenance.data_set, provenance.recipe, provenance.steps, provenance.seed, provenance.tool
    );
    if let Some(scores) = provenance.scores {
        info!(
            "model: {}.{:02} % recognised, Fréchet distance {}.{:02}",
            scores.recognised / 100,
            scores.recognised % 100,
            scores.frechet / 100,
            scores.frechet % 100
        );
    }
    info!(
        "model: {} bytes of flash, {} bytes of RAM ({} given), {} multiply-accumulates an image",
        model.file_len(),
        model.workspace_len(),
        workspace,
        model.macs()
    );
}

fn log_digit(drawn: &Drawn) {
    match (drawn.micros, drawn.display_micros) {
        (Some(micros), Some(display_micros)) => info!(
            "digit {}: label {}, seed {}, {} us, {} us of them for the display",
            drawn.number, drawn.label, drawn.seed, micros, display_micros
        ),
        _ => info!(
            "digit {}: label {}, seed {}",
            drawn.number, drawn.label, drawn.seed
        ),
    }
}
