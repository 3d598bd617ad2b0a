//! Models put together from the fuzzer's bytes.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::hostile::{grow, load_and_draw};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|script: &[u8]| {
    if let Some(bytes) = grow(script) {
        let _ = load_and_draw(&bytes);
    }
});
