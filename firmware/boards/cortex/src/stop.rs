//! What a board does when the app has stopped.

use firmware::{Board, Stop};
use oled::NoAnswer;

use crate::failure::wait_for_watchdog;

/// Rests, if the display says why the app stopped; starts anew, if it is the display that failed.
pub fn stopped(board: &mut impl Board, stop: Stop<NoAnswer>) -> ! {
    match stop {
        // Starting anew would not help.
        Stop::Reason(_) => loop {
            board.feed_watchdog();
            board.rest();
        },
        Stop::Display(NoAnswer) => display_failed(),
    }
}

/// Starts anew. A display that does not answer may have been pulled out, or lost its supply: whoever
/// plugs it in again wants a picture.
pub fn display_failed() -> ! {
    defmt::error!("the display does not answer: starting anew");
    wait_for_watchdog()
}
