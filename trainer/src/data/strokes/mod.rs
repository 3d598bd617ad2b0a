//! `strokes`: digits drawn with a pen, for training without network and without MNIST.
//!
//! Each digit is one allograph out of several (`glyphs`), written once by a random hand
//! (`hand`): nodes wander, the sheet is slanted, stretched and rippled, strokes start early and
//! end late, the pressure varies. The `pen` draws it by MNIST's conventions. No pixel of MNIST
//! takes part.

mod allograph;
mod glyphs;
mod hand;
mod pen;
mod spline;
#[cfg(test)]
mod tests;

use rand::{Rng, RngExt, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use rayon::prelude::*;

use self::allograph::Allograph;
use self::glyphs::DIGITS;
use self::pen::{Pen, SIDE};
use super::Images;

/// Draws `count` labelled digits, 28x28 with one channel, 255 = full ink; digit `i` has label
/// `i % 10`.
///
/// Each digit has a random stream of its own, made of `seed` and its index: the same seed gives the
/// same pixels on any number of threads, and a longer set begins with the shorter one.
pub fn strokes(count: usize, seed: u64) -> Images {
    let mut pixels = vec![0; count * SIDE * SIDE];
    // One output of the seeded generator parts neighbouring seeds before the index is mixed in.
    let base = Xoshiro256PlusPlus::seed_from_u64(seed).next_u64();
    pixels
        .par_chunks_exact_mut(SIDE * SIDE)
        .enumerate()
        .for_each(|(i, image)| {
            let mut rng = Xoshiro256PlusPlus::seed_from_u64(base ^ i as u64);
            draw_digit(i % DIGITS.len(), &mut rng, image);
        });
    let labels = (0..count).map(|i| (i % DIGITS.len()) as u8).collect();
    Images {
        height: SIDE,
        width: SIDE,
        channels: 1,
        classes: DIGITS.len(),
        pixels,
        labels,
    }
}

fn draw_digit(label: usize, rng: &mut impl Rng, image: &mut [u8]) {
    let allograph = choose(DIGITS[label], rng);
    let mut ink = hand::write(allograph, rng);
    pen::draw(&mut ink, choose_pen(rng), image);
}

/// From a fine ball pen to a felt pen.
fn choose_pen(rng: &mut impl Rng) -> Pen {
    Pen {
        thickness: (2.65 * (1.0 + hand::bell(rng, 0.32))).max(1.1),
        softness: rng.random_range(1.0..1.6),
    }
}

/// Picks one allograph with probability proportional to its weight.
fn choose(allographs: &'static [Allograph], rng: &mut impl Rng) -> &'static Allograph {
    let total: f32 = allographs.iter().map(|allograph| allograph.weight).sum();
    let mut left = rng.random_range(0.0..total);
    for allograph in allographs {
        left -= allograph.weight;
        if left < 0.0 {
            return allograph;
        }
    }
    &allographs[allographs.len() - 1]
}
