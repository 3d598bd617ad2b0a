//! A client for QMP, QEMU's control protocol: JSON values, one a line, over a socket.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::Error;

/// Where RAM is on a Cortex-M.
const RAM: u32 = 0x2000_0000;
/// How long an answer may take.
const ANSWER: Duration = Duration::from_secs(20);

/// A connection in which commands can be given.
#[derive(Debug)]
pub struct Qmp {
    reader: BufReader<UnixStream>,
}

impl Qmp {
    /// Connects to the socket at `path`. `None` if nobody listens there yet.
    ///
    /// # Errors
    /// [`Error::Qmp`] if the other side does not speak the protocol.
    pub fn connect(path: &Path) -> Result<Option<Self>, Error> {
        let Ok(stream) = UnixStream::connect(path) else {
            return Ok(None);
        };
        stream.set_read_timeout(Some(ANSWER)).map_err(failed)?;
        let mut qmp = Self {
            reader: BufReader::new(stream),
        };
        let greeting = qmp.read()?;
        if greeting.get("QMP").is_none() {
            return Err(Error::Qmp(format!("unexpected greeting {greeting}")));
        }
        qmp.execute("qmp_capabilities", json!({}))?;
        Ok(Some(qmp))
    }

    /// Gives a command and waits until it is done.
    ///
    /// # Errors
    /// [`Error::Qmp`] with QEMU's words, or if there is no answer.
    pub fn execute(&mut self, command: &str, arguments: Value) -> Result<(), Error> {
        let request = json!({ "execute": command, "arguments": arguments });
        writeln!(self.reader.get_mut(), "{request}").map_err(failed)?;
        loop {
            let answer = self.read()?;
            if answer.get("return").is_some() {
                return Ok(());
            }
            if let Some(error) = answer.get("error") {
                let description = error["desc"].as_str().unwrap_or("unknown error");
                return Err(Error::Qmp(format!("{command}: {description}")));
            }
            // What is left are events, which come at any time.
        }
    }

    /// How deep the stack of the firmware was so far. It begins at the end of the `ram` bytes of RAM,
    /// and grows down to the `fixed` bytes of variables; what it never came to is zero, as all of it was
    /// at power-on. `folder` takes a file.
    ///
    /// # Errors
    /// [`Error::Qmp`], [`Error::File`].
    pub fn stack(&mut self, ram: usize, fixed: usize, folder: &Path) -> Result<usize, Error> {
        self.execute("stop", json!({}))?;
        let bytes = self.memory(RAM, ram, folder)?;
        self.execute("cont", json!({}))?;
        let free = bytes.get(fixed..).unwrap_or_default();
        Ok(free.iter().skip_while(|&&byte| byte == 0).count())
    }

    /// `len` bytes of memory, as the core sees it: on some machines, RAM is nowhere else. `folder` takes a
    /// file.
    ///
    /// # Errors
    /// [`Error::Qmp`], [`Error::File`].
    pub fn memory(&mut self, address: u32, len: usize, folder: &Path) -> Result<Vec<u8>, Error> {
        let path = folder.join("memory");
        let dump = json!({ "val": address, "size": len, "filename": path });
        self.execute("memsave", dump)?;
        fs::read(&path).map_err(|source| Error::File { path, source })
    }

    fn read(&mut self) -> Result<Value, Error> {
        let mut line = String::new();
        if self.reader.read_line(&mut line).map_err(failed)? == 0 {
            return Err(Error::Qmp("closed".into()));
        }
        serde_json::from_str(&line).map_err(failed)
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::Qmp(error.to_string())
}
