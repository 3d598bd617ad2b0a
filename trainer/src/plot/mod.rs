//! Plots as pictures: panels with lines over a common kind of horizontal axis.
//!
//! [`Figure`] says what is to be seen, [`Figure::draw`] draws it with plotters on a [`Canvas`].

mod canvas;
mod figure;

pub use canvas::{Canvas, FINE};
pub use figure::{Figure, Guide, Panel, Series};

/// Colours that people with colour blindness can tell apart (Okabe and Ito 2008), as red, green
/// and blue.
pub mod colour {
    use plotters::style::RGBColor;

    /// Blue.
    pub const BLUE: RGBColor = RGBColor(0, 114, 178);
    /// A red orange.
    pub const VERMILION: RGBColor = RGBColor(213, 94, 0);
    /// A bluish green.
    pub const GREEN: RGBColor = RGBColor(0, 158, 115);
    /// For axes, grids and what is said beside the data.
    pub const GREY: RGBColor = RGBColor(120, 120, 120);
}
