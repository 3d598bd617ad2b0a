//! Latents: where a drawn digit begins.

use heapless::Vec;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro128PlusPlus;

use crate::format::MAX_LATENT;

/// A latent vector: i8 components `q` in -127 to 127, each standing for `q / 128` in (-1, 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Latent {
    /// Two's complement bytes, as the kernels read activations.
    bytes: Vec<u8, MAX_LATENT, u8>,
}

impl Latent {
    /// Draws a latent of `len` components (at most [`MAX_LATENT`], longer ones are cut there),
    /// uniform on -127 to 127.
    ///
    /// The generator is xoshiro128++ (Blackman and Vigna 2019) with its state filled from `seed`
    /// by SplitMix64, as `rand_xoshiro`'s `seed_from_u64` does. Each component takes one 32-bit
    /// draw `r`: `((r >> 16) * 255 >> 16) - 127`.
    #[inline(never)]
    pub fn from_seed(seed: u32, len: usize) -> Self {
        let mut bytes = Vec::new();
        let _ = bytes.resize(len.min(MAX_LATENT), 0);
        draw_components(seed, &mut bytes);
        Self { bytes }
    }

    /// A latent of the given components; -128 becomes -127. `None` if there are more than
    /// [`MAX_LATENT`].
    pub fn from_components(components: &[i8]) -> Option<Self> {
        let mut bytes = Vec::new();
        for &component in components {
            bytes.push(component.max(-127) as u8).ok()?;
        }
        Some(Self { bytes })
    }

    /// The point at `t / 256` of the straight way from `a` (`t` = 0) to `b` (`t` = 256 and above),
    /// rounded to the nearest step, halves up. The result is as long as the shorter one.
    pub fn interpolate(a: &Latent, b: &Latent, t: u16) -> Self {
        let t = i32::from(t.min(256));
        let pairs = a.components().zip(b.components());
        Self::collect(pairs.map(|(a, b)| {
            let (a, b) = (i32::from(a), i32::from(b));
            ((a * 256 + (b - a) * t + 128) >> 8) as u8
        }))
    }

    /// As many components as fit. (`Vec::from_iter` would panic on more.)
    fn collect(components: impl Iterator<Item = u8>) -> Self {
        let mut bytes = Vec::new();
        for component in components {
            if bytes.push(component).is_err() {
                break;
            }
        }
        Self { bytes }
    }

    /// Number of components.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there are no components.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The components.
    pub fn components(&self) -> impl Iterator<Item = i8> + '_ {
        self.bytes.iter().map(|&byte| byte as i8)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Draws the components of [`Latent::from_seed`], as two's complement bytes.
#[inline(never)]
pub(crate) fn draw_components(seed: u32, bytes: &mut [u8]) {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(u64::from(seed));
    for byte in bytes {
        *byte = (((rng.next_u32() >> 16) * 255) >> 16).wrapping_sub(127) as u8;
    }
}
