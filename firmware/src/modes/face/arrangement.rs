//! Where the digits of the time go.

use embedded_graphics::geometry::{Point, Size};

use super::Half;
use crate::layout::{Cell, Layout};

/// Where four digits and, mostly, a colon go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arrangement {
    kind: Kind,
    layout: Layout,
    /// How far all of the layout is to be moved to the right.
    shift: u32,
    /// Width of the colon.
    gap: u32,
    /// Side of its dots.
    dot: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// HH:MM
    Row,
    /// HH above MM
    Stack,
    /// HH: and :MM
    Turns,
}

impl Arrangement {
    /// The one with the largest digits, of those that show all at once if there is one. `None` if
    /// not even two digits fit.
    pub fn fit(display: Size, picture: Size) -> Option<Self> {
        let row = Self::with_colon(Kind::Row, display, picture, 4);
        let stack = Layout::columns_and_rows(display, picture, 2, 2).map(|layout| Self {
            kind: Kind::Stack,
            layout,
            shift: 0,
            gap: 0,
            dot: 0,
        });
        match (row, stack) {
            (Some(row), Some(stack)) if stack.layout.pixels() > row.layout.pixels() => Some(stack),
            (Some(row), _) => Some(row),
            (None, Some(stack)) => Some(stack),
            (None, None) => Self::with_colon(Kind::Turns, display, picture, 2),
        }
    }

    /// `digits` digits in a row, and a colon a quarter as wide as a picture.
    fn with_colon(kind: Kind, display: Size, picture: Size, digits: u32) -> Option<Self> {
        let width = display.width * 4 * digits / (4 * digits + 1);
        let room = Size::new(width, display.height);
        let layout = Layout::columns_and_rows(room, picture, digits, 1)?;
        let left = display.width - layout.width();
        let gap = (picture.width * layout.scale() / 4).min(left);
        Some(Self {
            kind,
            layout,
            shift: (display.width - room.width).saturating_sub(gap) / 2,
            gap,
            dot: (picture.width * layout.scale() / 9).max(1).min(gap),
        })
    }

    /// Whether only half of the time is on the display.
    pub fn takes_turns(&self) -> bool {
        self.kind == Kind::Turns
    }

    /// The place of a digit, from 0.
    #[inline(never)] // it is called from several places
    pub fn cell(&self, digit: u32) -> Cell {
        let cell = self.layout.cell(match self.kind {
            Kind::Turns => digit % 2,
            _ => digit,
        });
        let colon = if digit < 2 { 0 } else { self.gap };
        Cell {
            corner: cell.corner + Size::new(self.shift + colon, 0),
            ..cell
        }
    }

    /// Side of the colon's dots.
    pub fn dot(&self) -> u32 {
        self.dot
    }

    /// The corners of the colon's dots: behind the hours, or before the minutes if only these are
    /// there.
    pub fn colon(&self, half: Half) -> Option<[Point; 2]> {
        if self.kind == Kind::Stack {
            return None;
        }
        let cell = self.cell(2);
        let size = cell.part * cell.scale;
        let left = match half {
            Half::Hours => self.cell(1).corner.x + size.width as i32,
            Half::Minutes => cell.corner.x - self.gap as i32,
        };
        let dot = |eighths: u32| {
            Point::new(left, cell.corner.y)
                + Size::new(self.gap, size.height * eighths / 4)
                    .saturating_sub(Size::new_equal(self.dot))
                    / 2
        };
        Some([dot(3), dot(5)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_graphics::primitives::Rectangle;
    use heapless::Vec;

    const DIGIT: Size = Size::new(28, 28);

    fn fit(width: u32, height: u32) -> Arrangement {
        Arrangement::fit(Size::new(width, height), DIGIT).unwrap()
    }

    fn corners(arrangement: Arrangement) -> [(i32, i32); 4] {
        [0, 1, 2, 3].map(|digit| arrangement.cell(digit).corner.into())
    }

    #[test]
    fn stands_in_a_row_on_128x64() {
        let row = fit(128, 64);
        assert_eq!(row.kind, Kind::Row);
        assert_eq!(corners(row), [(4, 18), (32, 18), (67, 18), (95, 18)]);
        let corners = [Point::new(62, 27), Point::new(62, 34)];
        assert_eq!((row.colon(Half::Hours), row.dot()), (Some(corners), 3));
    }

    #[test]
    fn stacks_hours_and_minutes_where_that_makes_them_larger() {
        for (width, height, scale) in [(64, 64, 1), (96, 64, 1), (240, 240, 4)] {
            let stack = fit(width, height);
            assert_eq!((stack.kind, stack.layout.scale()), (Kind::Stack, scale));
            assert_eq!(stack.colon(Half::Hours), None);
        }
        assert_eq!(corners(fit(64, 64)), [(4, 4), (32, 4), (4, 32), (32, 32)]);
    }

    #[test]
    fn takes_turns_on_64x32() {
        let turns = fit(64, 32);
        assert!(turns.takes_turns());
        assert_eq!(corners(turns), [(0, 2), (28, 2), (7, 2), (35, 2)]);
        let left = |half| turns.colon(half).unwrap()[0].x;
        assert_eq!((left(Half::Hours), left(Half::Minutes)), (58, 2));
    }

    #[test]
    fn never_leaves_the_display_or_overlaps() {
        for width in 28..300 {
            for height in [21, 28, 32, 56, 64, 128] {
                let size = Size::new(width, height);
                let Some(fit) = Arrangement::fit(size, DIGIT) else {
                    assert!(width < 48 || height < 21, "{size:?}");
                    continue;
                };
                let halves: &[&[u32]] = match fit.kind {
                    Kind::Turns => &[&[0, 1], &[2, 3]],
                    _ => &[&[0, 1, 2, 3]],
                };
                for (half, digits) in [Half::Hours, Half::Minutes].into_iter().zip(halves) {
                    let cells = digits.iter().map(|&digit| {
                        let cell = fit.cell(digit);
                        Rectangle::new(cell.corner, cell.part * cell.scale)
                    });
                    let dots = fit.colon(half).into_iter().flatten();
                    let dots =
                        dots.map(|corner| Rectangle::new(corner, Size::new_equal(fit.dot())));
                    let areas: Vec<_, 6> = cells.chain(dots).collect();
                    let display = Rectangle::new(Point::zero(), size);
                    for (index, area) in areas.iter().enumerate() {
                        assert_eq!(area.intersection(&display), *area, "{size:?}");
                        for other in &areas[..index] {
                            assert!(area.intersection(other).is_zero_sized(), "{size:?}");
                        }
                    }
                }
            }
        }
    }
}
