use std::collections::HashMap;

use super::allograph::node;
use super::hand::Dot;
use super::pen::{BOX, CENTRE};
use super::*;

/// What can be said about the ink of one image.
struct Ink {
    /// Mean of all pixels, 1 = full ink.
    mean: f64,
    /// Width and height of the box around the ink.
    size: [usize; 2],
    /// Centre of mass, in pixels from the left and from the top.
    centre: [f64; 2],
    /// Whether there is ink in the first or last column, and in the first or last row.
    at_edge: [bool; 2],
}

fn measure(image: &[u8]) -> Ink {
    let inked: Vec<(usize, usize, f64)> = image
        .iter()
        .enumerate()
        .filter(|&(_, &value)| value > 0)
        .map(|(i, &value)| (i % SIDE, i / SIDE, f64::from(value) / 255.0))
        .collect();
    let mass: f64 = inked.iter().map(|ink| ink.2).sum();
    let extent = |places: Vec<usize>| {
        places.iter().max().expect("some ink") - places.iter().min().expect("some ink") + 1
    };
    let centre = |place: fn(&(usize, usize, f64)) -> usize| {
        let moment: f64 = inked
            .iter()
            .map(|ink| (place(ink) as f64 + 0.5) * ink.2)
            .sum();
        moment / mass
    };
    Ink {
        mean: mass / image.len() as f64,
        size: [
            extent(inked.iter().map(|ink| ink.0).collect()),
            extent(inked.iter().map(|ink| ink.1).collect()),
        ],
        centre: [centre(|ink| ink.0), centre(|ink| ink.1)],
        at_edge: [
            inked.iter().any(|ink| [0, SIDE - 1].contains(&ink.0)),
            inked.iter().any(|ink| [0, SIDE - 1].contains(&ink.1)),
        ],
    }
}

fn images(set: &Images) -> impl Iterator<Item = &[u8]> {
    set.pixels.chunks_exact(SIDE * SIDE)
}

