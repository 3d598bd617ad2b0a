//! Reading the model file that a user names.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use runtime::{Model, ModelError};

use super::CliError;

/// Most bytes of a model file: far beyond any microcontroller's flash.
const MAX_BYTES: u64 = 1 << 30;

/// The bytes of the file `path`.
///
/// # Errors
/// [`CliError::Read`] if the system refuses, [`CliError::Model`] if the file is far too large.
pub fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?
            .take(MAX_BYTES + 1)
            .read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) if bytes.len() as u64 <= MAX_BYTES => Ok(bytes),
        Ok(_) => Err(unusable(path, ModelError::NotAModel)),
        Err(reason) => Err(CliError::Read {
            path: path.to_owned(),
            reason,
        }),
    }
}

/// The model in `bytes`, the content of the file `path`.
///
/// # Errors
/// [`CliError::Model`] if they are no usable model.
pub fn parse<'a>(path: &Path, bytes: &'a [u8]) -> Result<Model<'a>, CliError> {
    Model::from_bytes(bytes).map_err(|reason| unusable(path, reason))
}

fn unusable(path: &Path, reason: ModelError) -> CliError {
    CliError::Model {
        path: path.to_owned(),
        reason,
    }
}
