//! The integer generator against the float one that it was made from.

use burn::tensor::Device;
use runtime::Model;
use runtime::format::Provenance;
use trainer::data::strokes::strokes;
use trainer::data::{DataSet, Images};
use trainer::evaluate::{Judge, draw};
use trainer::gan::game::Game;
use trainer::gan::generator::{Generator, GeneratorNetwork};
use trainer::gan::recipe::Recipe;
use trainer::quantize::{encode, float_inputs, quantize};

const IMAGES: u32 = 1000;

fn trained(recipe: Recipe, steps: u32, images: &Images) -> Generator {
    let mut game = Game::new(recipe, steps, 1, images, &Device::flex());
    for _ in 0..steps {
        game.step(images);
    }
    game.average().clone()
}

/// What the float generator draws for the latents and labels of the runtime's images `0..IMAGES`.
fn float_pixels(generator: &Generator) -> Vec<f32> {
    let images = generator.forward(float_inputs(generator, IMAGES, 0));
    let values: Vec<f32> = images.into_data().try_to_vec().unwrap();
    values.iter().map(|value| (value + 1.0) * 127.5).collect()
}

/// What the integer generator draws for the same, and by how many grey levels it differs on average.
fn integer_pixels(generator: &Generator, float: &[f32]) -> (Vec<u8>, f32) {
    let layers = quantize(generator).unwrap();
    let (latent, classes) = (generator.latent(), generator.classes());
    let bytes = encode(&layers, latent, classes, Provenance::UNKNOWN);
    let model = Model::from_bytes(&bytes).unwrap();
    let count = float.len() / model.image().len();
    let integer = draw(&model, count as u32, 0).unwrap();
    let errors = integer.iter().zip(float);
    let sum: f32 = errors.map(|(&i, f)| (f32::from(i) - f).abs()).sum();
    let mean = sum / integer.len() as f32;
    (integer, mean)
}

#[test]
fn integer_images_are_those_of_the_float_generator() {
    let data = DataSet {
        name: "strokes".into(),
        origin: String::new(),
        train: strokes(5000, 1),
        test: strokes(2000, 2),
    };
    let judge = Judge::for_data(&data, |_, _| {});
    for recipe in Recipe::ALL.into_iter().filter(|recipe| recipe.conditional) {
        let name = recipe.name;
        let generator = trained(recipe, 300, &data.train);
        let float = float_pixels(&generator);
        let (integer, mean) = integer_pixels(&generator, &float);
        assert!(mean < 2.5, "{name}: mean error of {mean} grey levels");
        let rounded: Vec<u8> = float.iter().map(|f| f.round() as u8).collect();
        let (a, b) = (judge.read(&integer), judge.read(&rounded));
        let same = a.classes.iter().zip(&b.classes).filter(|(a, b)| a == b);
        let agreement = same.count() as f64 / f64::from(IMAGES);
        assert!(
            agreement > 0.97,
            "{name}: the classifier agrees on {agreement}"
        );
    }
}

#[test]
fn integer_images_of_the_textbook_are_those_of_the_float_generator() {
    let images = strokes(1000, 1);
    for (name, steps) in [("goodfellow", 300), ("dcgan", 4)] {
        let generator = trained(Recipe::named(name).unwrap(), steps, &images);
        // All together for the normalisation; a few are enough to compare.
        let float = float_pixels(&generator);
        let (integer, mean) = integer_pixels(&generator, &float[..200 * 784]);
        assert!(mean < 2.5, "{name}: mean error of {mean} grey levels");
        // They are not simply all alike.
        let ink = |image: &[u8]| image.iter().map(|&p| u32::from(p)).sum::<u32>();
        assert_ne!(ink(&integer[..784]), ink(&integer[784..1568]), "{name}");
    }
}

#[test]
fn spread_stretches_latents_and_not_labels() {
    let recipe = Recipe::named("nano").unwrap();
    let (size, device) = ([28, 28, 1], Device::flex());
    let generator = Generator::new(recipe.generator, recipe.latent, 10, size, &device);
    let inputs = |generator: &Generator| -> Vec<f32> {
        let inputs = float_inputs(generator, 20, 0).into_data();
        inputs.try_to_vec().unwrap()
    };
    let plain = inputs(&generator);
    let wide = inputs(&generator.with_spread(1.5));
    for (index, (plain, wide)) in plain.iter().zip(&wide).enumerate() {
        let is_label = index % (recipe.latent + 10) >= recipe.latent;
        let factor = if is_label { 1.0 } else { 1.5 };
        assert!(
            (plain * factor - wide).abs() < 1e-6,
            "{index}: {plain} {wide}"
        );
    }
}

#[test]
fn a_diverged_generator_is_refused() {
    let device = Device::flex();
    let recipe = Recipe::named("nano").unwrap();
    let size = [28, 28, 1];
    let mut generator = Generator::new(recipe.generator, recipe.latent, 10, size, &device);
    let GeneratorNetwork::Conv(network) = &mut generator.network else {
        panic!("nano is convolutional");
    };
    let last = network.ups.last_mut().unwrap();
    last.bias = last.bias.clone().map(|bias| bias * f32::NAN);
    let error = quantize(&generator).unwrap_err();
    assert!(error.to_string().contains("layer 3"), "{error}");
}
