//! MNIST as published: kept in the user's cache folder, downloaded there if it is missing.

use std::fs::{self, File};
use std::io::{self, Read};
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use sha2::{Digest, Sha256};
use ureq::Agent;
use ureq::http::Uri;

use super::{DataError, DataSet, Images, folder, idx};
use crate::output::{self, OutputError};

/// Where MNIST is fetched from, in this order, unless the user names another mirror.
pub const MIRRORS: [&str; 2] = [
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
];

/// The files of MNIST, each with the SHA-256 of its uncompressed content.
const FILES: [(&str, &str); 4] = [
    (
        "train-images-idx3-ubyte.gz",
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    (
        "train-labels-idx1-ubyte.gz",
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    (
        "t10k-images-idx3-ubyte.gz",
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    (
        "t10k-labels-idx1-ubyte.gz",
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
];

/// Whether `images` are the published training images, in their order.
pub fn is_published(images: &Images) -> bool {
    let mut hash = Sha256::new();
    // The header of an IDX file: type (bytes, three dimensions) and the dimensions, big-endian.
    for value in [0x803, images.len(), images.height, images.width] {
        hash.update((value as u32).to_be_bytes());
    }
    hash.update(&images.pixels);
    hexadecimal(hash) == FILES[0].1
}

/// To find a host and to connect to it. Short, for a machine without a network must not wait.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Longest silence of a server that was reached.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(20);
/// Most bytes accepted for a file, compressed or not: more than the largest (47 MB) has.
const MAX_BYTES: u64 = 64 << 20;

/// Why a file of MNIST was not fetched.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// The server was not reached, or did not send the file.
    #[error("{url}: {reason}")]
    Transfer {
        /// Address of the file.
        url: String,
        /// What happened.
        reason: String,
    },
    /// What the server sent is not the published file.
    #[error("{url}: the content is not the published one (SHA-256 {found}, not {expected})")]
    Digest {
        /// Address of the file.
        url: String,
        /// SHA-256 of the published file, uncompressed.
        expected: String,
        /// SHA-256 of what was sent, uncompressed.
        found: String,
    },
    /// The cache folder cannot be made.
    #[error("cannot make the folder {}: {reason}", folder.display())]
    Folder {
        /// The cache folder.
        folder: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// The file cannot be stored.
    #[error(transparent)]
    Store(#[from] OutputError),
    /// No mirror served.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Mirrors(Vec<DownloadError>),
}

impl DownloadError {
    /// The reason without addresses; where several mirrors failed, that of the last.
    pub fn brief(&self) -> String {
        match self {
            DownloadError::Transfer { reason, .. } => reason.clone(),
            DownloadError::Mirrors(failures) => failures
                .last()
                .map_or_else(|| "no mirror is known".into(), DownloadError::brief),
            other => other.to_string(),
        }
    }
}

/// A file of the data set.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its name, on the mirrors and in the cache.
    pub name: String,
    /// SHA-256 of its uncompressed content, in lower-case hexadecimal.
    pub sha256: String,
}

impl Published {
    /// Whether `folder` holds the file with the right content, compressed or not.
    fn is_in(&self, folder: &Path) -> bool {
        // The order in which `folder::load` looks for them.
        let names = [self.name.trim_end_matches(".gz"), &self.name];
        let mut files = names
            .iter()
            .filter_map(|name| File::open(folder.join(name)).ok());
        let digest = files.next().map(sha256_of_content);
        matches!(digest, Some(Ok(found)) if found == self.sha256)
    }
}

/// A folder that holds MNIST, and where the files come from that it lacks.
#[derive(Debug, Clone)]
pub struct Store {
    /// The cache folder. It is made when it is needed.
    pub folder: PathBuf,
    /// A folder of the user that may hold the files, too, with or without `.gz`. It is looked at
    /// first, and only read.
    pub users: Option<PathBuf>,
    /// Base addresses, tried in order.
    pub mirrors: Vec<String>,
    /// The files that make up the data set.
    pub files: Vec<Published>,
}

impl Store {
    /// The store in the user's cache folder (for instance `~/.cache/pocketgan/mnist`), filled from
    /// `mirror` or else from [`MIRRORS`]; not needed if the folder `users` holds MNIST.
    ///
    /// # Errors
    /// [`DataError::NoCacheFolder`] if the system names no such folder.
    pub fn of_user(mirror: Option<&str>, users: Option<PathBuf>) -> Result<Self, DataError> {
        let folders =
            directories::ProjectDirs::from("", "", "pocketgan").ok_or(DataError::NoCacheFolder)?;
        Ok(Self {
            folder: folders.cache_dir().join("mnist"),
            users,
            mirrors: match mirror {
                Some(mirror) => vec![mirror.to_owned()],
                None => MIRRORS.map(String::from).to_vec(),
            },
            files: FILES
                .map(|(name, sha256)| Published {
                    name: name.to_owned(),
                    sha256: sha256.to_owned(),
                })
                .to_vec(),
        })
    }

    /// Loads MNIST: from the user's folder if that holds all of it unchanged, else from the cache
    /// folder, after downloading what that lacks or holds damaged. A download shows a progress bar
    /// on stderr if that is a terminal.
    ///
    /// # Errors
    /// [`DataError::Download`] if a file is missing and no mirror serves it.
    pub fn load(&self) -> Result<DataSet, DataError> {
        let users = self.users.as_deref().filter(|users| {
            let mut files = self.files.iter();
            files.all(|file| file.is_in(users))
        });
        let folder = match users {
            Some(users) => users,
            None => {
                self.complete().map_err(DataError::Download)?;
                &self.folder
            }
        };
        let data = folder::load(folder)?;
        Ok(DataSet {
            name: "mnist".into(),
            origin: format!("MNIST, kept in {}", folder.display()),
            ..data
        })
    }

    /// Downloads what the cache folder lacks.
    fn complete(&self) -> Result<(), DownloadError> {
        let files = self.files.iter();
        let missing: Vec<_> = files.filter(|file| !file.is_in(&self.folder)).collect();
        match missing.is_empty() {
            true => Ok(()),
            false => self.fetch(missing),
        }
    }

    /// Downloads `missing` files, from the first mirror as long as it serves, then from the next.
    fn fetch(&self, mut missing: Vec<&Published>) -> Result<(), DownloadError> {
        fs::create_dir_all(&self.folder).map_err(|reason| DownloadError::Folder {
            folder: self.folder.clone(),
            reason,
        })?;
        let mut failures = Vec::new();
        for mirror in &self.mirrors {
            let agent = agent(mirror);
            let mut fetched = 0;
            let result = missing.iter().try_for_each(|file| {
                let content = download(&agent, mirror, file)?;
                output::write(&self.folder.join(&file.name), &content)?;
                fetched += 1;
                Ok(())
            });
            match result {
                Ok(()) => return Ok(()),
                Err(unwritable @ DownloadError::Store(_)) => return Err(unwritable),
                Err(failure) => failures.push(failure),
            }
            missing.drain(..fetched);
        }
        Err(DownloadError::Mirrors(failures))
    }
}

/// The bytes of `file` as the mirror serves them, after a check of their content.
fn download(agent: &Agent, mirror: &str, file: &Published) -> Result<Vec<u8>, DownloadError> {
    let url = format!("{}/{}", mirror.trim_end_matches('/'), file.name);
    let failed = |reason: String| DownloadError::Transfer {
        url: url.clone(),
        reason,
    };
    let bar = ProgressBar::new_spinner()
        .with_message(format!("asking for {url}"))
        .with_finish(ProgressFinish::AndClear);
    bar.enable_steady_tick(Duration::from_millis(100));
    let mut response = agent
        .get(&url)
        .call()
        .map_err(|error| failed(in_words(error)))?;
    drop(bar);
    let body = response.body_mut();
    let bar = progress_bar(&file.name, body.content_length());
    let mut bytes = Vec::new();
    bar.wrap_read(body.as_reader())
        .take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| failed(format!("the transfer broke off ({error})")))?;
    drop(bar);
    let found = sha256_of_content(&*bytes)
        .map_err(|error| failed(format!("what was sent is damaged ({error})")))?;
    if found == file.sha256 {
        Ok(bytes)
    } else {
        Err(DownloadError::Digest {
            url,
            expected: file.sha256.clone(),
            found,
        })
    }
}

fn agent(mirror: &str) -> Agent {
    let mut config = Agent::config_builder()
        .user_agent(concat!("pocketgan/", env!("CARGO_PKG_VERSION")))
        .timeout_resolve(Some(CONNECT_TIMEOUT))
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_recv_response(Some(SILENCE_TIMEOUT))
        .timeout_per_read(Some(SILENCE_TIMEOUT));
    if is_loopback(mirror) {
        // A proxy that the environment names does not reach this machine's own servers.
        config = config.proxy(None);
    }
    config.build().into()
}

fn is_loopback(mirror: &str) -> bool {
    let uri: Option<Uri> = mirror.parse().ok();
    uri.as_ref().and_then(Uri::host).is_some_and(|host| {
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        host == "localhost" || address.is_ok_and(|address| address.is_loopback())
    })
}

fn in_words(error: ureq::Error) -> String {
    match error {
        ureq::Error::StatusCode(404) => "the server has no such file (status 404)".into(),
        ureq::Error::StatusCode(status) => format!("the server answered with status {status}"),
        ureq::Error::HostNotFound => "the host was not found".into(),
        ureq::Error::Timeout(_) => "no answer in time".into(),
        ureq::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}

/// SHA-256 of the content, uncompressed if it is compressed with gzip, in hexadecimal.
fn sha256_of_content(file: impl Read) -> io::Result<String> {
    let (content, _) = idx::decompressed(file)?;
    let mut content = content.take(MAX_BYTES);
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match content.read(&mut buffer)? {
            0 => break,
            read => hash.update(&buffer[..read]),
        }
    }
    Ok(hexadecimal(hash))
}

fn hexadecimal(hash: Sha256) -> String {
    let digest = hash.finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A bar on stderr, hidden where that is no terminal and cleared when it is dropped.
fn progress_bar(name: &str, len: Option<u64>) -> ProgressBar {
    let (bar, template) = match len {
        Some(len) => (
            ProgressBar::new(len),
            "{msg} [{bar:30}] {bytes}/{total_bytes} {bytes_per_sec}",
        ),
        None => (ProgressBar::new_spinner(), "{msg} {spinner} {bytes}"),
    };
    let style = ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ");
    bar.with_style(style)
        .with_message(name.to_owned())
        .with_finish(ProgressFinish::AndClear)
}

#[cfg(test)]
mod tests;
