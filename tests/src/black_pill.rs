//! A Black Pill in QEMU, with an SSD1306 module on I2C1.
//!
//! QEMU's `netduinoplus2` has the core, the memory, SysTick and the timers that the Black Pill has,
//! but no clock that starts, no I2C and no pins. These are here: QEMU stops before each access to one
//! of their registers, as for a debugger, and goes on behind it when the core has read what the
//! reference manual of the STM32F411 (RM0383) says. There is no watchdog, and timers run at another
//! speed.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use object::read::elf::ElfFile32;
use object::{LittleEndian, Object, ObjectSymbol};
use tempfile::TempDir;

use crate::Error;
use crate::gdb::Gdb;
use crate::log::{Decoder, Line, Log};
use crate::process::Process;
use crate::qmp::Qmp;
use crate::screen::Screen;
use crate::ssd1306::Ssd1306;

/// Time between two looks at the log.
const PIECE: Duration = Duration::from_millis(100);

/// The core's register with the next instruction's address.
const PC: usize = 15;

/// Registers at whose accesses QEMU stops.
const RCC_CR: u32 = 0x4002_3800;
const GPIOA_IDR: u32 = 0x4002_0010;
const ADC_SR: u32 = 0x4001_2000;
const ADC_DR: u32 = 0x4001_204C;
const I2C_CR1: u32 = 0x4000_5400;
const I2C_DR: u32 = 0x4000_5410;
const I2C_SR1: u32 = 0x4000_5414;
const I2C_SR2: u32 = 0x4000_5418;
/// Written at the factory: what the ADC reads of 1.2 V at 3.3 V. No register, but QEMU has nothing there.
const REFERENCE: u32 = 0x1FFF_7A2A;
const WATCHED: [u32; 9] = [
    RCC_CR, GPIOA_IDR, ADC_SR, ADC_DR, I2C_CR1, I2C_DR, I2C_SR1, I2C_SR2, REFERENCE,
];

/// The display's address on the bus, as it is sent to write to it.
const DISPLAY: u32 = 0x3C << 1;
/// Pull-up resistors hold the pins high: no button is pressed.
const PINS: u32 = 0xFFFF;

/// Bits of registers.
const HSI_READY: u32 = 1 << 1;
const HSE_ON: u32 = 1 << 16;
const PLL_ON: u32 = 1 << 24;
const CONVERTED: u32 = 1 << 1;
const CONVERSION_STARTED: u32 = 1 << 4;
const START: u32 = 1 << 8;
const STOP: u32 = 1 << 9;
const START_SENT: u32 = 1;
const ADDRESS_SENT: u32 = 1 << 1;
const BYTE_SENT: u32 = 1 << 2;
const MAY_SEND: u32 = 1 << 7;
const NOT_ACKNOWLEDGED: u32 = 1 << 10;
const MASTER_AND_BUSY: u32 = 3;

/// A running firmware. Dropping it ends QEMU.
pub struct BlackPill<'a> {
    gdb: Gdb,
    /// Loads and stores that were met, by address.
    accesses: HashMap<u32, Access>,
    /// Address of the log's control block.
    control_block: u32,
    chip: Chip,
    log: Decoder<'a>,
    lines: Vec<Line>,
    /// Lines before this one have been waited for.
    waited: usize,
    /// Place in the log's buffer that is fetched next.
    fetched: u32,
    qmp: Qmp,
    process: Process,
    /// Has the port for debuggers.
    _folder: TempDir,
}

impl<'a> BlackPill<'a> {
    /// Powers on a Black Pill that was flashed with `elf`; `log` is that of the same file. If no
    /// display is `plugged` in, nothing answers on the bus.
    ///
    /// # Errors
    /// [`Error::NoQemu`], [`Error::Elf`] if `elf` is not a firmware, [`Error::BlackPill`].
    pub fn start(elf: &Path, log: &'a Log, plugged: bool) -> Result<Self, Error> {
        let folder = TempDir::new().map_err(|source| Error::File {
            path: std::env::temp_dir(),
            source,
        })?;
        let socket = folder.path().join("gdb");
        let gdb = format!("unix:{},server=on,wait=off", socket.display());
        let elf_path = elf.display().to_string();
        let (mut process, _) = Process::start(&[
            "-machine",
            "netduinoplus2",
            "-display",
            "none",
            "-serial",
            "none",
            "-monitor",
            "none",
            "-gdb",
            &gdb,
            "-kernel",
            &elf_path,
        ])?;
        let Some(qmp) = process.connect()? else {
            return Err(Error::BlackPill(process.stderr()));
        };
        let mut gdb = Gdb::connect(&socket)?;
        for register in WATCHED {
            gdb.watch(register)?;
        }
        gdb.go_on()?;
        Ok(Self {
            gdb,
            accesses: HashMap::new(),
            control_block: control_block(elf)?,
            chip: Chip {
                plugged,
                ..Chip::default()
            },
            log: log.decoder(),
            lines: Vec::new(),
            waited: 0,
            fetched: 0,
            qmp,
            process,
            _folder: folder,
        })
    }

