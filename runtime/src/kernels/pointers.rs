//! Stand-ins for kernels in assembly, for Miri: it runs no assembly, but it checks every access
//! through a pointer. What these read and write is what the kernels of `armv7em` do. So
//! [`super::run`], [`super::scale`] and [`super::narrow`], which hand them pointers and lengths, are
//! checked with every test of the crate. The environment variable `POCKETGAN_KERNELS=pointers`
//! compiles them in.
#![allow(unsafe_code)]
// They take what the kernels take.
#![allow(clippy::too_many_arguments)]

use super::narrow::Work;
pub use super::portable::words_per_quad;
use super::portable::{crossed, unpair};
#[cfg(feature = "fast")]
use super::scale::Grey;
use super::scale::Kernel;
use crate::requantize::{Rule, Scale, clamp, squash};

/// As [`super::portable::expand`].
pub fn expand(_bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min(words.len() / 2);
    if count == 0 {
        return (0, 0);
    }
    let (from, to) = (quads.as_ptr().cast::<u8>(), words.as_mut_ptr());
    let mut total = 0;
    for quad in 0..count {
        // SAFETY: there are as many quads and twice as many words.
        let [a, b, c, d] = unsafe { inputs(from, 4 * quad) };
        unsafe {
            to.add(2 * quad).write(pair(a, c));
            to.add(2 * quad + 1).write(pair(b, d));
        }
        total += a + b + c + d;
    }
    (count, total)
}

/// As `expand_of_two` of `armv7em`.
#[cfg(pocketgan_two)]
pub fn expand_of_two(quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min((words.len() + 1) / 4);
    let (from, to) = (quads.as_ptr().cast::<u8>(), words.as_mut_ptr());
    let mut total = 0;
    for quad in 0..count {
        // SAFETY: there are as many quads and four times as many words, but one behind the last.
        let [a, b, c, d] = unsafe { inputs(from, 4 * quad) };
        unsafe {
            to.add(4 * quad).write(pair(a, c));
            to.add(4 * quad + 2).write(pair(b, d));
        }
        total += a + b + c + d;
    }
    (count, total)
}

fn pair(first: i32, second: i32) -> u32 {
    first as u32 & 0xffff | (second << 16) as u32
}

/// Four inputs from `place` on.
///
/// # Safety
/// They must be there.
unsafe fn inputs(row: *const u8, place: usize) -> [i32; 4] {
    // SAFETY: by the caller.
    [0, 1, 2, 3].map(|input| i32::from(unsafe { row.add(place + input).read() } as i8))
}

/// The halves of a word of weights times a pair of inputs.
fn dot(word: u32, pair: u32) -> i32 {
    let ((a, b), (x, y)) = (unpair(word), unpair(pair));
    a.wrapping_mul(x).wrapping_add(b.wrapping_mul(y))
}

/// The odd column's sum, from 256 times it plus the even one's.
fn odd(both: i32, even: i32) -> i32 {
    both.wrapping_sub(even) >> 8
}

/// Panels of `PAIRS` pairs of columns.
unsafe fn bytes<const PAIRS: usize>(
    mut weights: *const u32,
    inputs: *const u32,
    quads: usize,
    gap: usize,
    first: i32,
    both: i32,
    mut sums: *mut i32,
    panels: usize,
) {
    for _ in 0..panels {
        let mut all = [[first, both]; PAIRS];
        for pair in 0..2 * quads {
            for [even, both] in &mut all {
                // SAFETY: by the caller, there are `2 * PAIRS` words of weights and two of inputs
                // for each quad of each panel.
                let (word, x) = unsafe { (weights.read(), inputs.add(pair).read()) };
                weights = weights.wrapping_add(1);
                *even = even.wrapping_add(dot(word & 0x00ff_00ff, x));
                *both = both.wrapping_add(dot(word, x));
            }
        }
        for [even, both] in all {
            // SAFETY: by the caller, there are `2 * PAIRS` sums for each panel.
            unsafe {
                sums.write(even);
                sums.add(1).write(odd(both, even));
            }
            sums = sums.wrapping_add(2);
        }
        weights = weights.wrapping_byte_add(gap);
    }
}

