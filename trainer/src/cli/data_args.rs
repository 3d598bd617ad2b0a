//! Which data to train with, as command line arguments.

use std::path::PathBuf;

use clap::Args;
use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use super::{CliError, tell};
use crate::data::mnist::Store;
use crate::data::{Choice, DataSet, Request};

/// The environment variable that names a folder of data.
const ENVIRONMENT: &str = "POCKETGAN_DATA";

/// Arguments of commands that need a data set.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
pub struct DataArgs {
    /// What to learn from: mnist, strokes (procedural digits, needs no network), a folder of
    /// MNIST's IDX files, or one IDX file of images
    ///
    /// Without it, the folder that the environment variable POCKETGAN_DATA names; else MNIST from
    /// this user's cache folder, downloaded there once; else, without a network, strokes. mnist by
    /// its name is taken from POCKETGAN_DATA, too, if that holds it as published. A folder of data
    /// holds train-images-idx3-ubyte, t10k-images-idx3-ubyte and their labels, with or without .gz.
    /// If there is only one of the two, every seventh image of it is set aside for testing.
    #[arg(long, value_name = "mnist|strokes|DIR|FILE")]
    pub data: Option<PathBuf>,

    /// Download MNIST from this address, under which train-images-idx3-ubyte.gz and the other
    /// files lie (implies --data mnist)
    #[arg(long, value_name = "URL", value_parser = parse_mirror)]
    pub mirror: Option<String>,
}

impl DataArgs {
    /// Loads the data set. A fallback is announced on stderr.
    ///
    /// # Errors
    /// [`CliError::Data`] if there are no such data, [`CliError::Usage`] for a mirror of something
    /// that is not downloaded.
    pub fn load(&self) -> Result<DataSet, CliError> {
        let named = self.data.as_deref().map(Choice::from_argument);
        let choice = match (named, &self.mirror) {
            (None, Some(_)) => Some(Choice::Mnist),
            (Some(Choice::Strokes | Choice::Path(_)), Some(_)) => {
                return Err(CliError::Usage(
                    "--mirror says where to download MNIST from, which --data rules out here: \
                     give one of them"
                        .into(),
                ));
            }
            (named, _) => named,
        };
        let request = Request {
            choice,
            environment: environment(),
            store: Store::of_user(self.mirror.as_deref(), environment()),
        };
        Ok(request.load(&mut |line| tell(&format!("note: {line}")))?)
    }

    /// Whether they name anything.
    pub fn are_given(&self) -> bool {
        self.data.is_some() || self.mirror.is_some()
    }

    /// Arguments that load `loaded`, which these have loaded, in any working folder and, unless they
    /// name MNIST, which is the same everywhere, in any environment.
    pub fn settled(&self, loaded: &DataSet) -> Self {
        let path = match self.data.as_deref().map(Choice::from_argument) {
            Some(Choice::Path(path)) => Some(path),
            Some(Choice::Mnist | Choice::Strokes) => None,
            None if self.mirror.is_some() => return self.clone(),
            None => environment(),
        };
        // Data without a path are known by their name.
        let data = match path {
            Some(path) => std::path::absolute(&path).unwrap_or(path),
            None => PathBuf::from(&loaded.name),
        };
        Self {
            data: Some(data),
            mirror: self.mirror.clone(),
        }
    }
}

/// What the environment names.
fn environment() -> Option<PathBuf> {
    let path = std::env::var_os(ENVIRONMENT).filter(|path| !path.is_empty());
    path.map(PathBuf::from)
}

fn parse_mirror(text: &str) -> Result<String, String> {
    let uri: Uri = text.parse().map_err(|_| "this is no address")?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) => Ok(text.to_owned()),
        _ => Err("an address that begins with https:// or http:// is expected".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_is_a_web_address() {
        assert!(parse_mirror("https://example.org/mnist").is_ok());
        assert!(parse_mirror("http://127.0.0.1:8000/").is_ok());
        for wrong in ["", "mnist", "ftp://example.org/", "https://", "/tmp/mnist"] {
            assert!(parse_mirror(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mirror_of_files_or_strokes_is_a_usage_error() {
        for data in ["strokes", "/some/folder"] {
            let args = DataArgs {
                data: Some(data.into()),
                mirror: Some("http://127.0.0.1:1/".into()),
            };
            assert_eq!(args.load().unwrap_err().exit_code(), 2);
        }
    }
}
