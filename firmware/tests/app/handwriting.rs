//! All digits in one handwriting.

use embedded_graphics::pixelcolor::Gray4;
use firmware::{Handwriting, Input};

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, model_of_pictures};

fn start(width: u32, height: u32) -> Running<Handwriting, Gray4> {
    let model = model(model_of_pictures(&DIGITS));
    Running::start(model, Host::new(width, height)).unwrap()
}

#[test]
fn shows_all_digits_in_one_style() {
    let mut hand = start(21, 12);
    let drawn = hand.settle();
    assert_eq!(labels(&drawn), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(seeds(&drawn), [0; 10]);
    hand.host.panel.assert_shows(&[
        ".....................",
        "###..#..###.###.#.#..",
        "#.#.##....#...#.#.#..",
        "#.#..#..###.###.###..",
        "#.#..#..#.....#...#..",
        "###.###.###.###...#..",
        "###.###.###.###.###..",
        "#...#.....#.#.#.#.#..",
        "###.###...#.###.###..",
        "..#.#.#...#.#.#...#..",
        "###.###...#.###.###..",
        ".....................",
    ]);
    assert_eq!(hand.after(1_000_000_000), []);
}

#[test]
fn an_input_takes_another_style() {
    let mut hand = start(21, 12);
    hand.settle();
    assert_eq!(seeds(&hand.input(Input::Action)), [1; 10]);
    assert_eq!(seeds(&hand.input(Input::Next)), [2; 10]);
    hand.host.inputs.push_back(Input::Action);
    hand.step();
    // In the middle of a style.
    let drawn = hand.input(Input::Action);
    assert_eq!(labels(&drawn), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert_eq!(seeds(&drawn), [4; 10]);
}

#[test]
fn digits_lose_their_margins_where_that_makes_room_for_all() {
    let mut hand = start(15, 10);
    assert_eq!(hand.settle().len(), 10);
    hand.host.panel.assert_shows(&[
        "###.#.#######.#",
        "#.###...#..##.#",
        "#.#.#.#########",
        "#.#.#.#....#..#",
        "############..#",
        "###############",
        "#..#....##.##.#",
        "######..#######",
        "..##.#..##.#..#",
        "######..#######",
    ]);
}

#[test]
fn digits_come_in_pages_where_not_all_fit() {
    let mut hand = start(13, 6);
    assert_eq!(labels(&hand.settle()), [0, 1, 2, 3]);
    assert_eq!(hand.after(1_999_999), []);
    assert_eq!(labels(&hand.after(1)), [4, 5, 6, 7]);
    assert_eq!(labels(&hand.after(2_000_000)), [8, 9]);
    hand.host.panel.assert_shows(&[
        "######.......",
        "#.##.#.......",
        "######.......",
        "#.#..#.......",
        "######.......",
        ".............",
    ]);
    assert_eq!(labels(&hand.after(2_000_000)), [0, 1, 2, 3]);
    // Another style begins with the first page.
    hand.after(2_000_000);
    assert_eq!(labels(&hand.input(Input::Action)), [0, 1, 2, 3]);
}
