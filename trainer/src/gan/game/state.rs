//! A game as bytes, and back.

use burn::module::Module;
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::Bytes;
use serde::{Deserialize, Serialize};

use super::Game;

/// All of a game that its steps change, each part in burn's format for records. All randomness
/// follows from the seed and the step, so no state of a generator of random numbers is needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GameState {
    /// Steps done.
    pub step: u32,
    /// The generator's weights.
    pub generator: Vec<u8>,
    /// Their moving average.
    pub average: Vec<u8>,
    /// The discriminator's weights.
    pub discriminator: Vec<u8>,
    /// The moments of the generator's optimiser.
    pub generator_optimizer: Vec<u8>,
    /// The moments of the discriminator's optimiser.
    pub discriminator_optimizer: Vec<u8>,
}

impl Game {
    /// The game between two steps.
    ///
    /// # Errors
    /// [`RecordError`] if a part cannot be serialised.
    pub fn state(&self) -> Result<GameState, RecordError> {
        Ok(GameState {
            step: self.step,
            generator: save(&self.generator)?,
            average: save(&self.average)?,
            discriminator: save(&self.discriminator)?,
            generator_optimizer: self.generator_optimizer.into_bytes()?.to_vec(),
            discriminator_optimizer: self.discriminator_optimizer.into_bytes()?.to_vec(),
        })
    }

    /// Puts a new game of the same recipe, seed and kind of images where another one was.
    ///
    /// # Errors
    /// [`RecordError`] if `state` is not that of such a game.
    pub fn restore(self, state: &GameState) -> Result<Self, RecordError> {
        let bytes = |bytes: &[u8]| Bytes::from_bytes_vec(bytes.to_vec());
        Ok(Self {
            step: state.step,
            generator: load(self.generator, &state.generator)?,
            average: load(self.average, &state.average)?,
            discriminator: load(self.discriminator, &state.discriminator)?,
            generator_optimizer: self
                .generator_optimizer
                .from_bytes(bytes(&state.generator_optimizer))?,
            discriminator_optimizer: self
                .discriminator_optimizer
                .from_bytes(bytes(&state.discriminator_optimizer))?,
            ..self
        })
    }
}

fn save(module: &impl Module) -> Result<Vec<u8>, RecordError> {
    Ok(module.clone().into_record().into_bytes()?.to_vec())
}

fn load<M: Module>(module: M, bytes: &[u8]) -> Result<M, RecordError> {
    module.try_load_record(ModuleRecord::from_bytes(Bytes::from_bytes_vec(
        bytes.to_vec(),
    ))?)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::data::Images;
    use crate::gan::recipe::Recipe;

    fn images() -> Images {
        Images {
            height: 28,
            width: 28,
            channels: 1,
            classes: 3,
            pixels: (0..9 * 784).map(|i| (i * i % 251) as u8).collect(),
            labels: (0..9).map(|i| i % 3).collect(),
        }
    }

    fn game(recipe: &str, steps: u32) -> Game {
        let recipe = Recipe {
            batch: 4,
            ..Recipe::named(recipe).unwrap()
        };
        Game::new(recipe, steps, 5, &images(), &Device::flex())
    }

    #[test]
    fn a_restored_game_goes_on_exactly_as_the_one_that_was_saved() {
        let images = images();
        for recipe in ["nano", "goodfellow"] {
            let mut straight = game(recipe, 6);
            for _ in 0..3 {
                straight.step(&images);
            }
            let saved = straight.state().unwrap();
            let mut resumed = game(recipe, 6).restore(&saved).unwrap();
            assert_eq!(resumed.step_count(), 3);
            for _ in 3..6 {
                assert_eq!(resumed.step(&images), straight.step(&images));
            }
            let (resumed, straight) = (resumed.state().unwrap(), straight.state().unwrap());
            assert!(resumed.generator == straight.generator, "{recipe}");
            assert!(resumed.average == straight.average, "{recipe}");
            assert!(resumed.discriminator == straight.discriminator, "{recipe}");
            assert!(straight.generator != saved.generator, "{recipe}");
        }
    }

    #[test]
    fn refuses_the_state_of_another_recipe() {
        let state = game("tiny", 6).state().unwrap();
        assert!(game("nano", 6).restore(&state).is_err());
    }
}
