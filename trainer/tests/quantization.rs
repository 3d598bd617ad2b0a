//! The integer generator against the float one that it was made from.

use burn::tensor::Device;
use runtime::Model;
use runtime::format::Provenance;
use trainer::data::strokes::strokes;
use trainer::data::{DataSet, Images};
use trainer::evaluate::{Judge, draw};
use trainer::gan::game::Game;
use trainer::gan::generator::Generator;
use trainer::gan::recipe::Recipe;
use trainer::quantize::{encode, float_inputs, quantize};

const IMAGES: u32 = 1000;

fn trained(recipe: Recipe, images: &Images) -> Generator {
    let steps = 300;
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

#[test]
fn integer_images_are_those_of_the_float_generator() {
    let data = DataSet {
        name: "strokes".into(),
        origin: String::new(),
        train: strokes(5000, 1),
        test: strokes(2000, 2),
    };
    let judge = Judge::for_data(&data, |_, _| {});
    for recipe in Recipe::ALL {
        let name = recipe.name;
        let generator = trained(recipe, &data.train);
        let layers = quantize(&generator).unwrap();
        let bytes = encode(&layers, generator.latent(), 10, Provenance::UNKNOWN);
        let model = Model::from_bytes(&bytes).unwrap();
        let integer = draw(&model, IMAGES, 0).unwrap();
        let float = float_pixels(&generator);

        let errors = integer
            .iter()
            .zip(&float)
            .map(|(&i, f)| (f32::from(i) - f).abs());
        let mean = errors.sum::<f32>() / integer.len() as f32;
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
fn a_diverged_generator_is_refused() {
    let device = Device::flex();
    let mut generator = Generator::new(Recipe::ALL[2].generator, 10, [28, 28, 1], &device);
    generator.second.bias = generator.second.bias.map(|bias| bias * f32::NAN);
    let error = quantize(&generator).unwrap_err();
    assert!(error.to_string().contains("layer 2"), "{error}");
}
