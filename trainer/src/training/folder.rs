//! The folder of a training run.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{Checkpoint, CheckpointError};
use crate::output::{self, OutputError};

/// A folder that belongs to one training.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
}

/// Why a folder cannot hold a new training. Each message is one sentence that names the path.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// A training in it is not finished.
    #[error(
        "{} holds a training that stopped at step {step} of {steps}: go on with --resume {}, or \
         delete the folder, or name another one with --run",
        path.display(), path.display()
    )]
    Unfinished {
        /// The folder.
        path: PathBuf,
        /// Steps done.
        step: u32,
        /// Steps of the whole training.
        steps: u32,
    },
    /// It holds something else.
    #[error(
        "{} is not the folder of a training, and it is not empty: name another one with --run",
        .0.display()
    )]
    Occupied(PathBuf),
    /// The operating system refuses.
    #[error("cannot use the folder {}: {reason}", path.display())]
    Io {
        /// The folder, or what is in it.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// What it holds cannot be read or written.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file cannot be written.
    #[error(transparent)]
    Output(#[from] OutputError),
}

impl Folder {
    /// Names the folder; nothing is created.
    pub fn at(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The checkpoint.
    pub fn checkpoint(&self) -> PathBuf {
        self.path.join("checkpoint")
    }

    /// The history, as comma-separated values.
    pub fn history(&self) -> PathBuf {
        self.path.join("history.csv")
    }

    /// The history, as a picture.
    pub fn plot(&self) -> PathBuf {
        self.path.join("plot.png")
    }

    /// The best model so far.
    pub fn best(&self) -> PathBuf {
        self.path.join("best.gen.bin")
    }

    /// The grids, one after the other, as an animation.
    pub fn animation(&self) -> PathBuf {
        self.path.join("training.gif")
    }

    /// Where the grid of samples after `step` steps belongs. Creates the folder for it.
    ///
    /// # Errors
    /// [`FolderError::Io`] if the system refuses.
    pub fn grid(&self, step: u32) -> Result<PathBuf, FolderError> {
        let folder = self.grids_folder();
        match fs::create_dir_all(&folder) {
            Ok(()) => Ok(folder.join(format!("step-{step:07}.png"))),
            Err(reason) => Err(FolderError::Io {
                path: folder,
                reason,
            }),
        }
    }

    fn grids_folder(&self) -> PathBuf {
        self.path.join("grids")
    }

    /// Checks that a new training may use the folder: that it is missing, empty, or of a training
    /// that is finished. Changes nothing.
    ///
    /// # Errors
    /// [`FolderError`] if it is in use, or its parent is missing.
    pub fn check_free(&self) -> Result<(), FolderError> {
        match Checkpoint::read(&self.checkpoint()) {
            Ok(old) if old.game.step >= old.steps => Ok(()),
            Ok(old) => Err(FolderError::Unfinished {
                path: self.path.clone(),
                step: old.game.step,
                steps: old.steps,
            }),
            Err(CheckpointError::Missing { .. }) => self.check_empty(),
            Err(other) => Err(other.into()),
        }
    }

    fn check_empty(&self) -> Result<(), FolderError> {
        match fs::read_dir(&self.path) {
            Ok(mut entries) => match entries.next() {
                None => Ok(()),
                Some(_) => Err(FolderError::Occupied(self.path.clone())),
            },
            // Whether it can be created shows in whether a file of that name could be.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(output::check(&self.path)?),
            Err(error) => Err(self.refused(error)),
        }
    }

    /// Gives the folder to a new training, of which `checkpoint` is the start: creates it where it
    /// is missing, and removes the results of an earlier training.
    ///
    /// # Errors
    /// [`FolderError`] if the system refuses.
    pub fn begin(&self, checkpoint: &Checkpoint) -> Result<(), FolderError> {
        fs::create_dir_all(&self.path).map_err(|reason| self.refused(reason))?;
        // Whenever this is interrupted, the folder is either empty or has a checkpoint in it.
        for path in [self.history(), self.plot(), self.best()] {
            remove(path)?;
        }
        self.forget_after(0)?;
        Ok(checkpoint.write(&self.checkpoint())?)
    }

    /// Removes what a training leaves here after `step` steps and will make again: the animation,
    /// the grids of later steps, and files that were being written when it was killed.
    ///
    /// # Errors
    /// [`FolderError::Io`] if the system refuses.
    pub fn forget_after(&self, step: u32) -> Result<(), FolderError> {
        let mut stale = vec![self.animation()];
        stale.extend(
            self.grids()?
                .into_iter()
                .filter(|(at, _)| *at > step)
                .map(|(_, path)| path),
        );
        for folder in [self.path.clone(), self.grids_folder()] {
            let is_part = |path: &PathBuf| {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                name.starts_with('.') && name.ends_with(".part")
            };
            stale.extend(self.files_in(&folder)?.into_iter().filter(is_part));
        }
        stale.into_iter().try_for_each(remove)
    }

    /// The grids of samples that are there: after how many steps, and where; the earliest first.
    ///
    /// # Errors
    /// [`FolderError::Io`] if the system refuses.
    pub fn grids(&self) -> Result<Vec<(u32, PathBuf)>, FolderError> {
        let step = |path: &Path| -> Option<u32> {
            let name = path.file_name()?.to_str()?;
            let step = name.strip_prefix("step-")?.strip_suffix(".png")?;
            step.parse().ok()
        };
        let files = self.files_in(&self.grids_folder())?;
        let mut grids: Vec<_> = files
            .into_iter()
            .filter_map(|path| Some((step(&path)?, path)))
            .collect();
        grids.sort();
        Ok(grids)
    }

    /// What is in `folder`, nothing if it is missing.
    fn files_in(&self, folder: &Path) -> Result<Vec<PathBuf>, FolderError> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            entries => entries.map_err(|reason| self.refused(reason))?,
        };
        let path = |entry: io::Result<fs::DirEntry>| entry.map(|entry| entry.path());
        let paths: io::Result<_> = entries.map(path).collect();
        paths.map_err(|reason| self.refused(reason))
    }

    fn refused(&self, reason: io::Error) -> FolderError {
        FolderError::Io {
            path: self.path.clone(),
            reason,
        }
    }
}

