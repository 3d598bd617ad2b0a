//! The shapes of the digits: for each, several allographs, the different ways people write it.
//!
//! [`super::allograph`] explains the notation.

mod eight;
mod five;
mod four;
mod nine;
mod one;
mod seven;
mod six;
mod three;
mod two;
mod zero;

use super::allograph::Allograph;

/// The allographs of each digit, 0 to 9.
pub(super) const DIGITS: [&[Allograph]; 10] = [
    zero::ALLOGRAPHS,
    one::ALLOGRAPHS,
    two::ALLOGRAPHS,
    three::ALLOGRAPHS,
    four::ALLOGRAPHS,
    five::ALLOGRAPHS,
    six::ALLOGRAPHS,
    seven::ALLOGRAPHS,
    eight::ALLOGRAPHS,
    nine::ALLOGRAPHS,
];
