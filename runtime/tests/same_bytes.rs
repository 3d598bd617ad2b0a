//! The same pixels on every machine: this one, against the committed hashes.
//!
//! `cargo test -p tests --test same_bytes` asks emulated microcontrollers and WebAssembly for the
//! same. If the arithmetic changes on purpose, `UPDATE_HASHES=1 cargo test -p runtime --test
//! same_bytes` writes the hashes anew.

mod common;

use std::path::Path;

use common::models::{COMMITTED, SEEDS, committed, draw_lines, label, line, models};
use common::reference;
use crc::{CRC_64_XZ, Crc};
use runtime::Latent;

/// Asserts that `lines` are those of a file of `vectors`, or writes it.
fn assert_committed(file: &str, lines: impl Iterator<Item = String>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/vectors")
        .join(file);
    let lines = lines.fold(String::new(), |lines, line| lines + &line + "\n");
    if std::env::var_os("UPDATE_HASHES").is_some() {
        std::fs::write(&path, &lines).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&path).expect("the committed hashes");
    assert_eq!(lines, committed);
}

#[test]
fn images_have_the_committed_hashes() {
    let models = models().into_iter();
    let lines = models.flat_map(|(name, net)| draw_lines(name, &net.encode()));
    assert_committed("hashes.csv", lines);
}

#[test]
fn images_of_the_committed_models_have_the_committed_hashes() {
    let models = COMMITTED.into_iter();
    let lines = models.flat_map(|name| draw_lines(name, &committed(name)));
    assert_committed("models.csv", lines);
}

#[test]
fn the_reference_has_the_committed_hashes() {
    const CRC: Crc<u64> = Crc::<u64>::new(&CRC_64_XZ);
    let committed: Vec<&str> = include_str!("vectors/hashes.csv").lines().collect();
    let mut lines = Vec::new();
    for (name, net) in models() {
        for seed in SEEDS {
            let latent = Latent::from_seed(seed, net.latent.into());
            let latent: Vec<i8> = latent.components().collect();
            let label = label(&net, seed);
            let pixels = reference::pixels(&net, &latent, label);
            lines.push(line(name, seed, label, CRC.checksum(&pixels)));
        }
    }
    assert_eq!(lines, committed);
}
