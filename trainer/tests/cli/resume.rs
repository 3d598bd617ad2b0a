//! `trainer train --resume`.

use std::fs;
use std::path::Path;
use std::process::{Child, Output, Stdio};
use std::thread;
use std::time::Duration;

use runtime::Model;
use tempfile::TempDir;

use crate::common::{assert_fails, small_mnist, stderr, trainer};

fn run(home: &TempDir, arguments: &str) -> Output {
    let arguments: Vec<_> = arguments.split(' ').collect();
    trainer(&arguments, home.path()).output().unwrap()
}

#[track_caller]
fn succeed(home: &TempDir, arguments: &str) -> String {
    let output = run(home, arguments);
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    said
}

/// The program, running until there is a file `name`.
fn start_until(home: &TempDir, arguments: &str, name: &str) -> Child {
    let arguments: Vec<_> = arguments.split(' ').collect();
    let mut child = trainer(&arguments, home.path())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    while !home.path().join(name).exists() {
        assert_eq!(
            child.try_wait().unwrap(),
            None,
            "it ended before {name} was there"
        );
        thread::sleep(Duration::from_millis(5));
    }
    child
}

fn read(home: &TempDir, name: &str) -> Vec<u8> {
    fs::read(home.path().join(name)).unwrap()
}

fn steps(file: &[u8]) -> u32 {
    Model::from_bytes(file).unwrap().provenance().steps
}

#[test]
fn killed_and_resumed_is_the_same_as_never_stopped() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    let train =
        format!("train --data {data} --recipe nano --steps 40 --checkpoint-every 10 --seed 3");
    succeed(&home, &format!("{train} --export straight.bin"));

    let killed = format!("{train} --export killed.bin");
    let mut child = start_until(&home, &killed, "killed.run/history.csv");
    child.kill().unwrap();
    assert!(!child.wait().unwrap().success());
    assert!(!home.path().join("killed.bin").exists());

    let refused = run(&home, &killed);
    assert_fails(&refused, 1, &["killed.run", "of 40", "--resume killed.run"]);
    let said = succeed(&home, "train --resume killed.run");
    assert!(said.contains("going on after step"), "{said}");
    for name in [
        ".bin",
        ".png",
        ".run/history.csv",
        ".run/training.gif",
        ".run/best.gen.bin",
    ] {
        let (straight, killed) = (format!("straight{name}"), format!("killed{name}"));
        assert!(
            read(&home, &straight) == read(&home, &killed),
            "{killed} differs"
        );
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_exports_and_says_how_to_go_on() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    let train = format!("train --data {data} --recipe nano --steps 100000 --checkpoint-every 10");
    let child = start_until(&home, &train, "gen.run/history.csv");
    let interrupt = format!("kill -INT {}", child.id());
    let sent = std::process::Command::new("sh")
        .args(["-c", &interrupt])
        .status();
    assert!(sent.unwrap().success());
    let output = child.wait_with_output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("train --resume gen.run"), "{said}");
    let (_, rest) = said.split_once("stopping after step ").unwrap();
    let done: u32 = rest.split(' ').next().unwrap().parse().unwrap();
    assert!((10..100_000).contains(&done), "{said}");
    assert!(steps(&read(&home, "gen.bin")) <= done);
    assert!(home.path().join("gen.run/training.gif").exists());

    // It can end earlier than planned, and a finished one can go on.
    let too_few = run(
        &home,
        &format!("train --resume gen.run --steps {}", done - 1),
    );
    assert_fails(&too_few, 2, &["gen.run", &done.to_string()]);
    for more in [done + 5, done + 10] {
        let resume = format!("train --resume gen.run --steps {more} --export longer.bin");
        let said = succeed(&home, &resume);
        assert!(said.contains(&format!("of {more}")), "{said}");
    }
    let grids = crate::common::names_in(&home.path().join("gen.run/grids"));
    assert_eq!(*grids.last().unwrap(), format!("step-{:07}.png", done + 10));
    assert!(home.path().join("longer.png").exists());
}

#[test]
fn what_cannot_be_resumed_is_refused_in_one_sentence_and_stays_as_it_is() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    succeed(
        &home,
        &format!("train --data {data} --recipe nano --steps 3 --export a.bin"),
    );
    let checkpoint = home.path().join("a.run/checkpoint");
    let intact = fs::read(&checkpoint).unwrap();

    assert_fails(
        &run(&home, "train --resume b.run"),
        1,
        &["b.run", "checkpoint"],
    );
    for option in [
        "--seed 1",
        "--recipe tiny",
        "--run c.run",
        "--checkpoint-every 5",
    ] {
        let output = run(&home, &format!("train --resume a.run {option}"));
        let name = option.split(' ').next().unwrap();
        assert_fails(&output, 2, &["--resume", name]);
    }
    let output = run(&home, "train --resume a.run --data strokes");
    assert_fails(&output, 1, &["a.run", "data", "strokes", "--data"]);
    assert!(fs::read(&checkpoint).unwrap() == intact);

    let mut damaged = intact.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    for bytes in [&damaged[..], &intact[..middle], b"", b"something else"] {
        fs::write(&checkpoint, bytes).unwrap();
        assert_fails(
            &run(&home, "train --resume a.run"),
            1,
            &["a.run", "checkpoint"],
        );
    }
    // Nor does a new training take the place of one that may still be of use.
    let again = format!("train --data {data} --recipe nano --steps 3 --export a.bin");
    assert_fails(&run(&home, &again), 1, &["a.run"]);
}

#[test]
fn the_data_may_have_moved() {
    let home = TempDir::new().unwrap();
    let data = small_mnist(&home, 300);
    succeed(
        &home,
        &format!("train --data {data} --recipe nano --steps 2 --export a.bin"),
    );
    fs::rename(home.path().join(data), home.path().join("elsewhere")).unwrap();
    assert_fails(&run(&home, "train --resume a.run"), 1, &[data]);
    succeed(&home, "train --resume a.run --data elsewhere --steps 4");
    assert_eq!(names(&home.path().join("a.run/grids")), 5);
}

fn names(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}
