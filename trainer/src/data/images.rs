//! Labelled images in memory.

use runtime::format::Shape;

/// Labelled images of one size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Images {
    /// Rows of each image.
    pub height: usize,
    /// Pixels of each row.
    pub width: usize,
    /// Values of each pixel: 1 for grey.
    pub channels: usize,
    /// Number of classes; every label is less.
    pub classes: usize,
    /// `[image][height][width][channel]`, 0 = black background, 255 = full ink.
    pub pixels: Vec<u8>,
    /// The class of each image.
    pub labels: Vec<u8>,
}

impl Images {
    /// Number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// Bytes of one image.
    pub fn image_len(&self) -> usize {
        self.height * self.width * self.channels
    }

    /// Image `index`: `[height][width][channel]`.
    ///
    /// # Panics
    /// If there are not that many images.
    pub fn image(&self, index: usize) -> &[u8] {
        &self.pixels[index * self.image_len()..][..self.image_len()]
    }

    /// The size of each image as the model file states it; sides that a model cannot have are cut
    /// to the largest `u16`.
    pub fn shape(&self) -> Shape {
        let side = |side: usize| u16::try_from(side).unwrap_or(u16::MAX);
        Shape::new(side(self.height), side(self.width), side(self.channels))
    }

    /// Parts the images in two: every `n`th one (the last of each `n` in order) and the others,
    /// both in their old order. Images sorted by class are parted evenly, too.
    ///
    /// Returns the others first.
    pub fn split_every(&self, n: usize) -> (Images, Images) {
        let part = |taken: bool| {
            let chosen = || (0..self.len()).filter(move |i| (i % n == n - 1) == taken);
            Images {
                pixels: chosen().flat_map(|i| self.image(i)).copied().collect(),
                labels: chosen().map(|i| self.labels[i]).collect(),
                ..*self
            }
        };
        (part(false), part(true))
    }
}

/// Images to learn from and images to judge by.
#[derive(Debug, Clone)]
pub struct DataSet {
    /// The name that goes into a model's provenance: `mnist`, `strokes`, or that of a folder.
    pub name: String,
    /// Where the images came from: a sentence for the user, without its full stop.
    pub origin: String,
    /// Images to train with.
    pub train: Images,
    /// Images that training never sees.
    pub test: Images,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered(count: u8) -> Images {
        Images {
            height: 1,
            width: 2,
            channels: 1,
            classes: 10,
            pixels: (0..count).flat_map(|i| [i, 100 + i]).collect(),
            labels: (0..count).map(|i| i % 10).collect(),
        }
    }

    #[test]
    fn image_is_a_slice_of_the_pixels() {
        assert_eq!(numbered(5).image(3), [3, 103]);
        assert_eq!(numbered(5).shape(), Shape::new(1, 2, 1));
    }

    #[test]
    fn split_takes_every_seventh_image() {
        let (train, test) = numbered(15).split_every(7);
        assert_eq!(test.pixels, [6, 106, 13, 113]);
        assert_eq!(test.labels, [6, 3]);
        assert_eq!(train.len(), 13);
        assert_eq!(train.labels, [0, 1, 2, 3, 4, 5, 7, 8, 9, 0, 1, 2, 4]);
        assert_eq!(train.image(6), [7, 107]);
    }
}
