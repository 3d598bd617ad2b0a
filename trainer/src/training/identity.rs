//! What a training is about, so that it is not resumed as another one.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::data::{DataSet, Images};
use crate::gan::recipe::Recipe;

/// All that determines a training, besides its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The recipe with all its numbers.
    pub recipe: String,
    /// The seed.
    pub seed: u64,
    /// The data set's name.
    pub data: String,
    /// SHA-256 of all its images and labels.
    pub digest: [u8; 32],
}

/// In what a training differs from the one that it was to continue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Difference {
    /// The data.
    #[error(
        "the training learned from {before}, and the data that are there now ({now}) are not the \
         same images: name the same ones with --data"
    )]
    Data {
        /// Name of the data that it learned from.
        before: String,
        /// Name of those that are there now.
        now: String,
    },
    /// The recipe's numbers.
    #[error(
        "the training was begun by a version of trainer whose recipe had other numbers: finish it \
         with that version, or start anew"
    )]
    Recipe,
    /// The seed.
    #[error("the training was begun with the seed {before}, not {now}")]
    Seed {
        /// The seed that it was begun with.
        before: u64,
        /// The other one.
        now: u64,
    },
}

impl Identity {
    /// The identity of a training of `recipe` on `data`.
    pub fn new(recipe: &Recipe, seed: u64, data: &DataSet) -> Self {
        let mut hash = Sha256::new();
        add(&mut hash, &data.train);
        add(&mut hash, &data.test);
        Self {
            recipe: format!("{recipe:?}"),
            seed,
            data: data.name.clone(),
            digest: hash.finalize().into(),
        }
    }

    /// Checks that `now` continues the training with this identity.
    ///
    /// # Errors
    /// The first [`Difference`].
    pub fn check(&self, now: &Identity) -> Result<(), Difference> {
        if self.digest != now.digest {
            return Err(Difference::Data {
                before: self.data.clone(),
                now: now.data.clone(),
            });
        }
        if self.recipe != now.recipe {
            return Err(Difference::Recipe);
        }
        if self.seed != now.seed {
            return Err(Difference::Seed {
                before: self.seed,
                now: now.seed,
            });
        }
        Ok(())
    }
}

fn add(hash: &mut Sha256, images: &Images) {
    let numbers = [
        images.len(),
        images.height,
        images.width,
        images.channels,
        images.classes,
    ];
    for number in numbers {
        hash.update((number as u64).to_le_bytes());
    }
    hash.update(&images.pixels);
    hash.update(&images.labels);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> DataSet {
        let images = Images {
            height: 2,
            width: 2,
            channels: 1,
            classes: 2,
            pixels: (0..12).collect(),
            labels: vec![0, 1, 0],
        };
        DataSet {
            name: "some".into(),
            origin: "here".into(),
            train: images.clone(),
            test: images,
        }
    }

    #[test]
    fn the_same_training_has_the_same_identity_wherever_its_data_come_from() {
        let recipe = &Recipe::ALL[0];
        let moved = DataSet {
            name: "other name".into(),
            origin: "elsewhere".into(),
            ..data()
        };
        let identity = Identity::new(recipe, 3, &data());
        assert_eq!(identity.check(&Identity::new(recipe, 3, &moved)), Ok(()));
    }

    #[test]
    fn a_changed_pixel_label_recipe_or_seed_is_a_difference() {
        let recipe = &Recipe::ALL[0];
        let identity = Identity::new(recipe, 3, &data());
        let mut pixel = data();
        pixel.train.pixels[5] += 1;
        let mut label = data();
        label.test.labels[1] = 0;
        for changed in [pixel, label] {
            let difference = identity.check(&Identity::new(recipe, 3, &changed));
            assert!(matches!(difference, Err(Difference::Data { .. })));
        }
        let other = Identity::new(&Recipe::ALL[1], 3, &data());
        assert_eq!(identity.check(&other), Err(Difference::Recipe));
        let other = Identity::new(recipe, 4, &data());
        let expected = Difference::Seed { before: 3, now: 4 };
        assert_eq!(identity.check(&other), Err(expected));
    }
}
