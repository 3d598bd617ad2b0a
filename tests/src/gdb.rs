//! A client for GDB's remote protocol, which QEMU speaks to debuggers.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Error;

/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(20);
/// Time between two attempts to connect.
const LOOK: Duration = Duration::from_millis(10);

/// A connection to a core that stands still.
pub struct Gdb {
    stream: UnixStream,
}

impl Gdb {
    /// Connects to the socket at `path`, as soon as somebody listens there.
    ///
    /// # Errors
    /// [`Error::BlackPill`].
    pub fn connect(path: &Path) -> Result<Self, Error> {
        let start = Instant::now();
        loop {
            match UnixStream::connect(path) {
                Ok(stream) => {
                    let mut gdb = Self { stream };
                    // Single registers are set only for who knows which there are.
                    gdb.ask("qXfer:features:read:target.xml:0,fff")?;
                    return Ok(gdb);
                }
                Err(error) if start.elapsed() > ANSWER => return Err(failed(error)),
                Err(_) => sleep(LOOK),
            }
        }
    }

    /// Stops the core before each load and store of the word at `address`.
    ///
    /// # Errors
    /// [`Error::BlackPill`], as for all that follow.
    pub fn watch(&mut self, address: u32) -> Result<(), Error> {
        self.ask(&format!("Z4,{address:x},4")).and_then(done)
    }

    /// Lets the core run.
    pub fn go_on(&mut self) -> Result<(), Error> {
        self.send("c")
    }

    /// Waits until the core stops, and returns the watched address that is the reason; `None` if it does
    /// not until then.
    pub fn wait_until(&mut self, end: Instant) -> Result<Option<u32>, Error> {
        let Some(reason) = self.receive(end)? else {
            return Ok(None);
        };
        match watched(&reason) {
            None => Err(failed(format!("the core stops: {reason}"))),
            register => Ok(register),
        }
    }

    /// The registers r0 to r15.
    pub fn registers(&mut self) -> Result<[u32; 16], Error> {
        let bytes = self.ask("g").and_then(|text| bytes(&text))?;
        let (words, _) = bytes.as_chunks();
        let words: Vec<u32> = words.iter().map(|word| u32::from_le_bytes(*word)).collect();
        let words = words.get(..16).and_then(|words| words.try_into().ok());
        words.ok_or_else(|| failed("too few registers"))
    }

    /// Sets one of the registers.
    pub fn set_register(&mut self, register: usize, value: u32) -> Result<(), Error> {
        let value = value.swap_bytes();
        self.ask(&format!("P{register:x}={value:08x}"))
            .and_then(done)
    }

    /// Bytes of memory.
    pub fn memory(&mut self, address: u32, len: u32) -> Result<Vec<u8>, Error> {
        self.ask(&format!("m{address:x},{len:x}"))
            .and_then(|text| bytes(&text))
    }

    /// Sets a word of memory.
    pub fn set_memory(&mut self, address: u32, value: u32) -> Result<(), Error> {
        let value = value.swap_bytes();
        self.ask(&format!("M{address:x},4:{value:08x}"))
            .and_then(done)
    }

    fn ask(&mut self, request: &str) -> Result<String, Error> {
        self.send(request)?;
        self.answer(request)
    }

    fn answer(&mut self, request: &str) -> Result<String, Error> {
        let answer = self.receive(Instant::now() + ANSWER)?;
        answer.ok_or_else(|| failed(format!("no answer to {request}")))
    }

    fn send(&mut self, packet: &str) -> Result<(), Error> {
        let sum = packet.bytes().fold(0u8, u8::wrapping_add);
        let text = format!("${packet}#{sum:02x}");
        self.stream.write_all(text.as_bytes()).map_err(failed)
    }

    /// The next packet; `None` if none has begun to come until `end`.
    fn receive(&mut self, end: Instant) -> Result<Option<String>, Error> {
        let mut packet: Option<Vec<u8>> = None;
        // Of the checksum, two digits.
        let mut left = 3;
        let mut byte = [0];
        while left > 0 {
            let patience = match packet {
                Some(_) => ANSWER,
                None => end.saturating_duration_since(Instant::now()),
            };
            if patience.is_zero() {
                return Ok(None);
            }
            self.stream
                .set_read_timeout(Some(patience))
                .map_err(failed)?;
            match self.stream.read(&mut byte) {
                Ok(0) => return Err(failed("QEMU has ended")),
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock && packet.is_none() => {
                    return Ok(None);
                }
                Err(error) => return Err(failed(error)),
            }
            match (&mut packet, byte[0]) {
                (None, b'$') => packet = Some(Vec::new()),
                // What was sent has come.
                (None, _) => {}
                (Some(_), b'#') => left -= 1,
                (Some(_), _) if left < 3 => left -= 1,
                (Some(packet), byte) => packet.push(byte),
            }
        }
        self.stream.write_all(b"+").map_err(failed)?;
        let packet = packet.unwrap_or_default();
        Ok(Some(String::from_utf8_lossy(&packet).into_owned()))
    }
}

/// The watched address that is a core's reason to stop.
fn watched(reason: &str) -> Option<u32> {
    let (_, address) = reason.split_once("watch:")?;
    let digits = address.split(';').next()?;
    // Some bits more than an address has.
    Some(u64::from_str_radix(digits, 16).ok()? as u32)
}

fn done(answer: String) -> Result<(), Error> {
    match answer.as_str() {
        "OK" => Ok(()),
        _ => Err(failed(format!("refused: {answer}"))),
    }
}

/// What pairs of digits stand for.
fn bytes(text: &str) -> Result<Vec<u8>, Error> {
    let (pairs, _) = text.as_bytes().as_chunks::<2>();
    pairs
        .iter()
        .map(|pair| {
            let digits = std::str::from_utf8(pair).map_err(failed)?;
            u8::from_str_radix(digits, 16).map_err(failed)
        })
        .collect()
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::BlackPill(format!("QEMU's port for debuggers: {error}"))
}
