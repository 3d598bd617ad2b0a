//! Sums of products: the inner loops.
//!
//! A window's inputs are first *gathered* ([`Gather`]): sign-extended and laid out as the target's
//! multiplications want them, once for all columns. [`panels`] then sums panels of a matrix
//! ([`crate::layout`]) over them. Both exist once in plain Rust (`portable`) and once for each
//! target that has instructions or constraints worth it; `build.rs` says which one is compiled in.

mod depthwise;
mod gather;
mod nibbles;
// Where a target has kernels of its own, only the rest of these is used.
#[cfg_attr(not(pocketgan_kernels = "portable"), allow(dead_code))]
mod portable;
mod upsample;

// How kernels in assembly are called.
#[cfg(pocketgan_assembly)]
mod narrow;
#[cfg(pocketgan_assembly)]
mod run;
#[cfg(pocketgan_assembly)]
mod scale;
#[cfg(pocketgan_two)]
mod two;

#[cfg(pocketgan_kernels = "armv6m")]
mod armv6m;
// What the next two share.
#[cfg(pocketgan_kernels = "armv7em")]
mod armv7em;
#[cfg(pocketgan_kernels = "armv7m")]
mod armv7m;
#[cfg(pocketgan_kernels = "pointers")]
mod pointers;
#[cfg(pocketgan_kernels = "x86_64")]
mod x86_64;

#[cfg(pocketgan_kernels = "armv6m")]
use armv6m as target;
#[cfg(pocketgan_kernels = "armv7em")]
use armv7em as target;
#[cfg(pocketgan_kernels = "armv7m")]
use armv7m as target;
#[cfg(pocketgan_kernels = "pointers")]
use pointers as target;
#[cfg(pocketgan_kernels = "portable")]
use portable as target;
#[cfg(pocketgan_kernels = "x86_64")]
use x86_64 as target;

pub use depthwise::depthwise_sum;
pub use gather::{Gather, Inputs, LONGEST, gather_quads};
pub use nibbles::unpack_nibbles;
pub use upsample::upsample_row;

#[cfg(pocketgan_assembly)]
pub use scale::activate;
#[cfg(not(pocketgan_assembly))]
pub use target::activate;
#[cfg(not(pocketgan_assembly))]
use target::{narrow as narrow_all, run as run_all};
#[cfg(pocketgan_two)]
pub use two::{gather_side, panels_of_two, words_of_two};
#[cfg(pocketgan_assembly)]
use {narrow::narrow as narrow_all, run::run as run_all};

use crate::layout::{PANEL, is_nibble, panel_width};
use crate::narrow::MOST_TAPS;
use crate::slices::after;

/// Words that a quad takes when it is gathered without the feature `fast`: on every target, so that a
/// workspace that is reserved at build time fits.
pub const WORDS_PER_QUAD: usize = 2;
const _: () = assert!(cfg!(feature = "fast") || target::words_per_quad(8) == WORDS_PER_QUAD);

/// A matrix of weights ([`crate::layout`]), whose panels are summed: see [`panels`].
#[derive(Clone, Copy, Debug)]
pub struct Matrix<'a> {
    /// Bits of a weight: 8 or 4.
    pub bits: u8,
    /// Its words, and all that follow.
    pub weights: &'a [u32],
    /// Its outputs.
    pub columns: usize,
    /// Its inputs, a multiple of four.
    pub rows: usize,
    /// Of these, how many come before the given inputs, whole quads.
    pub skipped: usize,
    /// What every sum begins with, at least 0.
    pub first: i32,
}

impl Matrix<'_> {
    /// Words that the weights of `rows` inputs take in `columns` columns.
    #[inline(always)]
    fn words(&self, columns: usize, rows: usize) -> usize {
        let words = rows / 4 * columns;
        if is_nibble(self.bits) {
            words / 2
        } else {
            words
        }
    }
}

/// Neighbouring panels of the same width, and only the weights of the given inputs.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The first panel's words for the first of the inputs, and all that follow.
    pub weights: &'a [u32],
    /// Words between the last of a panel's weights that are used and the next panel's first.
    pub gap: usize,
    /// The inputs.
    pub inputs: Inputs<'a>,
    /// What every sum begins with, at least 0.
    pub first: i32,
}