    /// Takes the log's messages one by one, each only once, until `wanted` makes something of one,
    /// and returns that.
    ///
    /// # Errors
    /// [`Error::Timeout`] after `patience`, naming `what`; [`Error::BlackPill`]; [`Error::Display`] if
    /// the display is sent what there is not.
    pub fn wait_for<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut wanted: impl FnMut(&str) -> Option<T>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        loop {
            while let Some(line) = self.lines.get(self.waited) {
                self.waited += 1;
                if let Some(found) = wanted(&line.message) {
                    return Ok(found);
                }
            }
            if start.elapsed() >= patience {
                let text = |line: &Line| format!("  {}\n", line.message);
                return Err(Error::Timeout {
                    what: what.into(),
                    seconds: patience.as_secs(),
                    log: self.lines.iter().map(text).collect(),
                });
            }
            self.run()?;
        }
    }

    /// What the display shows now.
    pub fn screen(&self) -> Screen {
        self.chip.display.screen()
    }

    /// Lets time pass, and fetches the log.
    fn run(&mut self) -> Result<(), Error> {
        let end = Instant::now() + PIECE;
        while let Some(register) = self.gdb.wait_until(end)? {
            self.access(register)?;
            let over = Instant::now() >= end;
            if over {
                self.fetch_log(true)?;
            }
            self.gdb.go_on()?;
            if over {
                return Ok(());
            }
        }
        self.fetch_log(false)
    }

    /// Does what the core and the chip do when `address` is about to be read or written.
    fn access(&mut self, address: u32) -> Result<(), Error> {
        let registers = self.gdb.registers()?;
        let pc = registers[PC];
        let access = match self.accesses.get(&pc) {
            Some(access) => *access,
            None => {
                let bytes = self.gdb.memory(pc, 4)?;
                let access = access(&bytes).ok_or_else(|| {
                    Error::BlackPill(format!(
                        "{pc:#x}: {bytes:02x?} reaches a register, but not as is expected"
                    ))
                })?;
                self.accesses.insert(pc, access);
                access
            }
        };
        if access.load {
            let value = self.chip.read(address);
            self.gdb.set_register(access.register, value)?;
        } else {
            self.chip.write(address, registers[access.register])?;
        }
        self.gdb.set_register(PC, pc + access.len)
    }

    /// The host's side of SEGGER's real-time transfer: what a debug probe does. If the core has stopped,
    /// it is told what was fetched, and never to drop anything.
    fn fetch_log(&mut self, stopped: bool) -> Result<(), Error> {
        const ID: &[u8] = b"SEGGER RTT";
        const BLOCK_IF_FULL: u32 = 2;
        let block = self.control_block;
        // The identifier, numbers of channels; of the first one its name, buffer, size, places, flags.
        let bytes = self.memory(block, 48)?;
        if !bytes.starts_with(ID) {
            return Ok(());
        }
        let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four"));
        let [buffer, size, write] = [28, 32, 36].map(word);
        let bytes = self.memory(buffer, size)?;
        while self.fetched != write {
            let new = &bytes[self.fetched as usize..][..1];
            self.lines.extend(self.log.lines(new));
            self.fetched = (self.fetched + 1) % size;
        }
        if stopped {
            self.gdb.set_memory(block + 40, write)?;
            self.gdb.set_memory(block + 44, BLOCK_IF_FULL)?;
        }
        Ok(())
    }

    fn memory(&mut self, address: u32, len: u32) -> Result<Vec<u8>, Error> {
        self.qmp
            .memory(address, len as usize, self.process.folder())
    }
}

/// The parts of the chip that QEMU lacks, and the display.
#[derive(Default)]
struct Chip {
    clocks: u32,
    conversions: u32,
    control: u32,
    /// The bus: first status register, whether there is a transfer, and its bytes.
    status: u32,
    busy: bool,
    sent: Vec<u8>,
    plugged: bool,
    display: Ssd1306,
}

impl Chip {
    fn read(&mut self, address: u32) -> u32 {
        match address {
            // A clock that is on is ready.
            RCC_CR => self.clocks | HSI_READY | (self.clocks & (HSE_ON | PLL_ON)) << 1,
            GPIOA_IDR => PINS,
            ADC_SR => CONVERTED | CONVERSION_STARTED,
            ADC_DR => {
                // Some noise in the last bit.
                self.conversions = self.conversions.wrapping_mul(1_664_525).wrapping_add(1);
                0x390 | self.conversions >> 31
            }
            REFERENCE => 1_500,
            I2C_CR1 => self.control,
            I2C_SR1 => self.status,
            I2C_SR2 => {
                self.status &= !ADDRESS_SENT;
                if self.busy { MASTER_AND_BUSY } else { 0 }
            }
            _ => 0,
        }
    }

