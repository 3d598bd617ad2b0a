//! Data in files of the user: MNIST's four IDX files, or two of them.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::idx::{self, IdxError};
use super::{DataError, DataSet, Images, mnist};

/// Classes of the labels: the ten digits.
const CLASSES: usize = 10;
/// Where a part for testing is missing, one image of this many is set aside for it: as in MNIST,
/// which has six times more images for training.
const TEST_SHARE: usize = 7;

/// Loads a data set from a folder of IDX files or from one images file.
///
/// In a folder, `train-images-idx3-ubyte` and `t10k-images-idx3-ubyte` are looked for, each with
/// its labels (`-labels-idx1-`), with or without `.gz`; a dot for the last hyphen but one
/// (`images.idx3`) is understood, too. If the path is an images file, its labels are expected
/// beside it under the corresponding name, and a `train-images` file has a `t10k-images` file
/// beside it as its part for testing.
///
/// If there is only one of the two parts, every seventh image of it is set aside for testing.
///
/// # Errors
/// [`DataError`] if the path or a file in it is missing, unreadable or not what it should be.
pub fn load(path: &Path) -> Result<DataSet, DataError> {
    let found = fs::metadata(path).map_err(|reason| match reason.kind() {
        io::ErrorKind::NotFound => DataError::NotFound(path.to_owned()),
        _ => read_error(path)(reason),
    })?;
    if found.is_dir() {
        load_folder(path)
    } else {
        load_file(path)
    }
}

fn load_folder(folder: &Path) -> Result<DataSet, DataError> {
    let (train, test) = match (find(folder, "train"), find(folder, "t10k")) {
        (Some(train), test) => (train, test),
        (None, Some(only)) => (only, None),
        (None, None) => return Err(DataError::EmptyFolder(folder.to_owned())),
    };
    data_set(folder, &train, test.as_deref())
}

fn load_file(images: &Path) -> Result<DataSet, DataError> {
    let folder = match images.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let is_train = images
        .file_name()
        .is_some_and(|name| name.to_string_lossy().starts_with("train-"));
    let test = is_train.then(|| find(folder, "t10k")).flatten();
    data_set(folder, images, test.as_deref())
}

fn data_set(folder: &Path, train: &Path, test: Option<&Path>) -> Result<DataSet, DataError> {
    let (train_images, test_images) = match test {
        Some(test) => (read_pair(train)?, read_pair(test)?),
        None => {
            let all = read_pair(train)?;
            if all.len() < TEST_SHARE {
                return Err(DataError::TooFew {
                    images: train.to_owned(),
                    count: all.len(),
                    needed: TEST_SHARE,
                });
            }
            all.split_every(TEST_SHARE)
        }
    };
    let size = |images: &Images| (images.height, images.width);
    if size(&train_images) != size(&test_images) {
        return Err(DataError::Size {
            test_images: test.unwrap_or(train).to_owned(),
            train: size(&train_images),
            test: size(&test_images),
        });
    }
    let origin = match test {
        Some(_) => format!("IDX files in {}", folder.display()),
        None => format!(
            "{}, every seventh image set aside for testing",
            train.display()
        ),
    };
    Ok(DataSet {
        name: name(folder, &train_images),
        origin,
        train: train_images,
        test: test_images,
    })
}

/// Reads an images file and the labels file beside it.
fn read_pair(images_path: &Path) -> Result<Images, DataError> {
    let images = read(images_path, idx::read_images)?;
    let labels_path = labels_beside(images_path)?;
    let labels = read(&labels_path, |file| idx::read_labels(file, CLASSES))?;
    if images.count() != labels.len() {
        return Err(DataError::Count {
            images: images_path.to_owned(),
            labels: labels_path,
            image_count: images.count(),
            label_count: labels.len(),
        });
    }
    Ok(Images {
        height: images.height,
        width: images.width,
        channels: 1,
        classes: CLASSES,
        pixels: images.pixels,
        labels,
    })
}

