//! `trainer train` with points in the plane.

use std::fs;

use tempfile::TempDir;

use crate::common::{assert_fails, names_in, stderr, trainer};

fn words(arguments: &str) -> Vec<&str> {
    arguments.split(' ').collect()
}

#[test]
fn gaussian_reports_estimates_beside_the_truth_and_draws_a_picture() {
    let home = TempDir::new().unwrap();
    let arguments = "train --data gaussian --mean -0.5,1 --covariance 0.8,-0.3,-0.3,0.5 \
                     --steps 30 --seed 4 --scatter dots.png";
    let output = trainer(&words(arguments), home.path()).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(names_in(home.path()), ["dots.png"]);
    let png = fs::read(home.path().join("dots.png")).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let numbers = |name: &str| -> Vec<f64> {
        let line = said.lines().find(|line| line.starts_with(name)).unwrap();
        let words = line.split_whitespace();
        words.filter_map(|word| word.parse().ok()).collect()
    };
    for (name, truth) in [("mean", [-0.5, 1.0]), ("covariance", [0.8, -0.3])] {
        let row = numbers(name);
        assert_eq!((row.len(), &row[..2]), (6, &truth[..]), "{said}");
        for axis in 0..2 {
            let error = row[2 + axis] - row[axis];
            assert!((error - row[4 + axis]).abs() < 0.0011, "{said}");
        }
    }
    assert!(said.contains("-log 4 = -1.386"), "{said}");
}

#[test]
fn ring_reports_modes_and_the_share_of_points_near_them() {
    let home = TempDir::new().unwrap();
    let arguments = "train --data ring --loss minimax --steps 30";
    let output = trainer(&words(arguments), home.path()).output().unwrap();
    let said = stderr(&output);
    assert!(output.status.success(), "{said}");
    assert_eq!(names_in(home.path()), ["ring.png"]);
    for part in ["of 8 covered", "within three sigma", "98.9 %"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn unusable_distributions_and_arguments_for_images_are_refused() {
    let home = TempDir::new().unwrap();
    let cases: [(&str, i32, &[&str]); 10] = [
        ("--data gaussian --mean 1", 2, &["--mean", "2 numbers"]),
        ("--data gaussian --mean 1,x", 2, &["--mean", "2 numbers"]),
        ("--data gaussian --covariance 1,2,2", 2, &["4 numbers"]),
        (
            "--data gaussian --covariance 1,0.5,0.4,2",
            2,
            &["symmetric", "0.5", "0.4"],
        ),
        (
            "--data gaussian --covariance 1,2,2,1",
            2,
            &["covariance", "-1.0000"],
        ),
        ("--data gaussian --mean 1e9,0", 2, &["mean", "1000000000"]),
        ("--data ring --mean 1,2", 2, &["--mean", "ring"]),
        (
            "--data ring --export g.bin",
            2,
            &["--export", "images", "--scatter"],
        ),
        ("--data strokes --mean 1,2", 2, &["--mean", "gaussian"]),
        ("--data ring --scatter no/a.png", 1, &["no/a.png"]),
    ];
    for (arguments, code, parts) in cases {
        let arguments = [&["train"], &words(arguments)[..]].concat();
        let output = trainer(&arguments, home.path()).output().unwrap();
        assert_fails(&output, code, parts);
    }
    assert!(names_in(home.path()).is_empty());
}

#[cfg(not(feature = "ndarray"))]
#[test]
fn points_are_not_trained_on_another_backend_than_the_one_that_is_asked_for() {
    let home = TempDir::new().unwrap();
    let arguments = words("train --data ring --backend ndarray");
    let output = trainer(&arguments, home.path()).output().unwrap();
    assert_fails(&output, 2, &["ndarray"]);
    assert!(names_in(home.path()).is_empty());
}
