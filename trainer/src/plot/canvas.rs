//! The canvas that plots are drawn on: a backend of plotters that needs no font of the system.

use std::convert::Infallible;

use noto_sans_mono_bitmap::{FontWeight, RasterHeight, get_raster, get_raster_width};
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{
    BackendColor, BackendCoord, BackendTextStyle, DrawingBackend, DrawingErrorKind, FontStyle,
};

use crate::picture::Picture;

/// Everything is drawn this many times larger and made smaller at the end, which smooths the edges
/// of lines and dots. Coordinates, line widths and text sizes are in these finer units.
pub const FINE: i32 = 3;

const FONT: RasterHeight = RasterHeight::Size16;

/// A white canvas of red, green and blue.
pub struct Canvas {
    width: usize,
    height: usize,
    /// `[FINE * height][FINE * width][3]`.
    pixels: Vec<u8>,
}

impl Canvas {
    /// A canvas that becomes a picture of `width` by `height` pixels.
    pub fn new(width: usize, height: usize) -> Self {
        let fine = FINE as usize;
        Self {
            width,
            height,
            pixels: vec![255; 3 * fine * fine * width * height],
        }
    }

    /// What has been drawn: each pixel the mean of the finer ones that it covers.
    pub fn to_picture(&self) -> Picture {
        let fine = FINE as usize;
        let row = 3 * fine * self.width;
        let mut pixels = Vec::with_capacity(3 * self.width * self.height);
        for y in 0..self.height {
            for x in 0..self.width {
                for channel in 0..3 {
                    let sum: usize = (0..fine * fine)
                        .map(|i| {
                            let (y, x) = (fine * y + i / fine, fine * x + i % fine);
                            usize::from(self.pixels[y * row + 3 * x + channel])
                        })
                        .sum();
                    pixels.push((sum / (fine * fine)) as u8);
                }
            }
        }
        Picture {
            height: self.height,
            width: self.width,
            channels: 3,
            pixels,
        }
    }
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for &mut Canvas {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        let fine = |side: usize| side as u32 * FINE as u32;
        (fine(self.width), fine(self.height))
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        let (width, height) = self.get_size();
        if (0..width as i32).contains(&x) && (0..height as i32).contains(&y) {
            let at = 3 * (y as usize * width as usize + x as usize);
            let (red, green, blue) = color.rgb;
            for (old, new) in self.pixels[at..at + 3].iter_mut().zip([red, green, blue]) {
                let mixed = f64::from(*old) * (1.0 - color.alpha) + f64::from(new) * color.alpha;
                *old = mixed.round() as u8;
            }
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        position: BackendCoord,
    ) -> Drawn {
        let (width, height) = size_of(text);
        let anchor = style.anchor();
        let left = match anchor.h_pos {
            HPos::Left => 0,
            HPos::Center => -width / 2,
            HPos::Right => -width,
        };
        let top = match anchor.v_pos {
            VPos::Top => 0,
            VPos::Center => -height / 2,
            VPos::Bottom => -height,
        };
        let weight = weight_of(style.style());
        for (index, letter) in text.chars().enumerate() {
            // A letter that the font lacks is shown as its question mark.
            let raster = get_raster(letter, weight, FONT).or(get_raster('?', weight, FONT));
            let rows = raster.iter().flat_map(|raster| raster.rows().enumerate());
            let start = left + index as i32 * letter_width();
            for (y, row) in rows {
                for (x, &ink) in row.iter().enumerate().filter(|(_, ink)| **ink > 0) {
                    let mut color = style.color();
                    color.alpha *= f64::from(ink) / 255.0;
                    for fine in 0..FINE * FINE {
                        let x = start + FINE * x as i32 + fine % FINE;
                        let y = top + FINE * y as i32 + fine / FINE;
                        let (x, y) = style.transform().transform(x, y);
                        self.draw_pixel((position.0 + x, position.1 + y), color)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let (width, height) = size_of(text);
        Ok((width as u32, height as u32))
    }
}

fn weight_of(style: FontStyle) -> FontWeight {
    match style {
        FontStyle::Bold => FontWeight::Bold,
        FontStyle::Normal | FontStyle::Oblique | FontStyle::Italic => FontWeight::Regular,
    }
}

/// Every letter is equally wide, in both weights.
fn letter_width() -> i32 {
    get_raster_width(FontWeight::Regular, FONT) as i32 * FINE
}

/// Width and height of `text`, in fine units.
fn size_of(text: &str) -> (i32, i32) {
    (
        text.chars().count() as i32 * letter_width(),
        FONT.val() as i32 * FINE,
    )
}

#[cfg(test)]
mod tests {
    use plotters::style::{BLACK, Color, IntoTextStyle};

    use super::*;

    #[test]
    fn a_line_half_a_pixel_wide_becomes_half_as_dark() {
        let mut canvas = Canvas::new(2, 1);
        for y in 0..FINE {
            let black = BLACK.to_backend_color();
            (&mut canvas).draw_pixel((0, y), black).unwrap();
        }
        let picture = canvas.to_picture();
        assert_eq!((picture.height, picture.width, picture.channels), (1, 2, 3));
        assert_eq!(picture.pixels, [170, 170, 170, 255, 255, 255]);
    }

    #[test]
    fn what_is_outside_is_not_drawn() {
        let mut canvas = Canvas::new(4, 3);
        for point in [(-1, 0), (0, -1), (4 * FINE, 0), (0, 3 * FINE)] {
            let black = BLACK.to_backend_color();
            (&mut canvas).draw_pixel(point, black).unwrap();
        }
        assert!(canvas.pixels.iter().all(|&value| value == 255));
    }

    #[test]
    fn text_is_the_fonts_raster() {
        let mut canvas = Canvas::new(20, 16);
        let mut backend = &mut canvas;
        let style = ("monospace", 16).into_text_style(&(20u32, 16u32));
        backend.draw_text("Ix", &style, (0, 0)).unwrap();
        let picture = canvas.to_picture();
        for (index, letter) in ['I', 'x'].into_iter().enumerate() {
            let raster = get_raster(letter, FontWeight::Regular, FONT).unwrap();
            for (y, row) in raster.rows().enumerate() {
                for (x, ink) in row.iter().enumerate() {
                    let at = 3 * (y * 20 + index * raster.width() + x);
                    assert_eq!(picture.pixels[at], 255 - ink, "{letter} at {y}, {x}");
                }
            }
        }
    }
}
