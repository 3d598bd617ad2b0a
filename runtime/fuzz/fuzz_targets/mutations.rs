//! Valid models, changed in some places, with the checksum repaired.
#![no_main]

#[path = "../../tests/common/mod.rs"]
mod common;

use std::sync::LazyLock;

use common::hostile::{load_and_draw, mutate};
use common::random::Dice;
use libfuzzer_sys::fuzz_target;

/// Small models of every kind of layer.
static MODELS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let mut dice = Dice::new(11);
    let files = (0..).map(|_| dice.net(5, 200).encode());
    files.filter(|file| file.len() < 400).take(64).collect()
});

fuzz_target!(|script: &[u8]| {
    if let Some((first, script)) = script.split_first() {
        let mut bytes = MODELS[usize::from(*first) % MODELS.len()].clone();
        mutate(&mut bytes, script);
        let _ = load_and_draw(&bytes);
    }
});
