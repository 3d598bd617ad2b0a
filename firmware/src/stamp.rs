//! Drawing one row of a picture, enlarged.

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::ink::Ink;
use crate::layout::Cell;

/// Draws `row`, row `y` of a picture, as far as it is inside of `cell`.
///
/// # Errors
/// The display's own.
pub(crate) fn stamp_row<D>(
    display: &mut D,
    cell: &Cell,
    negative: bool,
    y: usize,
    row: &[u8],
) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: Ink,
{
    let Some(y) = (y as u32).checked_sub(cell.cut.height) else {
        return Ok(());
    };
    let left = cell.cut.width as usize;
    let Some(row) = row.get(left..left + cell.part.width as usize) else {
        return Ok(());
    };
    if y >= cell.part.height {
        return Ok(());
    }
    let scale = cell.scale;
    let top = (y * scale) as i32;
    let area = Rectangle::new(
        cell.corner + Point::new(0, top),
        Size::new(cell.part.width * scale, scale),
    );
    let flip = if negative { u8::MAX } else { 0 };
    let colors = (0..scale as i32).flat_map(move |down| {
        let mut at = Point::new(-1, top + down);
        row.iter().flat_map(move |&ink| {
            let first = at.x;
            at.x += scale as i32;
            (1..=scale as i32)
                .map(move |right| D::Color::from_ink(ink ^ flip, Point::new(first + right, at.y)))
        })
    });
    display.fill_contiguous(&area, colors)
}
