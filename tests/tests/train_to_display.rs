//! The whole way: images to a model, the model to a board, the board's display against what
//! `trainer sample` computed.

use std::fs;
use std::path::Path;

use tests::board::LM3S6965EVB;
use tests::emulator::{Emulator, Window};
use tests::firmware::build;
use tests::gallery::{hold_page, turn_page};

/// Bytes of a digit, and digits on a page: two rows of four.
const DIGIT: usize = 28 * 28;
const PAGE: usize = 8;
/// Pages to look at: they hold all ten digits.
const PAGES: usize = 2;

/// Runs the `trainer` command with these arguments.
fn trainer(arguments: &str) {
    let words = ["trainer"].into_iter().chain(arguments.split(' '));
    let code = trainer::cli::main(words.map(Into::into));
    assert_eq!(code, 0, "trainer {arguments}");
}

#[test]
fn what_was_trained_is_what_the_display_shows() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let in_folder = |name: &str| folder.join(name).display().to_string();
    let (model, raw) = (in_folder("trained.gen.bin"), in_folder("trained.raw"));
    trainer(&format!(
        "train --data strokes --recipe tiny --steps 40 --export {model}"
    ));
    // More digits than any page that the emulator may have reached before the button holds it.
    trainer(&format!("sample {model} --count 2000 --raw {raw}"));
    let digits = fs::read(&raw).unwrap();
    assert_eq!(digits.len(), 2000 * DIGIT);

    let elf = folder.join("lm3s6965evb-trained.elf");
    build(&LM3S6965EVB, Some(Path::new(&model)), &elf).unwrap_or_else(|error| panic!("{error}"));
    let mut emulator = Emulator::start(&LM3S6965EVB, &elf, Window::Hidden)
        .unwrap_or_else(|error| panic!("{error}"));
    let mut page = hold_page(&mut emulator).unwrap_or_else(|error| panic!("{error}")) as usize;
    for _ in 0..PAGES {
        let screen = emulator.screen().unwrap();
        let rows: Vec<&[u8]> = screen.rows().collect();
        for cell in 0..PAGE {
            let digit = &digits[(page * PAGE + cell) * DIGIT..][..DIGIT];
            let (left, top) = (8 + cell % 4 * 28, 4 + cell / 4 * 28);
            for (index, &ink) in digit.iter().enumerate() {
                let level = (f64::from(ink) / 255.0 * 15.0).round() as u8;
                let shown = rows[top + index / 28][left + index % 28];
                assert_eq!(shown, level, "page {page}, digit {cell}, pixel {index}");
            }
        }
        page = turn_page(&mut emulator).unwrap_or_else(|error| panic!("{error}")) as usize;
    }
}
