//! Where the images of a page go.

use embedded_graphics::geometry::{Point, Size};
use embedded_graphics::primitives::Rectangle;

/// As many equal cells as fit on a display, without gaps, centred, numbered in reading order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    origin: Point,
    cell: Size,
    columns: u32,
    rows: u32,
}

impl Grid {
    /// The grid of cells of `cell` pixels on a display of `display` pixels. What is left over is
    /// split between both sides; an odd pixel goes to the right or to the bottom. `None` if not
    /// even one cell fits, or a cell is empty.
    pub fn fit(display: Size, cell: Size) -> Option<Self> {
        let columns = display.width.checked_div(cell.width)?;
        let rows = display.height.checked_div(cell.height)?;
        if columns == 0 || rows == 0 {
            return None;
        }
        let used = Size::new(columns * cell.width, rows * cell.height);
        Some(Self {
            origin: Point::zero() + (display - used) / 2,
            cell,
            columns,
            rows,
        })
    }

    /// Number of cells, at least 1.
    pub fn cells(&self) -> u32 {
        self.columns * self.rows
    }

    /// The area of cell `index`, which counts modulo [`Grid::cells`].
    pub fn cell(&self, index: u32) -> Rectangle {
        let index = index % self.cells();
        let offset = Size::new(
            index % self.columns * self.cell.width,
            index / self.columns * self.cell.height,
        );
        Rectangle::new(self.origin + offset, self.cell)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corners(grid: Grid) -> impl Iterator<Item = (i32, i32)> {
        (0..grid.cells()).map(move |index| grid.cell(index).top_left.into())
    }

    #[test]
    fn eight_digits_fit_on_128x64_with_equal_margins() {
        let grid = Grid::fit(Size::new(128, 64), Size::new(28, 28)).unwrap();
        assert!(corners(grid).eq([
            (8, 4),
            (36, 4),
            (64, 4),
            (92, 4),
            (8, 32),
            (36, 32),
            (64, 32),
            (92, 32)
        ]));
    }

    #[test]
    fn an_odd_pixel_is_left_at_the_right_and_bottom() {
        let grid = Grid::fit(Size::new(31, 29), Size::new(28, 28)).unwrap();
        assert!(corners(grid).eq([(1, 0)]));
    }

    #[test]
    fn does_not_fit_on_a_smaller_display() {
        assert_eq!(Grid::fit(Size::new(27, 64), Size::new(28, 28)), None);
        assert_eq!(Grid::fit(Size::new(64, 27), Size::new(28, 28)), None);
        assert_eq!(Grid::fit(Size::new(64, 64), Size::new(0, 28)), None);
    }
}
