//! Attribute arithmetic: what makes images bold, slanted or wide is a direction in latent space.
//!
//! Radford et al. 2015 ("Unsupervised Representation Learning with DCGANs") add to a latent the
//! mean latent of images that have an attribute, and subtract that of images that do not.

use runtime::format::Shape;
use runtime::{GenerateError, Latent, Model};

use crate::drawing::{self, Point};

/// Images that a direction is found from.
const IMAGES: usize = 4_000;
/// Their first seed: far from those that users begin with.
const SEED: u32 = 1 << 31;
/// Of each class, this share with the most of the attribute and this share with the least make the
/// two means.
const SHARE: usize = 5;

/// What can be measured of an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Attribute {
    /// Amount of ink
    Weight,
    /// Lean to the right
    Slant,
    /// Extent from left to right
    Width,
    /// Extent from top to bottom
    Height,
}

impl Attribute {
    /// How much of it an image `[height][width][channel]` has: its mean pixel, or from the ink's
    /// second central moments, in pixels. An image without ink has none.
    pub fn of(self, shape: Shape, pixels: &[u8]) -> f64 {
        let channels = usize::from(shape.channels);
        let row_len = shape.row_len();
        let (mut ink, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
        let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
        for (i, &pixel) in pixels.iter().enumerate() {
            let (x, y) = ((i % row_len / channels) as f64, (i / row_len) as f64);
            let pixel = f64::from(pixel);
            ink += pixel;
            x_sum += pixel * x;
            y_sum += pixel * y;
            xx += pixel * x * x;
            xy += pixel * x * y;
            yy += pixel * y * y;
        }
        if ink == 0.0 {
            return 0.0;
        }
        let (x, y) = (x_sum / ink, y_sum / ink);
        let (xx, xy, yy) = (xx / ink - x * x, xy / ink - x * y, yy / ink - y * y);
        match self {
            Attribute::Weight => ink / pixels.len() as f64,
            // Rows count downwards: what leans to the right has less x where y is more. A lone row
            // does not lean.
            Attribute::Slant if yy > 1e-9 => -xy / yy,
            Attribute::Slant => 0.0,
            Attribute::Width => xx.max(0.0).sqrt(),
            Attribute::Height => yy.max(0.0).sqrt(),
        }
    }
}

/// A direction in latent space, in steps of the latent's components.
#[derive(Clone, Debug, PartialEq)]
pub struct Direction {
    components: Vec<f64>,
}

impl Direction {
    /// The mean latent of images with much of `attribute` minus that of images with little of it,
    /// each class for itself, so that no class is an attribute; the mean over the classes. Images
    /// are those that the runtime draws.
    ///
    /// # Errors
    /// [`GenerateError`] never for a checked model.
    pub fn find(model: &Model, attribute: Attribute) -> Result<Self, GenerateError> {
        let classes = usize::from(model.classes().max(1));
        let point = |i: usize| Point::numbered(model, SEED, i);
        let images = drawing::draw(model, IMAGES, point)?;
        let size = model.image().len();
        let amounts: Vec<f64> = images
            .chunks_exact(size)
            .map(|image| attribute.of(model.image(), image))
            .collect();
        let mut components = vec![0.0; model.latent_len()];
        for class in 0..classes {
            let mut indices: Vec<usize> = (class..IMAGES).step_by(classes).collect();
            indices.sort_by(|&a, &b| amounts[a].total_cmp(&amounts[b]));
            let count = indices.len() / SHARE;
            let (little, much) = (&indices[..count], &indices[indices.len() - count..]);
            for (images, sign) in [(little, -1.0), (much, 1.0)] {
                let weight = sign / (count * classes) as f64;
                for &index in images {
                    for (sum, q) in components.iter_mut().zip(point(index).latent.components()) {
                        *sum += weight * f64::from(q);
                    }
                }
            }
        }
        Ok(Self { components })
    }

    /// `latent` moved by `amount` times the direction, rounded to whole steps and kept within a
    /// latent's range.
    pub fn moved(&self, latent: &Latent, amount: f64) -> Latent {
        let components: Vec<i8> = latent
            .components()
            .zip(&self.components)
            // A float beyond an i8 becomes the nearest one.
            .map(|(q, direction)| (f64::from(q) + amount * direction).round() as i8)
            .collect();
        Latent::from_components(&components).expect("it is as long as a latent")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image of 7x7 with ink in these places (row, column).
    fn image(ink: &[(usize, usize)]) -> Vec<u8> {
        let mut pixels = vec![0; 49];
        for &(y, x) in ink {
            pixels[7 * y + x] = 200;
        }
        pixels
    }

    fn of(attribute: Attribute, ink: &[(usize, usize)]) -> f64 {
        attribute.of(Shape::new(7, 7, 1), &image(ink))
    }

    #[test]
    fn attributes_of_strokes_are_what_one_sees() {
        let slash: Vec<_> = (0..7).map(|i| (6 - i, i)).collect();
        let backslash: Vec<_> = (0..7).map(|i| (i, i)).collect();
        let bar: Vec<_> = (0..7).map(|i| (i, 3)).collect();
        let dash: Vec<_> = (0..7).map(|i| (3, i)).collect();
        assert!((of(Attribute::Slant, &slash) - 1.0).abs() < 1e-9);
        assert!((of(Attribute::Slant, &backslash) + 1.0).abs() < 1e-9);
        assert!(of(Attribute::Slant, &bar).abs() < 1e-9);
        assert_eq!(of(Attribute::Slant, &dash), 0.0);
        // The standard deviation of 0 to 6 is 2.
        assert!((of(Attribute::Width, &dash) - 2.0).abs() < 1e-9);
        assert!((of(Attribute::Height, &bar) - 2.0).abs() < 1e-9);
        assert!(of(Attribute::Width, &bar).abs() < 1e-9);
        assert!((of(Attribute::Weight, &bar) - 200.0 / 7.0).abs() < 1e-9);
    }

    #[test]
    fn an_image_without_ink_has_nothing() {
        for attribute in [
            Attribute::Weight,
            Attribute::Slant,
            Attribute::Width,
            Attribute::Height,
        ] {
            assert_eq!(of(attribute, &[]), 0.0);
        }
    }

    #[test]
    fn a_moved_latent_stays_in_range() {
        let direction = Direction {
            components: vec![100.0, -3.6, 0.0],
        };
        let latent = Latent::from_components(&[50, -127, 7]).unwrap();
        let moved = |amount| direction.moved(&latent, amount);
        let expected = |components: &[i8]| Latent::from_components(components).unwrap();
        assert_eq!(moved(0.0), latent);
        assert_eq!(moved(0.5), expected(&[100, -127, 7]));
        assert_eq!(moved(-1.0), expected(&[-50, -123, 7]));
        assert_eq!(moved(2.0), expected(&[127, -127, 7]));
    }
}
