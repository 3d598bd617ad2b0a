//! Models whose pictures are known without running them.
#![allow(dead_code)] // each test file uses a part

use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weights_len};

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
