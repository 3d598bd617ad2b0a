//! Goes through all modes on a display in memory and saves what it shows as an animated PNG.
//!
//! `cargo run --release -p firmware --example tour -- docs/modes.png` makes the picture of the
//! README. This is also how a host steps the app: see `main` and `Host`.

use std::error::Error;
use std::ops::Range;
use std::path::PathBuf;
use std::{env, fs};

use embedded_graphics::framebuffer::{Framebuffer, buffer_size};
use embedded_graphics::image::GetPixel;
use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::pixelcolor::raw::{BigEndian, RawU4};
use embedded_graphics::prelude::*;
use firmware::{App, Board, Input, ModeName, Modes};
use runtime::Model;

const WIDTH: usize = 128;
const HEIGHT: usize = 64;
type Frame =
    Framebuffer<Gray4, RawU4, BigEndian, WIDTH, HEIGHT, { buffer_size::<Gray4>(WIDTH, HEIGHT) }>;

/// What a digit of the committed model takes on the emulated board lm3s6965evb, in microseconds.
const DIGIT: u32 = 60_000;
/// What the app rests between two looks at the buttons, in microseconds.
const REST: u32 = 10_000;
/// Side of the square that a pixel of the display becomes.
const MAGNIFY: usize = 3;
/// Black rim, in pixels.
const RIM: usize = 12;

/// When what is asked for, in milliseconds.
const SCRIPT: [(u32, Input); 14] = [
    (3_500, Input::Mode(ModeName::Handwriting)),
    (6_000, Input::Action),
    (8_500, Input::Mode(ModeName::Morph)),
    (10_600, Input::Label(3)),
    (12_700, Input::Mode(ModeName::Ask)),
    (13_400, Input::Label(7)),
    (14_100, Input::Action),
    (14_800, Input::Action),
    (15_500, Input::Mode(ModeName::Clock)),
    (16_500, Input::Action),
    (16_900, Input::Action),
    (17_200, Input::Previous),
    (17_900, Input::Action),
    (18_500, Input::Next),
];
/// When it begins and ends, in milliseconds: the first page is complete then.
const SHOWN: Range<u32> = 500..22_000;

struct Host {
    frame: Frame,
    micros: u32,
    inputs: Vec<Input>,
}

impl Board for Host {
    type Display = Frame;

    fn display(&mut self) -> &mut Frame {
        &mut self.frame
    }

    fn micros(&self) -> u32 {
        self.micros
    }

    fn input(&mut self) -> Option<Input> {
        self.inputs.pop()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let output = arguments
        .next()
        .ok_or("usage: tour OUTPUT.png [MODEL.gen.bin]")?;
    let committed = concat!(env!("CARGO_MANIFEST_DIR"), "/models/digits.gen.bin");
    let path = arguments.next().unwrap_or_else(|| committed.into());
    let file = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    // A model is read at a multiple of four.
    let mut memory = vec![0_u32; file.len().div_ceil(4)];
    let bytes = &mut bytemuck::cast_slice_mut(&mut memory)[..file.len()];
    bytes.copy_from_slice(&file);
    let model = Model::from_bytes(bytes)?;
    let mut workspace = vec![0; model.workspace_len()];

    let mut host = Host {
        frame: Frame::new(),
        micros: 0,
        inputs: Vec::new(),
    };
    let mut app: App<Modes> =
        App::start(&model, &mut workspace, &mut host).map_err(|stop| stop.to_string())?;
    let mut script = SCRIPT.into_iter().peekable();
    // What the display showed, and for how long, in milliseconds.
    let mut shown: Vec<(Vec<u8>, u32)> = Vec::new();
    while host.micros < SHOWN.end * 1_000 {
        if let Some((_, input)) = script.next_if(|(ms, _)| ms * 1_000 <= host.micros) {
            host.inputs.push(input);
        }
        let drawn = app.step(&mut host)?;
        let passed = if drawn.is_some() { DIGIT } else { REST };
        host.micros += passed;
        if host.micros < SHOWN.start * 1_000 {
            continue;
        }
        let pixels = magnified(&host.frame);
        match shown.last_mut() {
            Some((last, ms)) if *last == pixels => *ms += passed / 1_000,
            _ => shown.push((pixels, passed / 1_000)),
        }
    }
    fs::write(&output, animated_png(&shown)?)
        .map_err(|error| format!("{}: {error}", output.display()))?;
    println!("{} frames are in {}", shown.len(), output.display());
    Ok(())
}

const SIZE: [usize; 2] = [WIDTH * MAGNIFY + 2 * RIM, HEIGHT * MAGNIFY + 2 * RIM];

/// The picture of a frame, two pixels of four bits in a byte.
fn magnified(frame: &Frame) -> Vec<u8> {
    let place = |pixel: usize| Some(pixel.checked_sub(RIM)? / MAGNIFY);
    let level = |x, y| {
        let point = Point::new(place(x)? as i32, place(y)? as i32);
        frame.pixel(point).map(|color| color.luma())
    };
    let rows = (0..SIZE[1]).flat_map(|y| (0..SIZE[0]).step_by(2).map(move |x| (x, y)));
    rows.map(|(x, y)| level(x, y).unwrap_or(0) << 4 | level(x + 1, y).unwrap_or(0))
        .collect()
}

fn animated_png(shown: &[(Vec<u8>, u32)]) -> Result<Vec<u8>, png::EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, SIZE[0] as u32, SIZE[1] as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Four);
    encoder.set_compression(png::Compression::High);
    encoder.set_filter(png::Filter::Up);
    encoder.set_animated(shown.len() as u32, 0)?;
    let mut writer = encoder.write_header()?;
    for (pixels, ms) in shown {
        writer.set_frame_delay(*ms as u16, 1_000)?;
        writer.write_image_data(pixels)?;
    }
    writer.finish()?;
    Ok(bytes)
}
