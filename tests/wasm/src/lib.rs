//! Draws with a model in WebAssembly; `digest.mjs` asks for hashes of the images.

use std::cell::RefCell;

use crc::{CRC_64_XZ, Crc};
use runtime::{Generator, Latent, Model};

thread_local! {
    /// The model's file, aligned to words.
    static FILE: RefCell<Vec<u32>> = const { RefCell::new(Vec::new()) };
}

/// Makes room for a file of `len` bytes and returns where it goes.
#[unsafe(no_mangle)]
pub extern "C" fn room(len: usize) -> *mut u32 {
    FILE.with_borrow_mut(|file| {
        file.clear();
        file.resize(len.div_ceil(4), 0);
        file.as_mut_ptr()
    })
}

/// The CRC-64/XZ of the image of `seed` and the label `seed % classes`. Traps if the file, of `len`
/// bytes, is no model.
#[unsafe(no_mangle)]
pub extern "C" fn digest(len: usize, seed: u32) -> u64 {
    FILE.with_borrow(|file| {
        let bytes: &[u8] = bytemuck::cast_slice(file);
        let model = Model::from_bytes(&bytes[..len]).expect("a model");
        let mut workspace = vec![0; model.workspace_len()];
        let mut generator = Generator::new(&model, &mut workspace).expect("a large workspace");
        let label = (seed % u32::from(model.classes().max(1))) as u8;
        let latent = Latent::from_seed(seed, model.latent_len());
        let crc = Crc::<u64>::new(&CRC_64_XZ);
        let mut digest = crc.digest();
        let drawn = generator.rows(&latent, label, |_, row| digest.update(row));
        drawn.expect("a label and a latent of the model");
        digest.finalize()
    })
}
