//! Drawing one row of a picture, enlarged.

use core::iter;

use embedded_graphics::draw_target::DrawTarget;
use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

use crate::ink::Ink;
use crate::layout::Cell;

/// Draws a row of a picture, the `y`th of those that are drawn, as far as it is inside of `cell`.
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
    y: u32,
    row: &[u8],
) -> Result<(), D::Error>
where
    D: DrawTarget,
    D::Color: Ink,
{
    let width = cell.part.width as usize;
    let left = row.len().saturating_sub(width) / 2;
    let Some(row) = row.get(left..left + width) else {
        return Ok(());
    };
    if y >= cell.part.height {
        return Ok(());
    }
    let scale = cell.scale;
    let flip = if negative { u8::MAX } else { 0 };
    for y in y * scale..(y + 1) * scale {
        let mut at = Point::new(-1, y as i32);
        let mut inks = row.iter();
        let (mut ink, mut color, mut left) = (0, D::Color::from_ink(0, at), 0);
        let colors = iter::from_fn(|| {
            at.x += 1;
            let next = left == 0;
            if next {
                ink = inks.next()? ^ flip;
                left = scale;
            }
            left -= 1;
            if next || D::Color::DITHERS {
                color = D::Color::from_ink(ink, at);
            }
            Some(color)
        });
        let area = Rectangle::new(
            cell.corner + Point::new(0, y as i32),
            Size::new(cell.part.width * scale, 1),
        );
        display.fill_contiguous(&area, colors)?;
    }
    Ok(())
}
