//! Time for the log: how long a digit took.

/// A clock that a board may have.
pub trait Clock {
    /// Microseconds since some moment, wrapping at 2^32 (every 71 minutes). `None` if this clock
    /// does not run.
    fn micros(&self) -> Option<u32>;
}

/// The clock of a board that has none: no latency is logged.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoClock;

impl Clock for NoClock {
    fn micros(&self) -> Option<u32> {
        None
    }
}

/// Microseconds on `clock` since its reading `start`.
pub(crate) fn micros_since(clock: &impl Clock, start: Option<u32>) -> Option<u32> {
    Some(clock.micros()?.wrapping_sub(start?))
}
