//! The notation of the glyph tables.
//!
//! An allograph is drawn on a sheet 20 units high and about 12 wide, x to the right and y down, as
//! the pen travels. `(x, y)` is a point the pen passes smoothly and `[x, y]` a corner where it
//! turns at once. A third number is how far that point wanders from one writer to the next
//! (standard deviation, same unit); it is 0.6 when left out. Braces enclose a stroke.

/// A point of a stroke.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Node {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Standard deviation of x and y between writers.
    pub(super) wander: f32,
    /// The pen changes direction at once here.
    pub(super) corner: bool,
}

/// One way to write a digit.
#[derive(Debug)]
pub(super) struct Allograph {
    /// What it looks like, for the reader of a table or of a failed test.
    #[cfg(test)]
    pub(super) name: &'static str,
    /// How often it is chosen, relative to the others of its digit.
    pub(super) weight: f32,
    /// Each at least two nodes, in the order and direction of writing.
    pub(super) strokes: &'static [&'static [Node]],
}

impl Node {
    pub(super) const fn new(x: f32, y: f32, wander: f32, corner: bool) -> Self {
        Node {
            x,
            y,
            wander,
            corner,
        }
    }
}

/// One [`Node`] from its notation.
macro_rules! node {
    (($x:literal, $y:literal)) => {
        $crate::data::strokes::allograph::node!(($x, $y, 0.6))
    };
    ([$x:literal, $y:literal]) => {
        $crate::data::strokes::allograph::node!([$x, $y, 0.6])
    };
    (($x:literal, $y:literal, $wander:literal)) => {
        $crate::data::strokes::allograph::Node::new($x as f32, $y as f32, $wander as f32, false)
    };
    ([$x:literal, $y:literal, $wander:literal]) => {
        $crate::data::strokes::allograph::Node::new($x as f32, $y as f32, $wander as f32, true)
    };
}

/// A list of [`Allograph`]s: for each its weight, its name and its strokes.
macro_rules! allographs {
    ($($weight:literal $name:literal $({ $($node:tt)+ })+)+) => {
        &[$($crate::data::strokes::allograph::Allograph {
            #[cfg(test)]
            name: $name,
            weight: $weight as f32,
            strokes: &[$(&[$($crate::data::strokes::allograph::node!($node)),+]),+],
        }),+]
    };
}

pub(super) use {allographs, node};
