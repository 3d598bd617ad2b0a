//! What `emulate` says when it cannot work.

use std::fs;
use std::process::{Command, Output};

fn emulate() -> Command {
    Command::new(env!("CARGO_BIN_EXE_emulate"))
}

/// Asserts that the program failed with code 1 and one line, and returns the line.
fn one_line(output: Output) -> String {
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    let mut lines = stderr
        .lines()
        .filter(|line| !line.starts_with("no desktop"));
    let line = lines.next().unwrap_or_default().to_owned();
    assert_eq!(lines.next(), None, "{stderr}");
    line
}

#[test]
fn without_qemu_it_says_how_to_get_it() {
    let nowhere = tempfile::tempdir().unwrap();
    let elf = nowhere.path().join("firmware.elf");
    fs::write(&elf, b"").unwrap();
    let output = emulate()
        .args(["--board", "lm3s6965evb"])
        .arg(elf)
        .env("PATH", nowhere.path())
        .output()
        .unwrap();
    let line = one_line(output);
    assert!(line.contains("qemu-system-arm is not installed"), "{line}");
    assert!(line.contains("apt-get install qemu-system-arm"), "{line}");
}

#[test]
fn an_unknown_board_is_answered_with_the_known_ones() {
    let output = emulate()
        .args(["--board", "toaster", "firmware.elf"])
        .output()
        .unwrap();
    let line = one_line(output);
    assert!(
        line.contains("`toaster`") && line.contains("lm3s6965evb"),
        "{line}"
    );
}

#[test]
fn an_unknown_mode_is_answered_with_the_known_ones() {
    let output = emulate()
        .args(["--board", "lm3s6965evb", "--screenshot", "x.png"])
        .args(["--mode", "dance", "firmware.elf"])
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    let first = stderr.lines().next().unwrap_or_default();
    assert!(
        first.contains("'dance'") && first.contains("gallery, morph, ask, handwriting, clock"),
        "{stderr}"
    );
}

#[test]
fn a_file_that_is_no_firmware_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let elf = folder.path().join("letter.txt");
    fs::write(&elf, b"Dear reader").unwrap();
    let output = emulate()
        .args(["--board", "lm3s6965evb"])
        .arg(elf)
        .output()
        .unwrap();
    let line = one_line(output);
    assert!(line.contains("letter.txt"), "{line}");
}
