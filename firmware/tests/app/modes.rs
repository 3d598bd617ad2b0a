//! Changing modes.

use embedded_graphics::pixelcolor::Gray4;
use firmware::{Input, ModeName, Modes};

use crate::host::{Host, Running, labels, model, seeds};
use crate::models::{DIGITS, PICTURES, model_of_pictures};

fn start(pictures: &[&[&str]], width: u32, height: u32) -> Running<Modes, Gray4> {
    let model = model(model_of_pictures(pictures));
    Running::start(model, Host::new(width, height)).unwrap()
}

fn names(modes: &mut Running<Modes, Gray4>, inputs: &[Input]) -> Vec<ModeName> {
    let after = |&input| {
        modes.input(input);
        modes.app.mode().name()
    };
    inputs.iter().map(after).collect()
}

#[test]
fn one_input_goes_through_all_modes() {
    let mut modes = start(&DIGITS, 24, 12);
    assert_eq!(modes.app.mode().name(), ModeName::Gallery);
    assert_eq!(
        names(&mut modes, &[Input::NextMode; 5]),
        [
            ModeName::Morph,
            ModeName::Ask,
            ModeName::Handwriting,
            ModeName::Clock,
            ModeName::Gallery
        ]
    );
}

#[test]
fn modes_can_be_gone_through_backwards_or_named() {
    let mut modes = start(&DIGITS, 24, 12);
    assert_eq!(
        names(
            &mut modes,
            &[
                Input::PreviousMode,
                Input::PreviousMode,
                Input::Mode(ModeName::Morph)
            ]
        ),
        [ModeName::Clock, ModeName::Handwriting, ModeName::Morph]
    );
}

#[test]
fn a_model_without_ten_digits_has_no_clock() {
    let mut modes = start(&PICTURES, 20, 6);
    assert_eq!(
        names(
            &mut modes,
            &[
                Input::PreviousMode,
                Input::Mode(ModeName::Clock),
                Input::NextMode
            ]
        ),
        [
            ModeName::Handwriting,
            ModeName::Handwriting,
            ModeName::Gallery
        ]
    );
}

#[test]
fn nothing_is_left_of_the_mode_before() {
    let mut modes = start(&DIGITS, 17, 12);
    modes.settle();
    assert_eq!(labels(&modes.input(Input::Mode(ModeName::Ask))), [0]);
    modes.host.panel.assert_shows(&[
        ".................",
        "....######.......",
        "....######.......",
        "....##..##.......",
        "....##..##.......",
        "....##..##.......",
        "....##..##.......",
        "....##..##.......",
        "....##..##.......",
        "....######.......",
        "....######.......",
        ".................",
    ]);
}

#[test]
fn seeds_go_on_from_mode_to_mode() {
    let mut modes = start(&DIGITS, 17, 12);
    assert_eq!(seeds(&modes.settle()), [0, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(seeds(&modes.input(Input::Mode(ModeName::Ask))), [8]);
    modes.host.entropy = [1_000_000_007].into();
    assert_eq!(seeds(&modes.input(Input::Action)), [1_000_000_007]);
    assert_eq!(seeds(&modes.input(Input::Action)), [9]);
}

#[test]
fn the_clock_goes_on_while_another_mode_is_shown() {
    let mut modes = start(&DIGITS, 24, 7);
    modes.input(Input::Mode(ModeName::Clock));
    modes.input(Input::Action);
    modes.input(Input::Next);
    modes.input(Input::Mode(ModeName::Ask));
    for _ in 0..150 {
        modes.after(60_000_000);
    }
    let drawn = modes.input(Input::Mode(ModeName::Clock));
    assert_eq!(labels(&drawn), [1, 5, 3, 0]);
}
