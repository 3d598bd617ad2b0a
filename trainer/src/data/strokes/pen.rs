//! From the pen's path to pixels, as MNIST was made: fitted to a 20x20 box, anti-aliased, and moved
//! by whole pixels so that the centre of mass comes to the middle of the 28x28 image.
//!
//! The thickness changes along the line, which the strokers of vector libraries do not offer; the
//! distance to a path of tapering segments is simpler than to build an outline for their fillers.

use super::hand::Dot;

/// Side of the image in pixels.
pub(super) const SIDE: usize = 28;
/// Side of the box that the ink is fitted to.
pub(super) const BOX: usize = 20;
/// Where the centre of mass goes, in pixels from the left and from the top: the middle of pixel 14,
/// as in MNIST.
pub(super) const CENTRE: f32 = 14.5;

/// What the strokes are drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pen {
    /// Thickness of the line at pressure 1, in pixels; less than [`BOX`].
    pub(super) thickness: f32,
    /// Width of the grey edge, in pixels; 1 is a sharp edge seen through square pixels.
    pub(super) softness: f32,
}

/// Draws the strokes into `image`, `[SIDE][SIDE]` and empty before.
pub(super) fn draw(strokes: &mut [Vec<Dot>], pen: Pen, image: &mut [u8]) {
    fit(strokes, pen);
    let mut ink = [[0; BOX]; BOX];
    for pair in strokes.iter().flat_map(|stroke| stroke.windows(2)) {
        cover(pair[0], pair[1], pen, &mut ink);
    }
    centre(&ink, image);
}

/// Scales and moves the strokes so that their ink at pressure 1 fills the box in its longer
/// direction and is centred in the other.
fn fit(strokes: &mut [Vec<Dot>], pen: Pen) {
    let mut low = [f32::INFINITY; 2];
    let mut high = [f32::NEG_INFINITY; 2];
    for dot in strokes.iter().flatten() {
        for (axis, value) in [dot.x, dot.y].into_iter().enumerate() {
            low[axis] = low[axis].min(value);
            high[axis] = high[axis].max(value);
        }
    }
    let longest = (high[0] - low[0]).max(high[1] - low[1]);
    let scale = (BOX as f32 - pen.thickness) / longest;
    let middle = [(low[0] + high[0]) / 2.0, (low[1] + high[1]) / 2.0];
    for dot in strokes.iter_mut().flatten() {
        dot.x = (dot.x - middle[0]) * scale + BOX as f32 / 2.0;
        dot.y = (dot.y - middle[1]) * scale + BOX as f32 / 2.0;
    }
}

/// Inks the pixels under the pen on its way from `p` to `q`.
fn cover(p: Dot, q: Dot, pen: Pen, ink: &mut [[u8; BOX]; BOX]) {
    let reach = pen.thickness / 2.0 * p.pressure.max(q.pressure) + pen.softness / 2.0;
    // The pixels whose centre may be within reach; the casts saturate at 0.
    let span = |a: f32, b: f32| {
        let first = (a.min(b) - reach) as usize;
        first..((a.max(b) + reach) as usize + 1).min(BOX)
    };
    let (dx, dy) = (q.x - p.x, q.y - p.y);
    let square = (dx * dx + dy * dy).max(f32::MIN_POSITIVE);
    for y in span(p.y, q.y) {
        for x in span(p.x, q.x) {
            let (to_x, to_y) = (x as f32 + 0.5 - p.x, y as f32 + 0.5 - p.y);
            let along = ((to_x * dx + to_y * dy) / square).clamp(0.0, 1.0);
            let (off_x, off_y) = (to_x - along * dx, to_y - along * dy);
            let distance = (off_x * off_x + off_y * off_y).sqrt();
            let radius = pen.thickness / 2.0 * (p.pressure + (q.pressure - p.pressure) * along);
            let coverage = 0.5 + (radius - distance) / pen.softness;
            let value = (coverage.clamp(0.0, 1.0) * 255.0).round() as u8;
            ink[y][x] = ink[y][x].max(value);
        }
    }
}

/// Copies the box into the image, its centre of mass within half a pixel of [`CENTRE`] unless the
/// box would leave the image.
fn centre(ink: &[[u8; BOX]; BOX], image: &mut [u8]) {
    let (mut mass, mut moment) = (0_u32, [0_u32; 2]);
    for (y, row) in ink.iter().enumerate() {
        for (x, &value) in row.iter().enumerate() {
            let value = u32::from(value);
            mass += value;
            // Twice the pixel's centre, to stay in integers.
            moment[0] += value * (2 * x as u32 + 1);
            moment[1] += value * (2 * y as u32 + 1);
        }
    }
    let offset = |moment: u32| {
        let centre = moment as f32 / (2.0 * mass.max(1) as f32);
        (CENTRE - centre).round().clamp(0.0, (SIDE - BOX) as f32) as usize
    };
    let (left, top) = (offset(moment[0]), offset(moment[1]));
    for (row, line) in ink.iter().zip(image.chunks_exact_mut(SIDE).skip(top)) {
        line[left..left + BOX].copy_from_slice(row);
    }
}
