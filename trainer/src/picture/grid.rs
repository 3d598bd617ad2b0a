//! Many small images as one large one, and that as PNG.

use runtime::format::Shape;

use super::{PictureError, check};

/// Small images are magnified, by whole pixels, up to about this side, in a [`grid()`].
const TILE: usize = 84;
/// Pixels between two images and around them all.
const GAP: usize = 4;
/// Value of the pixels between images: apart from black and from ink.
const GAP_VALUE: u8 = 64;

/// A grey or colour picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Rows.
    pub height: usize,
    /// Pixels of each row.
    pub width: usize,
    /// 1 for grey, 3 for red, green and blue.
    pub channels: usize,
    /// `[height][width][channel]`.
    pub pixels: Vec<u8>,
}

impl Picture {
    /// The picture as a PNG file. The same picture gives the same bytes.
    ///
    /// # Errors
    /// [`PictureError`] if the picture is neither grey nor colour or has no pixels.
    pub fn to_png(&self) -> Result<Vec<u8>, PictureError> {
        let color = match self.channels {
            1 => png::ColorType::Grayscale,
            3 => png::ColorType::Rgb,
            other => return Err(PictureError::Channels(other as u16)),
        };
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(color);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_compression(png::Compression::High);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

/// Lays `images` (`[image][height][width][channel]`) out in rows of `columns`, in reading order,
/// magnified where they are small.
///
/// # Errors
/// [`PictureError`] if the images are neither grey nor colour, or `images` is not a whole number
/// of them.
pub fn grid(shape: Shape, images: &[u8], columns: usize) -> Result<Picture, PictureError> {
    grid_of_tiles(shape, images, columns, TILE)
}

/// The same, with images magnified up to about the side `tile`.
///
/// # Errors
/// As [`grid()`].
pub fn grid_of_tiles(
    shape: Shape,
    images: &[u8],
    columns: usize,
    tile: usize,
) -> Result<Picture, PictureError> {
    check(shape, images)?;
    let (height, width) = (usize::from(shape.height), usize::from(shape.width));
    let channels = usize::from(shape.channels);
    let count = images.len() / shape.len();
    let columns = columns.clamp(1, count);
    let scale = (tile / height.max(width)).max(1);
    let side = |tiles: usize, tile: usize| tiles * (tile * scale + GAP) + GAP;
    let mut picture = Picture {
        height: side(count.div_ceil(columns), height),
        width: side(columns, width),
        channels,
        pixels: Vec::new(),
    };
    picture.pixels = vec![GAP_VALUE; picture.height * picture.width * channels];
    for (index, image) in images.chunks_exact(shape.len()).enumerate() {
        let top = side(index / columns, height);
        let left = side(index % columns, width);
        for y in 0..height * scale {
            let row = &image[y / scale * shape.row_len()..][..shape.row_len()];
            let start = ((top + y) * picture.width + left) * channels;
            let to = &mut picture.pixels[start..][..width * scale * channels];
            for (x, pixel) in to.chunks_exact_mut(channels).enumerate() {
                pixel.copy_from_slice(&row[x / scale * channels..][..channels]);
            }
        }
    }
    Ok(picture)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(bytes: &[u8]) -> Picture {
        let mut reader = png::Decoder::new(std::io::Cursor::new(bytes))
            .read_info()
            .unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let info = reader.next_frame(&mut pixels).unwrap();
        pixels.truncate(info.buffer_size());
        Picture {
            height: info.height as usize,
            width: info.width as usize,
            channels: info.color_type.samples(),
            pixels,
        }
    }

    impl Picture {
        fn pixel(&self, y: usize, x: usize) -> &[u8] {
            &self.pixels[(y * self.width + x) * self.channels..][..self.channels]
        }
    }

    #[test]
    fn places_images_in_reading_order() {
        // Three images of 28x28, each of one value: two in the first row, one in the second.
        let images: Vec<u8> = [10, 20, 30].into_iter().flat_map(|v| [v; 784]).collect();
        let picture = grid(Shape::new(28, 28, 1), &images, 2).unwrap();
        assert_eq!((picture.height, picture.width), (180, 180));
        for (y, x, value) in [
            (4, 4, 10),
            (87, 87, 10),
            (4, 92, 20),
            (87, 175, 20),
            (92, 4, 30),
            (175, 87, 30),
            (3, 4, GAP_VALUE),
            (88, 4, GAP_VALUE),
            (4, 88, GAP_VALUE),
            (92, 92, GAP_VALUE),
            (179, 179, GAP_VALUE),
        ] {
            assert_eq!(picture.pixel(y, x), [value], "at {y}, {x}");
        }
    }

    #[test]
    fn magnifies_by_whole_pixels() {
        let picture = grid(Shape::new(1, 2, 3), &[1, 2, 3, 4, 5, 6], 1).unwrap();
        assert_eq!((picture.height, picture.width), (50, 92));
        assert_eq!(picture.pixel(4, 4), [1, 2, 3]);
        assert_eq!(picture.pixel(45, 45), [1, 2, 3]);
        assert_eq!(picture.pixel(4, 46), [4, 5, 6]);
        assert_eq!(picture.pixel(45, 87), [4, 5, 6]);
    }

    #[test]
    fn png_holds_the_very_pixels() {
        for channels in [1, 3] {
            let shape = Shape::new(5, 7, channels);
            let images: Vec<u8> = (0..2 * shape.len()).map(|i| (i * 37) as u8).collect();
            let picture = grid(shape, &images, 2).unwrap();
            let png = picture.to_png().unwrap();
            assert_eq!(decode(&png), picture);
            assert_eq!(picture.to_png().unwrap(), png);
        }
    }

    #[test]
    fn refuses_what_is_not_images() {
        let shape = Shape::new(2, 2, 1);
        for bytes in [&[][..], &[0; 7]] {
            assert!(matches!(
                grid(shape, bytes, 1),
                Err(PictureError::Length { expected: 4, .. })
            ));
        }
        assert!(matches!(
            grid(Shape::new(2, 2, 2), &[0; 8], 1),
            Err(PictureError::Channels(2))
        ));
    }
}
