//! The process that QEMU is.

use std::env;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::Error;
use crate::qmp::Qmp;

const QEMU: &str = "qemu-system-arm";
/// How long QEMU may take to open its control socket.
const START: Duration = Duration::from_secs(20);
/// How long QEMU may take to end once it has closed its output or its control socket.
const END: Duration = Duration::from_secs(5);
/// Time between two looks at the process.
const LOOK: Duration = Duration::from_millis(10);

/// A running QEMU. Dropping it ends QEMU.
#[derive(Debug)]
pub struct Process {
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts QEMU with `arguments` and a control socket; the machine stands still until the
    /// command `cont`. Returns its standard output too.
    ///
    /// # Errors
    /// [`Error::NoQemu`], or what the system says.
    pub fn start<S: AsRef<OsStr>>(arguments: &[S]) -> Result<(Self, ChildStdout), Error> {
        let folder = TempDir::new().map_err(|source| Error::File {
            path: env::temp_dir(),
            source,
        })?;
        let path = folder.path().join("stderr");
        let stderr = File::create(&path).map_err(|source| Error::File { path, source })?;
        let socket = folder.path().join("qmp");
        let mut child = Command::new(QEMU)
            .args(arguments)
            .args(["-S", "-qmp"])
            .arg(format!("unix:{},server=on,wait=off", socket.display()))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(start_error)?;
        let stdout = child.stdout.take().expect("it is piped");
        Ok((Self { child, folder }, stdout))
    }

    /// Connects to the control socket. `None` if QEMU has ended instead.
    ///
    /// # Errors
    /// [`Error::Qmp`].
    pub fn connect(&mut self) -> Result<Option<Qmp>, Error> {
        let started = Instant::now();
        while started.elapsed() < START {
            if let Ok(Some(_)) = self.child.try_wait() {
                return Ok(None);
            }
            match Qmp::connect(&self.folder().join("qmp")) {
                Ok(None) => sleep(LOOK),
                Err(_) if self.status().is_some() => return Ok(None),
                result => return result,
            }
        }
        Err(Error::Qmp(format!("not there after {} s", START.as_secs())))
    }

    /// A folder for files that live as long as this process.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What QEMU has written to its error output.
    pub fn stderr(&self) -> String {
        fs::read(self.folder().join("stderr"))
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// How QEMU ended, if it has or does so soon.
    pub fn status(&mut self) -> Option<ExitStatus> {
        let started = Instant::now();
        loop {
            match self.child.try_wait() {
                Ok(None) if started.elapsed() < END => sleep(LOOK),
                status => return status.ok().flatten(),
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail only if QEMU has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether QEMU can open a window here.
///
/// # Errors
/// [`Error::NoQemu`].
pub fn has_window_support() -> Result<bool, Error> {
    let output = Command::new(QEMU)
        .args(["-display", "help"])
        .output()
        .map_err(start_error)?;
    let backends = String::from_utf8_lossy(&output.stdout);
    Ok(["gtk", "sdl", "cocoa"]
        .iter()
        .any(|name| backends.lines().any(|line| line.trim() == *name)))
}

fn start_error(source: io::Error) -> Error {
    if source.kind() == io::ErrorKind::NotFound {
        Error::NoQemu
    } else {
        Error::Start {
            program: QEMU.into(),
            source,
        }
    }
}
