//! The app in a web page.
//!
//! The page makes an instance of this module for each model, as one flashes a board: [`board`]
//! makes room for a model file, the page fills it, [`load`] starts. Then the page calls [`step`]
//! for every frame, and [`draw`] for single images. What fails is told by [`text`].
#![no_std]
#![no_main]
// The page calls functions by their names, which the compiler must leave as they are.
#![allow(unsafe_code)]

mod facts;
mod machine;
mod memory;
mod page;
mod running;
mod screen;
mod studio;

use core::fmt;
use core::ptr;

use firmware::{Input, ModeName, Words};
use static_cell::StaticCell;

use facts::Facts;
use running::Running;
use screen::Depth;
use studio::Place;

include!(concat!(env!("OUT_DIR"), "/model.rs"));

/// All that the page works with. It keeps a pointer to it and hands it to every function.
pub struct Board {
    /// Room for a model file, until it is loaded.
    file: Option<&'static mut [u8]>,
    running: Option<Running>,
    facts: Option<Facts>,
    drawn: Drawn,
    text: Words,
}

/// A digit that the app has drawn: five words.
#[repr(C)]
#[derive(Default)]
struct Drawn {
    label: u32,
    /// Seeds between which its handwriting lies.
    from: u32,
    to: u32,
    /// How far from one to the other, in 1/256.
    t: u32,
    /// Microseconds that it took.
    micros: u32,
}

impl Board {
    /// `Some` result, or else `None` and the error in words.
    fn told<T>(&mut self, result: Result<T, impl fmt::Display>) -> Option<T> {
        result.map_err(|error| self.text = Words::of(error)).ok()
    }

    fn input(&mut self, input: Input) {
        if let Some(running) = &mut self.running {
            running.machine.input(input);
        }
    }
}

/// A board with room for a model file of `len` bytes; with 0, for the model that is built in.
/// Null if memory is short, or if there is a board already.
#[unsafe(no_mangle)]
pub extern "C" fn board(len: usize) -> Option<&'static mut Board> {
    static BOARD: StaticCell<Board> = StaticCell::new();
    let file = match len {
        0 => None,
        len => Some(memory::grow(len)?),
    };
    BOARD.try_init(Board {
        file,
        running: None,
        facts: None,
        drawn: Drawn::default(),
        text: Words::default(),
    })
}

/// Where the page puts the model file; null if there is no room for one.
#[unsafe(no_mangle)]
pub extern "C" fn file(board: &mut Board) -> *mut u8 {
    match &mut board.file {
        Some(file) => file.as_mut_ptr(),
        None => ptr::null_mut(),
    }
}

/// Starts with the model on a display of 16 greys (`color` 0), one bit (1) or colour (2). If it
/// returns false, [`text`] says why. To be called once.
#[unsafe(no_mangle)]
pub extern "C" fn load(board: &mut Board, color: u32) -> bool {
    let file = match board.file.take() {
        Some(file) => file,
        None => MODEL,
    };
    let depth = match color {
        0 => Depth::Gray4,
        1 => Depth::Binary,
        _ => Depth::Rgb565,
    };
    let started = Running::start(file, depth);
    board.running = board.told(started);
    board.facts = board
        .running
        .as_ref()
        .map(|running| Facts::new(running.model, file));
    board.running.is_some()
}

/// The text that a function has left: UTF-8 of [`text_len`] bytes.
#[unsafe(no_mangle)]
pub extern "C" fn text(board: &Board) -> *const u8 {
    board.text.as_str().as_ptr()
}

/// Length of the text, in bytes.
#[unsafe(no_mangle)]
pub extern "C" fn text_len(board: &Board) -> usize {
    board.text.as_str().len()
}

/// The facts about the model; null if there is none.
#[unsafe(no_mangle)]
pub extern "C" fn facts(board: &Board) -> Option<&Facts> {
    board.facts.as_ref()
}

/// Lets the app answer one input or draw one digit: 1 if it drew one, which [`drawn`] tells, 0 if
/// there is nothing to do now, 2 if it has stopped, and [`text`] says why.
#[unsafe(no_mangle)]
pub extern "C" fn step(board: &mut Board) -> u32 {
    let Some(running) = &mut board.running else {
        return 0;
    };
    let stepped = running.machine.step();
    match board.told(stepped) {
        Some(Some(drawn)) => {
            board.drawn = Drawn {
                label: drawn.label.into(),
                from: drawn.style.from,
                to: drawn.style.to,
                t: drawn.style.t.into(),
                micros: drawn.micros,
            };
            1
        }
        Some(None) => 0,
        None => 2,
    }
}

/// The digit that the app drew last.
#[unsafe(no_mangle)]
pub extern "C" fn drawn(board: &Board) -> *const u32 {
    (&raw const board.drawn).cast()
}

/// The display: red, green, blue and opacity of 64 rows of 128 pixels. Null without a model.
#[unsafe(no_mangle)]
pub extern "C" fn screen(board: &Board) -> *const u8 {
    match &board.running {
        Some(running) => running.machine.screen().pixels().as_ptr().cast(),
        None => ptr::null(),
    }
}

/// The mode that is shown, as its place in [`ModeName::ALL`].
#[unsafe(no_mangle)]
pub extern "C" fn shown_mode(board: &Board) -> u32 {
    match &board.running {
        Some(running) => running.machine.mode() as u32,
        None => 0,
    }
}

/// Asks for a mode, by its place in [`ModeName::ALL`].
#[unsafe(no_mangle)]
pub extern "C" fn mode(board: &mut Board, mode: u32) {
    if let Some(&name) = ModeName::ALL.get(mode as usize) {
        board.input(Input::Mode(name));
    }
}

/// Asks for the next mode.
#[unsafe(no_mangle)]
pub extern "C" fn next_mode(board: &mut Board) {
    board.input(Input::NextMode);
}

/// The main button.
#[unsafe(no_mangle)]
pub extern "C" fn action(board: &mut Board) {
    board.input(Input::Action);
}

/// The next digit, page, hour or minute.
#[unsafe(no_mangle)]
pub extern "C" fn next(board: &mut Board) {
    board.input(Input::Next);
}

/// The one before.
#[unsafe(no_mangle)]
pub extern "C" fn previous(board: &mut Board) {
    board.input(Input::Previous);
}

/// Asks for a digit.
#[unsafe(no_mangle)]
pub extern "C" fn label(board: &mut Board, label: u8) {
    board.input(Input::Label(label));
}

/// The image of the class `label` at a [`Place`]: ink, u8 `[height][width]`, 0 black. Null if there
/// is none; [`text`] says why.
#[unsafe(no_mangle)]
pub extern "C" fn draw(
    board: &mut Board,
    seed: u32,
    right: u16,
    down: u16,
    label: u8,
) -> *const u8 {
    let Some(running) = &mut board.running else {
        return ptr::null();
    };
    match running.studio.draw(Place { seed, right, down }, label) {
        Ok(pixels) => pixels.as_ptr(),
        Err(error) => {
            board.text = Words::of(error);
            ptr::null()
        }
    }
}
