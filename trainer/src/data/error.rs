//! What can be wrong with data. Every message is one sentence that names the path or address.

use std::io;
use std::path::PathBuf;

use super::idx::IdxError;
use super::mnist::DownloadError;

/// Why there is no data set.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// Nothing has this path.
    #[error(
        "there is no file or folder {} (the data sets known by name are mnist and strokes)",
        .0.display()
    )]
    NotFound(PathBuf),
    /// The operating system refuses to read.
    #[error("cannot read {}: {reason}", path.display())]
    Read {
        /// File or folder.
        path: PathBuf,
        /// The system's reason.
        reason: io::Error,
    },
    /// A file is not what MNIST's format asks for.
    #[error("cannot use {}: {reason}", path.display())]
    Idx {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: IdxError,
    },
    /// A folder without images.
    #[error(
        "there is no data in {}: a file train-images-idx3-ubyte or t10k-images-idx3-ubyte, \
         with or without .gz, was looked for",
        .0.display()
    )]
    EmptyFolder(PathBuf),
    /// Images without labels.
    #[error("the labels of {} are missing: {} was looked for", images.display(), labels.display())]
    NoLabels {
        /// The images file.
        images: PathBuf,
        /// Where its labels should be.
        labels: PathBuf,
    },
    /// An images file whose name does not tell that of its labels.
    #[error(
        "cannot tell which file holds the labels of {}: its name should contain images, as in \
         train-images-idx3-ubyte, beside train-labels-idx1-ubyte",
        .0.display()
    )]
    NoImagesInName(PathBuf),
    /// Images and labels do not belong together.
    #[error(
        "{} holds {image_count} images, but {} holds {label_count} labels",
        images.display(),
        labels.display()
    )]
    Count {
        /// The images file.
        images: PathBuf,
        /// The labels file.
        labels: PathBuf,
        /// Number of images.
        image_count: usize,
        /// Number of labels.
        label_count: usize,
    },
    /// The images to train with and to test with have different sizes.
    #[error(
        "the images to train with have {}x{} pixels, those to test with, in {}, {}x{}",
        train.0, train.1, test_images.display(), test.0, test.1
    )]
    Size {
        /// File of the images to test with.
        test_images: PathBuf,
        /// Height and width to train with.
        train: (usize, usize),
        /// Height and width to test with.
        test: (usize, usize),
    },
    /// Too few images to set some aside for testing.
    #[error(
        "{} holds only {count} images: at least {needed} are needed to set some aside for testing",
        images.display()
    )]
    TooFew {
        /// The images file.
        images: PathBuf,
        /// Number of images.
        count: usize,
        /// Fewest possible.
        needed: usize,
    },
    /// The operating system names no folder for caches.
    #[error(
        "there is no folder to keep MNIST in, because this user has no home folder: name one that \
         holds MNIST with --data DIR, or use --data strokes"
    )]
    NoCacheFolder,
    /// MNIST is not here and was not to be had.
    #[error(
        "MNIST could not be downloaded ({0}): name a folder that holds it with --data DIR, or use \
         --data strokes"
    )]
    Download(DownloadError),
}
