//! The modes, chosen and used by the board's buttons.

use std::path::PathBuf;

use runtime::{Latent, Model};

use tests::board::Keys;
use tests::emulator::Emulator;
use tests::modes::{MODES, choose, wait_for_buttons};

use crate::{COMMITTED, PATIENCE, RANDOM, assert_shows, black, levels, start};

/// A running board and the model that it shows.
struct Running {
    emulator: Emulator,
    model: Model<'static>,
    keys: Keys,
}

impl Running {
    /// The board, once it has come to the mode of this name.
    fn in_mode(name: &str) -> Self {
        Self::showing(&RANDOM, name)
    }

    /// The same with a firmware that shows another model.
    fn showing((bytes, elf): &'static (Vec<u8>, PathBuf), name: &str) -> Self {
        let mut emulator = start(elf);
        wait_for_buttons(&mut emulator)
            .and_then(|()| choose(&mut emulator, name))
            .unwrap_or_else(|error| panic!("{error}"));
        Self {
            keys: emulator.board().keys,
            emulator,
            model: Model::from_bytes(bytes).unwrap(),
        }
    }

    /// Waits for a message that begins with `start`, and returns the first `N` numbers in what
    /// follows.
    fn numbers_after<const N: usize>(&mut self, start: &str) -> [u32; N] {
        self.emulator
            .wait_for(start, PATIENCE, |message| {
                let rest = message.strip_prefix(start)?;
                let words = rest.split(|character: char| !character.is_ascii_digit());
                let mut numbers = words.filter_map(|word| word.parse().ok());
                let array = [(); N].map(|()| numbers.next());
                Some(array.map(|number| number.expect("as many numbers")))
            })
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// Presses `key`, then as [`Running::numbers_after`].
    fn press<const N: usize>(&mut self, key: &str, start: &str) -> [u32; N] {
        self.emulator
            .press(key)
            .unwrap_or_else(|error| panic!("{error}"));
        self.numbers_after(start)
    }

    fn picture(&self, seed: u32, label: u32) -> Vec<Vec<u8>> {
        let latent = Latent::from_seed(seed, self.model.latent_len());
        levels(&self.model, &latent, label as u8)
    }

    #[track_caller]
    fn assert_shows(&mut self, expected: &[Vec<u8>], what: &str) {
        assert_shows(&self.emulator.screen().unwrap(), expected, what);
    }
}

/// Puts a picture on a display.
fn put(screen: &mut [Vec<u8>], (left, top): (usize, usize), picture: &[Vec<u8>]) {
    for (y, row) in picture.iter().enumerate() {
        screen[top + y][left..left + row.len()].copy_from_slice(row);
    }
}

/// A display with a picture in its middle, twice as large.
fn large(picture: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut screen = black();
    for y in 0..56 {
        for x in 0..56 {
            screen[4 + y][36 + x] = picture[y / 2][x / 2];
        }
    }
    screen
}

#[test]
fn down_goes_through_all_modes_and_up_goes_back() {
    let mut board = Running::in_mode("Morph");
    for mode in MODES.iter().cycle().skip(2).take(5) {
        let [] = board.press(board.keys.next_mode, &format!("mode: {}", mode.name));
    }
    for name in ["Gallery", "Clock", "Handwriting"] {
        let [] = board.press(board.keys.previous_mode, &format!("mode: {name}"));
    }
}

#[test]
fn morph_shows_the_committed_model_thirty_times_a_second() {
    let mut board = Running::showing(&COMMITTED, "Morph");
    // Time is counted in instructions, so this is the same on every host.
    let [frames, micros] = board.numbers_after("morph: ");
    println!("{frames} frames in {micros} us");
    assert!(frames * 1_000 >= 30 * (micros / 1_000));
}

#[test]
fn morph_shows_pictures_between_two_seeds_thirty_times_a_second() {
    let mut board = Running::in_mode("Morph");
    let [frames, micros] = board.numbers_after("morph: ");
    // This model is small; the emulated core takes 1.6 cycles an instruction at 50 MHz.
    assert!(
        frames * 1_000 >= 30 * (micros / 1_000),
        "{frames}, {micros}"
    );

    let [label, t, whole, from, to] = board.press(board.keys.action, "morph: held, label ");
    assert_eq!((label, whole, to), (0, 256, from + 1));
    let [from, to] = [from, to].map(|seed| Latent::from_seed(seed, board.model.latent_len()));
    let latent = Latent::interpolate(&from, &to, t as u16);
    let picture = levels(&board.model, &latent, 0);
    board.assert_shows(&large(&picture), &format!("{t}/256 of the way"));

    // Another digit of the same latent.
    let [label] = board.press(board.keys.previous, "morph: held, label ");
    assert_eq!(label, 9);
    let picture = levels(&board.model, &latent, 9);
    board.assert_shows(&large(&picture), &format!("digit 9 at {t}/256"));
}

#[test]
fn ask_draws_the_digit_that_the_buttons_choose() {
    let mut board = Running::in_mode("Ask");
    let [label, mut seed] = board.numbers_after("ask: label ");
    assert_eq!(label, 0);
    board.assert_shows(&large(&board.picture(seed, label)), "the first digit");
    let keys = board.keys;
    for (key, expected) in [
        (keys.next, 1),
        (keys.action, 1),
        (keys.previous, 0),
        (keys.previous, 9),
    ] {
        let [label, next] = board.press(key, "ask: label ");
        assert_eq!((label, next), (expected, seed + 1), "{key}");
        seed = next;
        board.assert_shows(&large(&board.picture(seed, label)), key);
    }
}

#[test]
fn handwriting_shows_all_digits_of_a_seed() {
    let mut board = Running::in_mode("Handwriting");
    let [0, 9, first] = board.numbers_after("handwriting: labels ") else {
        panic!("not on one page");
    };
    for seed in [first, first + 1] {
        if seed != first {
            assert_eq!(
                board.press(board.keys.action, "handwriting: labels "),
                [0, 9, seed]
            );
        }
        // Two rows of five, one pixel from the left and four from the top; the pictures are cut to
        // 25 columns, from the second on.
        let mut screen = black();
        for label in 0..10 {
            let mut picture = board.picture(seed, label);
            picture
                .iter_mut()
                .for_each(|row| *row = row[1..26].to_vec());
            let place = (label as usize % 5 * 25 + 1, label as usize / 5 * 28 + 4);
            put(&mut screen, place, &picture);
        }
        board.assert_shows(&screen, &format!("seed {seed}"));
    }
}

/// A time on the display, the hours or the minutes black on white.
fn face(board: &Running, seed: u32, [hour, minute]: [u32; 2], negative: &[usize]) -> Vec<Vec<u8>> {
    let mut screen = black();
    let digits = [hour / 10, hour % 10, minute / 10, minute % 10];
    for (index, (digit, left)) in digits.into_iter().zip([4, 32, 67, 95]).enumerate() {
        let mut picture = board.picture(seed, digit);
        if negative.contains(&index) {
            let pixels = picture.iter_mut().flatten();
            pixels.for_each(|level| *level = 15 - *level);
        }
        put(&mut screen, (left, 18), &picture);
    }
    for top in [27, 34] {
        put(&mut screen, (62, top), &vec![vec![15; 3]; 3]);
    }
    screen
}

#[test]
fn clock_shows_the_time_and_is_set_by_the_buttons() {
    let mut board = Running::in_mode("Clock");
    let keys = board.keys;
    let ready = "clock: ready, ";
    let [hour, minute, seed] = board.numbers_after(ready);
    assert_eq!(hour, 12);
    board.assert_shows(&face(&board, seed, [hour, minute], &[]), "the clock");

    board.press::<3>(keys.action, ready);
    let time = board.press(keys.next, "clock: set to ");
    assert_eq!(time, [hour + 1, minute]);
    assert_eq!(board.numbers_after(ready), [time[0], time[1], seed]);
    board.assert_shows(&face(&board, seed, time, &[0, 1]), "setting the hours");

    board.press::<3>(keys.action, ready);
    let time = board.press(keys.previous, "clock: set to ");
    assert_eq!(time, [hour + 1, (minute + 59) % 60]);
    assert_eq!(board.numbers_after(ready), [time[0], time[1], seed]);
    board.assert_shows(&face(&board, seed, time, &[2, 3]), "setting the minutes");

    board.press::<3>(keys.action, ready);
    board.assert_shows(&face(&board, seed, time, &[]), "the clock, set");

    // Another handwriting, into which this one changes.
    let [_, _, other] = board.press(keys.next, ready);
    assert_eq!(other, seed + 1);
    board.assert_shows(&face(&board, other, time, &[]), "another handwriting");
}
