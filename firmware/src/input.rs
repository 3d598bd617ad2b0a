//! What a user asks for.

use crate::modes::ModeName;

/// What a user asks for, whatever stands for it: a button, a key, a touch.
///
/// [`Input::NextMode`] and [`Input::Action`] are enough to reach all that matters; the others are
/// for those who have more than two buttons. What a mode has no use for, it ignores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The next mode, after the last one the first.
    NextMode,
    /// The mode before, before the first one the last.
    PreviousMode,
    /// This mode.
    Mode(ModeName),
    /// The main thing of a mode: a new page, a new handwriting, another digit of the same class,
    /// hold a movement or let it go on, set the clock.
    Action,
    /// The next one: digit, page, hour, minute.
    Next,
    /// The one before.
    Previous,
    /// The digit of this label.
    Label(u8),
}
