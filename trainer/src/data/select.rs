//! Which data set a user gets.

use std::path::{Path, PathBuf};

use super::mnist::Store;
use super::strokes::strokes;
use super::{DataError, DataSet, folder};

/// Images of the `strokes` data set to train with and to test with: as many as MNIST has.
const STROKES: (usize, usize) = (60_000, 10_000);
/// Seeds of the two parts of `strokes`.
const STROKES_SEEDS: (u64, u64) = (1, 2);

/// A data set that the user names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// MNIST as published, wherever its [`Store`] finds it.
    Mnist,
    /// Procedural digits, made on this machine.
    Strokes,
    /// Files of the user: a folder or an images file.
    Path(PathBuf),
}

impl Choice {
    /// What an argument stands for: `mnist`, `strokes`, or a path (`./mnist` for a folder with
    /// such a name).
    pub fn from_argument(argument: &Path) -> Self {
        match argument.to_str() {
            Some("mnist") => Choice::Mnist,
            Some("strokes") => Choice::Strokes,
            _ => Choice::Path(argument.to_owned()),
        }
    }
}

/// A wish for data, and where it may come from.
#[derive(Debug)]
pub struct Request {
    /// The data set that the user names in a command.
    pub choice: Option<Choice>,
    /// The folder or file that the user's environment names (`POCKETGAN_DATA`).
    pub environment: Option<PathBuf>,
    /// Where MNIST is kept, or why it cannot be kept.
    pub store: Result<Store, DataError>,
}

impl Request {
    /// Loads the data set: the one that is named, else the path in the environment, else MNIST
    /// and, if that is not to be had, `strokes`. `say` gets the line that announces this
    /// fallback.
    ///
    /// # Errors
    /// [`DataError`] if the chosen data are missing or broken. Only a missing MNIST that nobody
    /// named is replaced.
    pub fn load(self, say: &mut dyn FnMut(&str)) -> Result<DataSet, DataError> {
        Ok(self.find(say)?.unwrap_or_else(make_strokes))
    }

    /// The data set, or `None` if `strokes` is to be made.
    fn find(self, say: &mut dyn FnMut(&str)) -> Result<Option<DataSet>, DataError> {
        let mnist = match self.choice.or(self.environment.map(Choice::Path)) {
            Some(Choice::Path(path)) => return folder::load(&path).map(Some),
            Some(Choice::Strokes) => return Ok(None),
            Some(Choice::Mnist) => return self.store?.load().map(Some),
            None => self.store.and_then(|store| store.load()),
        };
        let reason = match mnist {
            Err(DataError::Download(failure)) => {
                format!("could not be downloaded ({})", failure.brief())
            }
            Err(DataError::NoCacheFolder) => {
                "can be kept nowhere (this user has no home folder)".into()
            }
            mnist => return mnist.map(Some),
        };
        say(&format!(
            "MNIST {reason}, so strokes, a data set of procedural digits, takes its place; \
             --data DIR names a folder that holds MNIST"
        ));
        Ok(None)
    }
}

fn make_strokes() -> DataSet {
    DataSet {
        name: "strokes".into(),
        origin: "strokes, procedural digits made on this machine".into(),
        train: strokes(STROKES.0, STROKES_SEEDS.0),
        test: strokes(STROKES.1, STROKES_SEEDS.1),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;
    use crate::data::mnist::Published;

    /// A request of a user without data, whose network refuses every connection.
    fn offline(cache: &Path) -> Request {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .unwrap()
            .port();
        Request {
            choice: None,
            environment: None,
            store: Ok(Store {
                folder: cache.join("mnist"),
                users: None,
                mirrors: vec![format!("http://127.0.0.1:{port}/")],
                files: vec![Published {
                    name: "train-images-idx3-ubyte.gz".into(),
                    sha256: "00".repeat(32),
                }],
            }),
        }
    }

    fn find(request: Request) -> (Result<Option<DataSet>, DataError>, Vec<String>) {
        let mut lines = Vec::new();
        let found = request.find(&mut |line: &str| lines.push(line.to_owned()));
        (found, lines)
    }

    #[test]
    fn a_name_is_a_data_set_and_anything_else_a_path() {
        let choice = |argument: &str| Choice::from_argument(Path::new(argument));
        assert_eq!(choice("mnist"), Choice::Mnist);
        assert_eq!(choice("strokes"), Choice::Strokes);
        assert_eq!(choice("./mnist"), Choice::Path("./mnist".into()));
        assert_eq!(choice("digits"), Choice::Path("digits".into()));
    }

    #[test]
    fn falls_back_to_strokes_in_one_line_that_says_why() {
        let cache = tempfile::tempdir().unwrap();
        let (found, lines) = find(offline(cache.path()));
        assert!(found.unwrap().is_none());
        assert_eq!(lines.len(), 1);
        let fallback = &lines[0];
        assert!(fallback.contains("strokes"), "{fallback}");
        assert!(fallback.contains("refused"), "{fallback}");
        assert!(!fallback.contains('\n'), "{fallback}");
    }

    #[test]
    fn falls_back_without_a_home_folder() {
        let cache = tempfile::tempdir().unwrap();
        let request = Request {
            store: Err(DataError::NoCacheFolder),
            ..offline(cache.path())
        };
        let (found, lines) = find(request);
        assert!(found.unwrap().is_none());
        assert_eq!(lines.len(), 1);
    }

    #[test]
    fn mnist_by_name_never_falls_back() {
        let cache = tempfile::tempdir().unwrap();
        let request = Request {
            choice: Some(Choice::Mnist),
            ..offline(cache.path())
        };
        assert!(matches!(
            find(request).0.unwrap_err(),
            DataError::Download(_)
        ));
    }

    #[test]
    fn strokes_by_name_touches_no_network() {
        let cache = tempfile::tempdir().unwrap();
        let request = Request {
            choice: Some(Choice::Strokes),
            environment: Some(cache.path().join("absent")),
            ..offline(cache.path())
        };
        let (found, lines) = find(request);
        assert!(found.unwrap().is_none());
        assert!(lines.is_empty());
        assert!(!cache.path().join("mnist").exists());
    }

    #[test]
    fn a_broken_path_is_an_error_from_either_source() {
        let cache = tempfile::tempdir().unwrap();
        let absent = cache.path().join("absent");
        let argument = Request {
            choice: Some(Choice::Path(absent.clone())),
            ..offline(cache.path())
        };
        let environment = Request {
            environment: Some(absent.clone()),
            ..offline(cache.path())
        };
        for request in [argument, environment] {
            let (found, lines) = find(request);
            assert!(matches!(found.unwrap_err(), DataError::NotFound(path) if path == absent));
            assert!(lines.is_empty());
        }
    }
}
