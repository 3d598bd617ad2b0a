//! Curves through the nodes of a stroke.

use super::allograph::Node;

/// A dense polyline through the nodes: centripetal Catmull-Rom splines between corners.
pub(super) fn smooth(nodes: &[Node]) -> Vec<[f32; 2]> {
    const STEPS: u8 = 8;
    let at = |i: usize| [nodes[i].x, nodes[i].y];
    let mut path = vec![at(0)];
    for i in 0..nodes.len() - 1 {
        let (b, c) = (at(i), at(i + 1));
        // Past an end or a corner the curve goes on as if mirrored there.
        let a = if i == 0 || nodes[i].corner {
            mirror(b, c)
        } else {
            at(i - 1)
        };
        let d = if i + 2 == nodes.len() || nodes[i + 1].corner {
            mirror(c, b)
        } else {
            at(i + 2)
        };
        for step in 1..=STEPS {
            path.push(catmull_rom(
                [a, b, c, d],
                f32::from(step) / f32::from(STEPS),
            ));
        }
    }
    path
}

fn mirror(about: [f32; 2], point: [f32; 2]) -> [f32; 2] {
    [2.0 * about[0] - point[0], 2.0 * about[1] - point[1]]
}

/// The point at `t` in 0..=1 between the second and third node, with knots spaced by the square
/// root of the distance (Barry and Goldman's pyramid), which makes neither cusps nor loops of its
/// own.
fn catmull_rom([a, b, c, d]: [[f32; 2]; 4], t: f32) -> [f32; 2] {
    let knot = |from: [f32; 2], to: [f32; 2]| distance(from, to).sqrt().max(1e-2);
    let (t0, t1) = (0.0, knot(a, b));
    let t2 = t1 + knot(b, c);
    let t3 = t2 + knot(c, d);
    let t = t1 + (t2 - t1) * t;
    let mix = |p: [f32; 2], q: [f32; 2], from: f32, to: f32| {
        let share = (t - from) / (to - from);
        [p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share]
    };
    let (ab, bc, cd) = (mix(a, b, t0, t1), mix(b, c, t1, t2), mix(c, d, t2, t3));
    mix(mix(ab, bc, t0, t2), mix(bc, cd, t1, t3), t1, t2)
}

/// The distance between two points.
pub(super) fn distance(p: [f32; 2], q: [f32; 2]) -> f32 {
    let (x, y) = (q[0] - p[0], q[1] - p[1]);
    (x * x + y * y).sqrt()
}