fn remove(path: PathBuf) -> Result<(), FolderError> {
    match fs::remove_file(&path) {
        Err(reason) if reason.kind() != io::ErrorKind::NotFound => {
            Err(FolderError::Io { path, reason })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_empty_folder_is_free() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("run");
        let folder = Folder::at(&path);
        folder.check_free().unwrap();
        assert!(!path.exists());
        fs::create_dir(&path).unwrap();
        folder.check_free().unwrap();
    }

    #[test]
    fn a_folder_with_something_else_is_refused() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("letter"), "dear").unwrap();
        let error = Folder::at(home.path()).check_free().unwrap_err();
        assert!(matches!(error, FolderError::Occupied(_)), "{error}");
        let file = home.path().join("letter");
        assert!(Folder::at(&file).check_free().is_err());
    }

    #[test]
    fn a_missing_parent_is_named() {
        let home = tempfile::tempdir().unwrap();
        let error = Folder::at(&home.path().join("no/run")).check_free();
        let message = error.unwrap_err().to_string();
        let parent = home.path().join("no");
        assert!(message.contains(parent.to_str().unwrap()), "{message}");
    }

    #[test]
    fn grids_are_in_the_order_of_their_steps_and_later_ones_are_forgotten() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        for step in [30, 0, 12_000_000, 200] {
            fs::write(folder.grid(step).unwrap(), "").unwrap();
        }
        fs::write(home.path().join("grids/notes.txt"), "").unwrap();
        let steps = || -> Vec<u32> {
            let grids = folder.grids().unwrap();
            grids.into_iter().map(|(step, _)| step).collect()
        };
        assert_eq!(steps(), [0, 30, 200, 12_000_000]);
        fs::write(home.path().join(".plot.png.x7.part"), "").unwrap();
        fs::write(home.path().join("grids/.step-1.png.q.part"), "").unwrap();
        folder.forget_after(30).unwrap();
        assert_eq!(steps(), [0, 30]);
        assert!(!home.path().join(".plot.png.x7.part").exists());
        assert!(!home.path().join("grids/.step-1.png.q.part").exists());
        assert!(home.path().join("grids/notes.txt").exists());
    }
}
