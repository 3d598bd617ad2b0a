//! The modes, chosen and used by the board's two buttons.

use runtime::Latent;

use tests::pico::Pico;

use crate::{
    ACTION, Firmware, MODE, RANDOM, assert_shows, dark, dithered, ink, numbers_after, put,
};

/// The modes, as the log names them, in their order.
const MODES: [&str; 5] = ["Gallery", "Morph", "Ask", "Handwriting", "Clock"];
/// How long a button is held, in microseconds, that is to be taken as held once.
const HELD: u64 = 600_000;

/// The board, once it has come to the mode `name`.
fn in_mode(name: &str) -> Pico<'static> {
    let (_, firmware) = &*RANDOM;
    let mut pico = firmware.start();
    let [] = numbers_after(&mut pico, "page 0 ready");
    let presses = MODES.iter().position(|mode| *mode == name).unwrap();
    for mode in &MODES[1..=presses] {
        pico.press(MODE).unwrap();
        let [] = numbers_after(&mut pico, &format!("mode: {mode}"));
    }
    pico
}

fn seeded(seed: u32, label: u32) -> Vec<Vec<u8>> {
    ink(&RANDOM.0, |len| Latent::from_seed(seed, len), label)
}

/// A display with a picture in its middle, twice as large.
fn large(picture: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut screen = dark();
    put(&mut screen, (36, 4), &dithered(picture, 2));
    screen
}

/// The next page of the gallery, as it should be by its log: two rows of four digits.
fn page(pico: &mut Pico, model: &[u8], first_label: u32) -> Vec<Vec<u8>> {
    let mut screen = dark();
    let mut seeds = Vec::new();
    for cell in 0..8_u32 {
        let [label, seed] = numbers_after(pico, "gallery: label ");
        assert_eq!(label, (first_label + cell) % 10);
        let picture = ink(model, |len| Latent::from_seed(seed, len), label);
        let place = (8 + cell as usize % 4 * 28, 4 + cell as usize / 4 * 28);
        put(&mut screen, place, &dithered(&picture, 1));
        seeds.push(seed);
    }
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 8, "a seed came twice");
    screen
}

#[test]
fn the_gallery_shows_the_digits_that_the_host_computes() {
    let (model, firmware) = &*RANDOM;
    let mut pico = firmware.start();
    let first = page(&mut pico, model, 0);
    let [] = numbers_after(&mut pico, "page 0 ready");
    assert_shows(&pico.screen(), &first, "page 0");

    pico.press(ACTION).unwrap();
    let second = page(&mut pico, model, 8);
    let [] = numbers_after(&mut pico, "page 1 stays");
    assert_shows(&pico.screen(), &second, "page 1");
    // Without the press, it would have turned after four seconds.
    pico.run(5_000_000).unwrap();
    assert_shows(&pico.screen(), &second, "page 1, later");

    assert_eq!(pico.resets(), 0);
    assert!(pico.complaints().is_empty(), "{:?}", pico.complaints());
}

#[test]
fn seeds_follow_from_the_noise_of_the_ring_oscillator() {
    let (_, firmware) = &*RANDOM;
    let seed = |entropy| {
        let mut pico = Pico::start(&firmware.elf, &firmware.log, entropy).unwrap();
        let [_, seed] = numbers_after(&mut pico, "gallery: label ");
        seed
    };
    assert_ne!(seed(1), seed(2));
}

#[test]
fn the_model_of_the_repository_fits_and_is_shown() {
    let model = std::fs::read(embed::default_model()).expect("the model of the repository");
    let firmware = Firmware::build(None, "rp-pico-default.elf");
    let mut pico = firmware.start();
    let first = page(&mut pico, &model, 0);
    let [] = numbers_after(&mut pico, "page 0 ready");
    assert_shows(&pico.screen(), &first, "page 0");
    for mode in MODES.iter().cycle().skip(1).take(5) {
        pico.press(MODE).unwrap();
        let [] = numbers_after(&mut pico, &format!("mode: {mode}"));
        pico.run(3_000_000).unwrap();
    }
    let memory = pico.memory().unwrap();
    assert!(
        memory.fixed > 1_000 && memory.stack > 500 && memory.fixed + memory.stack <= 12 * 1024,
        "{memory:?}"
    );
}

