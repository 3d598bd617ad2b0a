//! What arguments of `trainer sample` cannot be.

use std::path::Path;

use runtime::Model;

use super::SampleArgs;
use super::edit::{GIF_STEPS, ROWS, SHEET_STEPS};
use crate::cli::CliError;

/// Most images that fit into a picture that anybody could open.
const MAX_SHOWN: u64 = 10_000;

/// Checks the arguments against the model and against each other.
///
/// # Errors
/// [`CliError::Usage`].
pub fn check(args: &SampleArgs, model: &Model) -> Result<(), CliError> {
    let checks = [
        check_classes(args, model),
        check_files(args),
        check_size(args, model),
    ];
    match checks.into_iter().flatten().next() {
        Some(message) => Err(CliError::Usage(message)),
        None => Ok(()),
    }
}

fn check_classes(args: &SampleArgs, model: &Model) -> Option<String> {
    let name = args.model.display();
    let pair = args.interpolate.flatten();
    let pair = pair.map(|(from, to)| (format!("--interpolate {from},{to}"), from.max(to)));
    let digit = args.digit.map(|digit| (format!("--digit {digit}"), digit));
    let style = args.style.then(|| ("--style".into(), 0));
    let (option, class) = pair.or(digit).or(style)?;
    match model.classes() {
        0 => Some(format!(
            "{option} is not possible: {name} has no classes to choose from"
        )),
        classes if class >= classes => Some(format!(
            "{option} is not possible: {name} draws 0 to {}",
            classes - 1
        )),
        _ => None,
    }
}

fn check_files(args: &SampleArgs) -> Option<String> {
    let files = [
        ("--out", &args.out),
        ("--gif", &args.gif),
        ("--raw", &args.raw),
    ];
    for (i, (option, path)) in files.iter().enumerate() {
        for (other, before) in &files[..i] {
            if path.is_some() && path == before {
                return Some(format!(
                    "{other} and {option} name the same file: give each its own"
                ));
            }
        }
    }
    let is_gif = |path: &Path| {
        path.extension()
            .is_some_and(|end| end.eq_ignore_ascii_case("gif"))
    };
    let out = args.out.as_deref().filter(|path| is_gif(path))?;
    let out = out.display();
    Some(format!("--out writes a PNG: for a GIF use --gif {out}"))
}

fn check_size(args: &SampleArgs, model: &Model) -> Option<String> {
    let edits = args.interpolate.is_some() || args.style || args.attribute.is_some();
    if args.steps.is_some() && !edits {
        return Some("--steps needs --interpolate, --style or --attribute".into());
    }
    let steps = |default: u8| u64::from(args.steps.unwrap_or(default));
    let classes = u64::from(model.classes().max(1));
    let (rows, a_row, a_row_in_gif) = match args.style {
        _ if !edits => (u64::from(args.count.unwrap_or(1)), 1, 1),
        true => (
            u64::from(args.count.unwrap_or(ROWS)),
            classes,
            classes * steps(GIF_STEPS),
        ),
        // There and back.
        false => (
            u64::from(args.count.unwrap_or(ROWS)),
            steps(SHEET_STEPS),
            2 * steps(GIF_STEPS),
        ),
    };
    let shown = if args.shows_sheet() || edits {
        rows * a_row
    } else {
        0
    };
    let shown_in_gif = args.gif.as_ref().map_or(0, |_| rows * a_row_in_gif);
    let most = shown.max(shown_in_gif);
    if most <= MAX_SHOWN {
        return None;
    }
    Some(match edits {
        false => format!(
            "--count {rows} is too much for a picture, of at most {MAX_SHOWN} images: use --raw"
        ),
        true => format!(
            "{rows} rows would be {most} images, and at most {MAX_SHOWN} fit: give a smaller \
             --count or --steps"
        ),
    })
}