macro_rules! bytes {
    ($name:ident, $pairs:literal) => {
        /// See [`super::run::Kernel`].
        pub unsafe extern "C" fn $name(
            weights: *const u32,
            inputs: *const u32,
            quads: usize,
            gap: usize,
            first: i32,
            both: i32,
            sums: *mut i32,
            panels: usize,
        ) {
            // SAFETY: by the caller.
            unsafe { bytes::<$pairs>(weights, inputs, quads, gap, first, both, sums, panels) }
        }
    };
}
bytes!(bytes8, 4);
// These sum one panel.
bytes!(bytes4, 2);
bytes!(bytes2, 1);

/// As [`super::two::panels_of_two`]; the work is checked.
#[cfg(pocketgan_two)]
pub unsafe extern "C" fn two8(work: &mut super::two::Work) {
    for panel in 0..work.panels {
        let weights = work.weights.wrapping_add(8 * work.quads * panel);
        let weights = weights.wrapping_byte_add(work.gap * panel);
        for column in (0..8).step_by(2) {
            for window in 0..2 {
                let (mut even, mut both) = (work.first[window], work.both[window]);
                for pair in 0..2 * work.quads {
                    let word = weights.wrapping_add(4 * pair + column / 2);
                    let input = work.inputs.wrapping_add(2 * pair + window);
                    // SAFETY: by the caller, there are eight words of weights for each quad of each
                    // panel, and four of inputs.
                    let (word, x) = unsafe { (word.read(), input.read()) };
                    even = even.wrapping_add(dot(word & 0x00ff_00ff, x));
                    both = both.wrapping_add(dot(word, x));
                }
                let sums = work.sums.wrapping_byte_add(work.other * window);
                let sums = sums.wrapping_add(8 * panel + column);
                // SAFETY: by the caller, there are eight sums for each panel of either window.
                unsafe {
                    sums.write(even);
                    sums.add(1).write(odd(both, even));
                }
            }
        }
    }
}

/// See [`super::run::Kernel`].
pub unsafe extern "C" fn nibbles8(
    mut weights: *const u32,
    inputs: *const u32,
    quads: usize,
    gap: usize,
    first: i32,
    _: i32,
    mut sums: *mut i32,
    panels: usize,
) {
    for _ in 0..panels {
        let mut all = [first; 8];
        for pair in 0..2 * quads {
            for four in all.chunks_mut(4) {
                // SAFETY: by the caller, there are four words of weights and two of inputs for each
                // quad of each panel.
                let (word, x) = unsafe { (weights.read(), inputs.add(pair).read()) };
                weights = weights.wrapping_add(1);
                for (sum, shift) in four.iter_mut().zip([0, 4, 8, 12]) {
                    *sum = sum.wrapping_add(dot(word >> shift & 0x000f_000f, x));
                }
            }
        }
        for sum in all {
            // SAFETY: by the caller, there are eight sums for each panel.
            unsafe { sums.write(sum) };
            sums = sums.wrapping_add(1);
        }
        weights = weights.wrapping_byte_add(gap);
    }
}

/// A gathered pair of inputs, crossed.
pub fn cross(pair: u32) -> u32 {
    let (first, second) = unpair(pair);
    crossed(first, second)
}

/// Codes are flipped by the kernels.
pub const FLIPS: bool = true;
/// An only multiplier may be for all outputs, whatever the rule.
pub const ONLY: bool = true;

/// The kernel of all rules.
pub fn scale_kernel(_: Rule) -> Kernel {
    scale_all
}

