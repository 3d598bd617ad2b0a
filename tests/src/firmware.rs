//! Building a board's firmware.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Error;
use crate::board::Board;

/// Builds the firmware of `board` as its user does, with the model file `gen_bin`, or with the
/// model of the repository, and puts the ELF file at `elf`.
///
/// # Errors
/// [`Error::NoTarget`], [`Error::Build`] with cargo's words, or what a program or a file says.
pub fn build(board: &Board, gen_bin: Option<&Path>, elf: &Path) -> Result<(), Error> {
    build_package(board.name, board.target, gen_bin, elf)
}

/// As [`build`], for the board that is called `name` and has a core of target triple `target`.
///
/// # Errors
/// Those of [`build`].
pub fn build_package(
    name: &'static str,
    target: &'static str,
    gen_bin: Option<&Path>,
    elf: &Path,
) -> Result<(), Error> {
    check_target(target)?;
    // Builds share a target folder and write the same ELF file: one after another.
    let _turn = lock()?;
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(&cargo);
    command
        .args([
            "build",
            "--release",
            "--message-format=json-render-diagnostics",
        ])
        .current_dir(folder(name))
        .stdin(Stdio::null());
    // What the host's build was asked for is not for the board's.
    for variable in [
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_ENCODED_RUSTFLAGS",
        "GEN_BIN",
        "RUSTFLAGS",
    ] {
        command.env_remove(variable);
    }
    if let Some(path) = gen_bin {
        let path = path.canonicalize().map_err(|source| Error::File {
            path: path.into(),
            source,
        })?;
        command.env("GEN_BIN", path);
    }
    let output = command.output().map_err(|source| Error::Start {
        program: cargo,
        source,
    })?;
    let build_error = |output: &[u8]| Error::Build {
        board: name,
        output: String::from_utf8_lossy(output).trim_end().into(),
    };
    if !output.status.success() {
        return Err(build_error(&output.stderr));
    }
    let built = executable(&output.stdout, name)
        .ok_or_else(|| build_error(b"cargo named no executable"))?;
    fs::copy(built, elf).map_err(|source| Error::File {
        path: elf.into(),
        source,
    })?;
    Ok(())
}

fn folder(board: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "../firmware/boards", board]
        .iter()
        .collect()
}

/// The executable of package `name` among cargo's messages, one JSON value a line.
fn executable(messages: &[u8], name: &str) -> Option<PathBuf> {
    messages
        .split(|&byte| byte == b'\n')
        .filter_map(|line| serde_json::from_slice::<Value>(line).ok())
        .filter(|message| message["target"]["name"] == name)
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
}

/// Looks for the standard library of `target`, without which the first crate of a build fails
/// with less helpful words.
fn check_target(target: &'static str) -> Result<(), Error> {
    let rustc = env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let output = Command::new(&rustc)
        .args(["--print", "target-libdir", "--target", target])
        .output()
        .map_err(|source| Error::Start {
            program: rustc,
            source,
        })?;
    let folder = String::from_utf8_lossy(&output.stdout);
    if output.status.success() && Path::new(folder.trim()).is_dir() {
        Ok(())
    } else {
        Err(Error::NoTarget { target })
    }
}

/// Waits until no other test builds firmware, in this process or another.
fn lock() -> Result<File, Error> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../firmware/boards/target/tests.lock");
    let lock = || {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let file = File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    lock().map_err(|source| Error::File {
        path: path.clone(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_target_is_named_with_the_command_that_installs_it() {
        let error = check_target("thumbv7m-none-nowhere").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the Rust target thumbv7m-none-nowhere is not installed: `rustup target add thumbv7m-none-nowhere`"
        );
    }
}
