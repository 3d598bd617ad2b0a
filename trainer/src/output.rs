//! Result files are written whole or not at all.
//!
//! A file grows under a temporary name in the folder of its destination and takes the
//! destination's name, in one step, once all of it is on the disk. Whatever fails before that, a
//! file that was there before stays as it was.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

/// Why a file was not written. Each message is one sentence that names the path.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The folder that should hold the file does not exist.
    #[error(
        "cannot write {}: there is no folder {}; create it first or name another path",
        path.display(),
        folder.display()
    )]
    NoFolder {
        /// The file that was asked for.
        path: PathBuf,
        /// The missing folder.
        folder: PathBuf,
    },
    /// The path is a folder.
    #[error("cannot write {}: it is a folder; name a file", path.display())]
    IsFolder {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The path is a file that is marked read-only.
    #[error(
        "cannot write {}: the file is read-only; allow writing to it or name another path",
        path.display()
    )]
    ReadOnly {
        /// The path that was asked for.
        path: PathBuf,
    },
    /// The operating system refused, for instance because the disk is full.
    #[error("cannot write {}: {reason}", path.display())]
    Io {
        /// The file that was asked for.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
}

/// A file being written. It appears under its own name only with [`commit`](Self::commit);
/// dropped before that, it leaves nothing behind.
///
/// A path that is neither a file nor free, such as a pipe or `/dev/stdout`, cannot be replaced:
/// it is written to directly.
#[derive(Debug)]
pub struct AtomicFile {
    path: PathBuf,
    target: Target,
}

#[derive(Debug)]
enum Target {
    /// A temporary file and the path that it shall take.
    Replace(BufWriter<NamedTempFile>, PathBuf),
    /// A device or pipe.
    Direct(BufWriter<File>),
}

impl AtomicFile {
    /// Begins to write the file `path`.
    ///
    /// # Errors
    /// [`OutputError`] if nothing can be written there.
    pub fn create(path: &Path) -> Result<Self, OutputError> {
        let io = |reason| OutputError::Io {
            path: path.to_owned(),
            reason,
        };
        let target = match fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                return Err(OutputError::IsFolder {
                    path: path.to_owned(),
                });
            }
            Ok(found) if !found.is_file() => {
                let file = File::options().write(true).open(path).map_err(io)?;
                Target::Direct(BufWriter::new(file))
            }
            Ok(found) if found.permissions().readonly() => {
                return Err(OutputError::ReadOnly {
                    path: path.to_owned(),
                });
            }
            Ok(found) => {
                // Behind a symbolic link, the file itself is replaced, not the link.
                let destination = fs::canonicalize(path).map_err(io)?;
                let file = temporary_beside(&destination).map_err(io)?;
                fs::set_permissions(file.path(), found.permissions()).map_err(io)?;
                Target::Replace(BufWriter::new(file), destination)
            }
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => {
                let folder = folder_of(path);
                if path.file_name().is_none() || !folder.is_dir() {
                    return Err(OutputError::NoFolder {
                        path: path.to_owned(),
                        folder: folder.to_owned(),
                    });
                }
                let file = temporary_beside(path).map_err(io)?;
                Target::Replace(BufWriter::new(file), path.to_owned())
            }
            Err(reason) => return Err(io(reason)),
        };
        Ok(Self {
            path: path.to_owned(),
            target,
        })
    }

    /// Appends `bytes`.
    ///
    /// # Errors
    /// [`OutputError::Io`] if the system refuses, for instance because the disk is full.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), OutputError> {
        let written = match &mut self.target {
            Target::Replace(file, _) => file.write_all(bytes),
            Target::Direct(file) => file.write_all(bytes),
        };
        written.map_err(|reason| OutputError::Io {
            path: self.path.clone(),
            reason,
        })
    }

    /// Brings everything to the disk and gives the file its name.
    ///
    /// # Errors
    /// [`OutputError::Io`] if the system refuses. A file that had the name keeps it.
    pub fn commit(self) -> Result<(), OutputError> {
        let path = self.path;
        let finish = || match self.target {
            Target::Replace(file, destination) => {
                let file = file.into_inner().map_err(|e| e.into_error())?;
                file.as_file().sync_all()?;
                file.persist(&destination).map_err(|e| e.error)?;
                sync_folder(folder_of(&destination));
                Ok(())
            }
            Target::Direct(mut file) => file.flush(),
        };
        finish().map_err(|reason| OutputError::Io { path, reason })
    }
}

