//! Pictures one after another, as an animated GIF.

use std::borrow::Cow;

use gif::{Encoder, Repeat};

use super::{Picture, PictureError};

/// One picture of an animation.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// What is shown.
    pub picture: &'a Picture,
    /// For how long, in hundredths of a second. Most programs show what is shorter than 2 for 10.
    pub hundredths: u16,
}

/// How hard colours that are too many for a frame (256) are looked for: 1 (best) to 30 (fastest).
const COLOUR_SPEED: i32 = 10;

/// The pictures, all of one size, as an animation that repeats forever. Grey pictures keep every
/// value; a colour picture keeps its colours if they are at most 256. The same pictures give the
/// same bytes.
///
/// # Errors
/// [`PictureError::Channels`] if a picture is neither grey nor colour, [`PictureError::Frames`] if
/// there are none or their sizes differ or are more than GIF can hold.
pub fn animation(frames: &[Frame]) -> Result<Vec<u8>, PictureError> {
    let first = frames.first().ok_or(PictureError::Frames)?.picture;
    let size = |picture: &Picture| (picture.height, picture.width, picture.channels);
    if frames
        .iter()
        .any(|frame| size(frame.picture) != size(first))
    {
        return Err(PictureError::Frames);
    }
    let side = |side: usize| u16::try_from(side).map_err(|_| PictureError::Frames);
    let (width, height) = (side(first.width)?, side(first.height)?);
    let greys: Vec<u8> = (0..=255).flat_map(|grey| [grey; 3]).collect();
    // Each colour frame brings colours of its own.
    let palette = match first.channels {
        1 => &greys[..],
        3 => &[],
        other => return Err(PictureError::Channels(other as u16)),
    };
    let mut encoder = Encoder::new(Vec::new(), width, height, palette)?;
    encoder.set_repeat(Repeat::Infinite)?;
    for frame in frames {
        let pixels = &frame.picture.pixels;
        let image = match palette {
            [] => gif::Frame::from_rgb_speed(width, height, pixels, COLOUR_SPEED),
            _ => gif::Frame {
                width,
                height,
                buffer: Cow::Borrowed(pixels),
                ..gif::Frame::default()
            },
        };
        encoder.write_frame(&gif::Frame {
            delay: frame.hundredths,
            ..image
        })?;
    }
    Ok(encoder.into_inner()?)
}

#[cfg(test)]
mod tests {
    use gif::{ColorOutput, DecodeOptions};

    use super::*;

    /// A picture with values that follow from their place and `seed`.
    fn picture(height: usize, width: usize, channels: usize, seed: usize) -> Picture {
        let value = |i: usize| (i * 37 + seed * 11) as u8;
        Picture {
            height,
            width,
            channels,
            pixels: (0..height * width * channels).map(value).collect(),
        }
    }

    /// The frames of a GIF, red, green and blue of each pixel, with their durations.
    fn decode(bytes: &[u8]) -> Vec<(Vec<u8>, u16)> {
        let mut options = DecodeOptions::new();
        options.set_color_output(ColorOutput::RGBA);
        let mut decoder = options.read_info(bytes).unwrap();
        let mut frames = Vec::new();
        while let Some(frame) = decoder.read_next_frame().unwrap() {
            let pixels = frame.buffer.chunks_exact(4);
            let opaque = pixels.flat_map(|pixel| {
                assert_eq!(pixel[3], 255);
                pixel[..3].to_vec()
            });
            frames.push((opaque.collect(), frame.delay));
        }
        assert_eq!(decoder.repeat(), Repeat::Infinite);
        frames
    }

    fn of<'a>(pictures: &'a [Picture]) -> Vec<Frame<'a>> {
        let frame = |(i, picture)| Frame {
            picture,
            hundredths: 5 + i as u16,
        };
        pictures.iter().enumerate().map(frame).collect()
    }

    #[test]
    fn grey_frames_keep_every_value_and_their_durations() {
        let pictures: Vec<_> = (0..3).map(|seed| picture(20, 30, 1, seed)).collect();
        let frames = decode(&animation(&of(&pictures)).unwrap());
        assert_eq!(frames.len(), 3);
        for (i, (pixels, hundredths)) in frames.iter().enumerate() {
            let expected = pictures[i].pixels.iter().flat_map(|&grey| [grey; 3]);
            assert_eq!(*pixels, expected.collect::<Vec<_>>());
            assert_eq!(usize::from(*hundredths), 5 + i);
        }
    }

    #[test]
    fn few_colours_are_kept() {
        let pictures = [picture(8, 9, 3, 1), picture(8, 9, 3, 2)];
        let frames = decode(&animation(&of(&pictures)).unwrap());
        assert_eq!(frames[0].0, pictures[0].pixels);
        assert_eq!(frames[1].0, pictures[1].pixels);
    }

    #[test]
    fn refuses_what_is_no_animation() {
        let different = [picture(8, 9, 1, 0), picture(9, 8, 1, 0)];
        let wide = [picture(1, 65_536, 1, 0)];
        for pictures in [&[][..], &different, &wide] {
            assert!(matches!(
                animation(&of(pictures)),
                Err(PictureError::Frames)
            ));
        }
        assert!(matches!(
            animation(&of(&[picture(8, 9, 2, 0)])),
            Err(PictureError::Channels(2))
        ));
    }
}
