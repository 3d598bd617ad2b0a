//! Where pictures go on a display.

use embedded_graphics::geometry::{Point, Size};

/// Pictures on a page of the gallery, if there is room.
const FULL_PAGE: u32 = 8;

/// The place of one picture: where its part is drawn, and which part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Top left corner on the display.
    pub corner: Point,
    /// Each pixel of the picture is drawn as a square of so many pixels.
    pub scale: u32,
    /// Columns and rows of the picture that are drawn: those in its middle.
    pub part: Size,
}

/// Equal cells without gaps, in the middle of a display, numbered in reading order.
///
/// Pictures are enlarged by a whole number. Where they do not fit as they are, the margins of each
/// are left out, up to an eighth of its width and height on each side: that is background, the pen
/// seldom comes there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    first: Cell,
    columns: u32,
    rows: u32,
}

impl Layout {
    /// Whether a picture of `picture` pixels fits on a display of `display` pixels as it is.
    pub fn fits(display: Size, picture: Size) -> bool {
        picture.width <= display.width && picture.height <= display.height
    }

    /// A page of many pictures of `picture` pixels, of which one fits: as many as fit on a display
    /// of `display` pixels at the largest scale at which that is eight or more, or at scale 1.
    pub fn page(display: Size, picture: Size) -> Self {
        let mut scale = 1;
        let mut cells = how_many(display, picture);
        loop {
            let larger = how_many(display, picture * (scale + 1));
            if larger.width * larger.height < FULL_PAGE {
                return Self::whole(display, picture, scale, cells);
            }
            scale += 1;
            cells = larger;
        }
    }

    /// One picture, of which one fits, as large as it does.
    pub fn one(display: Size, picture: Size) -> Self {
        let Size { width, height } = how_many(display, picture);
        Self::whole(display, picture, width.min(height), Size::new_equal(1))
    }

    /// Whole pictures, enlarged, in the middle of a display.
    fn whole(display: Size, picture: Size, scale: u32, cells: Size) -> Self {
        let used = picture.component_mul(cells) * scale;
        Self {
            first: Cell {
                corner: Point::zero() + (display - used) / 2,
                scale,
                part: picture,
            },
            columns: cells.width,
            rows: cells.height,
        }
    }

    /// `count` (at least 1) pictures on one page, as large as possible and balanced; on several
    /// pages of as many as fit, if one page is not enough. `None` if not even one fits.
    pub fn of(display: Size, picture: Size, count: u32) -> Option<Self> {
        let least = least(picture);
        let mut columns = display.width.checked_div(least.width)?;
        let mut rows = display.height.checked_div(least.height)?;
        let mut pixels = 1;
        for wide in 1..=count {
            let high = count.div_ceil(wide).max(1);
            // Otherwise the same rows would do with fewer columns.
            let balanced = count.div_ceil(high) == wide;
            let layout = Self::columns_and_rows(display, picture, wide, high);
            let found = layout.map_or(0, |layout| layout.pixels());
            // Of those that are as good, more columns: that is how digits are read.
            if balanced && found >= pixels {
                (columns, rows, pixels) = (wide, high, found);
            }
        }
        Self::columns_and_rows(display, picture, columns, rows)
    }

    /// `columns` times `rows` pictures, as large as possible; `None` if they do not fit.
    pub fn columns_and_rows(display: Size, picture: Size, columns: u32, rows: u32) -> Option<Self> {
        let room = Size::new(
            display.width.checked_div(columns)?,
            display.height.checked_div(rows)?,
        );
        let fits =
            (room.width.checked_div(picture.width)?).min(room.height.checked_div(picture.height)?);
        let scale = fits.max(1);
        let part = if fits == 0 {
            picture.component_min(room)
        } else {
            picture
        };
        let least = least(picture);
        if part.width < least.width || part.height < least.height {
            return None;
        }
        let used = Size::new(part.width * scale * columns, part.height * scale * rows);
        Some(Self {
            first: Cell {
                corner: Point::zero() + (display - used) / 2,
                scale,
                part,
            },
            columns,
            rows,
        })
    }

    /// Number of cells, at least 1.
    pub fn cells(&self) -> u32 {
        self.columns * self.rows
    }

