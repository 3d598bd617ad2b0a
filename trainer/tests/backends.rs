//! Backends of burn that are not the default compute the same training as flex.
//!
//! `cargo test -p trainer --features ndarray --test backends`, in the development profile, tests
//! `ndarray`; `--features wgpu` and `--features cuda`, with `-- --ignored`, what needs a GPU.

#![cfg(any(feature = "ndarray", feature = "wgpu", feature = "cuda"))]

use trainer::backend::Backend;
use trainer::data::Images;
use trainer::data::strokes::strokes;
use trainer::gan::game::{Game, GameState, Losses};
use trainer::gan::recipe::Recipe;

/// Steps of both trainings.
const STEPS: u32 = 20;
/// How far their losses may differ: another order of sums of 32-bit floats, of which the discriminator
/// has thousands, carried on through all updates.
const TOLERANCE: f32 = 1e-3;

/// The losses of a training of `goodfellow`, two dense networks, on `backend`, beginning with the
/// networks of `beginning`: backends draw different random numbers from the same seed.
fn train(backend: Backend, images: &Images, beginning: Option<&GameState>) -> Vec<Losses> {
    // Shares draw latents of their own, so there must be as many on both backends.
    let mut game = game(backend, images).in_shares(1);
    if let Some(beginning) = beginning {
        game = game.restore(beginning).unwrap().in_shares(1);
    }
    (0..STEPS).map(|_| game.step(images)).collect()
}

fn game(backend: Backend, images: &Images) -> Game {
    let recipe = Recipe::named("goodfellow").unwrap();
    Game::new(recipe, STEPS, 7, images, &backend.device().unwrap())
}

fn check(backend: Backend) {
    let images = strokes(1000, 3);
    let beginning = game(Backend::Flex, &images).state().unwrap();
    let flex = train(Backend::Flex, &images, None);
    let other = train(backend, &images, Some(&beginning));
    let worst = flex
        .iter()
        .zip(&other)
        .flat_map(|(flex, other)| {
            [
                flex.discriminator - other.discriminator,
                flex.generator - other.generator,
                flex.d_real - other.d_real,
                flex.d_fake - other.d_fake,
                flex.value - other.value,
            ]
        })
        .fold(0.0, |worst: f32, difference| worst.max(difference.abs()));
    println!("{backend}: losses of {STEPS} steps differ by at most {worst:e} from flex's");
    assert!(
        worst < TOLERANCE,
        "{worst}: flex {flex:?}\n{backend} {other:?}"
    );
    // A training that stands still would agree, too.
    let (first, last) = (flex[0], flex[flex.len() - 1]);
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
