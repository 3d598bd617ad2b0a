//! Drawing one row of an image, enlarged.

use core::iter::repeat_n;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::ink::Ink;

/// Draws `row`, row `y` of an image whose top left corner is at `corner`, each of its pixels as a
/// square of `scale` pixels.
///
/// # Errors
/// The display's own.
pub(crate) fn stamp_row<D>(
    display: &mut D,
    corner: Point,
    scale: u32,
    y: usize,
    row: &[u8],
) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: Ink,
{
    let top = corner.y + (y as u32 * scale) as i32;
    let area = Rectangle::new(
        Point::new(corner.x, top),
        Size::new(row.len() as u32 * scale, scale),
    );
    let times = scale as usize;
    let colors = repeat_n(row, times)
        .flatten()
        .flat_map(|&ink| repeat_n(D::Color::from_ink(ink), times));
    display.fill_contiguous(&area, colors)
}
