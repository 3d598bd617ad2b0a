//! A push button.

use embedded_hal::digital::InputPin;

/// Turns the level of a pin into presses.
///
/// The pin is low while the button is held. A press counts when the pin was seen high before, so a
/// pin that is low from the start (held, or not connected) does not count until it is released.
/// Contacts bounce for some milliseconds: the caller leaves that much time between two looks.
pub(crate) struct Button<P> {
    pin: P,
    held: bool,
}

impl<P: InputPin> Button<P> {
    pub(crate) fn new(pin: P) -> Self {
        Self { pin, held: true }
    }

    /// Whether the button went down since the last call.
    pub(crate) fn pressed(&mut self) -> Result<bool, P::Error> {
        let was_held = self.held;
        self.held = self.pin.is_low()?;
        Ok(self.held && !was_held)
    }
}