/// The sums of neighbouring columns from `column` on, where a panel begins: as many as `sums` has room
/// for, which are all that are left, filled up to a multiple of two, or whole panels of eight.
/// `first + sum of weight[k][n] * input[k]`.
///
/// Exact if every sum is within 24 bits, which a checked model guarantees.
#[inline(always)]
pub fn panels(matrix: &Matrix, inputs: &Inputs, column: usize, sums: &mut [i32]) {
    let mut done = 0;
    while done < sums.len() {
        let column = column + done;
        let left = matrix.columns.saturating_sub(column);
        let width = panel_width(left);
        let columns = match width {
            PANEL => left.min(sums.len() - done) / PANEL * PANEL,
            _ => width,
        };
        let Some(sums) = sums.get_mut(done..done + columns) else {
            return;
        };
        if columns == 0 {
            return;
        }
        panels_of(width, matrix, inputs, column, sums);
        done += columns;
    }
}

/// [`panels`] that all have one width.
#[inline(always)]
pub fn panels_of(width: usize, matrix: &Matrix, inputs: &Inputs, column: usize, sums: &mut [i32]) {
    let before = matrix.words(column, matrix.rows) + matrix.words(width, matrix.skipped);
    let run = Run {
        weights: after(matrix.weights, before),
        gap: matrix.words(width, matrix.rows.saturating_sub(4 * inputs.quads)),
        inputs: *inputs,
        first: matrix.first,
    };
    run_all(width, matrix.bits, &run, sums);
}

/// What the outputs of a layer are scaled with.
#[derive(Clone, Copy, Debug)]
pub struct Constants<'a> {
    /// One for each channel; an only one is for all outputs.
    pub multipliers: &'a [i16],
    /// As many, or one for each output from the first one given on, or none.
    pub bias: &'a [i16],
    /// Whether they are the outputs'.
    pub bias_by_output: bool,
}

/// Windows of two columns, in two rows of the output that take the same rows of the input.
#[derive(Debug)]
pub struct Narrow<'a> {
    /// The matrices of the two rows, of 8-bit weights: one panel each.
    pub weights: [&'a [u32]; 2],
    /// The memory of the input, and where in it the first window of each tap begins.
    pub memory: &'a [u8],
    pub rows: [usize; MOST_TAPS],
    /// Taps.
    pub taps: usize,
    /// Bytes of a row that a window takes, a multiple of four.
    pub segment: usize,
    /// Bytes from one window to the next.
    pub step: usize,
    /// Zeros that each row's bytes begin with in the first window, and end with in the last one: they
    /// may be left out.
    #[cfg_attr(not(pocketgan_assembly), allow(dead_code))]
    pub margins: [usize; 2],
    /// What every sum begins with.
    pub first: i32,
}

/// The sums of all windows of two rows: the first half of `sums` is the first row's, two sums a
/// window. There are as many windows as `sums` has room for.
#[inline(always)]
pub fn narrow(work: &Narrow, sums: &mut [i32]) {
    narrow_all(work, sums);
}

/// Safe functions with `unsafe` code in them take any arguments: none makes them read or write beyond
/// what they are given, or pass a kernel a zero that it counts down from. Miri checks it.
#[cfg(all(test, pocketgan_assembly))]
mod tests {
    use super::*;
    use crate::requantize::{Rule, Scale};

    /// Products of these wrap.
    const HUGE: [usize; 2] = [1 << (usize::BITS - 2), usize::MAX];

    #[test]
    fn runs_of_any_arguments() {
        let (words, mut sums) = ([0x8000_8000; 40], [0; 17]);
        let mut runs = 0;
        for (bits, width) in [
            (8, 0),
            (8, 1),
            (8, 2),
            (8, 3),
            (8, 4),
            (8, 8),
            (8, 9),
            (4, 8),
        ] {
            for quads in [0, 1, 4, 5, 33].into_iter().chain(HUGE) {
                for gap in [0, 24, 25].into_iter().chain(HUGE) {
                    for (weights, count) in [(0, 8), (8, 7), (16, 8), (39, 16), (40, 17)] {
                        let inputs = Inputs {
                            words: &words[..8],
                            quads,
                            total: 1,
                        };
                        let run = Run {
                            weights: &words[..weights],
                            gap,
                            inputs,
                            first: 0,
                        };
                        sums.fill(7);
                        run_all(width, bits, &run, &mut sums[..count]);
                        assert!(sums[count..].iter().all(|&sum| sum == 7));
                        runs += usize::from(quads > 0 && sums[0] != 7);
                    }
                }
            }
        }
        assert!(runs > 40, "{runs} of all were summed");
    }

