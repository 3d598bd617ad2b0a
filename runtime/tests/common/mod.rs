//! Networks made by tests: how they are written down, computed naively and drawn at random.
#![allow(dead_code)]

pub mod aligned;
pub mod hostile;
pub mod models;
pub mod net;
pub mod random;
pub mod reference;

use runtime::{Generator, Latent, Model};

use aligned::Aligned;
use net::Net;

/// How often a test repeats something: `usual` times, but Miri is a thousand times slower.
pub const fn rounds(usual: usize) -> usize {
    if cfg!(miri) {
        usual.div_ceil(500)
    } else {
        usual
    }
}

/// The image that the crate draws: the net is encoded, loaded and run.
pub fn draw(net: &Net, latent: &[i8], label: u8) -> Vec<u8> {
    let bytes = Aligned::new(&net.encode());
    let model = Model::from_bytes(&bytes).unwrap_or_else(|error| panic!("{error}"));
    let latent = Latent::from_components(latent).expect("a latent within the limits");
    // What a workspace holds must not matter.
    let mut workspace = vec![0xa5; model.workspace_len()];
    let mut pixels = vec![0x5a; model.image().len()];
    Generator::new(&model, &mut workspace)
        .and_then(|mut generator| generator.generate(&latent, label, &mut pixels))
        .unwrap_or_else(|error| panic!("{error}"));
    pixels
}

/// Asserts that the crate draws what the reference computes.
pub fn assert_equals_reference(net: &Net, latent: &[i8], label: u8) {
    let drawn = draw(net, latent, label);
    let expected = reference::pixels(net, latent, label);
    if drawn != expected {
        let at = drawn.iter().zip(&expected).position(|(a, b)| a != b);
        let last = net.layers.last().expect("a layer");
        panic!(
            "differs first at byte {at:?} of {}: {:?} -> {:?}, {} bits, {:?}",
            expected.len(),
            last.kind,
            last.output,
            last.bits,
            last.activation
        );
    }
}
