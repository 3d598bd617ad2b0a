//! The time in generated digits.

use embedded_graphics::pixelcolor::{Gray4, GrayColor};
use firmware::{Clock, Input, Reason, Stop, Style, Time};

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, PICTURES, image, model_of_pictures, model_of_styles};

const MINUTE: u32 = 60_000_000;

fn start(width: u32, height: u32) -> Running<Clock, Gray4> {
    let model = model(model_of_pictures(&DIGITS));
    Running::start(model, Host::new(width, height)).unwrap()
}

#[test]
fn begins_with_twelve_in_the_middle() {
    let mut clock = start(20, 7);
    assert_eq!(labels(&clock.settle()), [1, 2, 0, 0]);
    clock.host.panel.assert_shows(&[
        "....................",
        "..#..###..###.###...",
        ".##....#.##.#.#.#...",
        "..#..###.##.#.#.#...",
        "..#..#....#.#.#.#...",
        ".###.###..###.###...",
        "....................",
    ]);
}

#[test]
fn every_minute_the_handwriting_changes_smoothly() {
    let model = model(model_of_styles());
    let mut clock = Running::<Clock, Gray4>::start(model, Host::new(20, 7)).unwrap();
    assert_eq!(seeds(&clock.settle()), [0; 4]);
    assert_eq!(clock.after(MINUTE - 1), []);

    // The way begins where the last one ended.
    let drawn = clock.after(1);
    assert_eq!(labels(&drawn), [1, 2, 0, 0]);
    let style = |t| Style { from: 0, to: 1, t };
    assert!(drawn.iter().all(|drawn| drawn.style == style(0)));
    let mut last = 0;
    for _ in 0..60 {
        let drawn = clock.after(30_000);
        if drawn.is_empty() {
            continue;
        }
        assert_eq!(drawn.len(), 4);
        let t = drawn[0].style.t;
        assert!((last..last + 10).contains(&t), "{last}, {t}");
        assert!(drawn.iter().all(|drawn| drawn.style == style(t)));
        // 12:00 becomes 12:01 half way.
        let ones = labels(&drawn).iter().filter(|&&label| label == 1).count();
        assert_eq!(ones, if t < 128 { 1 } else { 2 });
        last = t;
    }
    assert!(last > 200, "{last}");
    let drawn = clock.after(1_000_000);
    assert_eq!(seeds(&drawn), [1; 4]);
    let picture = image(model, Style::of(1), 1);
    for (y, row) in picture.iter().enumerate() {
        for (x, &ink) in row.iter().enumerate() {
            let level = (f64::from(ink) * 15.0 / 255.0).round() as u8;
            let shown = clock.host.panel.pixel(1 + x, 1 + y).unwrap();
            assert_eq!(shown.luma(), level);
        }
    }
    assert_eq!(clock.after(1_000_000), []);
}

#[test]
fn next_takes_another_handwriting() {
    let mut clock = start(20, 7);
    clock.settle();
    clock.input(Input::Next);
    assert_eq!(seeds(&clock.after(3_000_000)), [1; 4]);
    assert_eq!(clock.input(Input::Previous), []);
}

#[test]
fn action_sets_hours_then_minutes() {
    let mut clock = start(20, 7);
    clock.settle();
    // What is being set is black on white.
    assert_eq!(labels(&clock.input(Input::Action)), [1, 2]);
    clock.host.panel.assert_shows(&[
        "....................",
        ".#.##...#.###.###...",
        "...####.###.#.#.#...",
        ".#.##...###.#.#.#...",
        ".#.##.###.#.#.#.#...",
        "....#...#.###.###...",
        "....................",
    ]);
    assert_eq!(labels(&clock.input(Input::Next)), [3]);
    assert_eq!(labels(&clock.input(Input::Action)), [1, 3, 0, 0]);
    assert_eq!(labels(&clock.input(Input::Previous)), [5, 9]);
    assert_eq!(labels(&clock.input(Input::Action)), [5, 9]);
    clock.host.panel.assert_shows(&[
        "....................",
        "..#..###..###.###...",
        ".##....#.##...#.#...",
        "..#..###.####.###...",
        "..#....#....#...#...",
        ".###.###..###.###...",
        "....................",
    ]);
    // The minute began when it was set.
    assert_eq!(clock.after(MINUTE - 1), []);
    clock.after(1);
    let mut end = labels(&clock.after(3_000_000));
    end.sort();
    assert_eq!(end, [0, 0, 1, 4]);
}

#[test]
fn the_time_goes_on_while_microseconds_wrap() {
    let mut clock = start(20, 7);
    clock.settle();
    for _ in 0..24 * 60 {
        clock.after(MINUTE / 2);
        clock.after(MINUTE / 2);
    }
    clock.after(3_000_000);
    clock.host.panel.assert_shows(&[
        "....................",
        "..#..###..###.###...",
        ".##....#.##.#.#.#...",
        "..#..###.##.#.#.#...",
        "..#..#....#.#.#.#...",
        ".###.###..###.###...",
        "....................",
    ]);
}

#[test]
fn the_boards_clock_tells_the_time_and_is_set() {
    let mut host = Host::<Gray4>::new(20, 7);
    host.time = Time::new(23, 4);
    let mut clock = Running::<Clock, _>::start(model(model_of_pictures(&DIGITS)), host).unwrap();
    assert_eq!(labels(&clock.settle()), [2, 3, 0, 4]);
    assert_eq!(clock.after(MINUTE), [], "that clock stands still");
    clock.input(Input::Action);
    clock.input(Input::Next);
    assert_eq!(clock.host.time, Time::new(0, 4));
    clock.input(Input::Action);
    clock.input(Input::Previous);
    assert_eq!(clock.host.time, Time::new(0, 3));
}

#[test]
fn hours_stand_above_minutes_on_a_narrow_display() {
    let mut clock = start(8, 12);
    clock.settle();
    clock.host.panel.assert_shows(&[
        "........", ".#..###.", "##....#.", ".#..###.", ".#..#...", "###.###.", "###.###.",
        "#.#.#.#.", "#.#.#.#.", "#.#.#.#.", "###.###.", "........",
    ]);
}

#[test]
fn hours_and_minutes_take_turns_on_a_small_display() {
    let mut clock = start(10, 5);
    assert_eq!(labels(&clock.settle()), [1, 2]);
    clock.host.panel.assert_shows(&[
        ".#..###...",
        "##....#.#.",
        ".#..###.#.",
        ".#..#.....",
        "###.###...",
    ]);
    assert_eq!(clock.after(1_999_999), []);
    assert_eq!(labels(&clock.after(1)), [0, 0]);
    clock.host.panel.assert_shows(&[
        ".###.###..",
        "##.#.#.#..",
        "##.#.#.#..",
        ".#.#.#.#..",
        ".###.###..",
    ]);
    assert_eq!(labels(&clock.after(2_000_000)), [1, 2]);
    // What is being set stays.
    clock.input(Input::Action);
    assert_eq!(clock.after(10_000_000), []);
    assert_eq!(labels(&clock.input(Input::Action)), [0, 0]);
    assert_eq!(clock.after(10_000_000), []);
}

#[test]
fn a_model_without_ten_classes_cannot_tell_the_time() {
    let model = model(model_of_pictures(&PICTURES));
    let stop = Running::<Clock, Gray4>::start(model, Host::new(64, 64)).err();
    assert_eq!(stop, Some(Stop::Reason(Reason::NoDigits { classes: 3 })));
}
