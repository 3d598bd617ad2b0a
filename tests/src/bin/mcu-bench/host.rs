//! The image that this machine draws: every core must draw the same.

use runtime::{Generator, Latent, Model};

use crate::Result;

/// What the firmware draws with (`tests/mcu/bench/src/bench.rs`).
const SEED: u32 = 7;

/// FNV-1a of the image that `file` draws of the firmware's seed and the last class.
pub fn hash(file: &[u8]) -> Result<u32> {
    let mut words = vec![0u32; file.len().div_ceil(4)];
    let aligned: &mut [u8] = bytemuck::cast_slice_mut(&mut words);
    aligned[..file.len()].copy_from_slice(file);
    let model = Model::from_bytes(&aligned[..file.len()])?;
    let latent = Latent::from_seed(SEED, model.latent_len());
    let mut workspace = vec![0; model.workspace_len()];
    let mut pixels = vec![0; model.image().len()];
    let label = model.classes().saturating_sub(1);
    Generator::new(&model, &mut workspace)?.generate(&latent, label, &mut pixels)?;
    Ok(pixels.iter().fold(0x811c_9dc5, |hash, &byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    }))
}