    #[cfg(pocketgan_two)]
    #[test]
    fn two_windows_of_any_arguments() {
        let (words, mut sums) = ([0x8000_8000; 80], [0; 36]);
        let mut made = 0;
        for columns in [0, 7, 8, 16, HUGE[0], HUGE[1]] {
            for rows in [4, 12, 20, HUGE[0]] {
                for skipped in [0, 4, HUGE[1]] {
                    for quads in [0, 1, 3, 33, HUGE[0]] {
                        for (weights, count) in [(15, 16), (39, 16), (80, 32), (80, 36)] {
                            let matrix = Matrix {
                                bits: 8,
                                weights: &words[..weights],
                                columns,
                                rows,
                                skipped,
                                first: 0,
                            };
                            let inputs = Inputs {
                                words: &words[..9],
                                quads,
                                total: 0,
                            };
                            sums.fill(7);
                            panels_of_two(&matrix, &inputs, [1, 2], &mut sums[..count]);
                            assert!(sums[count..].iter().all(|&sum| sum == 7));
                            made += usize::from(quads > 0 && sums[0] != 7);
                        }
                    }
                }
            }
        }
        assert!(made > 10, "{made} of all were made");
    }

    #[cfg(pocketgan_two)]
    #[test]
    fn sides_of_any_arguments() {
        let mut words = [7; 13];
        for second in [false, true] {
            for inputs in [0, 3, 4, 8, 12] {
                for room in [0, 1, 3, 8, 12] {
                    for quads in [0, 1, 2, 8] {
                        words.fill(7);
                        gather_side(second, &[1; 12][..inputs], &mut words[..room], quads);
                        assert!(words[room..].iter().all(|&word| word == 7));
                    }
                }
            }
        }
    }

    #[test]
    fn windows_of_any_arguments() {
        let (words, bytes, mut sums) = ([0x0080_0080; 16], [1; 24], [0; 17]);
        let mut made = 0;
        for taps in [0, 2, MOST_TAPS, MOST_TAPS + 1].into_iter().chain(HUGE) {
            for segment in [0, 3, 8].into_iter().chain(HUGE) {
                for step in [0, 4].into_iter().chain(HUGE) {
                    for from in [0, 16, 25].into_iter().chain(HUGE) {
                        for (weights, count, margin) in [
                            (7, 4, 0),
                            (16, 3, 4),
                            (16, 4, HUGE[0]),
                            (16, 8, 4),
                            (16, 8, HUGE[1]),
                            (16, 17, 8),
                        ] {
                            let work = Narrow {
                                weights: [&words[..weights], &words],
                                memory: &bytes,
                                rows: [from; MOST_TAPS],
                                taps,
                                segment,
                                step,
                                margins: [margin; 2],
                                first: 0,
                            };
                            sums.fill(7);
                            narrow(&work, &mut sums[..count]);
                            assert!(sums[count..].iter().all(|&sum| sum == 7));
                            made += usize::from(taps > 0 && segment >= 4 && sums[0] != 7);
                        }
                    }
                }
            }
        }
        assert!(made > 10, "{made} of all were made");
    }

    #[test]
    fn activations_of_any_arguments() {
        let lengths = [0, 1, 5];
        let cases = (0..lengths.len().pow(4)).flat_map(|place| {
            let lengths = [1, 3, 9, 27].map(|step| lengths[place / step % lengths.len()]);
            [false, true].map(|by_output| (lengths, by_output))
        });
        for ([sums, bias, channels, outputs], bias_by_output) in cases {
            for (rule, channel) in [Rule::PLAIN, Rule::LEAKY, Rule::TABLE]
                .into_iter()
                .flat_map(|rule| [0, 1, 4, 5, usize::MAX].map(|channel| (rule, channel)))
            {
                let scale = Scale {
                    bias: 1,
                    pre_shift: 0,
                    rounding: 0,
                    post_shift: 0,
                    slope: 0,
                    flip: 0,
                    rule,
                    unused: [0; 2],
                };
                let constants = Constants {
                    multipliers: &[1; 5][..channels],
                    bias: &[0; 5][..bias],
                    bias_by_output,
                };
                let mut written = [7; 6];
                activate(
                    &scale,
                    &constants,
                    channel,
                    &[i32::MIN, -1, 0, 1, i32::MAX][..sums],
                    &mut written[..outputs],
                );
                let most = match bias_by_output {
                    true => sums.min(outputs).min(bias),
                    false => sums.min(outputs),
                };
                assert!(written[most..].iter().all(|&byte| byte == 7));
                // A constant for every channel, where the channels begin anew.
                let whole = bias_by_output || bias == 0 || bias == channels;
                if channel < channels && whole {
                    assert!(written[..most].iter().all(|&byte| byte != 7));
                }
            }
        }
    }
}
