//! Drawing many images with the integer runtime, as the device draws each.

use rayon::prelude::*;
use runtime::{GenerateError, Generator, Latent, Model};

/// Images that a thread draws with one workspace.
const CHUNK: usize = 64;

/// What an image is drawn from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The latent.
    pub latent: Latent,
    /// The class; 0 for a model without classes.
    pub label: u8,
}

impl Point {
    /// The point of a seed and a label, as on the device.
    pub fn of_seed(model: &Model, seed: u32, label: u8) -> Self {
        Self {
            latent: Latent::from_seed(seed, model.latent_len()),
            label,
        }
    }

    /// Image `index` in the numbering that all commands share: seed `seed + index`, label
    /// `index mod classes`.
    pub fn numbered(model: &Model, seed: u32, index: usize) -> Self {
        let label = index % usize::from(model.classes().max(1));
        Self::of_seed(model, seed.wrapping_add(index as u32), label as u8)
    }
}

/// Draws images `0..count`, each from its point, as `[image][height][width][channel]`.
///
/// # Errors
/// [`GenerateError`] if a point is not one of the model's.
pub fn draw(
    model: &Model,
    count: usize,
    point: impl Fn(usize) -> Point + Sync,
) -> Result<Vec<u8>, GenerateError> {
    let size = model.image().len();
    let mut pixels = vec![0; count * size];
    let chunks = pixels.par_chunks_mut(CHUNK * size).enumerate();
    chunks.try_for_each(|(chunk, images)| {
        let mut workspace = vec![0; model.workspace_len()];
        let mut generator = Generator::new(model, &mut workspace)?;
        for (i, image) in images.chunks_exact_mut(size).enumerate() {
            let Point { latent, label } = point(chunk * CHUNK + i);
            generator.generate(&latent, label, image)?;
        }
        Ok(())
    })?;
    Ok(pixels)
}
