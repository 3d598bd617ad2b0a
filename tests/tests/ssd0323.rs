//! The driver of the SSD0323 on a model of the controller, made from its data sheet.
//!
//! QEMU's model ignores what it does not need: here, every byte must be a command of the data
//! sheet with its parameters.

use std::cell::RefCell;
use std::convert::Infallible;
use std::rc::Rc;

use embedded_graphics::pixelcolor::Gray4;
use embedded_graphics::prelude::*;
use embedded_graphics::primitives::Rectangle;
use embedded_hal::digital::{ErrorType as PinErrorType, OutputPin};
use embedded_hal::spi::{ErrorType as SpiErrorType, Operation, SpiDevice};

#[allow(dead_code)] // the clock is the board's business
#[path = "../../firmware/boards/lm3s6965evb/src/ssd0323.rs"]
mod ssd0323;

use ssd0323::{BLACK, Ssd0323};

/// The controller. Its memory has 80 rows of 64 bytes.
struct Controller {
    data: bool,
    command: Vec<u8>,
    columns: (u8, u8),
    rows: (u8, u8),
    at: (u8, u8),
    memory: [[u8; 64]; 80],
    remap: u8,
    multiplex: u8,
    on: bool,
    bytes: usize,
}

impl Controller {
    fn new() -> Self {
        Self {
            data: false,
            command: Vec::new(),
            columns: (0, 63),
            rows: (0, 79),
            at: (0, 0),
            // Undefined after power-on.
            memory: [[0x5A; 64]; 80],
            remap: 0,
            multiplex: 79,
            on: false,
            bytes: 0,
        }
    }

    fn receive(&mut self, byte: u8) {
        self.bytes += 1;
        if self.data {
            self.receive_data(byte);
        } else {
            self.receive_command(byte);
        }
    }

    fn receive_data(&mut self, byte: u8) {
        assert!(self.command.is_empty(), "data within a command");
        assert_eq!(
            self.remap & 0b101,
            0,
            "columns not mirrored, addresses along the row"
        );
        let (column, row) = self.at;
        self.memory[usize::from(row)][usize::from(column)] = byte;
        self.at = if column < self.columns.1 {
            (column + 1, row)
        } else if row < self.rows.1 {
            (self.columns.0, row + 1)
        } else {
            (self.columns.0, self.rows.0)
        };
    }

    fn receive_command(&mut self, byte: u8) {
        self.command.push(byte);
        let parameters = match self.command[0] {
            0x84..=0x86 | 0xA4..=0xA7 | 0xAE | 0xAF | 0xE3 => 0,
            0x81 | 0xA0..=0xA2 | 0xA8 | 0xAD | 0xB0..=0xB4 | 0xBC | 0xBE | 0xBF => 1,
            0x15 | 0x75 => 2,
            0xB8 => 8,
            unknown => panic!("{unknown:#04x} is not a command"),
        };
        if self.command.len() <= parameters {
            return;
        }
        match *std::mem::take(&mut self.command) {
            [0x15, first, last] => {
                assert!(first <= last && last < 64, "columns {first} to {last}");
                self.columns = (first, last);
                self.at.0 = first;
            }
            [0x75, first, last] => {
                assert!(first <= last && last < 80, "rows {first} to {last}");
                self.rows = (first, last);
                self.at.1 = first;
            }
            [0xA0, remap] => self.remap = remap,
            [0xA8, multiplex @ 15..=79] => self.multiplex = multiplex,
            [0xAE] => self.on = false,
            [0xAF] => self.on = true,
            [0xA8, ..] => panic!("multiplex ratio out of range"),
            _ => {}
        }
    }

    /// The pixel that the panel shows, with nibbles as the re-map says.
    fn pixel(&self, x: usize, y: usize) -> u8 {
        let byte = self.memory[y][x / 2];
        let swapped = self.remap & 0b10 != 0;
        if x.is_multiple_of(2) == swapped {
            byte >> 4
        } else {
            byte & 15
        }
    }
}

#[derive(Clone)]
struct Wires(Rc<RefCell<Controller>>);

impl SpiErrorType for Wires {
    type Error = Infallible;
}

impl SpiDevice for Wires {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), Infallible> {
        for operation in operations {
            let Operation::Write(bytes) = operation else {
                panic!("the controller cannot be read");
            };
            for &byte in *bytes {
                self.0.borrow_mut().receive(byte);
            }
        }
        Ok(())
    }
}

struct DataCommand(Wires);

