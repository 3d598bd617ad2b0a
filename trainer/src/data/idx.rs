//! The IDX file format of MNIST, as specified by Yann LeCun
//! (<http://yann.lecun.com/exdb/mnist/>), read strictly.
//!
//! A file is two zero bytes, the type of its elements (8: unsigned bytes), the number of its
//! dimensions, each dimension as a big-endian u32, and the elements, the last dimension running
//! fastest. Images are IDX3 files `[count][height][width]`, labels are IDX1 files `[count]`. A
//! file compressed with gzip is recognised by its content, whatever its name.

use std::io::{self, BufReader, Read};

use flate2::bufread::MultiGzDecoder;

/// Largest height or width of an image that is believed.
const MAX_SIDE: u32 = 1024;
/// Most bytes of elements that are believed: a gigabyte, twenty times MNIST.
const MAX_BYTES: u64 = 1 << 30;
/// Magic number of a labels file: unsigned bytes, one dimension.
const LABELS: u32 = 0x0801;
/// Magic number of an images file: unsigned bytes, three dimensions.
const IMAGES: u32 = 0x0803;

/// Why bytes are not a usable IDX file.
#[derive(Debug, thiserror::Error)]
pub enum IdxError {
    /// There are no bytes at all.
    #[error("the file is empty")]
    Empty,
    /// The bytes are something else.
    #[error("this is not an IDX file (it begins with {})", hex(.0))]
    NotIdx([u8; 4]),
    /// An IDX file, but not the expected kind.
    #[error("this is {}, {} expected{}", kind(*.found), expectation(*.expected), hint(*.found))]
    Kind {
        /// Magic number of the file.
        found: u32,
        /// Magic number that was expected.
        expected: u32,
    },
    /// The file announces no items.
    #[error("the file holds no items")]
    NoItems,
    /// The sizes in the header cannot be those of a data set of small images.
    #[error(
        "its header announces {count} images of {height}x{width} pixels, \
         which cannot be right (sides of 1 to {MAX_SIDE} and at most {MAX_BYTES} bytes in all)"
    )]
    Dimensions {
        /// Images announced.
        count: u32,
        /// Rows announced.
        height: u32,
        /// Columns announced.
        width: u32,
    },
    /// The file ends early.
    #[error("the file is cut off: {found} of {expected} bytes")]
    Truncated {
        /// Bytes that the header announces, itself included.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// The file goes on after its last item.
    #[error("the file goes on after the {expected} bytes that its header announces")]
    TrailingBytes {
        /// Bytes that the header announces, itself included.
        expected: u64,
    },
    /// A label is not one of the classes.
    #[error("label {index} is {label}, 0 to {} expected", classes - 1)]
    Label {
        /// Position of the label, from 0.
        index: usize,
        /// Its value.
        label: u8,
        /// Number of classes.
        classes: usize,
    },
    /// The gzip compression is damaged.
    #[error("its gzip compression is damaged ({0})")]
    Gzip(io::Error),
    /// The operating system failed to read.
    #[error("{0}")]
    Read(io::Error),
}

/// The content of an images file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxImages {
    /// Rows of each image.
    pub height: usize,
    /// Pixels of each row.
    pub width: usize,
    /// `[count][height][width]`.
    pub pixels: Vec<u8>,
}

impl IdxImages {
    /// Number of images.
    pub fn count(&self) -> usize {
        self.pixels.len() / (self.height * self.width)
    }
}

/// Reads an images file (IDX3), compressed with gzip or not.
///
/// # Errors
/// [`IdxError`] if the bytes are anything but one whole images file.
pub fn read_images(file: impl Read) -> Result<IdxImages, IdxError> {
    let mut file = Reader::open(file)?;
    file.expect(IMAGES)?;
    let [count, height, width] = [file.u32()?, file.u32()?, file.u32()?];
    if count == 0 {
        return Err(IdxError::NoItems);
    }
    let believed = 1..=MAX_SIDE;
    let sides = believed.contains(&height) && believed.contains(&width);
    let bytes = u64::from(count).saturating_mul(u64::from(height) * u64::from(width));
    if !sides || bytes > MAX_BYTES {
        return Err(IdxError::Dimensions {
            count,
            height,
            width,
        });
    }
    Ok(IdxImages {
        height: height as usize,
        width: width as usize,
        pixels: file.elements(bytes)?,
    })
}

/// Reads a labels file (IDX1), compressed with gzip or not, whose labels are less than `classes`.
///
/// # Errors
/// [`IdxError`] if the bytes are anything but one whole labels file.
pub fn read_labels(file: impl Read, classes: usize) -> Result<Vec<u8>, IdxError> {
    let mut file = Reader::open(file)?;
    file.expect(LABELS)?;
    let count = file.u32()?;
    if count == 0 {
        return Err(IdxError::NoItems);
    }
    let labels = file.elements(u64::from(count))?;
    match labels
        .iter()
        .position(|&label| usize::from(label) >= classes)
    {
        Some(index) => Err(IdxError::Label {
            index,
            label: labels[index],
            classes,
        }),
        None => Ok(labels),
    }
}