fn read<T>(path: &Path, parse: impl FnOnce(File) -> Result<T, IdxError>) -> Result<T, DataError> {
    let file = File::open(path).map_err(read_error(path))?;
    parse(file).map_err(|reason| match reason {
        IdxError::Read(reason) => read_error(path)(reason),
        reason => DataError::Idx {
            path: path.to_owned(),
            reason,
        },
    })
}

/// The images file of the part `train` or `t10k`, if `folder` has one.
fn find(folder: &Path, part: &str) -> Option<PathBuf> {
    ["-idx3-ubyte", ".idx3-ubyte"]
        .iter()
        .flat_map(|end| ["", ".gz"].map(|gz| folder.join(format!("{part}-images{end}{gz}"))))
        .find(|path| path.is_file())
}

/// The labels file that belongs to an images file by MNIST's naming convention.
fn labels_beside(images: &Path) -> Result<PathBuf, DataError> {
    let name = images.file_name().unwrap_or_default().to_string_lossy();
    let Some((before, after)) = name.rsplit_once("images") else {
        return Err(DataError::NoImagesInName(images.to_owned()));
    };
    let name = format!("{before}labels{}", after.replacen("idx3", "idx1", 1));
    let labels = images.with_file_name(&name);
    let other = images.with_file_name(match name.strip_suffix(".gz") {
        Some(bare) => bare.to_owned(),
        None => format!("{name}.gz"),
    });
    if labels.is_file() {
        Ok(labels)
    } else if other.is_file() {
        Ok(other)
    } else {
        Err(DataError::NoLabels {
            images: images.to_owned(),
            labels,
        })
    }
}

/// The name of the data set: what the images are if they are known, else where they lie.
fn name(folder: &Path, train: &Images) -> String {
    if mnist::is_published(train) {
        return "mnist".into();
    }
    let name = folder_name(folder);
    match name.as_str() {
        // These names say what the images are.
        "mnist" | "strokes" => format!("./{name}"),
        _ => name,
    }
}

/// The last component of a folder's path, of `.` and `..` too.
fn folder_name(folder: &Path) -> String {
    let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    match whole.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        None => whole.display().to_string(),
    }
}

