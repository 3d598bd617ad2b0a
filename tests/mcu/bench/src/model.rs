//! The model in flash, and memory to draw in.

unsafe extern "C" {
    /// From the linker script: the length of the model's file (u32), and the file.
    static model_start: [u32; 1];
}

/// The model's file.
pub fn bytes() -> &'static [u8] {
    let start = &raw const model_start;
    // SAFETY: `mcu-bench` has put a length and as many bytes there, in memory that nothing writes.
    unsafe {
        let len = start.cast::<u32>().read_volatile() as usize;
        core::slice::from_raw_parts(start.cast::<u8>().add(4), len)
    }
}

/// Room for the workspace, and for the pixels of the largest image.
const WORKSPACE: usize = 5 * 1024;
const PIXELS: usize = 6 * 1024;

/// Memory for the workspace and the pixels.
///
/// # Safety
/// To be called once.
pub unsafe fn memory() -> (&'static mut [u8], &'static mut [u8]) {
    static mut MEMORY: [u32; WORKSPACE / 4] = [0; WORKSPACE / 4];
    static mut IMAGE: [u8; PIXELS] = [0; PIXELS];
    // SAFETY: called once, so the two references are the only ones.
    unsafe {
        let memory = core::slice::from_raw_parts_mut((&raw mut MEMORY).cast(), WORKSPACE);
        (memory, &mut *(&raw mut IMAGE))
    }
}