#[test]
fn morph_shows_pictures_between_two_seeds_thirty_times_a_second() {
    let mut pico = in_mode("Morph");
    let [frames, micros] = numbers_after(&mut pico, "morph: ");
    assert!(
        frames * 1_000 >= 30 * (micros / 1_000),
        "{frames}, {micros}"
    );
    pico.press(ACTION).unwrap();
    let [label, t, _of, from, to] = numbers_after(&mut pico, "morph: held, label ");
    assert_ne!(from, to);
    let between = |len| {
        let [from, to] = [from, to].map(|seed| Latent::from_seed(seed, len));
        Latent::interpolate(&from, &to, t as u16)
    };
    let picture = ink(&RANDOM.0, between, label);
    assert_shows(&pico.screen(), &large(&picture), "a held morph");
}

#[test]
fn ask_draws_the_digit_that_the_button_chooses() {
    let mut pico = in_mode("Ask");
    let [label, seed] = numbers_after(&mut pico, "ask: label ");
    assert_eq!(label, 0);
    assert_shows(&pico.screen(), &large(&seeded(seed, label)), "the first");

    pico.press(ACTION).unwrap();
    let [label, other] = numbers_after(&mut pico, "ask: label ");
    assert!(label == 0 && other != seed);
    assert_shows(&pico.screen(), &large(&seeded(other, label)), "another 0");

    pico.hold(ACTION, HELD).unwrap();
    let [label, seed] = numbers_after(&mut pico, "ask: label ");
    assert_eq!(label, 1);
    assert_shows(&pico.screen(), &large(&seeded(seed, label)), "the next");
}

#[test]
fn handwriting_shows_all_digits_of_a_seed() {
    let mut pico = in_mode("Handwriting");
    let mut seeds = Vec::new();
    for _ in 0..2 {
        let [first, last, seed] = numbers_after(&mut pico, "handwriting: labels ");
        assert_eq!((first, last), (0, 9));
        // Two rows of five, one pixel from the left and four from the top; the pictures are cut to
        // 25 columns, from the second on.
        let mut screen = dark();
        for label in 0..10 {
            let mut picture = seeded(seed, label);
            for row in &mut picture {
                *row = row[1..26].to_vec();
            }
            let place = (label as usize % 5 * 25 + 1, label as usize / 5 * 28 + 4);
            put(&mut screen, place, &dithered(&picture, 1));
        }
        assert_shows(&pico.screen(), &screen, &format!("seed {seed}"));
        seeds.push(seed);
        pico.press(ACTION).unwrap();
    }
    assert_ne!(seeds[0], seeds[1]);
}

#[test]
fn the_clock_shows_the_time_and_is_set_by_the_buttons() {
    let mut pico = in_mode("Clock");
    let ready = |pico: &mut Pico| -> [u32; 3] { numbers_after(pico, "clock: ready, ") };
    let face = |[hour, minute, seed]: [u32; 3], negative: &[usize]| {
        let mut screen = dark();
        let digits = [hour / 10, hour % 10, minute / 10, minute % 10];
        for (index, (digit, left)) in digits.into_iter().zip([4, 32, 67, 95]).enumerate() {
            let mut picture = seeded(seed, digit);
            if negative.contains(&index) {
                picture
                    .iter_mut()
                    .flatten()
                    .for_each(|ink| *ink = 255 - *ink);
            }
            put(&mut screen, (left, 18), &dithered(&picture, 1));
        }
        for top in [27, 34] {
            put(&mut screen, (62, top), &vec![vec![1; 3]; 3]);
        }
        screen
    };
    let noon = ready(&mut pico);
    assert_eq!(noon[..2], [12, 0]);
    assert_shows(&pico.screen(), &face(noon, &[]), "noon");

    pico.press(ACTION).unwrap();
    assert_eq!(ready(&mut pico), noon);
    assert_shows(&pico.screen(), &face(noon, &[0, 1]), "setting the hours");

    pico.hold(ACTION, HELD).unwrap();
    let one = ready(&mut pico);
    assert_eq!(one, [13, 0, noon[2]]);
    assert_shows(&pico.screen(), &face(one, &[0, 1]), "one o'clock");

    pico.press(ACTION).unwrap();
    ready(&mut pico);
    pico.press(ACTION).unwrap();
    assert_eq!(ready(&mut pico), one);
    // A minute after it was set, in another handwriting.
    pico.run(60_000_000).unwrap();
    let next = ready(&mut pico);
    assert_eq!(next[..2], [13, 1]);
    assert_ne!(next[2], one[2]);
    assert_shows(&pico.screen(), &face(next, &[]), "a minute later");
    assert!(pico.complaints().is_empty(), "{:?}", pico.complaints());
}