    fn write(&mut self, address: u32, value: u32) -> Result<(), Error> {
        match address {
            RCC_CR => self.clocks = value,
            I2C_CR1 => {
                self.control = value & !(START | STOP);
                if value & START != 0 {
                    (self.status, self.busy) = (START_SENT, true);
                } else if value & STOP != 0 {
                    (self.status, self.busy) = (0, false);
                    return self.display.i2c(&std::mem::take(&mut self.sent));
                }
            }
            // Errors are cleared by zeros.
            I2C_SR1 => self.status &= value | !NOT_ACKNOWLEDGED,
            I2C_DR if self.status & START_SENT != 0 => {
                self.status = match self.plugged && value & 0xFF == DISPLAY {
                    true => ADDRESS_SENT | MAY_SEND,
                    false => NOT_ACKNOWLEDGED,
                };
            }
            I2C_DR if self.status & MAY_SEND != 0 => {
                self.sent.push(value as u8);
                self.status |= BYTE_SENT;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Address of the log's control block.
fn control_block(path: &Path) -> Result<u32, Error> {
    let bytes = fs::read(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })?;
    let problem = |problem: String| Error::Elf {
        path: path.into(),
        problem,
    };
    let file =
        ElfFile32::<LittleEndian>::parse(&*bytes).map_err(|error| problem(error.to_string()))?;
    let block = file.symbol_by_name("_SEGGER_RTT");
    let block = block.ok_or_else(|| problem("no log in this file; is it a firmware?".into()))?;
    Ok(block.address() as u32)
}

/// A load or store of one register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Access {
    load: bool,
    register: usize,
    /// Bytes of the instruction.
    len: u32,
}

/// What the instruction that `bytes` begin with loads or stores, if that is all that it does. Encodings
/// are those of the Armv7-M Architecture Reference Manual, A5.2.4 and A5.3.
fn access(bytes: &[u8]) -> Option<Access> {
    let (halves, _) = bytes.as_chunks();
    let &[first, second] = halves else {
        return None;
    };
    let (first, second) = (u16::from_le_bytes(first), u16::from_le_bytes(second));
    let field = |from: u16, shift: u16, mask: u16| usize::from(from >> shift & mask);
    match first >> 12 {
        // The address is the sum of two registers.
        0b0101 => Some(Access {
            load: field(first, 9, 7) >= 3,
            register: field(first, 0, 7),
            len: 2,
        }),
        // A number is added to it.
        0b0110..=0b1000 => Some(Access {
            load: field(first, 11, 1) == 1,
            register: field(first, 0, 7),
            len: 2,
        }),
        // Likewise, with more bits; not if the sum is kept.
        0b1111 if first >> 9 == 0b111_1100 => {
            let twelve_bits = field(first, 7, 1) == 1;
            let subtracted = field(second, 8, 0xF) == 0b1100;
            (twelve_bits || subtracted).then(|| Access {
                load: field(first, 4, 1) == 1,
                register: field(second, 12, 15),
                len: 4,
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(first: u16, second: u16) -> Option<(&'static str, usize, u32)> {
        let bytes = [first.to_le_bytes(), second.to_le_bytes()].concat();
        let access = access(&bytes)?;
        let what = if access.load { "load" } else { "store" };
        Some((what, access.register, access.len))
    }

    #[test]
    fn loads_and_stores_are_told_from_each_other() {
        // ldr r3, [r1, #20]; strh r2, [r0]; ldr r0, [r1, r2]; str r0, [r1, r2]; adds r0, #1
        assert_eq!(of(0x694B, 0), Some(("load", 3, 2)));
        assert_eq!(of(0x8002, 0), Some(("store", 2, 2)));
        assert_eq!(of(0x5888, 0), Some(("load", 0, 2)));
        assert_eq!(of(0x5088, 0), Some(("store", 0, 2)));
        assert_eq!(of(0x3001, 0), None);
        // ldr.w r9, [r0, #20]; strb.w r10, [r1, #16]; ldr r2, [r1, #-4]; ldr r2, [r1], #4; bl
        assert_eq!(of(0xF8D0, 0x9014), Some(("load", 9, 4)));
        assert_eq!(of(0xF881, 0xA010), Some(("store", 10, 4)));
        assert_eq!(of(0xF851, 0x2C04), Some(("load", 2, 4)));
        assert_eq!(of(0xF851, 0x2B04), None);
        assert_eq!(of(0xF000, 0xF800), None);
    }
}
