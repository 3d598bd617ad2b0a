//! No byte string makes loading or drawing panic.

mod common;

use common::hostile::{grow, load_and_draw, mutate, repair_checksum};
use common::random::Dice;
use common::rounds;
use runtime::ModelError;

/// Small models of every kind of layer.
fn models() -> Vec<Vec<u8>> {
    let mut dice = Dice::new(11);
    let files = (0..).map(|_| dice.net(5, 200).encode());
    files.filter(|file| file.len() < 400).take(8).collect()
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_cut_is_refused() {
    for model in models() {
        for len in 0..model.len() {
            assert!(load_and_draw(&model[..len]).is_err(), "cut at {len}");
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_cut_with_a_right_checksum_is_refused() {
    for model in models() {
        for len in 9..model.len() {
            let mut cut = model[..len].to_vec();
            repair_checksum(&mut cut);
            let end = model.len() - 4;
            assert!(
                load_and_draw(&cut).is_err() || cut[..] == model[..],
                "cut at {len} of {end}"
            );
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_damaged_byte_is_noticed() {
    for model in models() {
        for place in 0..model.len() {
            for bit in 0..8 {
                let mut damaged = model.clone();
                damaged[place] ^= 1 << bit;
                let expected = match place {
                    0..4 => ModelError::NotAModel,
                    4 => ModelError::Version {
                        found: damaged[4],
                        supported: model[4],
                    },
                    _ => ModelError::Checksum,
                };
                assert_eq!(load_and_draw(&damaged), Err(expected), "byte {place}");
            }
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn every_changed_byte_with_a_right_checksum_loads_or_is_refused() {
    for model in models() {
        // Every value of the header and the records, some values of the arrays.
        for place in 0..model.len() - 4 {
            let step = if place < 80 { 2 } else { 85 };
            for change in (1..=255u8).step_by(step) {
                let mut changed = model.clone();
                changed[place] = changed[place].wrapping_add(change);
                repair_checksum(&mut changed);
                let _ = load_and_draw(&changed);
            }
        }
    }
}

#[test]
fn mutated_models_load_or_are_refused() {
    let mut dice = Dice::new(12);
    let models = models();
    let mut accepted = 0;
    for round in 0..rounds(20_000) {
        let script: Vec<u8> = (0..4 * dice.range(1, 6))
            .map(|_| dice.range(0, 255) as u8)
            .collect();
        let mut mutated = models[round % models.len()].clone();
        mutate(&mut mutated, &script);
        accepted += u32::from(load_and_draw(&mutated).is_ok());
    }
    assert!(
        accepted as usize >= rounds(1000),
        "only {accepted} are models: nothing is tried"
    );
}

#[test]
fn grown_models_load_or_are_refused() {
    let mut dice = Dice::new(13);
    let (mut refused, mut accepted) = (0, 0);
    for _ in 0..rounds(30_000) {
        let script: Vec<u8> = (0..120).map(|_| dice.range(0, 255) as u8).collect();
        if let Some(model) = grow(&script) {
            match load_and_draw(&model) {
                Ok(()) => accepted += 1,
                Err(_) => refused += 1,
            }
        }
    }
    assert!(
        accepted as usize >= rounds(1000),
        "only {accepted} accepted, {refused} refused"
    );
    assert!(
        refused >= rounds(100),
        "only {refused} refused, {accepted} accepted"
    );
}

#[test]
fn noise_is_refused() {
    let mut dice = Dice::new(14);
    for _ in 0..rounds(20_000) {
        let len = dice.range(0, 200);
        let mut noise: Vec<u8> = (0..len).map(|_| dice.range(0, 255) as u8).collect();
        assert!(load_and_draw(&noise).is_err());
        for (byte, magic) in noise.iter_mut().zip(*b"PGAN\x01") {
            *byte = magic;
        }
        repair_checksum(&mut noise);
        assert!(load_and_draw(&noise).is_err());
    }
}
