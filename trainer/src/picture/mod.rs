//! Pictures of generated images: a grid as PNG, an animated GIF, a preview in the terminal.

mod gif;
mod grid;
mod preview;

pub use self::gif::{Frame, animation};
pub use grid::{Picture, grid, grid_of_tiles};
pub use preview::{Style, Terminal, preview};

/// Why images cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Neither grey nor colour.
    #[error("images of {0} channels cannot be shown: only grey (1) and colour (3) can")]
    Channels(u16),
    /// No image, or not a whole number of them.
    #[error("{found} bytes are not one or more images of {expected} bytes each")]
    Length {
        /// Bytes given.
        found: usize,
        /// Bytes of one image.
        expected: usize,
    },
    /// The PNG encoder failed.
    #[error("the PNG cannot be encoded: {0}")]
    Png(#[from] png::EncodingError),
    /// No picture, pictures of different sizes, or too large ones.
    #[error("an animation is made of pictures of one size, at most 65,535 pixels high and wide")]
    Frames,
    /// The GIF encoder failed.
    #[error("the GIF cannot be encoded: {0}")]
    Gif(#[from] ::gif::EncodingError),
}

/// Checks that `images` is one or more grey or colour images of this shape.
fn check(shape: runtime::format::Shape, images: &[u8]) -> Result<(), PictureError> {
    if !matches!(shape.channels, 1 | 3) {
        return Err(PictureError::Channels(shape.channels));
    }
    let expected = shape.len();
    if expected == 0 || images.is_empty() || !images.len().is_multiple_of(expected) {
        return Err(PictureError::Length {
            found: images.len(),
            expected,
        });
    }
    Ok(())
}
