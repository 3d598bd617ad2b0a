//! Any bytes, as they are and with magic, version and checksum put right.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use common::hostile::{load_and_draw, repair_checksum};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = load_and_draw(bytes);
    let mut repaired = b"PGAN\x01".to_vec();
    repaired.extend_from_slice(bytes);
    repaired.extend([0; 4]);
    repair_checksum(&mut repaired);
    let _ = load_and_draw(&repaired);
});
