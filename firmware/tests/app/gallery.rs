//! What the gallery draws, pixel by pixel.

use embedded_graphics::pixelcolor::{BinaryColor, Gray4, Rgb565};
use embedded_graphics::prelude::*;
use firmware::{Gallery, Ink, Input, Reason, Stop, Style};
use runtime::format::Shape;

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, PICTURES, image, model_of_pictures, model_of_weights};
use crate::panel::Character;

fn start<C: Character + Ink>(bytes: Vec<u8>, width: u32, height: u32) -> Running<Gallery, C> {
    Running::start(model(bytes), Host::new(width, height)).unwrap()
}

#[test]
fn a_page_holds_one_class_after_another_around_the_middle() {
    let mut gallery = start::<Gray4>(model_of_pictures(&PICTURES), 13, 8);
    assert_eq!(labels(&gallery.settle()), [0, 1, 2, 0]);
    gallery.host.panel.assert_shows(&[
        ".............",
        "...#...###...",
        "..###..#.#...",
        "...#...###...",
        "..1234..#....",
        ".56789.###...",
        ".ABCDE..#....",
        ".............",
    ]);
}

#[test]
fn the_next_page_goes_on_with_the_next_class_and_seed() {
    let mut gallery = start::<Gray4>(model_of_pictures(&PICTURES), 10, 3);
    let drawn = gallery.settle();
    assert_eq!((labels(&drawn), seeds(&drawn)), (vec![0, 1], vec![0, 1]));
    let drawn = gallery.input(Input::Action);
    assert_eq!((labels(&drawn), seeds(&drawn)), (vec![2, 0], vec![2, 3]));
    gallery
        .host
        .panel
        .assert_shows(&[".1234..#..", "56789.###.", "ABCDE..#.."]);
}

#[test]
fn pages_turn_by_themselves_every_four_seconds_until_the_first_input() {
    let mut gallery = start::<Gray4>(model_of_pictures(&PICTURES), 10, 3);
    assert_eq!(gallery.settle().len(), 2);
    assert_eq!(gallery.after(3_999_999), []);
    assert_eq!(gallery.after(1).len(), 2);
    assert_eq!(gallery.after(4_000_000).len(), 2);
    assert_eq!(gallery.input(Input::Next).len(), 2);
    assert_eq!(gallery.after(1_000_000_000), []);
    assert_eq!(gallery.input(Input::Action).len(), 2);
}

#[test]
fn an_input_while_a_page_is_drawn_turns_it_when_it_is_complete() {
    let mut gallery = start::<Gray4>(model_of_pictures(&PICTURES), 10, 3);
    gallery.step();
    assert_eq!(labels(&gallery.input(Input::Action)), [1, 2, 0]);
}

#[test]
fn pixels_become_squares_where_there_is_room_for_eight() {
    let mut gallery = start::<Gray4>(model_of_pictures(&PICTURES), 20, 24);
    assert_eq!(gallery.settle().len(), 8);
    assert_eq!(
        gallery.host.panel.rows()[..6],
        [
            "....##......######..",
            "....##......######..",
            "..######....##..##..",
            "..######....##..##..",
            "....##......######..",
            "....##......######..",
        ]
    );
}

#[test]
fn pixels_are_those_of_the_runtime_for_the_same_seed() {
    let weights: Vec<i8> = (0..99).map(|n| (n * 37 % 251 - 125) as i8).collect();
    let model = model(model_of_weights(Shape::new(9, 11, 1), &weights));
    let mut host = Host::<Gray4>::new(22, 9);
    host.entropy = [u32::MAX, 77].into();
    let mut gallery = Running::<Gallery, _>::start(model, host).unwrap();
    assert_eq!(seeds(&gallery.settle()), [u32::MAX, 77]);

    let pictures = [u32::MAX, 77].map(|seed| image(model, Style::of(seed), 0));
    for (cell, picture) in pictures.iter().enumerate() {
        for (y, row) in picture.iter().enumerate() {
            for (x, &ink) in row.iter().enumerate() {
                let level = (f64::from(ink) * 15.0 / 255.0).round() as u8;
                let shown = gallery.host.panel.pixel(11 * cell + x, y).unwrap();
                assert_eq!(shown.luma(), level, "{x}, {y}");
            }
        }
    }
    assert_ne!(pictures[0], pictures[1], "the seed makes a difference");
}

#[test]
fn one_bit_displays_show_greys_as_dots() {
    let grey = [
        "6666", "6666", "6666", "6666", "8888", "8888", "8888", "8888",
    ];
    let mut gallery = start::<BinaryColor>(model_of_pictures(&[&grey]), 9, 9);
    gallery.settle();
    gallery.host.panel.assert_shows(&[
        "#.#.#.#..",
        ".#...#...",
        "#.#.#.#..",
        ".........",
        "###.###..",
        ".#.#.#.#.",
        "#.#.#.#..",
        ".#.#.#.#.",
        ".........",
    ]);
}

#[test]
fn digits_on_one_bit_are_what_they_are() {
    let mut gallery = start::<BinaryColor>(model_of_pictures(&DIGITS), 16, 5);
    gallery.settle();
    gallery.host.panel.assert_shows(&[
        "###..#..###.###.",
        "#.#.##....#...#.",
        "#.#..#..###.###.",
        "#.#..#..#.....#.",
        "###.###.###.###.",
    ]);
}

#[test]
fn colour_displays_show_ink_in_the_palette() {
    let mut gallery = start::<Rgb565>(model_of_pictures(&PICTURES[2..]), 5, 3);
    gallery.settle();
    for (index, level) in (0..15).enumerate() {
        let (x, y) = (index % 5, index / 5);
        let expected = Rgb565::from_ink(17 * level, Point::zero());
        assert_eq!(gallery.host.panel.pixel(x, y), Some(expected));
    }
}

#[test]
fn refuses_what_it_cannot_show() {
    let stop = |bytes: Vec<u8>, width, height| {
        let host = Host::<Gray4>::new(width, height);
        Running::<Gallery, _>::start(model(bytes), host).err()
    };
    assert_eq!(stop(model_of_pictures(&PICTURES), 5, 3), None);
    assert_eq!(
        stop(model_of_pictures(&PICTURES), 4, 64),
        Some(Stop::Reason(Reason::DisplayTooSmall {
            needed: Size::new(5, 3),
            display: Size::new(4, 64)
        }))
    );
    let colored = model_of_weights(Shape::new(2, 2, 3), &[1; 12]);
    assert_eq!(
        stop(colored, 64, 64),
        Some(Stop::Reason(Reason::Channels { channels: 3 }))
    );
}