/// See [`Kernel`].
unsafe extern "C" fn scale_all(
    mut sums: *const i32,
    mut bias: *const i16,
    mut multipliers: *const i16,
    mut outputs: *mut u8,
    scale: &Scale,
    mut count: usize,
    mut left: usize,
    back: usize,
) {
    while count > 0 {
        for _ in 0..left.min(count) {
            // SAFETY: by the caller, there are `count` sums and outputs; `left` multipliers or, if
            // there is no way back, one; and as many biases as `left` or, if those do not begin anew,
            // as outputs.
            unsafe {
                outputs.write(code(scale, *sums, *bias, *multipliers));
            }
            sums = sums.wrapping_add(1);
            outputs = outputs.wrapping_add(1);
            bias = bias.wrapping_add(1);
            multipliers = multipliers.wrapping_add(usize::from(back > 0));
        }
        count -= left.min(count);
        left = back / 2;
        multipliers = multipliers.wrapping_sub(left);
        bias = bias.wrapping_sub(left * (back % 2));
    }
}

/// The activation that a sum stands for.
fn code(scale: &Scale, sum: i32, bias: i16, multiplier: i16) -> u8 {
    let v = scale.apply(scale.rule == Rule::LEAKY, sum, bias, multiplier);
    let code = match scale.rule {
        Rule::TABLE => squash(v),
        _ => clamp(v),
    };
    code ^ scale.flip
}

/// The kernel of all rules.
#[cfg(feature = "fast")]
pub fn grey_kernel(_: &Scale) -> Option<Grey> {
    Some(grey)
}

/// See [`Grey`].
#[cfg(feature = "fast")]
unsafe extern "C" fn grey(
    sums: *const i32,
    outputs: *mut u8,
    count: usize,
    scale: &Scale,
    multiplier: i32,
) {
    for place in 0..count {
        // SAFETY: by the caller, there are `count` of each.
        unsafe {
            let code = code(scale, *sums.add(place), 0, multiplier as i16);
            outputs.add(place).write(code);
        }
    }
}

/// As [`super::narrow`]; the work is checked.
pub unsafe extern "C" fn narrow_windows(work: &mut Work) {
    let windows = (work.end as usize - work.sums[0] as usize) / (2 * size_of::<i32>());
    for window in 0..windows {
        for (weights, sums) in work.weights.into_iter().zip(work.sums) {
            let (mut even, mut both, mut total) = (work.first, 0i32, 0i32);
            let rows = work.rows.into_iter().skip(work.rows.len() - work.taps);
            for (tap, row) in rows.enumerate() {
                for quad in 0..work.quads {
                    let gaps = (tap + 1) * work.gap / size_of::<u32>();
                    let place = 2 * (tap * work.quads + quad) + gaps;
                    // SAFETY: by the caller, there are two words of weights for each quad of a tap,
                    // and the quads of every window in each row.
                    let ([a, b, c, d], first, second) = unsafe {
                        (
                            inputs(row, window * work.step + 4 * quad),
                            weights.wrapping_add(place).read(),
                            weights.wrapping_add(place + 1).read(),
                        )
                    };
                    total = total.wrapping_add(a + b + c + d);
                    for (word, x) in [(first, pair(a, c)), (second, pair(b, d))] {
                        even = even.wrapping_add(dot(word & 0x00ff_00ff, x));
                        both = both.wrapping_add(dot(word, x));
                    }
                }
            }
            let odd = odd(both, even.wrapping_sub(work.first)).wrapping_add(work.first);
            let even = even.wrapping_sub(total.wrapping_mul(128));
            // SAFETY: by the caller, there are two sums for each window in each row.
            unsafe {
                sums.add(2 * window).write(even);
                sums.add(2 * window + 1).write(odd);
            }
        }
    }
    for sums in &mut work.sums {
        *sums = sums.wrapping_add(2 * windows);
    }
    for row in &mut work.rows {
        *row = row.wrapping_add(windows * work.step);
    }
}
