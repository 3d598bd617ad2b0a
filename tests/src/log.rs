//! The firmware's log: defmt frames, decoded with what the ELF file says about them.

use std::fs;
use std::io::{IsTerminal, Read, stdout};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use defmt_decoder::{DecodeError, Table};

use crate::Error;

/// A line of the log.
#[derive(Clone, Debug)]
pub struct Line {
    /// The message alone.
    pub message: String,
    /// The message with its level, coloured if the standard output is a terminal.
    pub display: String,
}

/// Decodes the frames in `stream`, in a thread of its own, until it ends.
///
/// # Errors
/// [`Error::Elf`] if `elf` has no usable defmt data, [`Error::File`] if it cannot be read.
pub fn decode(elf: &Path, mut stream: impl Read + Send + 'static) -> Result<Receiver<Line>, Error> {
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
    let colored = stdout().is_terminal();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut decoder = table.new_stream_decoder();
        let mut buffer = [0; 1024];
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            decoder.received(&buffer[..length]);
            loop {
                let line = match decoder.decode() {
                    Ok(frame) => Line {
                        message: frame.display_message().to_string(),
                        display: frame.display(colored).to_string(),
                    },
                    Err(DecodeError::UnexpectedEof) => break,
                    Err(DecodeError::Malformed) => {
                        let text = "(a log frame that cannot be decoded)";
                        Line {
                            message: text.into(),
                            display: text.into(),
                        }
                    }
                };
                if sender.send(line).is_err() {
                    return;
                }
            }
        }
    });
    Ok(receiver)
}