fn squared_distance(a: &[u8], b: &[u8]) -> u32 {
    a.iter()
        .zip(b)
        .map(|(&a, &b)| u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

#[test]
fn same_seed_gives_the_same_pixels() {
    assert_eq!(strokes(200, 7).pixels, strokes(200, 7).pixels);
}

#[test]
fn every_digit_changes_with_the_seed() {
    let (one, two) = (strokes(200, 7), strokes(200, 8));
    assert!(images(&one).zip(images(&two)).all(|(a, b)| a != b));
}

#[test]
fn longer_set_begins_with_the_shorter() {
    let (short, long) = (strokes(33, 1), strokes(1_000, 1));
    assert_eq!(short.pixels, long.pixels[..short.pixels.len()]);
    assert_eq!(short.labels, long.labels[..33]);
}

#[test]
fn pixels_do_not_depend_on_the_number_of_threads() {
    let on_threads = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("a thread pool")
            .install(|| strokes(500, 3).pixels)
    };
    assert_eq!(on_threads(1), on_threads(4));
}

#[test]
fn labels_take_turns() {
    let set = strokes(1_005, 1);
    assert_eq!(set.labels[..12], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    for class in 0..10 {
        let members = set.labels.iter().filter(|&&label| label == class).count();
        assert_eq!(members, if class < 5 { 101 } else { 100 });
    }
}

#[test]
fn no_digits_are_an_empty_set() {
    let set = strokes(0, 1);
    assert!(set.pixels.is_empty() && set.labels.is_empty());
    assert_eq!(
        (set.height, set.width, set.channels, set.classes),
        (28, 28, 1, 10)
    );
}

/// The bands lie about the figures of MNIST's test images: mean ink 0.133, 19.3 % of the pixels
/// inked, box 15.5 x 19.8, centre of mass in the middle of pixel 14.
#[test]
fn ink_is_like_that_of_mnist() {
    let set = strokes(5_000, 11);
    let inks: Vec<Ink> = images(&set).map(measure).collect();
    let mean = |value: fn(&Ink) -> f64| inks.iter().map(value).sum::<f64>() / inks.len() as f64;

    let ink = mean(|ink| ink.mean);
    assert!((0.12..0.145).contains(&ink), "mean ink {ink}");
    let inked = set.pixels.iter().filter(|&&value| value > 0).count() as f64;
    let share = inked / set.pixels.len() as f64;
    assert!((0.175..0.21).contains(&share), "inked pixels {share}");
    let width = mean(|ink| ink.size[0] as f64);
    assert!((14.5..16.5).contains(&width), "mean width {width}");

    let mut held = 0;
    for (i, ink) in inks.iter().enumerate() {
        assert!(
            (0.02..0.35).contains(&ink.mean),
            "digit {i}: mean ink {}",
            ink.mean
        );
        let longest = ink.size[0].max(ink.size[1]);
        assert!(
            (BOX - 1..=BOX).contains(&longest),
            "digit {i}: box {:?}",
            ink.size
        );
        // A box at the edge of the image can go no further.
        for (centre, at_edge) in ink.centre.into_iter().zip(ink.at_edge) {
            let off = (centre - f64::from(CENTRE)).abs();
            assert!(
                off < 0.51 || at_edge && off < 2.0,
                "digit {i}: centre of mass {:?}",
                ink.centre
            );
            held += u32::from(off >= 0.51);
        }
    }
    assert!(held < 100, "{held} of 5000 digits are held at the edge");
}

#[test]
fn every_allograph_comes_as_often_as_its_weight_says() {
    const DRAWS: u32 = 20_000;
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
    for allographs in DIGITS {
        let total: f32 = allographs.iter().map(|allograph| allograph.weight).sum();
        let mut drawn: HashMap<&str, u32> = HashMap::new();
        for _ in 0..DRAWS {
            *drawn.entry(choose(allographs, &mut rng).name).or_default() += 1;
        }
        assert_eq!(drawn.len(), allographs.len(), "one name for each allograph");
        for allograph in allographs {
            let expected = allograph.weight / total * DRAWS as f32;
            let found = drawn[allograph.name] as f32;
            let tolerance = 5.0 * expected.sqrt();
            assert!(
                (found - expected).abs() < tolerance,
                "{}: {found}, expected {expected}",
                allograph.name
            );
        }
    }
}

#[test]
fn digits_of_a_class_differ_from_one_another() {
    let set = strokes(1_000, 2);
    for class in 0..10 {
        let members: Vec<&[u8]> = images(&set).skip(class).step_by(10).collect();
        for (i, a) in members.iter().enumerate() {
            for b in &members[..i] {
                let pixels = a
                    .iter()
                    .zip(*b)
                    .filter(|(a, b)| a.abs_diff(**b) > 32)
                    .count();
                assert!(pixels >= 10, "two digits {class} differ in {pixels} pixels");
            }
        }
    }
}

/// The nearest of the digits of another seed tells the class: labels and shapes belong together.
#[test]
fn nearest_neighbour_reads_the_digits() {
    let (known, asked) = (strokes(3_000, 1), strokes(300, 2));
    let right = images(&asked)
        .zip(&asked.labels)
        .filter(|(image, label)| {
            let nearest = images(&known)
                .zip(&known.labels)
                .min_by_key(|(other, _)| squared_distance(image, other));
            nearest.is_some_and(|(_, found)| found == *label)
        })
        .count();
    assert!((255..300).contains(&right), "{right} of 300 read");
}

#[test]
fn curve_passes_through_its_nodes() {
    let nodes = [node!((0, 0)), node!((5, 1)), node!([9, 8]), node!((2, 20))];
    let path = spline::smooth(&nodes);
    for node in nodes {
        let nearest = path
            .iter()
            .map(|&point| spline::distance(point, [node.x, node.y]))
            .fold(f32::INFINITY, f32::min);
        assert!(nearest < 1e-3, "{node:?} missed by {nearest}");
    }
}

#[test]
fn curve_is_straight_between_corners_only() {
    let deviation = |nodes: &[allograph::Node]| {
        let path = spline::smooth(nodes);
        // Both legs of the angle lie on |x| + y = 10.
        path.iter()
            .map(|[x, y]| (x.abs() + y - 10.0).abs())
            .fold(0.0, f32::max)
    };
    assert!(deviation(&[node!((-10, 0)), node!([0, 10]), node!((10, 0))]) < 1e-3);
    assert!(deviation(&[node!((-10, 0)), node!((0, 10)), node!((10, 0))]) > 0.5);
}

/// A bar 20 pixels long and 3 wide with round ends, by plane geometry.
#[test]
fn bar_has_the_ink_of_its_area() {
    let dot = |y| Dot {
        x: 0.0,
        y,
        pressure: 1.0,
    };
    let mut image = [0; SIDE * SIDE];
    let pen = Pen {
        thickness: 3.0,
        softness: 1.0,
    };
    pen::draw(&mut [vec![dot(0.0), dot(5.0), dot(9.0)]], pen, &mut image);

    let ink: f32 = image.iter().map(|&value| f32::from(value) / 255.0).sum();
    let area = 17.0 * 3.0 + std::f32::consts::PI * 1.5 * 1.5;
    assert!((ink - area).abs() < 1.0, "ink {ink}, area {area}");
    let across: Vec<u8> = image[14 * SIDE..15 * SIDE]
        .iter()
        .copied()
        .filter(|&v| v > 0)
        .collect();
    assert_eq!(across, [128, 255, 255, 128]);
}
