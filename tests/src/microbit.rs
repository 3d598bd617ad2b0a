//! A BBC micro:bit in QEMU, with an SSD1306 module on its pins.
//!
//! QEMU has the chip, but no display for it. It can tell every write to the pins' registers, though;
//! from these follows what the display hears: SPI in mode 0, most significant bit first.

use std::env;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use tempfile::TempDir;

use crate::Error;
use crate::qmp::Qmp;
use crate::screen::Screen;
use crate::ssd1306::Ssd1306;

/// QEMU's control socket.
const SOCKET: &str = "qmp";
/// Bytes of RAM that the firmware's linker script gives it.
const RAM: usize = 2 * 1024;
/// Registers of the pins: what is written to them drives pins high, or low.
const OUT_SET: u32 = 0x508;
const OUT_CLEAR: u32 = 0x50C;
/// Pins, as bits.
const RESET: u32 = 1 << 20;
const CLOCK: u32 = 1 << 23;
const DATA: u32 = 1 << 21;
const DATA_COMMAND: u32 = 1 << 16;
const SELECT: u32 = 1 << 18;

/// A running firmware. Dropping it ends QEMU.
pub struct Microbit {
    child: Child,
    folder: TempDir,
    trace: Lines<BufReader<ChildStderr>>,
    pins: u32,
    /// Bits of a byte that is not complete.
    bits: u8,
    count: u8,
    display: Ssd1306,
    writes: u64,
}

impl Microbit {
    /// Powers on a micro:bit that was flashed with `elf`.
    ///
    /// # Errors
    /// [`Error::NoQemu`], or what the system says.
    pub fn start(elf: &Path) -> Result<Self, Error> {
        let folder = TempDir::new().map_err(|source| Error::File {
            path: env::temp_dir(),
            source,
        })?;
        let socket = folder.path().join(SOCKET);
        let mut child = Command::new("qemu-system-arm")
            .args([
                "-machine", "microbit", "-display", "none", "-serial", "none",
            ])
            // An instruction takes 64 ns: as long as a cycle of the core's 16 MHz.
            .args(["-monitor", "none", "-icount", "shift=6"])
            .arg("-qmp")
            .arg(format!("unix:{},server=on,wait=off", socket.display()))
            .args(["-trace", "nrf51_gpio_write", "-kernel"])
            .arg(elf)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| match source.kind() {
                std::io::ErrorKind::NotFound => Error::NoQemu,
                _ => Error::Start {
                    program: "qemu-system-arm".into(),
                    source,
                },
            })?;
        let trace = BufReader::new(child.stderr.take().expect("it is piped")).lines();
        Ok(Self {
            child,
            folder,
            trace,
            pins: 0,
            bits: 0,
            count: 0,
            display: Ssd1306::default(),
            writes: 0,
        })
    }

    /// Runs until the display has been sent `count` bytes of pixels since power-on.
    ///
    /// # Errors
    /// [`Error::Display`] if it was sent what there is not, [`Error::Microbit`] if QEMU ends.
    pub fn run_until_pixels(&mut self, count: u64) -> Result<(), Error> {
        while self.writes < count {
            let line = self.trace.next().and_then(Result::ok);
            let line = line.ok_or_else(|| Error::Microbit("QEMU has ended".into()))?;
            match write(&line) {
                Some((register, value)) => self.drive(register, value)?,
                None => return Err(Error::Microbit(line)),
            }
        }
        Ok(())
    }

    fn drive(&mut self, register: u32, value: u32) -> Result<(), Error> {
        let before = self.pins;
        match register {
            OUT_SET => self.pins |= value,
            OUT_CLEAR => self.pins &= !value,
            _ => {}
        }
        if self.pins & RESET == 0 || self.pins & SELECT != 0 {
            self.count = 0;
        } else if self.pins & !before & CLOCK != 0 {
            self.bits = self.bits << 1 | u8::from(self.pins & DATA != 0);
            self.count += 1;
            if self.count == 8 {
                self.count = 0;
                if self.pins & DATA_COMMAND != 0 {
                    self.writes += 1;
                    self.display.data(self.bits);
                } else {
                    self.display.command(self.bits)?;
                }
            }
        }
        Ok(())
    }

    /// How deep the stack was so far. Nothing else is in RAM.
    ///
    /// # Errors
    /// [`Error::Qmp`], [`Error::File`].
    pub fn stack(&mut self) -> Result<usize, Error> {
        let mut qmp = Qmp::connect(&self.folder.path().join(SOCKET))?
            .ok_or_else(|| Error::Microbit("QEMU does not listen".into()))?;
        qmp.stack(RAM, 0, self.folder.path())
    }

    /// What the display shows now.
    pub fn screen(&self) -> Screen {
        self.display.screen()
    }
}

impl Drop for Microbit {
    fn drop(&mut self) {
        // Both fail only if QEMU has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Register and value of a write to the pins' registers, as QEMU tells it.
fn write(line: &str) -> Option<(u32, u32)> {
    let rest = line.strip_prefix("nrf51_gpio_write offset 0x")?;
    let (register, value) = rest.split_once(" value 0x")?;
    let number = |text: &str| u32::from_str_radix(text.trim(), 16).ok();
    Some((number(register)?, number(value)?))
}