    /// Each pixel of a picture is drawn as a square of so many pixels.
    pub fn scale(&self) -> u32 {
        self.first.scale
    }

    /// Cell `index`, which is less than [`Layout::cells`].
    #[cfg_attr(feature = "between", inline(never))] // where it is called from many modes
    pub fn cell(&self, index: u32) -> Cell {
        let size = self.first.part * self.first.scale;
        // There is a row and a column at least.
        let row = index.checked_div(self.columns).unwrap_or_default();
        let column = index - row * self.columns;
        let offset = Size::new(column * size.width, row * size.height);
        Cell {
            corner: self.first.corner + offset,
            ..self.first
        }
    }

    /// Pixels of the display from the left of the first column to the right of the last one.
    pub fn width(&self) -> u32 {
        self.first.part.width * self.first.scale * self.columns
    }

    /// Pixels of the display that a picture is drawn on.
    pub fn pixels(&self) -> u32 {
        let part = self.first.part * self.first.scale;
        part.width * part.height
    }
}

/// How many pictures fit on a display beside each other, and above each other.
fn how_many(display: Size, picture: Size) -> Size {
    let width = display.width.checked_div(picture.width);
    let height = display.height.checked_div(picture.height);
    Size::new(width.unwrap_or_default(), height.unwrap_or_default())
}

/// What must be left of a picture when its margins are cut.
fn least(picture: Size) -> Size {
    picture - picture / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGIT: Size = Size::new(28, 28);

    fn corners(layout: Layout) -> impl Iterator<Item = (i32, i32)> {
        (0..layout.cells()).map(move |index| layout.cell(index).corner.into())
    }

    #[test]
    fn eight_digits_fill_a_page_of_128x64_with_equal_margins() {
        let layout = Layout::page(Size::new(128, 64), DIGIT);
        assert!(corners(layout).eq([
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
    fn a_page_on_a_large_display_has_larger_digits() {
        for (size, scale, cells) in [
            ((64, 32), 1, 2),
            ((240, 240), 2, 16),
            ((320, 240), 2, 20),
            ((800, 480), 7, 8),
        ] {
            let layout = Layout::page(size.into(), DIGIT);
            assert_eq!((layout.scale(), layout.cells()), (scale, cells), "{size:?}");
        }
    }

    #[test]
    fn an_odd_pixel_is_left_at_the_right_and_bottom() {
        let layout = Layout::page(Size::new(31, 29), DIGIT);
        assert!(corners(layout).eq([(1, 0)]));
    }

    #[test]
    fn does_not_fit_on_a_smaller_display() {
        for size in [Size::new(27, 64), Size::new(64, 27), Size::zero()] {
            assert!(!Layout::fits(size, DIGIT));
        }
        assert!(Layout::fits(DIGIT, DIGIT));
        assert_eq!(Layout::of(Size::new(20, 64), DIGIT, 10), None);
    }

    #[test]
    fn one_digit_is_as_large_as_possible() {
        let layout = Layout::one(Size::new(128, 64), DIGIT);
        assert_eq!(layout.scale(), 2);
        assert!(corners(layout).eq([(36, 4)]));
    }

    #[test]
    fn ten_digits_on_128x64_lose_their_margins() {
        let layout = Layout::of(Size::new(128, 64), DIGIT, 10).unwrap();
        assert_eq!((layout.columns, layout.rows), (5, 2));
        let cell = layout.cell(6);
        assert_eq!(cell.part, Size::new(25, 28));
        assert_eq!(cell.corner, Point::new(26, 32));
    }

    #[test]
    fn ten_digits_on_64x32_need_pages() {
        let layout = Layout::of(Size::new(64, 32), DIGIT, 10).unwrap();
        assert_eq!((layout.columns, layout.rows), (3, 1));
        assert_eq!(layout.cell(0).part, Size::new(21, 28));
    }

    #[test]
    fn ten_digits_on_a_large_display_are_balanced() {
        for (size, columns, rows, scale) in [
            ((320, 240), 5, 2, 2),
            ((800, 480), 5, 2, 5),
            ((200, 64), 5, 2, 1),
        ] {
            let layout = Layout::of(size.into(), DIGIT, 10).unwrap();
            assert_eq!(
                (layout.columns, layout.rows, layout.scale()),
                (columns, rows, scale)
            );
        }
    }
}
