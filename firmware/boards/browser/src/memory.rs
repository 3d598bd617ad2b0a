//! Memory for what is as long as the model says: its file and its workspace.

use core::arch::wasm32::memory_grow;
use core::slice;

/// Bytes of a page of WebAssembly's memory.
const PAGE: usize = 1 << 16;

/// Adds memory of `len` zeroed bytes to the module's own, for good, at an address that is a
/// multiple of 65,536. `None` if the browser has no more.
///
/// Nothing is ever given back: another model gets an instance of the module of its own.
pub(crate) fn grow(len: usize) -> Option<&'static mut [u8]> {
    let before = memory_grow::<0>(len.div_ceil(PAGE));
    // `memory.grow` answers -1 when it fails.
    if before == usize::MAX {
        return None;
    }
    // SAFETY: these pages exist since this call, are zeroed, and no one else knows of them.
    Some(unsafe { slice::from_raw_parts_mut((before * PAGE) as *mut u8, len) })
}
