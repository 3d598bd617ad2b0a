//! Pages and single digits in little memory.

use embedded_graphics::pixelcolor::Gray4;
use firmware::{Input, Pocket};

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, model_of_pictures};

/// How long a page stays, in microseconds.
const PAGE: u32 = 4_000_000;

fn start() -> Running<Pocket, Gray4> {
    Running::start(model(model_of_pictures(&DIGITS)), Host::new(10, 12)).unwrap()
}

#[test]
fn pages_turn_by_themselves_until_one_is_turned_by_hand() {
    let mut pocket = start();
    let first = pocket.settle();
    let count = first.len();
    assert!(count > 1);
    assert_eq!(pocket.after(PAGE - 1), []);
    let drawn = [first, pocket.after(1), pocket.input(Input::Action)].concat();
    let expected: Vec<u8> = (0..3 * count).map(|digit| (digit % 10) as u8).collect();
    assert_eq!(labels(&drawn), expected);
    assert!(seeds(&drawn).into_iter().eq(0..3 * count as u32));
    assert_eq!(pocket.after(100 * PAGE), []);
    assert_eq!(pocket.input(Input::Next).len(), count);
}

#[test]
fn the_mode_button_asks_for_single_digits_and_back() {
    let mut pocket = start();
    let page = pocket.settle().len();
    let one = pocket.input(Input::NextMode);
    let label = (page % 10) as u8;
    assert_eq!(labels(&one), [label]);
    assert_eq!(pocket.after(100 * PAGE), [], "it stays");
    assert_eq!(labels(&pocket.input(Input::Action)), [label]);
    assert_eq!(labels(&pocket.input(Input::Next)), [(label + 1) % 10]);
    let page = pocket.input(Input::NextMode);
    assert_eq!(labels(&page)[0], (label + 1) % 10);
    assert_eq!(pocket.after(PAGE).len(), page.len());
}
