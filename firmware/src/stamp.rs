//! Drawing one row of a picture, enlarged.

use core::iter;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::ink::Ink;
use crate::layout::Cell;

/// Draws `row`, row `y` of a picture, as far as it is inside of `cell`.
///
/// All that has pixels is drawn here, so that a display's code for it is there once.
///
/// # Errors
/// The display's own.
#[inline(never)]
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
    let flip = if negative { u8::MAX } else { 0 };
    for y in y * scale..(y + 1) * scale {
        let y = y as i32;
        let inks = row
            .iter()
            .flat_map(|&ink| iter::repeat_n(ink ^ flip, scale as usize));
        let colors = (0..)
            .zip(inks)
            .map(|(x, ink)| D::Color::from_ink(ink, Point::new(x, y)));
        let area = Rectangle::new(
            cell.corner + Point::new(0, y),
            Size::new(cell.part.width * scale, 1),
        );
        display.fill_contiguous(&area, colors)?;
    }
    Ok(())
}