/// Reads the uncompressed bytes of a file that may be compressed with gzip.
struct Reader<'a> {
    bytes: Box<dyn Read + 'a>,
    gzip: bool,
    /// Bytes read so far.
    at: u64,
}

impl<'a> Reader<'a> {
    fn open(file: impl Read + 'a) -> Result<Self, IdxError> {
        let (bytes, gzip) = decompressed(file).map_err(IdxError::Read)?;
        Ok(Self { bytes, gzip, at: 0 })
    }

    /// Reads the magic number and compares it with that of the `expected` kind of file.
    fn expect(&mut self, expected: u32) -> Result<(), IdxError> {
        let mut magic = Vec::new();
        self.take(4, &mut magic)?;
        let Ok(magic) = <[u8; 4]>::try_from(magic.as_slice()) else {
            return Err(match magic.len() {
                0 => IdxError::Empty,
                found => IdxError::Truncated {
                    expected: 4,
                    found: found as u64,
                },
            });
        };
        let found = u32::from_be_bytes(magic);
        if found >> 16 != 0 || found == 0 {
            Err(IdxError::NotIdx(magic))
        } else if found != expected {
            Err(IdxError::Kind { found, expected })
        } else {
            Ok(())
        }
    }

    fn u32(&mut self) -> Result<u32, IdxError> {
        let expected = self.at + 4;
        let mut bytes = Vec::new();
        self.take(4, &mut bytes)?;
        match bytes.as_slice().try_into() {
            Ok(bytes) => Ok(u32::from_be_bytes(bytes)),
            Err(_) => Err(IdxError::Truncated {
                expected,
                found: self.at,
            }),
        }
    }

    /// Reads the `count` elements that end the file. Memory grows with what is really there, so a
    /// header that announces too much costs nothing.
    fn elements(&mut self, count: u64) -> Result<Vec<u8>, IdxError> {
        let expected = self.at + count;
        let mut elements = Vec::new();
        // The byte after the last one must not be there; looking for it also makes the decoder
        // verify gzip's checksum.
        self.take(count + 1, &mut elements)?;
        let found = elements.len() as u64;
        if found < count {
            return Err(IdxError::Truncated {
                expected,
                found: self.at,
            });
        }
        if found > count {
            return Err(IdxError::TrailingBytes { expected });
        }
        Ok(elements)
    }

    /// Appends up to `count` bytes to `to`, fewer only at the end of the file.
    fn take(&mut self, count: u64, to: &mut Vec<u8>) -> Result<(), IdxError> {
        let read = self.bytes.by_ref().take(count).read_to_end(to);
        self.at += read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::InvalidData
            | io::ErrorKind::InvalidInput
                if self.gzip =>
            {
                IdxError::Gzip(error)
            }
            _ => IdxError::Read(error),
        })? as u64;
        Ok(())
    }
}

/// The uncompressed content of `file` and whether it is compressed with gzip.
pub(super) fn decompressed<'a>(file: impl Read + 'a) -> io::Result<(Box<dyn Read + 'a>, bool)> {
    // A reader may give its first bytes one at a time, so they are collected before they are
    // compared.
    let mut file = BufReader::with_capacity(1 << 16, file);
    let mut start = Vec::new();
    file.by_ref().take(2).read_to_end(&mut start)?;
    let gzip = start == [0x1f, 0x8b];
    let whole = io::Cursor::new(start).chain(file);
    Ok(if gzip {
        (Box::new(MultiGzDecoder::new(whole)), true)
    } else {
        (Box::new(whole), false)
    })
}

fn hex(bytes: &[u8]) -> String {
    let digits: Vec<_> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.join(" ")
}

fn kind(magic: u32) -> String {
    let [_, _, element, dimensions] = magic.to_be_bytes();
    match magic {
        LABELS => "a labels file (IDX1)".into(),
        IMAGES => "an images file (IDX3)".into(),
        _ if element == 8 => format!("an IDX file of {dimensions} dimensions"),
        _ => format!("an IDX file whose elements are of type {element:#04x}, not unsigned bytes"),
    }
}

fn expectation(magic: u32) -> &'static str {
    match magic {
        LABELS => "labels (IDX1) were",
        _ => "images (IDX3) were",
    }
}

