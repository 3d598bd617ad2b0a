//! What the page lends to the module.

use core::panic::PanicInfo;

use firmware::{Time, Words};

#[link(wasm_import_module = "page")]
unsafe extern "C" {
    #[link_name = "micros"]
    safe fn page_micros() -> u32;
    #[link_name = "entropy"]
    safe fn page_entropy() -> u32;
    #[link_name = "minutes"]
    safe fn page_minutes() -> u32;
    #[link_name = "set_minutes"]
    safe fn page_set_minutes(minutes: u32);
    #[link_name = "panicked"]
    fn page_panicked(text: *const u8, len: usize);
}

/// Microseconds since some moment, wrapping at 2^32.
pub(crate) fn micros() -> u32 {
    page_micros()
}

/// A random number.
pub(crate) fn entropy() -> u32 {
    page_entropy()
}

/// The time of the day.
pub(crate) fn time() -> Option<Time> {
    let minutes = page_minutes();
    Time::new((minutes / 60) as u8, (minutes % 60) as u8)
}

/// Sets the clock of [`time`].
pub(crate) fn set_time(time: Time) {
    page_set_minutes(u32::from(time.hour()) * 60 + u32::from(time.minute()));
}

#[panic_handler]
fn panic(info: &PanicInfo<'_>) -> ! {
    let words = Words::of_panic(info);
    let text = words.as_str();
    // SAFETY: the page only reads the text.
    unsafe { page_panicked(text.as_ptr(), text.len()) };
    core::arch::wasm32::unreachable()
}
