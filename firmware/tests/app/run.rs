//! The loop of a program that does nothing else, and what it says when it cannot work.

use embedded_graphics::mono_font::MonoTextStyle;
use embedded_graphics::mono_font::ascii::FONT_5X8;
use embedded_graphics::pixelcolor::{BinaryColor, Gray4};
use embedded_graphics::prelude::*;
use embedded_graphics::text::{Baseline, Text};
use firmware::{Gallery, Ink, Modes, Reason, Stop, Words, run};
use runtime::{GenerateError, ModelError};

use crate::host::{Host, REST, model};
use crate::models::{PICTURES, model_of_pictures};
use crate::panel::{Broken, Character, Panel};

/// Asserts that the display shows these lines from its top left corner, and nothing else.
#[track_caller]
fn assert_reads<C: Character + Ink>(panel: &Panel<C>, lines: &[&str]) {
    let Size { width, height } = panel.size();
    let mut expected = Panel::<C>::new(width, height);
    expected.clear(C::from_ink(0, Point::zero())).unwrap();
    let style = MonoTextStyle::new(&FONT_5X8, C::from_ink(255, Point::zero()));
    for (row, line) in lines.iter().enumerate() {
        let corner = Point::new(0, row as i32 * 8);
        Text::with_baseline(line, corner, style, Baseline::Top)
            .draw(&mut expected)
            .unwrap();
    }
    let rows = expected.rows();
    panel.assert_shows(&rows.iter().map(String::as_str).collect::<Vec<_>>());
}

/// A copy at an address that is a multiple of four.
fn aligned(bytes: &[u8]) -> Vec<u32> {
    let mut words = vec![0; bytes.len().div_ceil(4)];
    bytemuck::cast_slice_mut(&mut words)[..bytes.len()].copy_from_slice(bytes);
    words
}

fn run_modes(bytes: &[u8], workspace: usize, host: &mut Host<Gray4>) -> Stop<Broken> {
    let words = aligned(bytes);
    let bytes = &bytemuck::cast_slice(&words)[..bytes.len()];
    let Err(stop) = run::<Modes, _>(host, bytes, &mut vec![0; workspace]);
    stop
}

#[test]
fn draws_rests_and_feeds_the_watchdog_until_the_display_fails() {
    let bytes = model_of_pictures(&PICTURES);
    let workspace = model(bytes.clone()).workspace_len();
    let mut host = Host::<Gray4>::new(10, 3);
    // Cleared, then three pages of two digits of three rows.
    host.panel.lifetime = 1 + 3 * 2 * 3;
    let words = aligned(&bytes);
    let bytes = &bytemuck::cast_slice(&words)[..bytes.len()];
    let Err(stop) = run::<Gallery, _>(&mut host, bytes, &mut vec![0; workspace]);
    assert_eq!(stop, Stop::Display(Broken));
    assert_eq!(stop.to_string(), "the display failed: Broken");
    assert_eq!(host.micros, 3 * 4_000_000);
    let rests = host.micros / REST;
    let digits = 3 * 2 + 1;
    assert_eq!(host.fed, rests + digits);
    assert_eq!(host.flushes, 1 + 3 * 2);
}

#[test]
fn a_damaged_model_is_explained_on_the_display() {
    let mut bytes = model_of_pictures(&PICTURES);
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let mut host = Host::new(128, 64);
    let stop = run_modes(&bytes, 1_000, &mut host);
    assert_eq!(stop, Stop::Reason(Reason::Model(ModelError::Checksum)));
    assert_eq!(host.flushes, 1);
    assert_reads(
        &host.panel,
        &[
            "No picture: the model",
            "file is cut or damaged",
            "(wrong checksum)",
        ],
    );
}

#[test]
fn a_small_workspace_is_explained_on_the_display() {
    let bytes = model_of_pictures(&PICTURES);
    let needed = model(bytes.clone()).workspace_len();
    let mut host = Host::new(128, 64);
    let stop = run_modes(&bytes, 1, &mut host);
    assert_eq!(
        stop,
        Stop::Reason(Reason::Generate(GenerateError::WorkspaceTooSmall {
            needed,
            given: 1
        }))
    );
    assert_reads(
        &host.panel,
        &[
            "No picture: the model",
            &format!("needs a workspace of {needed}"),
            "bytes, 1 were given",
        ],
    );
}

#[test]
fn what_does_not_fit_of_a_reason_is_left_out() {
    let mut panel = Panel::<Gray4>::new(64, 32);
    let reason = Reason::Model(ModelError::Checksum);
    reason.words().show(&mut panel).unwrap();
    assert_reads(
        &panel,
        &["No picture:", "the model", "file is cut", "or damaged"],
    );
}

#[test]
fn a_failed_program_can_say_so_on_one_bit() {
    let mut panel = Panel::<BinaryColor>::new(128, 64);
    Words::of("Restarting: panicked at src/main.rs:12:5:\nno display")
        .show(&mut panel)
        .unwrap();
    assert_reads(
        &panel,
        &["Restarting: panicked at", "src/main.rs:12:5: no", "display"],
    );
}
