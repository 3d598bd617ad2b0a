//! Loads a model and draws with it, in a program without an implementation of panics: its panic
//! handler calls a function that does not exist. The linker drops the handler if nothing reaches
//! it; else the program does not link. `tests/tests/no_panic.rs` builds it.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use core::ptr;

use runtime::{Generator, Latent, Model};

unsafe extern "C" {
    /// Defined nowhere.
    safe fn a_panic_is_reachable() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    a_panic_is_reachable()
}

/// What the linker starts from. Arguments are unknown to the compiler, so nothing is computed at
/// build time. The result says whether an image was drawn.
///
/// # Safety
/// Never called; `file` of `file_len` bytes, `workspace` of `workspace_len` and `row` of `row_len`
/// would have to be valid.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start(
    file: *const u8,
    file_len: usize,
    workspace: *mut u8,
    workspace_len: usize,
    row: *mut u8,
    seed: u32,
    label: u8,
) -> bool {
    // SAFETY: as the caller promises.
    let (file, workspace) = unsafe {
        (
            &*ptr::slice_from_raw_parts(file, file_len),
            &mut *ptr::slice_from_raw_parts_mut(workspace, workspace_len),
        )
    };
    let Ok(model) = Model::from_bytes(file) else {
        return false;
    };
    let latent = Latent::from_seed(seed, model.latent_len());
    let other = Latent::from_seed(!seed, model.latent_len());
    let latent = Latent::interpolate(&latent, &other, 100);
    let Ok(mut generator) = Generator::new(&model, workspace) else {
        return false;
    };
    #[cfg(feature = "reachable")]
    assert!(seed != 1);
    let drawn = generator.rows(&latent, label, |_, pixels| {
        for (place, &pixel) in pixels.iter().enumerate() {
            // SAFETY: as the caller promises.
            unsafe { row.add(place).write_volatile(pixel) }
        }
    });
    drawn.is_ok()
}
