//! The whole app on a board that is made of nothing.

mod common;

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::mono_font::MonoFont;
use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::{FONT_5X8, FONT_6X10};
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU4};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use embedded_hal::delay::DelayNs;
use embedded_hal::digital::{Error, ErrorKind, ErrorType, InputPin};
use firmware::{Board, Clock, Reason, Settings, Stop, run};
use runtime::{GenerateError, Model, ModelError};

use common::{PICTURES, model_of_pictures};

const SETTINGS: Settings = Settings {
    scale: 1,
    first_seed: 0,
};

type Frame = Framebuffer<Gray4, RawU4, BigEndian, 128, 64, { buffer_size::<Gray4>(128, 64) }>;

/// What happens around the app. Time is in milliseconds and passes only when the app waits.
struct World {
    now: u64,
    /// When the button goes down and up.
    held: Vec<(u64, u64)>,
    /// When the button's wire breaks, which ends the app.
    end: u64,
    /// When something was drawn, without repetition.
    drawn: Vec<u64>,
    frame: Frame,
}

#[derive(Clone)]
struct Part(Rc<RefCell<World>>);

#[derive(Debug, PartialEq, Eq)]
struct Broken;

impl Error for Broken {
    fn kind(&self) -> ErrorKind {
        ErrorKind::Other
    }
}

impl ErrorType for Part {
    type Error = Broken;
}

impl InputPin for Part {
    fn is_high(&mut self) -> Result<bool, Broken> {
        self.is_low().map(|low| !low)
    }

    fn is_low(&mut self) -> Result<bool, Broken> {
        let world = self.0.borrow();
        if world.now >= world.end {
            return Err(Broken);
        }
        Ok(world
            .held
            .iter()
            .any(|&(down, up)| (down..up).contains(&world.now)))
    }
}

impl DelayNs for Part {
    fn delay_ns(&mut self, ns: u32) {
        assert_eq!(ns % 1_000_000, 0, "the app waits for whole milliseconds");
        self.0.borrow_mut().now += u64::from(ns / 1_000_000);
    }
}

impl Clock for Part {
    fn micros(&self) -> Option<u32> {
        Some(self.0.borrow().now as u32 * 1_000)
    }
}

impl OriginDimensions for Part {
    fn size(&self) -> Size {
        self.0.borrow().frame.size()
    }
}

impl DrawTarget for Part {
    type Color = Gray4;
    type Error = Infallible;

    fn draw_iter<I>(&mut self, pixels: I) -> Result<(), Infallible>
    where
        I: IntoIterator<Item = Pixel<Gray4>>,
    {
        let mut world = self.0.borrow_mut();
        if world.drawn.last() != Some(&world.now) {
            let now = world.now;
            world.drawn.push(now);
        }
        world.frame.draw_iter(pixels)
    }
}

fn start(
    bytes: &[u8],
    workspace: usize,
    held: &[(u64, u64)],
    end: u64,
) -> (Stop<Infallible, Broken>, World) {
    let mut frame = Frame::new();
    frame.clear(Gray4::new(5)).unwrap();
    let world = Rc::new(RefCell::new(World {
        now: 0,
        held: held.to_vec(),
        end,
        drawn: Vec::new(),
        frame,
    }));
    let part = Part(Rc::clone(&world));
    let board = Board {
        display: part.clone(),
        button: part.clone(),
        delay: part.clone(),
        clock: part,
    };
    let Err(stop) = run(board, bytes, &mut vec![0; workspace], SETTINGS);
    let world = Rc::try_unwrap(world).ok().expect("the board is gone");
    (stop, world.into_inner())
}

/// When the gallery drew pages, until `end`.
fn pages(held: &[(u64, u64)], end: u64) -> Vec<u64> {
    let bytes = model_of_pictures(&PICTURES);
    let workspace = Model::from_bytes(&bytes).unwrap().workspace_len();
    let (stop, world) = start(&bytes, workspace, held, end);
    assert_eq!(stop, Stop::Button(Broken));
    world.drawn
}

