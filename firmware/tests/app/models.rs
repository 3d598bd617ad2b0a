//! Models whose pictures are known without running them.

use firmware::Style;
use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};
use runtime::{Generator, Model};

const BITS: u8 = 8;

/// A model whose class `n` is `pictures[n]`, whatever the seed: rows of hexadecimal digits, each
/// the grey level of a pixel. All pictures have the same size.
pub fn model_of_pictures(pictures: &[&[&str]]) -> Vec<u8> {
    let level = |digit: char| digit.to_digit(16).expect("a hexadecimal digit") as u8;
    // A pixel is its activation plus 128, and level n stands for the ink 17 n.
    let label: Vec<u8> = pictures
        .iter()
        .flat_map(|picture| picture.iter().flat_map(|row| row.chars()))
        .map(|digit| (17 * level(digit)).wrapping_sub(128))
        .collect();
    let image = Shape::new(pictures[0].len() as u16, pictures[0][0].len() as u16, 1);
    dense_model(image, pictures.len() as u8, &vec![0; image.len()], &label)
}

/// A model without classes whose pixels are `128 + latent[0] * weights[pixel] / 128`.
pub fn model_of_weights(image: Shape, weights: &[i8]) -> Vec<u8> {
    dense_model(image, 0, weights, &[])
}

/// A model of ten classes with pictures of 4x5 pixels that depend on the seed, too: a label adds its own pattern.
pub fn model_of_styles() -> Vec<u8> {
    let image = Shape::new(5, 4, 1);
    let weights: Vec<i8> = (0..20).map(|n| (n * 37 % 251 - 125) as i8).collect();
    let label: Vec<u8> = (0..200).map(|n| (n * 29 % 90) as u8).collect();
    dense_model(image, 10, &weights, &label)
}

/// One dense layer from one latent component. The sum of a pixel is `latent * weight`, or the
/// label's `label << 7`; requantization divides it by 128.
fn dense_model(image: Shape, classes: u8, weights: &[i8], label: &[u8]) -> Vec<u8> {
    let geometry = Geometry {
        kind: Kind::Dense,
        input: Shape::new(1, 1, 1),
        output: image,
    };
    let mut packed = vec![0; weights_len(&geometry, BITS)];
    pack(&geometry, BITS, weights, &mut packed);
    let multipliers = (1_u16 << 14).to_le_bytes().repeat(image.channels as usize);
    let layer = Layer {
        kind: Kind::Dense,
        output: image,
        activation: Activation::Identity,
        bits: BITS,
        pre_shift: 0,
        post_shift: 21,
        multipliers: &multipliers,
        bias_shift: 0,
        bias: &[],
        label_shift: 7,
        label,
        weights: &packed,
    };
    let provenance = Provenance {
        data_set: "pictures",
        recipe: "none",
        tool: "test",
        steps: 0,
        seed: 0,
        scores: None,
    };
    let mut buffer = vec![0; 64 * 1024];
    File::new(provenance, 1, classes, [layer].into_iter().collect())
        .encode(&mut buffer)
        .unwrap()
        .to_vec()
}

/// A plus, a ring and a slope of greys, 5x3 pixels each.
pub const PICTURES: [&[&str]; 3] = [
    &["00F00", "0FFF0", "00F00"],
    &["0FFF0", "0F0F0", "0FFF0"],
    &["01234", "56789", "ABCDE"],
];

/// The ten digits, 4x5 pixels each.
pub const DIGITS: [&[&str]; 10] = [
    &["FFF0", "F0F0", "F0F0", "F0F0", "FFF0"],
    &["0F00", "FF00", "0F00", "0F00", "FFF0"],
    &["FFF0", "00F0", "FFF0", "F000", "FFF0"],
    &["FFF0", "00F0", "FFF0", "00F0", "FFF0"],
    &["F0F0", "F0F0", "FFF0", "00F0", "00F0"],
    &["FFF0", "F000", "FFF0", "00F0", "FFF0"],
    &["FFF0", "F000", "FFF0", "F0F0", "FFF0"],
    &["FFF0", "00F0", "00F0", "00F0", "00F0"],
    &["FFF0", "F0F0", "FFF0", "F0F0", "FFF0"],
    &["FFF0", "F0F0", "FFF0", "00F0", "FFF0"],
];

/// The image that `model` draws on this machine, `[row][column]`.
pub fn image(model: &Model, style: Style, label: u8) -> Vec<Vec<u8>> {
    let mut workspace = vec![0; model.workspace_len()];
    let mut generator = Generator::new(model, &mut workspace).unwrap();
    let mut pixels = vec![0; model.image().len()];
    generator
        .generate(&style.latent(model.latent_len()), label, &mut pixels)
        .unwrap();
    let rows = pixels.chunks(model.image().width.into());
    rows.map(<[u8]>::to_vec).collect()
}
