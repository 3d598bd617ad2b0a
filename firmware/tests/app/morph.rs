//! What the morph draws.

use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::prelude::*;
use firmware::{Drawn, Input, Morph, Style};

use crate::host::{Host, Running, model};
use crate::models::{image, model_of_styles};

/// How long a way from one seed to the next takes, in microseconds.
const WAY: u32 = 1 << 21;

fn start() -> Running<Morph, Gray4> {
    Running::start(model(model_of_styles()), Host::new(10, 11)).unwrap()
}

fn style(drawn: &[Drawn]) -> Style {
    assert_eq!(drawn.len(), 1, "one frame at a time");
    drawn[0].style
}

#[test]
fn goes_smoothly_from_seed_to_seed() {
    let mut morph = start();
    let mut frames = vec![style(&morph.settle())];
    for _ in 0..2 * 60 {
        let drawn = morph.after(WAY / 60);
        frames.extend(drawn.iter().map(|drawn| drawn.style));
    }
    assert_eq!(frames.len(), 1 + 2 * 60);
    assert_eq!(frames.last().unwrap().from, 1);
    for pair in frames.windows(2) {
        let place = |style: Style| u32::from(style.t) + 256 * style.from;
        assert_eq!(pair[0].to, pair[0].from + 1);
        let step = place(pair[1]) - place(pair[0]);
        assert!((1..10).contains(&step), "{pair:?}");
    }
}

#[test]
fn every_frame_is_the_picture_between_two_seeds() {
    let model = model(model_of_styles());
    let mut morph = Running::<Morph, Gray4>::start(model, Host::new(10, 11)).unwrap();
    morph.settle();
    let style = style(&morph.after(WAY / 2));
    assert_eq!(
        style,
        Style {
            from: 0,
            to: 1,
            t: 128
        }
    );
    let picture = image(model, style, 0);
    assert_ne!(picture, image(model, Style::of(0), 0));
    assert_ne!(picture, image(model, Style::of(1), 0));
    // 4x5 pixels, twice as large, in the middle of 10x11.
    for y in 0..10 {
        for x in 0..8 {
            let level = (f64::from(picture[y / 2][x / 2]) * 15.0 / 255.0).round() as u8;
            let shown = morph.host.panel.pixel(1 + x, y).unwrap();
            assert_eq!(shown.luma(), level, "{x}, {y}");
        }
    }
}

#[test]
fn the_same_frame_is_not_drawn_twice() {
    let mut morph = start();
    assert_eq!(morph.settle().len(), 1);
    assert_eq!(morph.after(1), []);
}

#[test]
fn action_holds_it_and_lets_it_go_on_from_there() {
    let mut morph = start();
    morph.settle();
    let before = style(&morph.after(WAY / 4));
    assert_eq!(style(&morph.input(Input::Action)), before);
    assert_eq!(morph.after(10 * WAY), []);
    morph.input(Input::Action);
    let after = style(&morph.after(WAY / 100));
    assert_eq!(after.from, before.from);
    assert!((before.t..before.t + 10).contains(&after.t), "{after:?}");
}

#[test]
fn the_digit_can_be_chosen() {
    let mut morph = start();
    morph.settle();
    for (input, label) in [
        (Input::Next, 1),
        (Input::Previous, 0),
        (Input::Previous, 9),
        (Input::Next, 0),
        (Input::Label(7), 7),
    ] {
        let drawn = morph.input(input);
        assert_eq!((drawn.len(), drawn[0].label), (1, label), "{input:?}");
    }
    assert_eq!(morph.input(Input::Label(10)), []);
}
