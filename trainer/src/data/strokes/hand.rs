//! How one digit comes out of one writer's hand: node by node, then as a whole, then under the pen.

use rand::{Rng, RngExt};

use super::allograph::{Allograph, Node};
use super::spline::{distance, smooth};

/// A point of the pen's path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Dot {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Radius of the ink there, relative to the pen's (1 = the pen's own).
    pub(super) pressure: f32,
}

/// A value from a bell-shaped distribution with mean 0 and this standard deviation, never beyond
/// three of them.
///
/// The sum of three uniform values: it has no outliers that would spoil a glyph, and needs no
/// logarithm, whose last bit differs between platforms.
pub(super) fn bell(rng: &mut impl Rng, deviation: f32) -> f32 {
    let sum: f32 = (0..3).map(|_| rng.random_range(-1.0_f32..1.0)).sum();
    sum * deviation
}

/// Writes an allograph once: its strokes as dense polylines, on the glyph's sheet but deformed.
pub(super) fn write(allograph: &Allograph, rng: &mut impl Rng) -> Vec<Vec<Dot>> {
    let warp = Warp::random(rng);
    allograph
        .strokes
        .iter()
        .map(|stroke| {
            let nodes: Vec<Node> = stroke
                .iter()
                .map(|node| Node {
                    x: node.x + bell(rng, node.wander),
                    y: node.y + bell(rng, node.wander),
                    ..*node
                })
                .collect();
            let mut path = smooth(&nodes);
            trim(&mut path, rng);
            path.iter_mut()
                .for_each(|point| *point = warp.apply(*point));
            press(&path, rng)
        })
        .collect()
}

/// A smooth deformation of the whole sheet.
struct Warp {
    /// How far a point moves to the left for each unit that it lies below the middle.
    slant: f32,
    /// Rotation in radians.
    tilt: f32,
    /// Factor of the width.
    width: f32,
    /// How much wider the bottom is than the middle, as a share of the width.
    spread: f32,
    /// How far the middle line moves down, in the sheet's unit, while top and bottom stay.
    sink: f32,
    ripples: [Ripple; 3],
}

/// A wave of low frequency over the sheet.
struct Ripple {
    /// Direction and length of the shift at its crests.
    along: [f32; 2],
    /// Radians for each unit of x and of y.
    frequency: [f32; 2],
    phase: f32,
}

impl Warp {
    fn random(rng: &mut impl Rng) -> Self {
        Warp {
            slant: 0.14 + bell(rng, 0.25),
            tilt: bell(rng, 0.1),
            width: 1.08 + bell(rng, 0.2),
            spread: bell(rng, 0.12),
            sink: bell(rng, 0.7),
            ripples: std::array::from_fn(|_| Ripple {
                along: [bell(rng, 0.45), bell(rng, 0.45)],
                frequency: [bell(rng, 0.25), bell(rng, 0.25)],
                phase: rng.random_range(0.0..std::f32::consts::TAU),
            }),
        }
    }

    fn apply(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        // From the sheet to coordinates about its middle.
        let (mut x, mut y) = (x - 6.0, y - 10.0);
        y += self.sink * (1.0 - y * y / 100.0);
        x *= self.width * (1.0 + self.spread * y / 10.0);
        let (before_x, before_y) = (x, y);
        for ripple in &self.ripples {
            let shift = libm::sinf(
                ripple.frequency[0] * before_x + ripple.frequency[1] * before_y + ripple.phase,
            );
            x += ripple.along[0] * shift;
            y += ripple.along[1] * shift;
        }
        x -= self.slant * y;
        let (sin, cos) = libm::sincosf(self.tilt);
        [cos * x - sin * y, sin * x + cos * y]
    }
}

/// Lets the stroke begin and end a little early or late.
fn trim(path: &mut Vec<[f32; 2]>, rng: &mut impl Rng) {
    for _ in 0..2 {
        path.reverse();
        let change = bell(rng, 0.6);
        let end = path.len() - 1;
        if change > 0.0 {
            // Late: straight on.
            let (last, before) = (path[end], path[end - 1]);
            let share = change / distance(before, last).max(1e-2);
            path.push([
                last[0] + (last[0] - before[0]) * share,
                last[1] + (last[1] - before[1]) * share,
            ]);
        } else {
            let mut left = -change;
            while path.len() > 4 && left > 0.0 {
                left -= distance(path[path.len() - 1], path[path.len() - 2]);
                path.pop();
            }
        }
    }
}

/// Presses the pen down along the path: a slow wave of pressure, lighter or heavier ends.
fn press(path: &[[f32; 2]], rng: &mut impl Rng) -> Vec<Dot> {
    let depth = bell(rng, 0.1);
    let rate = rng.random_range(0.5_f32..3.0);
    let phase = rng.random_range(0.0..std::f32::consts::TAU);
    let ends = [bell(rng, 0.15), bell(rng, 0.2)];
    let last = (path.len() - 1) as f32;
    path.iter()
        .enumerate()
        .map(|(i, &[x, y])| {
            let along = i as f32 / last;
            let near = |end: f32| (1.0 - 5.0 * (along - end).abs()).max(0.0);
            let wave = depth * libm::sinf(rate * along * std::f32::consts::TAU + phase);
            let grain = bell(rng, 0.05);
            let pressure = 1.0 + grain + wave + ends[0] * near(0.0) + ends[1] * near(1.0);
            Dot {
                x,
                y,
                pressure: pressure.max(0.3),
            }
        })
        .collect()
}