fn hint(found: u32) -> &'static str {
    match found {
        LABELS | IMAGES => ": are the two files swapped?",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    /// Two images of 2x3 pixels, written by hand from the specification.
    const TWO_IMAGES: &[u8] = &[
        0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3, // header
        1, 2, 3, 4, 5, 6, // first
        7, 8, 9, 10, 11, 255, // second
    ];
    const THREE_LABELS: &[u8] = &[0, 0, 8, 1, 0, 0, 0, 3, 9, 0, 4];

    fn gzipped(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn reads_images_in_file_order() {
        let images = read_images(TWO_IMAGES).unwrap();
        assert_eq!((images.count(), images.height, images.width), (2, 2, 3));
        assert_eq!(images.pixels, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255]);
    }

    #[test]
    fn reads_labels() {
        assert_eq!(read_labels(THREE_LABELS, 10).unwrap(), [9, 0, 4]);
    }

    #[test]
    fn recognises_gzip_by_content() {
        assert_eq!(
            read_images(&*gzipped(TWO_IMAGES)).unwrap(),
            read_images(TWO_IMAGES).unwrap()
        );
        assert_eq!(read_labels(&*gzipped(THREE_LABELS), 10).unwrap(), [9, 0, 4]);
    }

    #[test]
    fn says_when_labels_and_images_are_swapped() {
        assert_eq!(
            read_images(THREE_LABELS).unwrap_err().to_string(),
            "this is a labels file (IDX1), images (IDX3) were expected: are the two files swapped?"
        );
        assert_eq!(
            read_labels(TWO_IMAGES, 10).unwrap_err().to_string(),
            "this is an images file (IDX3), labels (IDX1) were expected: are the two files swapped?"
        );
    }

    #[test]
    fn rejects_other_files() {
        assert!(matches!(
            read_images(&b"\x89PNG\r\n\x1a\n"[..]).unwrap_err(),
            IdxError::NotIdx([0x89, b'P', b'N', b'G'])
        ));
        assert!(matches!(
            read_labels(&[0; 100][..], 10).unwrap_err(),
            IdxError::NotIdx(_)
        ));
        assert!(matches!(read_images(&[][..]).unwrap_err(), IdxError::Empty));
        assert!(matches!(
            read_images(&*gzipped(&[])).unwrap_err(),
            IdxError::Empty
        ));
    }

    #[test]
    fn names_other_element_types() {
        let floats = [
            0, 0, 0x0d, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0,
        ];
        let error = read_images(&floats[..]).unwrap_err().to_string();
        assert!(error.contains("type 0x0d"), "{error}");
    }

    #[test]
    fn rejects_every_truncation() {
        for bytes in [TWO_IMAGES.to_vec(), gzipped(TWO_IMAGES)] {
            for len in 0..bytes.len() {
                let error = read_images(&bytes[..len]).unwrap_err();
                assert!(
                    matches!(
                        error,
                        IdxError::Empty | IdxError::Truncated { .. } | IdxError::Gzip(_)
                    ),
                    "cut at {len}: {error}"
                );
            }
        }
        for len in 0..THREE_LABELS.len() {
            assert!(read_labels(&THREE_LABELS[..len], 10).is_err());
        }
        let error = read_images(&TWO_IMAGES[..20]).unwrap_err().to_string();
        assert_eq!(error, "the file is cut off: 20 of 28 bytes");
    }

    #[test]
    fn rejects_a_flipped_byte_in_gzip() {
        let mut bytes = gzipped(TWO_IMAGES);
        let checksum = bytes.len() - 8;
        bytes[checksum] ^= 1;
        assert!(matches!(
            read_images(&*bytes).unwrap_err(),
            IdxError::Gzip(_)
        ));
    }

    #[test]
    fn rejects_trailing_bytes() {
        let mut bytes = TWO_IMAGES.to_vec();
        bytes.push(0);
        for bytes in [gzipped(&bytes), bytes] {
            assert!(matches!(
                read_images(&*bytes).unwrap_err(),
                IdxError::TrailingBytes { expected: 28 }
            ));
        }
    }

    #[test]
    fn rejects_a_file_without_items() {
        let mut images = TWO_IMAGES[..16].to_vec();
        images[7] = 0;
        assert!(matches!(
            read_images(&*images).unwrap_err(),
            IdxError::NoItems
        ));
        assert!(matches!(
            read_labels(&[0, 0, 8, 1, 0, 0, 0, 0][..], 10).unwrap_err(),
            IdxError::NoItems
        ));
    }

    #[test]
    fn rejects_absurd_dimensions() {
        for (count, height, width) in [
            (1, 0, 28),
            (1, 28, 0),
            (1, 1025, 1),
            (1, 1, u32::MAX),
            (u32::MAX, u32::MAX, u32::MAX),
            (u32::MAX, 1, 1),
            (1025, 1024, 1024),
        ] {
            let mut bytes = vec![0, 0, 8, 3];
            for size in [count, height, width] {
                bytes.extend(u32::to_be_bytes(size));
            }
            let error = read_images(&*bytes).unwrap_err();
            assert!(matches!(error, IdxError::Dimensions { .. }), "{error}");
        }
    }

    #[test]
    fn rejects_a_label_beyond_the_classes() {
        assert!(matches!(
            read_labels(THREE_LABELS, 9).unwrap_err(),
            IdxError::Label {
                index: 0,
                label: 9,
                classes: 9
            }
        ));
    }
}
