//! Backends of burn that are not the default compute the same training as flex.
//!
//! `cargo test -p trainer --features ndarray --test backends`, in the development profile, tests
//! `ndarray`; `--features wgpu` and `--features cuda`, with `-- --ignored`, what needs a GPU.

#![cfg(any(feature = "ndarray", feature = "wgpu", feature = "cuda"))]

use trainer::backend::Backend;
use trainer::data::Images;
use trainer::data::strokes::strokes;
use trainer::gan::game::{Game, GameState, Losses};
use trainer::gan::loss::Loss;
use trainer::gan::recipe::Recipe;

/// Steps of a training.
const STEPS: u32 = 20;
/// How far their losses may differ: another order of sums of 32-bit floats, of which the discriminator
/// has thousands, carried on through all updates.
const TOLERANCE: f32 = 1e-3;

/// The losses of a training of `recipe` on `backend`, beginning with the networks of `beginning`:
/// backends draw different random numbers from the same seed.
fn train(
    backend: Backend,
    recipe: &str,
    images: &Images,
    beginning: Option<&GameState>,
) -> Vec<Losses> {
    // Shares draw latents of their own, so there must be as many on both backends.
    let mut game = game(backend, recipe, images).in_shares(1);
    if let Some(beginning) = beginning {
        game = game.restore(beginning).unwrap().in_shares(1);
    }
    (0..STEPS).map(|_| game.step(images)).collect()
}

fn game(backend: Backend, recipe: &str, images: &Images) -> Game {
    let recipe = Recipe::named(recipe).unwrap();
    Game::new(recipe, STEPS, 7, images, &backend.device().unwrap())
}

/// Recipes, and steps that are compared: of dense networks; and of transposed convolutions against
/// patches, whose learning rate is so high that every difference grows tenfold with each step.
const RECIPES: [(&str, usize); 2] = [("goodfellow", STEPS as usize), ("tiny", 3)];

fn check(backend: Backend) {
    for (recipe, steps) in RECIPES {
        check_recipe(backend, recipe, steps);
    }
}

fn check_recipe(backend: Backend, recipe: &str, steps: usize) {
    let images = strokes(1000, 3);
    let beginning = game(Backend::Flex, recipe, &images).state().unwrap();
    let flex = train(Backend::Flex, recipe, &images, None);
    let other = train(backend, recipe, &images, Some(&beginning));
    // Relativistic losses do not see what the logits of both images have in common. Its gradient is
    // zero but for rounding, of which Adam makes steps of full size: D(x), D(G(z)) and V go where they
    // want.
    let relativistic = Recipe::named(recipe).unwrap().loss == Loss::Relativistic;
    let worst = flex
        .iter()
        .zip(&other)
        .take(steps)
        .flat_map(|(flex, other)| {
            let losses = [
                flex.discriminator - other.discriminator,
                flex.generator - other.generator,
            ];
            let probabilities = [
                flex.d_real - other.d_real,
                flex.d_fake - other.d_fake,
                flex.value - other.value,
            ];
            losses
                .into_iter()
                .chain(probabilities.into_iter().filter(move |_| !relativistic))
        })
        .fold(0.0, |worst: f32, difference| worst.max(difference.abs()));
    println!(
        "{backend}, {recipe}: losses of {steps} steps differ by at most {worst:e} from flex's"
    );
    assert!(
        worst < TOLERANCE,
        "{worst}: flex {flex:?}\n{backend} {other:?}"
    );
    // A training that stands still would agree, too.
    let (first, last) = (flex[0], flex[steps - 1]);
    assert!(
        last.discriminator < 0.8 * first.discriminator,
        "{first} then {last}"
    );
}

#[cfg(feature = "ndarray")]
#[test]
fn ndarray_agrees_with_flex() {
    check(Backend::Ndarray);
}

#[cfg(feature = "wgpu")]
#[test]
#[ignore = "needs a GPU, or a driver that is one in software"]
fn wgpu_agrees_with_flex() {
    check(Backend::Wgpu);
}

#[cfg(feature = "cuda")]
#[test]
#[ignore = "needs an NVIDIA GPU"]
fn cuda_agrees_with_flex() {
    check(Backend::Cuda);
}
