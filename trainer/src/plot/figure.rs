//! Figures of several panels.

use std::ops::Range;

use plotters::coord::ranged1d::{AsRangedCoord, ValueFormatter};
use plotters::prelude::*;
use plotters_backend::text_anchor::{HPos, Pos, VPos};

use super::canvas::{Canvas, FINE};
use super::colour;
use crate::picture::Picture;

/// Width of a figure and height of each of its rows, in pixels.
const WIDTH: usize = 1200;
const ROW_HEIGHT: usize = 330;

/// Rows of panels; those of a row share its width evenly.
pub struct Figure {
    /// The rows, from the top.
    pub rows: Vec<Vec<Panel>>,
}

/// Axes with lines in them.
pub struct Panel {
    /// What is shown, above the axes.
    pub title: String,
    /// What the horizontal axis counts.
    pub horizontal: &'static str,
    /// Ends of the horizontal axis.
    pub range: Range<f64>,
    /// Lowest and highest value that the vertical axis must show; it extends to what the series
    /// hold and to the guides.
    pub shown: Option<Range<f64>>,
    /// Whether the vertical axis is logarithmic: for positive values of very different sizes.
    pub logarithmic: bool,
    /// The lines.
    pub series: Vec<Series>,
    /// Horizontal lines to compare with.
    pub guides: Vec<Guide>,
}

/// A line through points.
pub struct Series {
    /// Its name in the legend.
    pub name: &'static str,
    /// Its colour.
    pub colour: RGBColor,
    /// The points, from left to right.
    pub points: Vec<(f64, f64)>,
    /// Whether each point is marked by a dot: for few of them.
    pub dots: bool,
}

/// A horizontal line.
pub struct Guide {
    /// What is written at it.
    pub name: String,
    /// Its height.
    pub value: f64,
}

type Area<'a> = DrawingArea<&'a mut Canvas, plotters::coord::Shift>;
type Drawn = Result<(), DrawingAreaErrorKind<std::convert::Infallible>>;

impl Figure {
    /// The figure as a picture.
    pub fn draw(&self) -> Picture {
        let mut canvas = Canvas::new(WIDTH, ROW_HEIGHT * self.rows.len());
        {
            let root = (&mut canvas).into_drawing_area();
            let rows = root.split_evenly((self.rows.len(), 1));
            for (row, area) in self.rows.iter().zip(rows) {
                for (panel, area) in row.iter().zip(area.split_evenly((1, row.len()))) {
                    panel
                        .draw(&area)
                        .expect("a canvas in memory refuses nothing, and all ranges have a length");
                }
            }
        }
        canvas.to_picture()
    }
}

impl Panel {
    fn draw(&self, area: &Area) -> Drawn {
        let vertical = self.vertical_range();
        if self.logarithmic {
            self.draw_axes(area, vertical.log_scale())
        } else {
            self.draw_axes(area, vertical)
        }
    }

    fn draw_axes<V>(&self, area: &Area, vertical: V) -> Drawn
    where
        V: AsRangedCoord<Value = f64>,
        V::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let text = |weight| FontDesc::new(FontFamily::Monospace, f64::from(16 * FINE), weight);
        let mut chart = ChartBuilder::on(area)
            .margin(10 * FINE)
            .margin_right(20 * FINE)
            .caption(&self.title, text(FontStyle::Bold))
            .x_label_area_size(44 * FINE)
            .y_label_area_size(64 * FINE)
            .build_cartesian_2d(self.range.clone(), vertical)?;
        let thin = |colour: RGBColor| colour.stroke_width(FINE as u32);
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(5)
            .y_labels(6)
            .x_desc(self.horizontal)
            .x_label_formatter(&|value| grouped(*value))
            .y_label_formatter(&|value| short(*value))
            .label_style(text(FontStyle::Normal).color(&BLACK))
            .axis_desc_style(text(FontStyle::Normal).color(&colour::GREY))
            .axis_style(thin(colour::GREY))
            .bold_line_style(thin(RGBColor(225, 225, 225)))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for guide in &self.guides {
            let ends = [self.range.start, self.range.end].map(|x| (x, guide.value));
            chart.draw_series(DashedLineSeries::new(
                ends,
                5 * FINE as u32,
                5 * FINE as u32,
                thin(colour::GREY),
            ))?;
            let style = text(FontStyle::Normal)
                .color(&colour::GREY)
                .pos(Pos::new(HPos::Right, VPos::Bottom));
            let place = (self.range.end, guide.value);
            chart.draw_series([Text::new(guide.name.clone(), place, style)])?;
        }
        for series in &self.series {
            let thick = series.colour.stroke_width(2 * FINE as u32);
            chart.draw_series(LineSeries::new(series.points.iter().copied(), thick))?;
            if series.dots {
                let dot = |&place| Circle::new(place, 3 * FINE, series.colour.filled());
                chart.draw_series(series.points.iter().map(dot))?;
            }
        }
        self.draw_legend(area, text(FontStyle::Bold))
    }

    /// The names of several series, in their colours, in the line below the title.
    fn draw_legend(&self, area: &Area, font: FontDesc) -> Drawn {
        if self.series.len() < 2 {
            return Ok(());
        }
        let (width, _) = area.dim_in_pixel();
        let mut right = width as i32 - 24 * FINE;
        for series in self.series.iter().rev() {
            let style = font
                .color(&series.colour)
                .pos(Pos::new(HPos::Right, VPos::Top));
            area.draw(&Text::new(series.name, (right, 12 * FINE), style.clone()))?;
            let (text_width, _) = area.estimate_text_size(series.name, &style)?;
            right -= text_width as i32 + 14 * FINE;
        }
        Ok(())
    }

    /// What the vertical axis spans: all values, and a little air.
    fn vertical_range(&self) -> Range<f64> {
        let values = self.series.iter().flat_map(|series| &series.points);
        let shown = self.shown.iter().flat_map(|range| [range.start, range.end]);
        let guides = self.guides.iter().map(|guide| guide.value);
        let all = values.map(|&(_, y)| y).chain(shown).chain(guides);
        let (low, high) = all
            .filter(|value| value.is_finite() && (*value > 0.0 || !self.logarithmic))
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
                (low.min(value), high.max(value))
            });
        if low > high {
            return if self.logarithmic {
                1.0..10.0
            } else {
                0.0..1.0
            };
        }
        if self.logarithmic {
            // Labels stand at powers of ten: one is always there, at the lower end.
            return 10f64.powf(low.log10().floor())..high * 1.2;
        }
        let air = ((high - low) * 0.05).max(high.abs() * 1e-3).max(1e-6);
        low - air..high + air
    }
}

