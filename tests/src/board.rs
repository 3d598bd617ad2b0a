//! The boards that can be emulated.

use std::path::PathBuf;

use crate::Error;

/// A board in `firmware/boards`, and how QEMU emulates it.
#[derive(Debug)]
pub struct Board {
    /// Name of its folder, its package and its binary.
    pub name: &'static str,
    /// Target triple of its core.
    pub target: &'static str,
    /// QEMU's name of the machine.
    pub machine: &'static str,
    /// Bytes of RAM.
    pub ram: usize,
    /// QEMU's `-icount shift`: an instruction takes 2 to the power of this in nanoseconds.
    pub instruction_shift: u32,
    /// The display.
    pub display: Display,
    /// The keys that stand for its buttons.
    pub keys: Keys,
}

/// QEMU's names of the keys that stand for a board's buttons.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// The next mode.
    pub next_mode: &'static str,
    /// The mode before.
    pub previous_mode: &'static str,
    /// The main thing of a mode.
    pub action: &'static str,
    /// The next one: digit, page, hour, minute.
    pub next: &'static str,
    /// The one before.
    pub previous: &'static str,
}

impl Keys {
    /// All keys.
    pub fn all(&self) -> [&'static str; 5] {
        [
            self.next_mode,
            self.previous_mode,
            self.action,
            self.next,
            self.previous,
        ]
    }
}

/// A display as QEMU draws it: pixels as squares, grey level `n` of `levels` as
/// `n * 255 / (levels - 1)`.
#[derive(Clone, Copy, Debug)]
pub struct Display {
    /// Pixels of a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Grey levels.
    pub levels: u8,
    /// Side of the square that a pixel is drawn as.
    pub magnify: usize,
}

/// The EK-LM3S6965: 50 MHz Cortex-M3, 128x64 OLED in 16 greys.
///
/// At 32 ns an instruction, the emulated core is as fast as one at its 50 MHz that takes 1.6
/// cycles an instruction.
pub const LM3S6965EVB: Board = Board {
    name: "lm3s6965evb",
    target: "thumbv7m-none-eabi",
    machine: "lm3s6965evb",
    ram: 64 * 1024,
    instruction_shift: 5,
    display: Display {
        width: 128,
        height: 64,
        levels: 16,
        magnify: 4,
    },
    keys: Keys {
        next_mode: "down",
        previous_mode: "up",
        action: "ctrl",
        next: "right",
        previous: "left",
    },
};

const BOARDS: &[&Board] = &[&LM3S6965EVB];

impl Board {
    /// The board of this name.
    ///
    /// # Errors
    /// [`Error::NoBoard`].
    pub fn named(name: &str) -> Result<&'static Board, Error> {
        BOARDS
            .iter()
            .find(|board| board.name == name)
            .copied()
            .ok_or_else(|| Error::NoBoard {
                name: name.into(),
                known: BOARDS
                    .iter()
                    .map(|board| board.name)
                    .collect::<Vec<_>>()
                    .join(", "),
            })
    }

    /// The board's folder.
    pub fn folder(&self) -> PathBuf {
        [env!("CARGO_MANIFEST_DIR"), "../firmware/boards", self.name]
            .iter()
            .collect()
    }
}