fn read_error(path: &Path) -> impl FnOnce(io::Error) -> DataError {
    let path = path.to_owned();
    move |reason| DataError::Read { path, reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAIN: &str = "train-images-idx3-ubyte";
    const TRAIN_LABELS: &str = "train-labels-idx1-ubyte";
    const TEST: &str = "t10k-images-idx3-ubyte";
    const TEST_LABELS: &str = "t10k-labels-idx1-ubyte";

    /// An images file of `count` images of 2x2 pixels, all of value `ink`.
    fn images(count: u8, ink: u8) -> Vec<u8> {
        let header = [0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 2, 0, 0, 0, 2];
        [header.to_vec(), vec![ink; usize::from(count) * 4]].concat()
    }

    fn labels(count: u8) -> Vec<u8> {
        let header = vec![0, 0, 8, 1, 0, 0, 0, count];
        [header, (0..count).map(|i| i % 10).collect()].concat()
    }

    fn folder_with(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            fs::write(folder.path().join(name), content).unwrap();
        }
        folder
    }

    fn whole_folder() -> tempfile::TempDir {
        folder_with(&[
            (TRAIN, images(12, 1)),
            (TRAIN_LABELS, labels(12)),
            (TEST, images(3, 2)),
            (TEST_LABELS, labels(3)),
        ])
    }

    #[test]
    fn reads_both_parts_of_a_folder() {
        let folder = whole_folder();
        let data = load(folder.path()).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12, 3));
        assert_eq!((data.train.image(0)[0], data.test.image(0)[0]), (1, 2));
        assert_eq!(
            data.name,
            folder.path().file_name().unwrap().to_string_lossy()
        );
        assert!(data.origin.contains(&*folder.path().to_string_lossy()));
    }

    #[test]
    fn finds_the_other_part_beside_a_train_file() {
        let folder = whole_folder();
        let data = load(&folder.path().join(TRAIN)).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (12, 3));
    }

    #[test]
    fn trains_on_the_file_that_is_named() {
        let folder = folder_with(&[
            (TRAIN, images(12, 1)),
            (TRAIN_LABELS, labels(12)),
            (TEST, images(7, 2)),
            (TEST_LABELS, labels(7)),
        ]);
        let data = load(&folder.path().join(TEST)).unwrap();
        assert_eq!((data.train.len(), data.test.len()), (6, 1));
        assert_eq!(data.train.image(0)[0], 2);
    }

    #[test]
    fn sets_a_test_part_aside_where_there_is_only_one_part() {
        for (images_name, labels_name) in [
            (TRAIN, TRAIN_LABELS),
            (TEST, TEST_LABELS),
            ("train-images.idx3-ubyte", "train-labels.idx1-ubyte"),
            ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte"),
        ] {
            let folder = folder_with(&[(images_name, images(15, 1)), (labels_name, labels(15))]);
            let data = load(folder.path()).unwrap();
            assert_eq!((data.train.len(), data.test.len()), (13, 2));
            assert!(
                data.origin
                    .ends_with("every seventh image set aside for testing")
            );
        }
    }

    #[test]
    fn rejects_too_few_images_to_split() {
        let folder = folder_with(&[(TRAIN, images(6, 1)), (TRAIN_LABELS, labels(6))]);
        assert!(matches!(
            load(folder.path()).unwrap_err(),
            DataError::TooFew { count: 6, .. }
        ));
    }

    #[test]
    fn rejects_a_missing_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("absent");
        assert!(matches!(load(&path).unwrap_err(), DataError::NotFound(p) if p == path));
    }

    #[test]
    fn rejects_a_folder_without_data() {
        let folder = folder_with(&[("notes.txt", b"hello".to_vec())]);
        let error = load(folder.path()).unwrap_err();
        assert!(matches!(&error, DataError::EmptyFolder(p) if p == folder.path()));
    }

    #[test]
    fn rejects_images_without_labels() {
        let folder = folder_with(&[(TRAIN, images(12, 1))]);
        let error = load(folder.path()).unwrap_err();
        assert!(matches!(error, DataError::NoLabels { labels, .. }
            if labels == folder.path().join(TRAIN_LABELS)));
    }

    #[test]
    fn rejects_another_number_of_labels() {
        let folder = folder_with(&[(TRAIN, images(12, 1)), (TRAIN_LABELS, labels(11))]);
        assert!(matches!(
            load(folder.path()).unwrap_err(),
            DataError::Count {
                image_count: 12,
                label_count: 11,
                ..
            }
        ));
    }

    #[test]
    fn names_the_file_that_is_wrong() {
        let folder = folder_with(&[(TRAIN, labels(12)), (TRAIN_LABELS, images(12, 1))]);
        let error = load(folder.path()).unwrap_err().to_string();
        let path = folder.path().join(TRAIN);
        assert!(error.contains(&*path.to_string_lossy()), "{error}");
        assert!(error.contains("swapped"), "{error}");
    }

    #[test]
    fn rejects_an_images_file_whose_labels_cannot_be_named() {
        let folder = folder_with(&[("digits.idx", images(12, 1))]);
        assert!(matches!(
            load(&folder.path().join("digits.idx")).unwrap_err(),
            DataError::NoImagesInName(_)
        ));
    }

    #[test]
    fn rejects_parts_of_different_size() {
        let mut larger = images(4, 2);
        larger[7] = 1;
        larger[11] = 4;
        larger[15] = 4;
        let folder = folder_with(&[
            (TRAIN, images(12, 1)),
            (TRAIN_LABELS, labels(12)),
            (TEST, larger),
            (TEST_LABELS, labels(1)),
        ]);
        assert!(matches!(
            load(folder.path()).unwrap_err(),
            DataError::Size {
                train: (2, 2),
                test: (4, 4),
                ..
            }
        ));
    }
}