/// Asserts that the display shows these lines from its top left corner, and nothing else.
fn assert_reads(frame: &Frame, font: &MonoFont, lines: &[&str]) {
    let mut expected = Frame::new();
    let style = MonoTextStyle::new(font, Gray4::WHITE);
    for (row, line) in lines.iter().enumerate() {
        let corner = Point::new(0, row as i32 * font.character_size.height as i32);
        Text::with_baseline(line, corner, style, Baseline::Top)
            .draw(&mut expected)
            .unwrap();
    }
    for point in frame.bounding_box().points() {
        assert_eq!(
            frame.pixel(point),
            expected.pixel(point),
            "{point}, {lines:#?}"
        );
    }
}

#[test]
fn pages_turn_by_themselves_every_four_seconds() {
    assert_eq!(pages(&[], 13_000), [0, 4_000, 8_000, 12_000]);
}

#[test]
fn after_a_press_a_page_stays_until_the_next() {
    let presses = [(5_000, 5_100), (30_000, 30_700)];
    assert_eq!(pages(&presses, 100_000), [0, 4_000, 5_000, 30_000]);
}

#[test]
fn a_button_that_is_held_from_the_start_counts_only_after_its_release() {
    let presses = [(0, 9_000), (10_000, 10_100)];
    assert_eq!(pages(&presses, 100_000), [0, 4_000, 8_000, 10_000]);
}

#[test]
fn what_was_on_the_display_before_is_gone() {
    let bytes = model_of_pictures(&[&["F"]]);
    let (_, world) = start(&bytes, 100, &[], 1);
    assert!(
        world
            .frame
            .bounding_box()
            .points()
            .all(|point| world.frame.pixel(point) == Some(Gray4::WHITE)),
        "128x64 pictures of one pixel each"
    );
    let bytes = model_of_pictures(&PICTURES);
    let (_, world) = start(&bytes, 100, &[], 1);
    // 25 x 21 pictures of 5x3 pixels leave two columns at the right and one row at the bottom.
    for edge in [Point::new(0, 9), Point::new(127, 9), Point::new(9, 63)] {
        assert_eq!(world.frame.pixel(edge), Some(Gray4::BLACK), "{edge}");
    }
}

#[test]
fn a_damaged_model_is_explained_on_the_display() {
    let mut bytes = model_of_pictures(&PICTURES);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let (stop, world) = start(&bytes, 1_000, &[], 1);
    assert_eq!(stop, Stop::Reason(Reason::Model(ModelError::Checksum)));
    assert_reads(
        &world.frame,
        &FONT_6X10,
        &[
            "No picture: the model",
            "file is cut or",
            "damaged (wrong",
            "checksum)",
        ],
    );
}

#[test]
fn a_small_workspace_is_explained_on_the_display() {
    let bytes = model_of_pictures(&PICTURES);
    let needed = Model::from_bytes(&bytes).unwrap().workspace_len();
    let (stop, world) = start(&bytes, 1, &[], 1);
    assert_eq!(
        stop,
        Stop::Reason(Reason::Generate(GenerateError::WorkspaceTooSmall {
            needed,
            given: 1
        }))
    );
    assert_reads(
        &world.frame,
        &FONT_6X10,
        &[
            "No picture: the model",
            "needs a workspace of",
            &format!("{needed} bytes, 1 were"),
            "given",
        ],
    );
}

#[test]
fn a_long_reason_is_written_smaller() {
    // Four lines of the larger font are 40 pixels high, too much for half of this display.
    let mut frame =
        Framebuffer::<Gray4, RawU4, BigEndian, 128, 32, { buffer_size::<Gray4>(128, 32) }>::new();
    Reason::Model(ModelError::Checksum)
        .show(&mut frame)
        .unwrap();
    let mut whole = Frame::new();
    for point in frame.bounding_box().points() {
        Pixel(point, frame.pixel(point).unwrap())
            .draw(&mut whole)
            .unwrap();
    }
    assert_reads(
        &whole,
        &FONT_5X8,
        &[
            "No picture: the model",
            "file is cut or damaged",
            "(wrong checksum)",
        ],
    );
}