/// A number without zeros that say nothing: 2,000 or 0.25.
fn short(value: f64) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    if value == value.round() {
        return format!("{sign}{}", grouped(value));
    }
    let digits = format!("{:.3}", value);
    digits
        .trim_end_matches('0')
        .trim_end_matches('.')
        .to_owned()
}

/// A count with its thousands apart: 12,000.
fn grouped(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(points: Vec<(f64, f64)>) -> Panel {
        Panel {
            title: "Loss".into(),
            horizontal: "step",
            range: 0.0..100.0,
            shown: None,
            logarithmic: false,
            series: vec![Series {
                name: "D",
                colour: colour::BLUE,
                points,
                dots: false,
            }],
            guides: vec![],
        }
    }

    fn shades_of(picture: &Picture, colour: RGBColor) -> Vec<usize> {
        let RGBColor(red, green, blue) = colour;
        let pixels = picture.pixels.chunks_exact(3).enumerate();
        pixels
            .filter(|(_, pixel)| *pixel == [red, green, blue])
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn a_rising_series_is_drawn_from_the_bottom_left_to_the_top_right() {
        let figure = Figure {
            rows: vec![vec![panel(vec![(0.0, 1.0), (50.0, 2.0), (100.0, 3.0)])]],
        };
        let picture = figure.draw();
        assert_eq!((picture.height, picture.width), (ROW_HEIGHT, WIDTH));
        let drawn = shades_of(&picture, colour::BLUE);
        let places: Vec<_> = drawn.iter().map(|at| (at % WIDTH, at / WIDTH)).collect();
        let (left, right) = (places.iter().min().unwrap(), places.iter().max().unwrap());
        assert!(left.0 < 100 && left.1 > 220, "{left:?}");
        assert!(right.0 > 1150 && right.1 < 80, "{right:?}");
    }

    #[test]
    fn panels_without_points_and_with_strange_ones_can_be_drawn() {
        let strange = vec![(0.0, f64::NAN), (1.0, f64::INFINITY), (2.0, 5.0)];
        let rows = vec![
            vec![panel(vec![]), panel(vec![(3.0, 5.0)])],
            vec![panel(strange)],
        ];
        let picture = Figure { rows }.draw();
        assert_eq!(picture.height, 2 * ROW_HEIGHT);
    }

    #[test]
    fn equal_ratios_are_equal_distances_on_a_logarithmic_axis() {
        let mut panel = panel(vec![(0.0, 1.0), (50.0, 10.0), (100.0, 100.0)]);
        panel.logarithmic = true;
        let rows = vec![vec![panel]];
        let drawn = shades_of(&Figure { rows }.draw(), colour::BLUE);
        let heights: Vec<_> = drawn.iter().map(|at| (at % WIDTH, at / WIDTH)).collect();
        let (left, right) = (heights.iter().min().unwrap(), heights.iter().max().unwrap());
        let middle = (left.0 + right.0) / 2;
        let (_, at_middle) = *heights.iter().find(|(x, _)| *x == middle).unwrap();
        assert!(
            at_middle.abs_diff((left.1 + right.1) / 2) <= 3,
            "{at_middle}"
        );
    }

    #[test]
    fn labels_are_short() {
        let numbers = [0.0, -0.5, 0.25, 1500.0, -4.0, 1e-9];
        assert_eq!(
            numbers.map(short),
            ["0", "-0.5", "0.25", "1,500", "-4", "0"]
        );
    }

    #[test]
    fn thousands_are_set_apart() {
        assert_eq!(grouped(0.0), "0");
        assert_eq!(grouped(999.0), "999");
        assert_eq!(grouped(12_000.0), "12,000");
        assert_eq!(grouped(1_234_567.0), "1,234,567");
    }
}
