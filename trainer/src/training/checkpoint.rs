//! The checkpoint file: everything that a training needs to go on as if nothing had happened.
//!
//! The file is [`MAGIC`], the SHA-256 of the rest, and the [`Checkpoint`] in postcard's format. It
//! is replaced as a whole, so there is always one, and it is never half a one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Best, History, Identity};
use crate::gan::game::GameState;
use crate::output::{self, OutputError};

/// First bytes of every checkpoint. The number is that of the layout of all that follows.
pub const MAGIC: &[u8] = b"pocketgan checkpoint 1\n";
/// How those of other layouts begin.
const FAMILY: &[u8] = b"pocketgan checkpoint ";
const DIGEST: usize = 32;

/// A training between two steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// What the command that trains needs to set everything up again, in terms of its own.
    pub arguments: String,
    /// What the training is about.
    pub identity: Identity,
    /// Steps of the whole training.
    pub steps: u32,
    /// What has been measured.
    pub history: History,
    /// The best model so far.
    pub best: Option<Best>,
    /// Networks, optimisers and the step.
    pub game: GameState,
}

/// Why there is no checkpoint. Each message is one sentence that names the path.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// No file, so no training to go on with.
    #[error("there is no training to resume in {}: it holds no checkpoint", folder.display())]
    Missing {
        /// The folder that should hold it.
        folder: PathBuf,
    },
    /// The operating system refuses to read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// Something else has this name.
    #[error("cannot resume from {}: it is not a checkpoint of trainer", .0.display())]
    Foreign(PathBuf),
    /// A checkpoint with another layout.
    #[error(
        "cannot resume from {}: it was written by another version of trainer; finish the training \
         with that one, or start anew",
        .0.display()
    )]
    Version(PathBuf),
    /// The file has changed since it was written.
    #[error(
        "cannot resume from {}: the file is damaged; restore it from a copy, or delete the folder \
         and start anew",
        .0.display()
    )]
    Damaged(PathBuf),
    /// It could not be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Checkpoint {
    /// Writes the file `path`, whole or not at all.
    ///
    /// # Errors
    /// [`CheckpointError::Output`] if it cannot be written; a checkpoint that was there is then
    /// still there.
    pub fn write(&self, path: &Path) -> Result<(), CheckpointError> {
        let content = postcard::to_extend(self, Vec::new())
            .expect("memory takes every byte, and all lengths are known");
        let digest = Sha256::digest(&content);
        output::write(path, &[MAGIC, digest.as_slice(), &content].concat())?;
        Ok(())
    }

    /// Reads the checkpoint `path`.
    ///
    /// # Errors
    /// [`CheckpointError`] if it is missing or is not, byte for byte, what
    /// [`write`](Self::write()) wrote.
    pub fn read(path: &Path) -> Result<Self, CheckpointError> {
        let bytes = fs::read(path).map_err(|reason| match reason.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => CheckpointError::Missing {
                folder: path.parent().unwrap_or(path).to_owned(),
            },
            _ => CheckpointError::Read {
                path: path.to_owned(),
                reason,
            },
        })?;
        let Some(rest) = bytes.strip_prefix(MAGIC) else {
            return Err(if bytes.starts_with(FAMILY) {
                CheckpointError::Version(path.to_owned())
            } else {
                CheckpointError::Foreign(path.to_owned())
            });
        };
        let damaged = || CheckpointError::Damaged(path.to_owned());
        let (digest, content) = rest.split_at_checked(DIGEST).ok_or_else(damaged)?;
        if Sha256::digest(content).as_slice() != digest {
            return Err(damaged());
        }
        postcard::from_bytes(content).map_err(|_| damaged())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::training::Evaluation;

    fn checkpoint() -> Checkpoint {
        let mut history = History::default();
        history.record(20, Default::default());
        Checkpoint {
            arguments: "{\"seed\":7}".into(),
            identity: Identity {
                recipe: "nano".into(),
                seed: 7,
                data: "strokes".into(),
                digest: [3; 32],
            },
            steps: 40,
            history,
            best: Some(Best {
                step: 20,
                evaluation: Evaluation {
                    recognised: Some(0.25),
                    frechet: 81.5,
                    diversity: 0.5,
                },
                model: vec![1, 2, 3],
            }),
            game: GameState {
                step: 20,
                generator: vec![1; 1000],
                average: vec![2; 1000],
                discriminator: vec![3; 1000],
                generator_optimizer: vec![4; 1000],
                discriminator_optimizer: vec![5; 1000],
            },
        }
    }

    fn written() -> (tempfile::TempDir, PathBuf, Vec<u8>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("checkpoint");
        checkpoint().write(&path).unwrap();
        let bytes = fs::read(&path).unwrap();
        (folder, path, bytes)
    }

    #[test]
    fn what_is_read_is_what_was_written() {
        let (_folder, path, _) = written();
        assert_eq!(Checkpoint::read(&path).unwrap(), checkpoint());
    }

    #[test]
    fn rejects_every_flipped_bit_and_every_truncation() {
        let (_folder, path, bytes) = written();
        for at in (0..bytes.len()).step_by(37).chain([bytes.len() - 1]) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x10;
            fs::write(&path, &damaged).unwrap();
            let error = Checkpoint::read(&path).unwrap_err().to_string();
            assert!(error.contains(path.to_str().unwrap()), "{error}");
            fs::write(&path, &bytes[..at]).unwrap();
            let error = Checkpoint::read(&path).unwrap_err();
            let expected = match at < MAGIC.len() {
                true if at < FAMILY.len() => matches!(error, CheckpointError::Foreign(_)),
                true => matches!(error, CheckpointError::Version(_)),
                false => matches!(error, CheckpointError::Damaged(_)),
            };
            assert!(expected, "{error} after {at} bytes");
        }
    }

    #[test]
    fn tells_other_versions_from_other_files() {
        let (_folder, path, mut bytes) = written();
        bytes[FAMILY.len()] = b'9';
        fs::write(&path, &bytes).unwrap();
        let error = Checkpoint::read(&path).unwrap_err();
        assert!(matches!(error, CheckpointError::Version(_)), "{error}");
        fs::write(&path, "a note of mine").unwrap();
        let error = Checkpoint::read(&path).unwrap_err();
        assert!(matches!(error, CheckpointError::Foreign(_)), "{error}");
    }

    #[test]
    fn names_the_folder_without_a_checkpoint() {
        let folder = tempfile::tempdir().unwrap();
        let error = Checkpoint::read(&folder.path().join("checkpoint")).unwrap_err();
        let name = folder.path().to_str().unwrap();
        assert!(error.to_string().contains(name), "{error}");
    }
}
