//! What the gallery draws, pixel by pixel.

mod common;

use embedded_graphics::mock_display::MockDisplay;
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::prelude::*;
use firmware::{Drawn, Gallery, NoClock, Reason, Settings};
use runtime::format::Shape;
use runtime::{GenerateError, Generator, Latent, Model};

use common::{PICTURES, model_of_pictures, model_of_weights};

const SETTINGS: Settings = Settings {
    scale: 1,
    first_seed: 7,
};

/// Draws `count` digits of `bytes` on the top left part of a display, of `size` pixels.
fn draw(bytes: &[u8], size: Size, settings: Settings, count: u32) -> MockDisplay<Gray4> {
    let model = Model::from_bytes(bytes).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut gallery = Gallery::new(&model, &mut workspace, size, settings).unwrap();
    let mut display = MockDisplay::new();
    display.set_allow_overdraw(true);
    for number in 0..count {
        let drawn = gallery.draw_next(&mut display, &NoClock).unwrap();
        let classes = u32::from(model.classes()).max(1);
        assert_eq!(
            drawn,
            Drawn {
                number,
                seed: settings.first_seed.wrapping_add(number),
                label: (number % classes) as u8,
                micros: None,
                display_micros: None,
            }
        );
    }
    display
}

#[test]
fn a_page_holds_one_class_after_another_around_the_middle() {
    let bytes = model_of_pictures(&PICTURES);
    draw(&bytes, Size::new(13, 8), SETTINGS, 4).assert_pattern(&[
        "             ",
        " 00F000FFF0  ",
        " 0FFF00F0F0  ",
        " 00F000FFF0  ",
        " 0123400F00  ",
        " 567890FFF0  ",
        " ABCDE00F00  ",
    ]);
}

#[test]
fn the_next_page_goes_on_with_the_next_class() {
    let bytes = model_of_pictures(&PICTURES);
    draw(&bytes, Size::new(10, 3), SETTINGS, 4).assert_pattern(&[
        "0123400F00",
        "567890FFF0",
        "ABCDE00F00",
    ]);
}

#[test]
fn pixels_become_squares_at_an_integer_scale() {
    let bytes = model_of_pictures(&PICTURES);
    let settings = Settings {
        scale: 2,
        ..SETTINGS
    };
    draw(&bytes, Size::new(13, 7), settings, 1).assert_pattern(&[
        " 0000FF0000",
        " 0000FF0000",
        " 00FFFFFF00",
        " 00FFFFFF00",
        " 0000FF0000",
        " 0000FF0000",
    ]);
}

#[test]
fn pixels_are_those_of_the_runtime_for_the_same_seed() {
    let image = Shape::new(9, 11, 1);
    let weights: Vec<i8> = (0..99).map(|n| (n * 37 % 251 - 125) as i8).collect();
    let bytes = model_of_weights(image, &weights);
    let settings = Settings {
        scale: 1,
        first_seed: u32::MAX,
    };
    let display = draw(&bytes, Size::new(22, 9), settings, 2);

    let model = Model::from_bytes(&bytes).unwrap();
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(&model, &mut workspace).unwrap();
    let mut pictures = Vec::new();
    for (cell, seed) in [u32::MAX, 0].into_iter().enumerate() {
        let mut pixels = [0; 99];
        let latent = Latent::from_seed(seed, model.latent_len());
        generator.generate(&latent, 0, &mut pixels).unwrap();
        for (index, &ink) in pixels.iter().enumerate() {
            let at = Point::new((cell * 11 + index % 11) as i32, (index / 11) as i32);
            let level = (f64::from(ink) * 15.0 / 255.0).round() as u8;
            assert_eq!(display.get_pixel(at), Some(Gray4::new(level)), "{at}");
        }
        pictures.push(pixels);
    }
    assert_ne!(pictures[0], pictures[1], "the seed makes a difference");
}

#[test]
fn refuses_what_it_cannot_show() {
    let reason = |bytes: &[u8], workspace: usize, size| {
        let model = Model::from_bytes(bytes).unwrap();
        Gallery::new(&model, &mut vec![0; workspace], size, SETTINGS).err()
    };
    let bytes = model_of_pictures(&PICTURES);
    let needed = Model::from_bytes(&bytes).unwrap().workspace_len();
    let size = Size::new(64, 64);
    assert_eq!(reason(&bytes, needed, size), None);
    assert_eq!(
        reason(&bytes, needed - 1, size),
        Some(Reason::Generate(GenerateError::WorkspaceTooSmall {
            needed,
            given: needed - 1
        }))
    );
    assert_eq!(
        reason(&bytes, needed, Size::new(4, 64)),
        Some(Reason::DisplayTooSmall {
            needed: Size::new(5, 3),
            display: Size::new(4, 64)
        })
    );
    let colored = model_of_weights(Shape::new(2, 2, 3), &[1; 12]);
    assert_eq!(
        reason(&colored, 100, size),
        Some(Reason::Channels { channels: 3 })
    );
}
