//! What is drawn for whoever asks.

use embedded_graphics::pixelcolor::Gray4;
use firmware::{Ask, Input};

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, model_of_pictures};

fn start() -> Running<Ask, Gray4> {
    Running::start(model(model_of_pictures(&DIGITS)), Host::new(10, 12)).unwrap()
}

#[test]
fn the_digit_asked_for_is_large_and_in_the_middle() {
    let mut ask = start();
    ask.settle();
    assert_eq!(labels(&ask.input(Input::Label(4))), [4]);
    ask.host.panel.assert_shows(&[
        "..........",
        ".##..##...",
        ".##..##...",
        ".##..##...",
        ".##..##...",
        ".######...",
        ".######...",
        ".....##...",
        ".....##...",
        ".....##...",
        ".....##...",
        "..........",
    ]);
}

#[test]
fn each_answer_has_a_seed_of_its_own() {
    let mut ask = start();
    let mut drawn = ask.settle();
    for input in [Input::Action, Input::Action, Input::Next, Input::Previous] {
        drawn.extend(ask.input(input));
    }
    assert_eq!(labels(&drawn), [0, 0, 0, 1, 0]);
    assert_eq!(seeds(&drawn), [0, 1, 2, 3, 4]);
}

#[test]
fn digits_go_round() {
    let mut ask = start();
    ask.settle();
    assert_eq!(labels(&ask.input(Input::Previous)), [9]);
    assert_eq!(labels(&ask.input(Input::Next)), [0]);
}

#[test]
fn stays_until_it_is_asked_again() {
    let mut ask = start();
    assert_eq!(ask.settle().len(), 1);
    assert_eq!(ask.after(1_000_000_000), []);
    assert_eq!(ask.input(Input::Label(10)), [], "there is no such digit");
}
