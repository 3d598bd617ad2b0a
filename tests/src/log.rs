//! The firmware's log: defmt frames, decoded with what the ELF file says about them.

use std::fs;
use std::io::{IsTerminal, Read, stdout};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use defmt_decoder::{DecodeError, StreamDecoder, Table};

use crate::Error;

/// A line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// The message alone.
    pub message: String,
    /// The message with its level, coloured if the standard output is a terminal.
    pub display: String,
}

/// Turns the bytes of a log into lines.
pub struct Log {
    table: Table,
    colored: bool,
}

impl Log {
    /// For the log of the firmware `elf`.
    ///
    /// # Errors
    /// [`Error::Elf`] if `elf` has no usable defmt data, [`Error::File`] if it cannot be read.
    pub fn of(elf: &Path) -> Result<Self, Error> {
        let bytes = fs::read(elf).map_err(|source| Error::File {
            path: elf.into(),
            source,
        })?;
        let problem = |problem: String| Error::Elf {
            path: elf.into(),
            problem,
        };
        let table = Table::parse(&bytes)
            .map_err(|error| problem(error.to_string()))?
            .ok_or_else(|| problem("no defmt data in this file; is it a firmware?".into()))?;
        Ok(Self {
            table,
            colored: stdout().is_terminal(),
        })
    }

    /// A decoder for one stream of bytes.
    pub fn decoder(&self) -> Decoder<'_> {
        Decoder {
            stream: self.table.new_stream_decoder(),
            colored: self.colored,
        }
    }
}

/// What came so far of a log.
pub struct Decoder<'a> {
    stream: Box<dyn StreamDecoder + Send + Sync + 'a>,
    colored: bool,
}

impl Decoder<'_> {
    /// The lines that are complete with `bytes`.
    pub fn lines(&mut self, bytes: &[u8]) -> Vec<Line> {
        self.stream.received(bytes);
        let mut lines = Vec::new();
        loop {
            match self.stream.decode() {
                Ok(frame) => lines.push(Line {
                    message: frame.display_message().to_string(),
                    display: frame.display(self.colored).to_string(),
                }),
                Err(DecodeError::UnexpectedEof) => return lines,
                Err(DecodeError::Malformed) => {
                    let text = "(a log frame that cannot be decoded)";
                    lines.push(Line {
                        message: text.into(),
                        display: text.into(),
                    });
                }
            }
        }
    }
}

/// Decodes the log in `stream` of the firmware `elf`, in a thread of its own, until it ends.
///
/// # Errors
/// Those of [`Log::of`].
pub fn decode(elf: &Path, mut stream: impl Read + Send + 'static) -> Result<Receiver<Line>, Error> {
    let log = Log::of(elf)?;
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut decoder = log.decoder();
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            for line in decoder.lines(&buffer[..length]) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        }
    });
    Ok(receiver)
}
