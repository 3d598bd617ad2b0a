//! How the digits emerge: the images of the same latents, again and again through a training.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use runtime::format::Shape;

use super::{Folder, FolderError};
use crate::gan::generator::Generator;
use crate::picture::{Frame, Picture, PictureError, animation, grid_of_tiles};
use crate::quantize::float_inputs;

/// Frames of a whole training.
const FRAMES: u32 = 40;
/// Images in a frame, and how many of them in a row where there are no classes.
const ROWS: u32 = 5;
const COLUMNS: u32 = 10;
/// Side that the images are magnified to: small, because the animation holds many frames.
const TILE: usize = 56;

/// How long a frame of the animation is shown, and the last one, in hundredths of a second.
const SHOWN: u16 = 15;
const LAST_SHOWN: u16 = 300;

/// Why there is no animation of a training.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// A grid of samples cannot be read any more.
    #[error("cannot read {}: {reason}; the animation of the training needs it", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: png::DecodingError,
    },
    /// The folder cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The pictures do not make an animation.
    #[error(transparent)]
    Picture(#[from] PictureError),
}

/// The steps after which a training of `steps` steps gets a frame: the first and the last, and
/// between them more at the beginning, when more changes.
pub fn frame_steps(steps: u32) -> Vec<u32> {
    let mut chosen: Vec<u32> = (0..=FRAMES)
        .map(|frame| {
            let part = f64::from(frame) / f64::from(FRAMES);
            (f64::from(steps) * part * part).round() as u32
        })
        .collect();
    chosen.dedup();
    chosen
}

/// What a float generator (without automatic differentiation) draws for the first images in the
/// numbering of `trainer sample`, one column for each class.
///
/// # Errors
/// [`PictureError`] if its images are neither grey nor colour.
pub fn frame(generator: &Generator) -> Result<Picture, PictureError> {
    let columns = match generator.classes() as u32 {
        0 => COLUMNS,
        classes => classes,
    };
    let images = generator.forward(float_inputs(generator, ROWS * columns, 0));
    let [_, height, width, channels] = images.dims();
    let pixels: Vec<u8> = images.into_data().iter::<f32>().map(to_pixel).collect();
    let shape = Shape::new(height as u16, width as u16, channels as u16);
    grid_of_tiles(shape, &pixels, columns as usize, TILE)
}

/// A value of `[-1, 1]` as a pixel.
fn to_pixel(value: f32) -> u8 {
    ((value + 1.0) * 127.5).round() as u8
}

/// The grids of samples in `folder` as an animated GIF.
///
/// # Errors
/// [`FrameError`] if a grid cannot be read, or they do not have one size.
pub fn animate(folder: &Folder) -> Result<Vec<u8>, FrameError> {
    let mut pictures = vec![];
    for (_, path) in folder.grids()? {
        let picture = read(&path).map_err(|reason| FrameError::Read { path, reason })?;
        pictures.push(picture);
    }
    let frames: Vec<Frame> = pictures
        .iter()
        .enumerate()
        .map(|(index, picture)| Frame {
            picture,
            hundredths: match index + 1 == pictures.len() {
                true => LAST_SHOWN,
                false => SHOWN,
            },
        })
        .collect();
    Ok(animation(&frames)?)
}

fn read(path: &Path) -> Result<Picture, png::DecodingError> {
    let mut reader = png::Decoder::new(BufReader::new(File::open(path)?)).read_info()?;
    let mut pixels = vec![0; reader.output_buffer_size().unwrap_or(0)];
    let info = reader.next_frame(&mut pixels)?;
    pixels.truncate(info.buffer_size());
    Ok(Picture {
        height: info.height as usize,
        width: info.width as usize,
        channels: info.color_type.samples(),
        pixels,
    })
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::evaluate::draw;
    use crate::gan::recipe::Recipe;
    use crate::output;
    use crate::quantize;
    use runtime::Model;
    use runtime::format::Provenance;

    #[test]
    fn frames_begin_at_the_start_end_at_the_end_and_lie_closer_at_first() {
        let steps = frame_steps(5000);
        assert_eq!(steps.first(), Some(&0));
        assert_eq!(steps.last(), Some(&5000));
        let gaps: Vec<u32> = steps.windows(2).map(|pair| pair[1] - pair[0]).collect();
        assert!(gaps.iter().all(|&gap| gap > 0));
        assert!(gaps[0] < 5 && gaps[gaps.len() - 1] > 200, "{gaps:?}");
        assert_eq!(frame_steps(2), [0, 1, 2]);
    }

    #[test]
    fn a_frame_shows_the_images_that_the_device_will_draw() {
        let recipe = Recipe::named("nano").unwrap();
        let device = Device::flex();
        device.seed(4);
        let generator = Generator::new(recipe.generator, recipe.latent, 10, [28, 28, 1], &device);
        let layers = quantize::quantize(&generator).unwrap();
        let file = quantize::encode(&layers, recipe.latent, 10, Provenance::UNKNOWN);
        let model = Model::from_bytes(&file).unwrap();
        let drawn = draw(&model, 10 * ROWS, 0).unwrap();
        let expected = grid_of_tiles(model.image(), &drawn, 10, TILE).unwrap();
        let frame = frame(&generator).unwrap();
        assert_eq!(frame.pixels.len(), expected.pixels.len());
        let pairs = frame.pixels.iter().zip(&expected.pixels);
        let furthest = pairs.map(|(a, b)| a.abs_diff(*b)).max();
        assert!(furthest < Some(16), "{furthest:?}");
    }

    #[test]
    fn the_animation_is_made_of_the_grids_in_order_and_names_a_broken_one() {
        let home = tempfile::tempdir().unwrap();
        let folder = Folder::at(home.path());
        for (step, value) in [(7, 200), (0, 10), (30, 90)] {
            let picture = grid_of_tiles(Shape::new(2, 2, 1), &[value; 4], 1, 8).unwrap();
            let path = folder.grid(step).unwrap();
            output::write(&path, &picture.to_png().unwrap()).unwrap();
        }
        let gif = animate(&folder).unwrap();
        let mut decoder = gif::DecodeOptions::new().read_info(&gif[..]).unwrap();
        let mut shown = vec![];
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            let middle = frame.buffer[frame.buffer.len() / 2 + usize::from(frame.width) / 2];
            shown.push((middle, frame.delay));
        }
        assert_eq!(shown, [(10, SHOWN), (200, SHOWN), (90, LAST_SHOWN)]);

        let broken = folder.grid(7).unwrap();
        std::fs::write(&broken, "no picture").unwrap();
        let message = animate(&folder).unwrap_err().to_string();
        assert!(message.contains(broken.to_str().unwrap()), "{message}");
    }
}
