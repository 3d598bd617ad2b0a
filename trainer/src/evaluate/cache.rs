//! Classifiers that were trained for a user's data are kept, for the same data to be judged at once
//! the next time.

use std::fs;
use std::path::{Path, PathBuf};

use burn::tensor::Device;
use directories::ProjectDirs;
use sha2::{Digest, Sha256};

use super::classifier::Classifier;
use crate::data::Images;
use crate::output;

/// Changed whenever the classifier or its training is, so that older ones are left alone.
const VERSION: u8 = 1;

/// The classifier of these training images: the one in the user's cache folder, or else one that is
/// trained for `epochs` passes and put there. `progress` is told of the training's steps.
pub fn classifier(
    images: &Images,
    epochs: usize,
    device: &Device,
    progress: impl FnMut(usize, usize),
) -> Classifier {
    let folder = ProjectDirs::from("", "", "pocketgan");
    let folder = folder.map(|dirs| dirs.cache_dir().join("classifiers"));
    classifier_in(folder.as_deref(), images, epochs, device, progress)
}

fn classifier_in(
    folder: Option<&Path>,
    images: &Images,
    epochs: usize,
    device: &Device,
    progress: impl FnMut(usize, usize),
) -> Classifier {
    let size = [images.height, images.width, images.channels];
    let load = |bytes: &[u8]| Classifier::from_bytes(bytes, images.classes, size, device);
    let file = folder.map(|folder| folder.join(name(images, epochs)));
    // A file that is missing or damaged is made anew.
    let kept = file.as_deref().and_then(|file| fs::read(file).ok());
    if let Some(classifier) = kept.and_then(|bytes| load(&bytes).ok()) {
        return classifier;
    }
    let trained = Classifier::train(images, epochs, 0, device, progress);
    let Ok(bytes) = trained.to_bytes() else {
        return trained;
    };
    if let Some(file) = file {
        // Where nothing can be kept, the next judge takes longer to make; it is the same one.
        let _ = keep(&file, &bytes);
    }
    // What is kept is in half precision: the first judge is to be no other than the next.
    load(&bytes).unwrap_or(trained)
}

fn keep(file: &Path, bytes: &[u8]) -> Result<(), output::OutputError> {
    if let Some(folder) = file.parent() {
        // If that fails, writing says why.
        let _ = fs::create_dir_all(folder);
    }
    output::write(file, bytes)
}

/// A name that no other data or way of training shares.
fn name(images: &Images, epochs: usize) -> PathBuf {
    let mut hash = Sha256::new();
    let sizes = [
        images.height,
        images.width,
        images.channels,
        images.classes,
        epochs,
    ];
    for size in sizes {
        hash.update((size as u64).to_be_bytes());
    }
    hash.update(&images.labels);
    hash.update(&images.pixels);
    let digest = hash.finalize();
    let hexadecimal: String = digest
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("{hexadecimal}-{VERSION}.classifier").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn images(shift: u8) -> Images {
        Images {
            height: 4,
            width: 4,
            channels: 1,
            classes: 2,
            pixels: (0..64 * 16).map(|i| (i % 251) as u8 ^ shift).collect(),
            labels: (0..64).map(|i| i % 2).collect(),
        }
    }

    /// The classifier of `images`, and whether it was trained for that.
    fn get(folder: &Path, images: &Images) -> (Vec<u8>, bool) {
        let mut trained = false;
        let progress = |_: usize, _: usize| trained = true;
        let classifier = classifier_in(Some(folder), images, 1, &Device::flex(), progress);
        (classifier.to_bytes().unwrap(), trained)
    }

    #[test]
    fn is_trained_once_for_the_same_data() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("pocketgan/classifiers");
        let (first, trained) = get(&folder, &images(0));
        assert!(trained);
        assert_eq!(get(&folder, &images(0)), (first.clone(), false));
        let (other, trained) = get(&folder, &images(1));
        assert!(trained);
        assert_ne!(other, first);
    }

    #[test]
    fn a_damaged_file_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        get(folder.path(), &images(0));
        let file = folder.path().join(name(&images(0), 1));
        let whole = fs::read(&file).unwrap();
        fs::write(&file, &whole[..whole.len() / 2]).unwrap();
        let (replaced, trained) = get(folder.path(), &images(0));
        assert!(trained);
        assert_eq!(get(folder.path(), &images(0)), (replaced, false));
    }
}