/// Writes the file `path` with the content `bytes`, whole or not at all.
///
/// # Errors
/// [`OutputError`] if it cannot be written. A file that was there before is then unchanged.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = AtomicFile::create(path)?;
    file.append(bytes)?;
    file.commit()
}

/// Checks that a file could be written at `path`, so that a long computation does not end with
/// the news that its result has no place. Leaves nothing behind.
///
/// # Errors
/// [`OutputError`] as [`write()`] would report it now.
pub fn check(path: &Path) -> Result<(), OutputError> {
    AtomicFile::create(path).map(drop)
}

/// The folder that holds `path`: `.` for a bare file name.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// An empty file in the folder of `path`, deleted when dropped. Hidden, and named so that nobody
/// takes it for a finished one.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".part");
    // A temporary file is private by default; this one becomes an ordinary file, for which the
    // user's umask decides.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(folder_of(path))
}

/// Makes a new name in `folder` durable. Some network file systems cannot do that; the file is
/// complete and has its name all the same, so a refusal is no failure.
fn sync_folder(folder: &Path) {
    #[cfg(unix)]
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    #[cfg(not(unix))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names_in(folder: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn writes_a_new_file_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.bin");
        write(&path, b"content").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"content");
        assert_eq!(names_in(folder.path()), ["new.bin"]);
    }

    #[test]
    fn replaces_an_existing_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gen.bin");
        fs::write(&path, "an older and longer content").unwrap();
        write(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names_in(folder.path()), ["gen.bin"]);
    }

    #[test]
    fn leaves_an_existing_file_untouched_until_commit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("gen.bin");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.append(&vec![7; 100_000]).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        drop(file);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(names_in(folder.path()), ["gen.bin"]);
    }

    #[test]
    fn check_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        check(&folder.path().join("later.bin")).unwrap();
        assert!(names_in(folder.path()).is_empty());
    }

    #[test]
    fn names_the_missing_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent/gen.bin");
        let error = write(&path, b"x").unwrap_err();
        assert!(
            matches!(&error, OutputError::NoFolder { folder: missing, .. }
            if *missing == folder.path().join("absent"))
        );
        assert!(error.to_string().contains("there is no folder"));
    }

    #[test]
    fn refuses_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let error = write(folder.path(), b"x").unwrap_err();
        assert!(matches!(error, OutputError::IsFolder { .. }));
    }

    #[test]
    fn refuses_a_read_only_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kept.bin");
        fs::write(&path, "kept").unwrap();
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        let error = write(&path, b"x").unwrap_err();
        assert!(matches!(error, OutputError::ReadOnly { .. }));
        assert_eq!(fs::read(&path).unwrap(), b"kept");
    }

    #[cfg(unix)]
    #[test]
    fn has_the_permissions_of_an_ordinary_file() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, ordinary) = (folder.path().join("a"), folder.path().join("b"));
        write(&ours, b"x").unwrap();
        fs::write(&ordinary, "x").unwrap();
        let mode = |path| fs::metadata(path).unwrap().permissions();
        assert_eq!(mode(&ours), mode(&ordinary));
    }

    #[cfg(unix)]
    #[test]
    fn writes_through_a_symbolic_link() {
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real"), folder.path().join("link"));
        fs::write(&real, "old").unwrap();
        std::os::unix::fs::symlink(&real, &link).unwrap();
        write(&link, b"new").unwrap();
        assert_eq!(fs::read(&real).unwrap(), b"new");
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn reports_a_full_device_and_does_not_replace_it() {
        let full = Path::new("/dev/full");
        let error = write(full, &[1; 10]).unwrap_err();
        assert!(error.to_string().starts_with("cannot write /dev/full: "));
        assert!(!fs::metadata(full).unwrap().is_file());
    }
}
