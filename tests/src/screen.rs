//! What a display shows.

use crate::Error;
use crate::board::Display;

/// The grey levels of a display.
#[derive(Clone, PartialEq, Eq)]
pub struct Screen {
    width: usize,
    levels: u8,
    pixels: Vec<u8>,
}

impl Screen {
    /// A display of `levels` grey levels that shows `pixels`, row by row, `width` in each.
    pub fn new(width: usize, levels: u8, pixels: Vec<u8>) -> Self {
        Self {
            width,
            levels,
            pixels,
        }
    }

    /// Takes the display's pixels from QEMU's screenshot of it, a binary PPM file.
    ///
    /// # Errors
    /// [`Error::Screen`] if it is not a picture of that size, made of equal squares in the
    /// display's greys.
    pub fn from_ppm(ppm: &[u8], display: Display) -> Result<Self, Error> {
        let Display {
            width,
            height,
            levels,
            magnify,
        } = display;
        let (row, rows) = (width * magnify, height * magnify);
        let header = format!("P6\n{row} {rows}\n255\n");
        let data = ppm
            .strip_prefix(header.as_bytes())
            .filter(|data| data.len() == 3 * row * rows)
            .ok_or_else(|| Error::Screen(format!("not a PPM picture of {row}x{rows} pixels")))?;
        let step = u8::MAX / (levels - 1);
        let mut pixels = vec![0; width * height];
        for (index, rgb) in data.chunks_exact(3).enumerate() {
            let (x, y) = (index % row, index / row);
            let first = 3 * (y / magnify * magnify * row + x / magnify * magnify);
            if rgb[0] != rgb[1]
                || rgb[1] != rgb[2]
                || rgb[0] % step != 0
                || rgb != &data[first..first + 3]
            {
                return Err(Error::Screen(format!(
                    "{rgb:?} at {x}, {y} is none of {levels} greys, or not the grey of its square"
                )));
            }
            pixels[y / magnify * width + x / magnify] = rgb[0] / step;
        }
        Ok(Self {
            width,
            levels,
            pixels,
        })
    }

    /// Grey levels, `[row][column]`: 0 is black, one less than the display's levels is white.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.pixels.chunks_exact(self.width)
    }

    /// A PNG picture of the display: each pixel a square of `magnify` pixels, with a black rim of
    /// `rim` pixels.
    ///
    /// # Errors
    /// [`Error::Screen`] if the encoder fails.
    pub fn to_png(&self, magnify: usize, rim: usize) -> Result<Vec<u8>, Error> {
        let height = self.rows().len();
        let size = [self.width, height].map(|side| side * magnify + 2 * rim);
        let step = u8::MAX / (self.levels - 1);
        let mut picture = vec![0; size[0] * size[1]];
        for y in 0..height * magnify {
            for x in 0..self.width * magnify {
                let level = self.pixels[y / magnify * self.width + x / magnify];
                picture[(y + rim) * size[0] + x + rim] = level * step;
            }
        }
        let mut png = Vec::new();
        let mut encoder = png::Encoder::new(&mut png, size[0] as u32, size[1] as u32);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_compression(png::Compression::High);
        let failed = |error: png::EncodingError| Error::Screen(error.to_string());
        let mut writer = encoder.write_header().map_err(failed)?;
        writer.write_image_data(&picture).map_err(failed)?;
        writer.finish().map_err(failed)?;
        Ok(png)
    }
}

/// The display as text, a character a pixel, for the message of a failed test.
impl std::fmt::Debug for Screen {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHADES: &[u8] = b" .:-=+*#%@";
        for row in self.rows() {
            let line: String = row
                .iter()
                .map(|&level| {
                    let shade =
                        usize::from(level) * (SHADES.len() - 1) / usize::from(self.levels - 1);
                    char::from(SHADES[shade])
                })
                .collect();
            writeln!(f, "|{line}|")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DISPLAY: Display = Display {
        width: 2,
        height: 1,
        levels: 16,
        magnify: 2,
    };

    fn ppm(greys: [u8; 8]) -> Vec<u8> {
        let mut ppm = b"P6\n4 2\n255\n".to_vec();
        ppm.extend(greys.iter().flat_map(|&grey| [grey; 3]));
        ppm
    }

    #[test]
    fn reads_one_level_from_each_square() {
        let screen = Screen::from_ppm(&ppm([17, 17, 255, 255, 17, 17, 255, 255]), DISPLAY).unwrap();
        assert!(screen.rows().eq([[1, 15]]));
    }

    #[test]
    fn refuses_squares_of_two_greys_and_other_greys() {
        for greys in [
            [17, 17, 255, 255, 17, 0, 255, 255],
            [16, 16, 255, 255, 16, 16, 255, 255],
        ] {
            assert!(Screen::from_ppm(&ppm(greys), DISPLAY).is_err());
        }
        assert!(Screen::from_ppm(&ppm([0; 8])[1..], DISPLAY).is_err());
    }
}