impl PinErrorType for DataCommand {
    type Error = Infallible;
}

impl OutputPin for DataCommand {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.0.borrow_mut().data = false;
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.0.borrow_mut().data = true;
        Ok(())
    }
}

/// Starts the display, draws, and returns the controller and how many bytes the drawing took.
fn after(draw: impl FnOnce(&mut Ssd0323<'_, Wires, DataCommand>)) -> (Controller, usize) {
    let controller = Rc::new(RefCell::new(Controller::new()));
    let wires = Wires(Rc::clone(&controller));
    let mut shadow = BLACK;
    let mut display =
        Ssd0323::start(wires.clone(), DataCommand(wires.clone()), &mut shadow).unwrap();
    let before = controller.borrow().bytes;
    draw(&mut display);
    drop((display, wires));
    let controller = Rc::try_unwrap(controller).ok().unwrap().into_inner();
    let bytes = controller.bytes - before;
    (controller, bytes)
}

#[test]
fn starts_black_and_turns_on_64_rows() {
    let (controller, _) = after(|_| {});
    assert!(controller.on);
    assert_eq!(controller.multiplex, 63);
    assert!((0..64).all(|y| (0..128).all(|x| controller.pixel(x, y) == 0)));
}

#[test]
fn pixels_of_one_byte_do_not_disturb_each_other() {
    let (controller, _) = after(|display| {
        for (x, level) in [(11, 3), (10, 9), (12, 1), (11, 7)] {
            let pixel = Pixel(Point::new(x, 20), Gray4::new(level));
            display.draw_iter([pixel]).unwrap();
        }
    });
    let row: Vec<u8> = (9..14).map(|x| controller.pixel(x, 20)).collect();
    assert_eq!(row, [0, 9, 7, 1, 0]);
}

#[test]
fn rectangles_at_odd_places_land_where_they_belong() {
    let gradient = |point: Point| ((point.x * 5 + point.y * 3) & 15) as u8;
    let areas = [
        Rectangle::new(Point::new(3, 5), Size::new(28, 1)),
        Rectangle::new(Point::new(0, 40), Size::new(5, 7)),
        Rectangle::new(Point::new(121, 60), Size::new(20, 20)),
        Rectangle::new(Point::new(-3, -2), Size::new(9, 4)),
    ];
    let (controller, _) = after(|display| {
        for area in &areas {
            let colors = area.points().map(|point| Gray4::new(gradient(point)));
            display.fill_contiguous(area, colors).unwrap();
        }
    });
    for y in 0..64 {
        for x in 0..128 {
            let point = Point::new(x, y);
            let inside = areas.iter().any(|area| area.contains(point));
            let expected = if inside { gradient(point) } else { 0 };
            assert_eq!(
                controller.pixel(x as usize, y as usize),
                expected,
                "{point}"
            );
        }
    }
}

#[test]
fn a_row_is_sent_as_its_bytes_and_a_window() {
    let area = Rectangle::new(Point::new(8, 4), Size::new(28, 1));
    let (_, bytes) = after(|display| display.fill_solid(&area, Gray4::WHITE).unwrap());
    assert_eq!(bytes, 6 + 14);
}

#[test]
fn a_row_is_sent_from_its_first_to_its_last_change() {
    let area = Rectangle::new(Point::new(9, 4), Size::new(28, 1));
    let levels = |changed: &[usize]| {
        let level = |place| if changed.contains(&place) { 9 } else { 5 };
        (0..28).map(level).map(Gray4::new).collect::<Vec<_>>()
    };
    let sent = |before: &[usize], after_it: &[usize]| {
        let bytes = |draws: &[&[usize]]| {
            let (_, bytes) = after(|display| {
                for changed in draws {
                    display.fill_contiguous(&area, levels(changed)).unwrap();
                }
            });
            bytes
        };
        bytes(&[before, after_it]) - bytes(&[before])
    };
    assert_eq!(sent(&[], &[]), 0);
    assert_eq!(sent(&[], &[0]), 6 + 1);
    assert_eq!(sent(&[], &[27]), 6 + 1);
    // Places 4 and 9 are in bytes 6 and 9.
    assert_eq!(sent(&[9], &[4]), 6 + 4);
}

#[test]
fn nothing_is_sent_for_what_lies_outside() {
    let area = Rectangle::new(Point::new(128, 0), Size::new(9, 9));
    let (_, bytes) = after(|display| display.fill_solid(&area, Gray4::WHITE).unwrap());
    assert_eq!(bytes, 0);
}
