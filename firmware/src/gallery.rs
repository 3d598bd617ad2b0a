//! The gallery: pages of fresh digits, one class after another.

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::Size;
use runtime::{GenerateError, Generator, Latent, Model};

use crate::clock::{Clock, micros_since};
use crate::grid::Grid;
use crate::ink::Ink;
use crate::reason::Reason;
use crate::stamp::stamp_row;

/// How a gallery is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Each pixel of an image is drawn as a square of so many pixels; at least 1.
    pub scale: u32,
    /// Seed of digit 0; digit `n` has the seed `first_seed + n` (wrapping).
    pub first_seed: u32,
}

/// Draws digit after digit into the cells of a [`Grid`].
pub struct Gallery<'m> {
    model: &'m Model<'m>,
    generator: Generator<'m>,
    grid: Grid,
    settings: Settings,
    next: u32,
}

/// A digit that was drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    /// Number of the digit, from 0.
    pub number: u32,
    /// Seed of its latent.
    pub seed: u32,
    /// Its class; 0 if the model has none.
    pub label: u8,
    /// Microseconds for generating and drawing it, if there is a clock.
    pub micros: Option<u32>,
    /// The part of `micros` that was spent in the display, if there is a clock.
    pub display_micros: Option<u32>,
}

/// Why a digit was not drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DrawError<D> {
    /// The display failed. The digit is incomplete.
    Display(D),
    /// The model did not generate it.
    Generate(GenerateError),
}

impl<'m> Gallery<'m> {
    /// A gallery of `model` on a display of `display` pixels.
    ///
    /// `workspace` is as long as [`Model::workspace_len`] says, or longer.
    ///
    /// # Errors
    /// [`Reason`]: the workspace is too small, not one image fits on the display, or the images
    /// are not of one channel.
    pub fn new(
        model: &'m Model<'m>,
        workspace: &'m mut [u8],
        display: Size,
        settings: Settings,
    ) -> Result<Self, Reason> {
        let image = model.image();
        if image.channels != 1 {
            return Err(Reason::Channels {
                channels: image.channels,
            });
        }
        let needed = Size::new(
            u32::from(image.width).saturating_mul(settings.scale),
            u32::from(image.height).saturating_mul(settings.scale),
        );
        let grid = Grid::fit(display, needed).ok_or(Reason::DisplayTooSmall { needed, display })?;
        Ok(Self {
            model,
            generator: Generator::new(model, workspace)?,
            grid,
            settings,
            next: 0,
        })
    }

    /// Digits on a page, at least 1.
    pub fn digits_per_page(&self) -> u32 {
        self.grid.cells()
    }

    /// Generates the next digit straight onto `display`, a row at a time, into the next cell.
    ///
    /// # Errors
    /// [`DrawError`]; the next call goes on with the digit after this one.
    pub fn draw_next<D>(
        &mut self,
        display: &mut D,
        clock: &impl Clock,
    ) -> Result<Drawn, DrawError<D::Error>>
    where
        D: DrawTarget,
        D::Color: Ink,
    {
        let number = self.next;
        self.next = number.wrapping_add(1);
        let seed = self.settings.first_seed.wrapping_add(number);
        let classes = u32::from(self.model.classes());
        let label = number.checked_rem(classes).unwrap_or(0) as u8;
        let corner = self.grid.cell(number).top_left;
        let scale = self.settings.scale;

        let start = clock.micros();
        let latent = Latent::from_seed(seed, self.model.latent_len());
        let mut stamped = Ok(());
        let mut display_micros = Some(0);
        let generated = self.generator.rows(&latent, label, |y, row| {
            if stamped.is_ok() {
                let start = clock.micros();
                stamped = stamp_row(display, corner, scale, y, row);
                display_micros = display_micros
                    .zip(micros_since(clock, start))
                    .map(|(sum, more)| sum + more);
            }
        });
        stamped.map_err(DrawError::Display)?;
        generated.map_err(DrawError::Generate)?;
        Ok(Drawn {
            number,
            seed,
            label,
            micros: micros_since(clock, start),
            display_micros,
        })
    }
}
