//! One image: of a seed, or between four of them.

use runtime::format::MAX_SIDE;
use runtime::{GenerateError, Generator, Latent, Model};

/// Most pixels of an image of one channel.
const MAX_PIXELS: usize = MAX_SIDE as usize * MAX_SIDE as usize;

/// Draws single images.
pub(crate) struct Studio {
    model: &'static Model<'static>,
    generator: Generator<'static>,
    pixels: [u8; MAX_PIXELS],
}

/// A point in the square between the latents of four seeds.
#[derive(Clone, Copy)]
pub(crate) struct Place {
    /// Seed of the corner at the top left. The next ones (wrapping) are those of the corners at
    /// the top right, bottom left and bottom right.
    pub(crate) seed: u32,
    /// Way from left to right, in 1/256.
    pub(crate) right: u16,
    /// Way from top to bottom, in 1/256.
    pub(crate) down: u16,
}

impl Place {
    /// The latent here, of `len` components: between the corners of the upper and of the lower
    /// edge, and then between these two, both by [`Latent::interpolate`].
    fn latent(self, len: usize) -> Latent {
        let corner = |number| Latent::from_seed(self.seed.wrapping_add(number), len);
        let upper = Latent::interpolate(&corner(0), &corner(1), self.right);
        let lower = Latent::interpolate(&corner(2), &corner(3), self.right);
        Latent::interpolate(&upper, &lower, self.down)
    }
}

impl Studio {
    /// A studio for `model` that works in `workspace`, as [`Generator::new`] does.
    pub(crate) fn new(
        model: &'static Model<'static>,
        workspace: &'static mut [u8],
    ) -> Result<Self, GenerateError> {
        Ok(Self {
            model,
            generator: Generator::new(model, workspace)?,
            pixels: [0; MAX_PIXELS],
        })
    }

    /// The image of `place` and `label`: ink, u8 `[height][width]`.
    pub(crate) fn draw(&mut self, place: Place, label: u8) -> Result<&[u8], GenerateError> {
        let latent = place.latent(self.model.latent_len());
        let pixels = self.pixels.get_mut(..self.model.image().len());
        let pixels = pixels.unwrap_or_default();
        self.generator.generate(&latent, label, pixels)?;
        Ok(pixels)
    }
}
