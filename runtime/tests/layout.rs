//! Weights are where `FORMAT.md` says: its rules once more, written down without the crate's.

mod common;

use std::collections::HashMap;

use common::random::Dice;
use runtime::format::{Activation, Kind, Shape, Window};
use runtime::geometry::Geometry;
use runtime::layout::{pack, weight, weights_len};

/// The matrices of a layer: what is in their rows and columns, as the two halves of a key.
#[derive(Default)]
struct Matrices {
    places: HashMap<(Vec<usize>, Vec<usize>), usize>,
    start: usize,
}

impl Matrices {
    fn add(&mut self, rows: &[Vec<usize>], columns: &[Vec<usize>]) {
        for (k, row) in rows.iter().enumerate() {
            for (n, column) in columns.iter().enumerate() {
                let place = place(self.start, rows.len(), columns.len(), k, n);
                self.places.insert((row.clone(), column.clone()), place);
            }
        }
        self.start += rows.len().div_ceil(4) * 4 * columns.len().div_ceil(2) * 2;
    }
}

/// The function of `FORMAT.md`.
fn place(start: usize, rows: usize, columns: usize, k: usize, n: usize) -> usize {
    let rows = rows.div_ceil(4) * 4;
    let (mut first, mut left) = (0, columns);
    let width = loop {
        let width = match left {
            8.. => 8,
            4.. => 4,
            _ => 2,
        };
        if n < first + width {
            break width;
        }
        first += width;
        left -= width;
    };
    let n = n - first;
    start + rows * first + k / 4 * 4 * width + k % 2 * 2 * width + n / 2 * 4 + k % 4 / 2 * 2 + n % 2
}

/// All triples of an element of each list.
fn triples(a: &[usize], b: &[usize], c: usize) -> Vec<Vec<usize>> {
    let pairs = a.iter().flat_map(|&a| b.iter().map(move |&b| (a, b)));
    pairs
        .flat_map(|(a, b)| (0..c).map(move |c| vec![a, b, c]))
        .collect()
}

/// The place of every weight in the plain order, and the number of places.
fn places(geometry: &Geometry) -> (Vec<usize>, usize) {
    let inputs = usize::from(geometry.input.channels);
    let outputs = usize::from(geometry.output.channels);
    let mut matrices = Matrices::default();
    let (k, s) = match geometry.kind {
        Kind::Dense => return dense_places(geometry, matrices),
        Kind::Depthwise(w) => {
            let count = usize::from(w.kernel).pow(2) * outputs;
            return ((0..count).collect(), count);
        }
        Kind::Conv(w) => (usize::from(w.kernel), 1),
        Kind::ConvTranspose(w) => (usize::from(w.kernel), usize::from(w.stride)),
        Kind::Upsample(_) => return (Vec::new(), 0),
    };
    let every: Vec<usize> = (0..k).collect();
    let down = |phase| -> Vec<usize> { (phase..k).step_by(s).rev().collect() };
    // A column phase is in the columns of a matrix, so it is no part of a row's kernel column.
    if let Kind::Conv(_) = geometry.kind {
        matrices.add(
            &triples(&every, &every, inputs),
            &triples(&[0], &[0], outputs),
        );
    } else {
        for a in 0..s {
            if k % s == 0 {
                let phases: Vec<usize> = (0..s).collect();
                matrices.add(
                    &triples(&down(a), &down(0), inputs),
                    &triples(&[0], &phases, outputs),
                );
            } else {
                for b in 0..s {
                    let columns: Vec<usize> = down(b).iter().map(|x| x - b).collect();
                    matrices.add(
                        &triples(&down(a), &columns, inputs),
                        &triples(&[0], &[b], outputs),
                    );
                }
            }
        }
    }
    let transposed = matches!(geometry.kind, Kind::ConvTranspose(_));
    let order = triples(&every, &every, inputs * outputs);
    let order = order.iter().map(|at| {
        let phase = if transposed { at[1] % s } else { 0 };
        let row = vec![at[0], at[1] - phase, at[2] / outputs];
        matrices.places[&(row, vec![0, phase, at[2] % outputs])]
    });
    (order.collect(), matrices.start)
}

fn dense_places(geometry: &Geometry, mut matrices: Matrices) -> (Vec<usize>, usize) {
    let (every, height) = (geometry.input.len(), geometry.output.height);
    let line = geometry.output.row_len();
    let height = usize::from(height);
    let together = (1..=height)
        .filter(|&m| m == 1 || height.is_multiple_of(m) && m * line <= 128)
        .max()
        .unwrap_or(1);
    let keys =
        |range: std::ops::Range<usize>| -> Vec<Vec<usize>> { range.map(|i| vec![i]).collect() };
    for y in (0..height).step_by(together) {
        matrices.add(&keys(0..every), &keys(y * line..(y + together) * line));
    }
    let order =
        (0..geometry.output.len()).flat_map(|o| (0..every).map(move |i| (vec![i], vec![o])));
    let order = order.map(|key| matrices.places[&key]).collect();
    (order, matrices.start)
}

/// The weight at a place of 8 or 4 bits, as `FORMAT.md` codes it.
fn decode(bytes: &[u8], bits: u8, place: usize) -> i8 {
    if bits == 8 {
        let byte = bytes[place];
        return if place.is_multiple_of(2) {
            (i16::from(byte) - 128) as i8
        } else {
            byte as i8
        };
    }
    let p = place % 8;
    let bit = 4 * (p / 4 * 2 + p % 2) + 16 * (p / 2 % 2);
    let word = bytes[place / 8 * 4..][..4].try_into().expect("four bytes");
    (u32::from_le_bytes(word) >> bit & 15) as i8 - 8
}

#[test]
fn every_weight_is_where_the_document_says() {
    let mut dice = Dice::new(31);
    let mut geometries = Vec::new();
    for (height, width, channels) in [(1, 1, 5), (28, 28, 1), (7, 7, 4), (5, 6, 7), (7, 3, 50)] {
        geometries.push(Some(Geometry {
            kind: Kind::Dense,
            input: Shape::new(1, 2, 3),
            output: Shape::new(height, width, channels),
        }));
    }
    for kernel in 1..=5 {
        for stride in 1..=3 {
            for (inputs, outputs) in [(1, 1), (3, 2), (4, 9), (5, 3)] {
                let window = Window {
                    kernel,
                    stride,
                    padding: 0,
                };
                let input = Shape::new(6, 5, inputs);
                geometries.extend([
                    Geometry::conv_transpose(window, 0, input, outputs),
                    Geometry::conv(Kind::Conv(window), window, input, outputs),
                    Geometry::conv(Kind::Depthwise(window), window, input, inputs),
                ]);
            }
        }
    }
    for geometry in geometries.into_iter().flatten() {
        for bits in [8, 4] {
            let plain = dice.layer(&geometry, bits, Activation::Identity).weights;
            let (places, count) = places(&geometry);
            let expected = if bits == 8 {
                count
            } else {
                count.div_ceil(8) * 4
            };
            assert_eq!(weights_len(&geometry, bits), expected, "{geometry:?}");
            let mut packed = vec![0; expected];
            pack(&geometry, bits, &plain, &mut packed);
            for (&place, &written) in places.iter().zip(&plain) {
                assert_eq!(decode(&packed, bits, place), written, "{geometry:?}");
                assert_eq!(weight(&packed, bits, place), written.into(), "{geometry:?}");
            }
        }
    }
}
