//! What has been learned, as a picture.

use std::convert::Infallible;
use std::ops::Range;

use plotters::prelude::*;

use super::Point;
use super::distribution::Gaussian;
use crate::picture::Picture;
use crate::plot::{Canvas, FINE, colour};

/// Width and height, in pixels.
const SIDE: usize = 640;
/// Radius of a dot, in fine units: a pixel and a third.
const DOT: i32 = 4;
/// Most points of each kind that are drawn.
const DRAWN: usize = 1500;

/// Two sets of points, one over the other.
pub struct Scatter<'a> {
    /// What is shown, above the axes.
    pub title: String,
    /// Points of the distribution.
    pub real: &'a [Point],
    /// Points of the generator.
    pub generated: &'a [Point],
    /// The Gaussian of the real points, if they are one: shown by the ellipse that holds 95 % of it.
    pub real_gaussian: Option<Gaussian>,
    /// Likewise, the one that was learned.
    pub generated_gaussian: Option<Gaussian>,
}

type Drawn = Result<(), DrawingAreaErrorKind<Infallible>>;

impl Scatter<'_> {
    /// The picture.
    pub fn draw(&self) -> Picture {
        let mut canvas = Canvas::new(SIDE, SIDE);
        self.draw_on(&mut canvas)
            .expect("a canvas in memory refuses nothing, and both axes have a length");
        canvas.to_picture()
    }

    fn draw_on(&self, canvas: &mut Canvas) -> Drawn {
        let root = canvas.into_drawing_area();
        let text = |weight| FontDesc::new(FontFamily::Monospace, f64::from(16 * FINE), weight);
        let (horizontal, vertical) = (self.range(0), self.range(1));
        let mut chart = ChartBuilder::on(&root)
            .margin(10 * FINE)
            .caption(&self.title, text(FontStyle::Bold))
            .x_label_area_size(30 * FINE)
            .y_label_area_size(56 * FINE)
            .build_cartesian_2d(horizontal.clone(), vertical.clone())?;
        let thin = |colour: RGBColor| colour.stroke_width(FINE as u32);
        chart
            .configure_mesh()
            .x_labels(7)
            .y_labels(7)
            .label_style(text(FontStyle::Normal).color(&BLACK))
            .axis_style(thin(colour::GREY))
            .bold_line_style(thin(RGBColor(225, 225, 225)))
            .light_line_style(TRANSPARENT)
            .draw()?;
        let inside = |p: &&Point| horizontal.contains(&p[0]) && vertical.contains(&p[1]);
        for (points, colour) in [
            (self.real, colour::BLUE),
            (self.generated, colour::VERMILION),
        ] {
            let dot = |p: &Point| Circle::new((p[0], p[1]), DOT, colour.mix(0.6).filled());
            let points = points.iter().take(DRAWN).filter(inside);
            chart.draw_series(points.map(dot))?;
        }
        for (gaussian, colour) in [
            (&self.real_gaussian, colour::BLUE),
            (&self.generated_gaussian, colour::VERMILION),
        ] {
            if let Some(gaussian) = gaussian {
                let line = colour.stroke_width(2 * FINE as u32);
                chart.draw_series(LineSeries::new(ellipse(gaussian), line))?;
            }
        }
        self.draw_legend(&root, text(FontStyle::Bold))
    }

    /// The names of both kinds of points, in their colours, at the left above the axes.
    fn draw_legend(
        &self,
        root: &DrawingArea<&mut Canvas, plotters::coord::Shift>,
        font: FontDesc,
    ) -> Drawn {
        let mut left = 10 * FINE;
        for (name, colour) in [("real", colour::BLUE), ("generated", colour::VERMILION)] {
            let style = font.color(&colour);
            root.draw(&Text::new(name, (left, 10 * FINE), style.clone()))?;
            let (width, _) = root.estimate_text_size(name, &style)?;
            left += width as i32 + 12 * FINE;
        }
        Ok(())
    }

    /// Ends of an axis: all real points, and a quarter more on both sides. Both axes have the same
    /// length, so that a circle is one.
    fn range(&self, axis: usize) -> Range<f64> {
        let ends = |axis: usize| {
            let coordinates = self.real.iter().map(|p| p[axis]);
            coordinates.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
                (low.min(x), high.max(x))
            })
        };
        let length = |(low, high): (f64, f64)| high - low;
        let (low, high) = ends(axis);
        let half = 0.625 * length(ends(0)).max(length(ends(1))).max(1e-3);
        let middle = (low + high) / 2.0;
        middle - half..middle + half
    }
}

/// The ellipse that holds 95 % of a Gaussian: where `-2 log 0.05` is the squared Mahalanobis
/// distance.
fn ellipse(gaussian: &Gaussian) -> impl Iterator<Item = (f64, f64)> {
    let radius = (-2.0 * 0.05f64.ln()).sqrt();
    (0..=120).map(move |i| {
        let angle = f64::from(i) / 120.0 * std::f64::consts::TAU;
        let [x, y] = gaussian.place([radius * angle.cos(), radius * angle.sin()]);
        (x, y)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_drawn_in_their_colours_at_their_places() {
        let (real, generated) = ([[0.0, 0.0], [4.0, 4.0]], [[0.0, 4.0], [90.0, 0.0]]);
        let picture = Scatter {
            title: "Three corners".into(),
            real: &real,
            generated: &generated,
            real_gaussian: None,
            generated_gaussian: None,
        }
        .draw();
        assert_eq!(
            (picture.height, picture.width, picture.channels),
            (SIDE, SIDE, 3)
        );
        let pixels = || picture.pixels.chunks_exact(3).enumerate();
        // Below the legend, where a colour means dots.
        let places = |of: fn(i16, i16) -> bool| -> Vec<(usize, usize)> {
            pixels()
                .filter(|(at, _)| at / SIDE > 60)
                .filter(|(_, p)| of(i16::from(p[0]) - i16::from(p[2]), 60))
                .map(|(at, _)| (at % SIDE, at / SIDE))
                .collect()
        };
        let blue = places(|difference, limit| difference < -limit);
        let orange = places(|difference, limit| difference > limit);
        let (left, right): (Vec<_>, Vec<_>) = blue.into_iter().partition(|p| p.0 < SIDE / 2);
        assert!(
            left.iter().all(|p| p.1 > SIDE / 2) && !left.is_empty(),
            "{left:?}"
        );
        assert!(
            right.iter().all(|p| p.1 < SIDE / 2) && !right.is_empty(),
            "{right:?}"
        );
        // The point that is far out is not drawn over the margin.
        let upper_left = |p: &(usize, usize)| p.0 < SIDE / 2 && p.1 < SIDE / 2;
        assert!(
            orange.iter().all(upper_left) && !orange.is_empty(),
            "{orange:?}"
        );
    }

    #[test]
    fn ellipse_holds_the_stated_share_of_a_gaussian() {
        let gaussian = Gaussian::new([0.0; 2], [[4.0, 0.0], [0.0, 1.0]]).unwrap();
        let widest = ellipse(&gaussian).map(|(x, _)| x).fold(0.0, f64::max);
        // The square root of the chi-squared distribution's 95 % quantile at two degrees of freedom.
        assert!((widest - 2.0 * 5.991_465f64.sqrt()).abs() < 1e-5);
    }
}
