//! Images in a terminal.

use std::io::IsTerminal;

use runtime::format::Shape;

use super::{PictureError, check};

/// Columns where the output is no terminal.
const USUAL_WIDTH: usize = 80;
/// Most images side by side: one of each digit.
const MOST_COLUMNS: usize = 10;
/// Images that should fit side by side, if it takes no more than halving them.
const WANTED_COLUMNS: usize = 5;
/// Characters from background to full ink.
const SHADES: &[u8; 10] = b" .:-=+*#%@";

/// How pixels become characters. A character is about twice as high as wide, so either way it
/// stands for two pixels, one above the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Half blocks in the 256 colours that every terminal has: two pixels in a character.
    Blocks,
    /// Plain characters, the denser the brighter: readable in a log or an editor, too.
    Shades,
}

/// What a preview is written for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terminal {
    /// Characters of a line.
    pub width: usize,
    /// How to draw.
    pub style: Style,
}

impl Terminal {
    /// The terminal behind stdout: plain characters where it is none, or where the user's
    /// environment asks for no colour (`NO_COLOR`) or names a terminal without (`TERM=dumb`).
    pub fn of_stdout() -> Self {
        let width = terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_some_and(|name| name == "dumb");
        let colour = std::io::stdout().is_terminal() && !set("NO_COLOR") && !dumb;
        Self {
            width: width.unwrap_or(USUAL_WIDTH).max(1),
            style: match colour {
                true => Style::Blocks,
                false => Style::Shades,
            },
        }
    }
}

/// Draws `images` (`[image][height][width][channel]`), each below its caption, as lines of text
/// that are no longer than the terminal is wide.
///
/// # Errors
/// [`PictureError`] if the images are neither grey nor colour, or `images` is not a whole number
/// of them.
pub fn preview(
    shape: Shape,
    images: &[u8],
    captions: &[String],
    terminal: Terminal,
) -> Result<String, PictureError> {
    check(shape, images)?;
    let images: Vec<_> = images.chunks_exact(shape.len()).collect();
    let reduction = reduction(shape, images.len(), terminal);
    let tiles: Vec<_> = images
        .iter()
        .map(|image| Tile::reduced(shape, image, reduction))
        .collect();
    let columns = columns(shape, reduction, terminal).min(MOST_COLUMNS);

    let mut text = String::new();
    for (row, tiles) in tiles.chunks(columns).enumerate() {
        let captions = captions.iter().skip(row * columns).take(columns);
        let width = tiles[0].width;
        let line: Vec<_> = captions
            .map(|caption| format!("{:width$}", caption.chars().take(width).collect::<String>()))
            .collect();
        push_line(&mut text, line.join(" ").trim_end());
        for y in (0..tiles[0].height).step_by(2) {
            let line: Vec<_> = tiles
                .iter()
                .map(|tile| match terminal.style {
                    Style::Blocks => tile.blocks(y),
                    Style::Shades => tile.shades(y),
                })
                .collect();
            push_line(&mut text, line.join(" ").trim_end());
        }
    }
    Ok(text)
}

fn push_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// Images that fit side by side if each side is divided by `reduction`, at least one.
fn columns(shape: Shape, reduction: usize, terminal: Terminal) -> usize {
    let width = usize::from(shape.width).div_ceil(reduction);
    ((terminal.width + 1) / (width + 1)).max(1)
}

/// By what to divide the sides of the images: two if more of them fit then and grey values keep
/// them readable, more only where not even one would fit.
fn reduction(shape: Shape, count: usize, terminal: Terminal) -> usize {
    let width = usize::from(shape.width);
    let to_fit = width.div_ceil(terminal.width).max(1);
    let wanted = count.min(WANTED_COLUMNS);
    if terminal.style == Style::Blocks && columns(shape, 1, terminal) < wanted {
        to_fit.max(2)
    } else {
        to_fit
    }
}

/// An image of the size in which it is drawn.
struct Tile {
    height: usize,
    width: usize,
    /// `[height][width]`, red, green and blue.
    pixels: Vec<[u8; 3]>,
}

impl Tile {
    /// The image with squares of `reduction` pixels each way averaged.
    fn reduced(shape: Shape, image: &[u8], reduction: usize) -> Self {
        let (height, width) = (usize::from(shape.height), usize::from(shape.width));
        let channels = usize::from(shape.channels);
        let average = |top: usize, left: usize, channel: usize| {
            let rows = top..(top + reduction).min(height);
            let columns = left..(left + reduction).min(width);
            let count = rows.len() * columns.len();
            let sum: usize = rows
                .flat_map(|y| columns.clone().map(move |x| (y * width + x) * channels))
                .map(|at| usize::from(image[at + channel.min(channels - 1)]))
                .sum();
            ((sum + count / 2) / count) as u8
        };
        Self {
            height: height.div_ceil(reduction),
            width: width.div_ceil(reduction),
            pixels: (0..height)
                .step_by(reduction)
                .flat_map(|y| (0..width).step_by(reduction).map(move |x| (y, x)))
                .map(|(y, x)| [0, 1, 2].map(|channel| average(y, x, channel)))
                .collect(),
        }
    }

    /// The pixel, or black below the last row.
    fn pixel(&self, y: usize, x: usize) -> [u8; 3] {
        self.pixels
            .get(y * self.width + x)
            .copied()
            .unwrap_or_default()
    }

    /// Rows `y` and `y + 1` as half blocks: the upper one in the foreground colour, the lower one
    /// in the background.
    fn blocks(&self, y: usize) -> String {
        let mut text = String::new();
        let mut last = None;
        for x in 0..self.width {
            let colours = (colour(self.pixel(y, x)), colour(self.pixel(y + 1, x)));
            if last != Some(colours) {
                let (upper, lower) = colours;
                text.push_str(&format!("\x1b[38;5;{upper};48;5;{lower}m"));
                last = Some(colours);
            }
            text.push('▀');
        }
        text.push_str("\x1b[0m");
        text
    }

    /// Rows `y` and `y + 1` as plain characters.
    fn shades(&self, y: usize) -> String {
        (0..self.width)
            .map(|x| {
                let both = luminance(self.pixel(y, x)) + luminance(self.pixel(y + 1, x));
                char::from(SHADES[both * SHADES.len() / 511])
            })
            .collect()
    }
}

/// Brightness of a pixel, 0 to 255 (ITU-R BT.601).
fn luminance([red, green, blue]: [u8; 3]) -> usize {
    (usize::from(red) * 299 + usize::from(green) * 587 + usize::from(blue) * 114) / 1000
}

/// The nearest of xterm's 256 colours: 232 to 255 are greys of 8, 18, ... 238; 16 to 231 are a
/// cube of six values each way, black first and white last.
fn colour([red, green, blue]: [u8; 3]) -> u8 {
    if red == green && green == blue {
        return match red {
            0..=3 => 16,
            4..=246 => 232 + (red.saturating_sub(3) / 10).min(23),
            247.. => 231,
        };
    }
    let level = |value: u8| (u16::from(value) * 5 + 127) / 255;
    (16 + 36 * level(red) + 6 * level(green) + level(blue)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Terminal = Terminal {
        width: 80,
        style: Style::Shades,
    };

    fn captions(count: usize) -> Vec<String> {
        (0..count).map(|i| format!("caption {i}")).collect()
    }

    /// The number of characters that a line shows.
    fn shown(line: &str) -> usize {
        let mut escape = false;
        line.chars()
            .filter(|&c| {
                let hidden = escape || c == '\x1b';
                escape = hidden && c != 'm';
                !hidden
            })
            .count()
    }

    #[test]
    fn denser_characters_are_brighter() {
        // A column of ink, a column of grey and an empty one, four rows high.
        let image = [255, 128, 0].repeat(4);
        let text = preview(Shape::new(4, 3, 1), &image, &captions(1), PLAIN).unwrap();
        assert_eq!(text, "cap\n@+\n@+\n");
    }

    #[test]
    fn an_odd_last_row_stands_over_black() {
        let text = preview(Shape::new(3, 1, 1), &[255; 3], &captions(1), PLAIN).unwrap();
        assert_eq!(text, "c\n@\n=\n");
    }

    #[test]
    fn half_blocks_carry_two_pixels() {
        let terminal = Terminal {
            style: Style::Blocks,
            ..PLAIN
        };
        let image = [0, 255, 255, 0]; // Rows: black and white, white and black.
        let text = preview(Shape::new(2, 2, 1), &image, &captions(1), terminal).unwrap();
        assert_eq!(
            text,
            "ca\n\x1b[38;5;16;48;5;231m▀\x1b[38;5;231;48;5;16m▀\x1b[0m\n"
        );
    }

    #[test]
    fn no_line_is_longer_than_the_terminal() {
        let shape = Shape::new(28, 28, 1);
        let images = vec![200; 20 * shape.len()];
        for style in [Style::Blocks, Style::Shades] {
            for width in [1, 5, 27, 28, 40, 80, 120, 400] {
                let terminal = Terminal { width, style };
                let text = preview(shape, &images, &captions(20), terminal).unwrap();
                for line in text.lines() {
                    assert!(shown(line) <= width, "{} of {width}", shown(line));
                }
            }
        }
    }

    #[test]
    fn halves_images_where_five_do_not_fit() {
        let shape = Shape::new(28, 28, 1);
        let images = vec![200; 20 * shape.len()];
        let lines = |width, style| {
            let terminal = Terminal { width, style };
            let text = preview(shape, &images, &captions(20), terminal).unwrap();
            text.lines().count()
        };
        // Five halved images side by side; then ten of full size; then two of full size.
        assert_eq!(lines(80, Style::Blocks), 4 * (1 + 7));
        assert_eq!(lines(400, Style::Blocks), 2 * (1 + 14));
        assert_eq!(lines(80, Style::Shades), 10 * (1 + 14));
    }

    #[test]
    fn greys_map_to_the_grey_ramp_and_colours_to_the_cube() {
        for value in 0..=255 {
            let shown = match colour([value; 3]) {
                16 => 0,
                231 => 255,
                grey @ 232.. => 8 + 10 * i32::from(grey - 232),
                other => panic!("{value} became {other}"),
            };
            // Steps of ten, but for the last one, of seventeen.
            assert!(
                (shown - i32::from(value)).abs() <= 8,
                "{value} became {shown}"
            );
        }
        assert_eq!(colour([255, 0, 0]), 196);
        assert_eq!(colour([0, 0, 255]), 21);
    }
}
