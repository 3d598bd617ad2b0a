//! From pins to what a user asks for.

use core::convert::Infallible;

use embedded_hal::digital::InputPin;

use crate::input::Input;

/// How long a button rests after a change, in microseconds: longer than its contacts bounce,
/// shorter than a person's press.
const BOUNCE: u32 = 15_000;
/// How long a button is pressed before that counts as holding it, in microseconds.
const HOLD: u32 = 500_000;
/// Time between two repetitions while it is held, in microseconds.
const REPEAT: u32 = 200_000;

/// The two buttons of a board that are enough, which pull their pins low while they are pressed.
///
/// | button | pressed | held |
/// |---|---|---|
/// | mode | [`Input::NextMode`] | |
/// | action | [`Input::Action`], at its release | [`Input::Next`], again and again |
///
/// A pin that is low from the start (pressed, or not connected) does not count until it is released.
#[derive(Debug)]
pub struct Buttons<M, A> {
    mode: Button<M>,
    action: Button<A>,
}

impl<M, A> Buttons<M, A> {
    /// A button for the mode and one for the action.
    pub fn new(mode: M, action: A) -> Self {
        Self {
            mode: Button::new(mode),
            action: Button::new(action),
        }
    }

    /// Three more: for the mode before, for the next one and for the one before.
    pub fn and<B, N, P>(
        self,
        previous_mode: B,
        next: N,
        previous: P,
    ) -> MoreButtons<M, A, B, N, P> {
        MoreButtons {
            buttons: self,
            previous_mode: Button::new(previous_mode),
            next: Button::new(next),
            previous: Button::new(previous),
        }
    }
}

impl<M, A> Buttons<M, A>
where
    M: InputPin<Error = Infallible>,
    A: InputPin<Error = Infallible>,
{
    /// What the user asks for, to be looked at some times in a tenth of a second. `micros` is now,
    /// wrapping at 2^32.
    pub fn poll(&mut self, micros: u32) -> Option<Input> {
        // One after another: what is not looked at now is there at the next call.
        if let Some(Press::Down) = self.mode.poll(micros) {
            return Some(Input::NextMode);
        }
        match self.action.poll(micros) {
            Some(Press::Short) => Some(Input::Action),
            Some(Press::Held) => Some(Input::Next),
            _ => None,
        }
    }
}

/// [`Buttons`], and three more.
///
/// | button | pressed | held |
/// |---|---|---|
/// | previous mode | [`Input::PreviousMode`] | |
/// | next | [`Input::Next`] | the same, again and again |
/// | previous | [`Input::Previous`] | the same, again and again |
#[derive(Debug)]
pub struct MoreButtons<M, A, B, N, P> {
    buttons: Buttons<M, A>,
    previous_mode: Button<B>,
    next: Button<N>,
    previous: Button<P>,
}

impl<M, A, B, N, P> MoreButtons<M, A, B, N, P>
where
    M: InputPin<Error = Infallible>,
    A: InputPin<Error = Infallible>,
    B: InputPin<Error = Infallible>,
    N: InputPin<Error = Infallible>,
    P: InputPin<Error = Infallible>,
{
    /// As [`Buttons::poll`].
    pub fn poll(&mut self, micros: u32) -> Option<Input> {
        if let Some(input) = self.buttons.poll(micros) {
            return Some(input);
        }
        if let Some(Press::Down) = self.previous_mode.poll(micros) {
            return Some(Input::PreviousMode);
        }
        if let Some(Press::Down | Press::Held) = self.next.poll(micros) {
            return Some(Input::Next);
        }
        if let Some(Press::Down | Press::Held) = self.previous.poll(micros) {
            return Some(Input::Previous);
        }
        None
    }
}

/// What happens to a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    /// It went down.
    Down,
    /// It has been down for long; comes again and again.
    Held,
    /// It went up before it was held.
    Short,
}

#[derive(Debug)]
struct Button<P> {
    pin: P,
    state: State,
    /// When `state` was taken, or the last [`Press::Held`] was due.
    since: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not seen yet, or low ever since.
    Unknown,
    Up,
    Down,
    Held,
}

impl<P> Button<P> {
    fn new(pin: P) -> Self {
        Self {
            pin,
            state: State::Unknown,
            since: 0,
        }
    }
}

impl<P: InputPin<Error = Infallible>> Button<P> {
    fn poll(&mut self, micros: u32) -> Option<Press> {
        let Ok(down) = self.pin.is_low();
        let elapsed = micros.wrapping_sub(self.since);
        let (state, press) = match (self.state, down) {
            (State::Unknown, false) => (State::Up, None),
            // Its contacts may still bounce.
            (State::Up | State::Down, _) if elapsed < BOUNCE => return None,
            (State::Up, true) => (State::Down, Some(Press::Down)),
            (State::Down, false) => (State::Up, Some(Press::Short)),
            (State::Held, false) => (State::Up, None),
            (State::Down, true) if elapsed >= HOLD => (State::Held, Some(Press::Held)),
            (State::Held, true) if elapsed >= REPEAT => (State::Held, Some(Press::Held)),
            _ => return None,
        };
        self.state = state;
        self.since = micros;
        press
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use embedded_hal::digital::ErrorType;
    use heapless::Vec;

    /// A pin whose level the test sets.
    struct Pin(bool);

    impl ErrorType for &mut Pin {
        type Error = Infallible;
    }

    impl InputPin for &mut Pin {
        fn is_high(&mut self) -> Result<bool, Infallible> {
            Ok(!self.0)
        }

        fn is_low(&mut self) -> Result<bool, Infallible> {
            Ok(self.0)
        }
    }

    /// What a button does that is looked at every 5 ms, from `start` ms for `end` ms, and is down
    /// in these times; with the times when it did so.
    fn presses(start: u32, end: u32, down: &[(u32, u32)]) -> Vec<(u32, Press), 32> {
        let mut pin = Pin(false);
        let mut state = (State::Unknown, 0);
        let mut presses = Vec::new();
        for ms in (0..end).step_by(5) {
            pin.0 = down.iter().any(|&(down, up)| (down..up).contains(&ms));
            let mut button = Button::new(&mut pin);
            (button.state, button.since) = state;
            if let Some(press) = button.poll((start + ms).wrapping_mul(1000)) {
                presses.push((ms, press)).unwrap();
            }
            state = (button.state, button.since);
        }
        presses
    }

    #[test]
    fn a_short_press_goes_down_and_up() {
        let expected = [(100, Press::Down), (200, Press::Short)];
        assert_eq!(presses(0, 1_000, &[(100, 200)]), expected);
        // The microseconds wrap in between.
        let wraps = u32::MAX / 1000 - 150;
        assert_eq!(presses(wraps, 1_000, &[(100, 200)]), expected);
    }

    #[test]
    fn bouncing_contacts_are_one_press() {
        let bounces = [(100, 105), (110, 200), (205, 210)];
        assert_eq!(
            presses(0, 1_000, &bounces),
            [(100, Press::Down), (200, Press::Short)]
        );
    }

    #[test]
    fn a_held_button_repeats() {
        assert_eq!(
            presses(0, 2_000, &[(100, 1_050)]),
            [
                (100, Press::Down),
                (600, Press::Held),
                (800, Press::Held),
                (1_000, Press::Held)
            ]
        );
    }

    #[test]
    fn a_button_that_is_down_from_the_start_counts_only_after_its_release() {
        assert_eq!(
            presses(0, 9_000, &[(0, 5_000), (6_000, 6_100)]),
            [(6_000, Press::Down), (6_100, Press::Short)]
        );
    }

    #[test]
    fn each_button_stands_for_its_input() {
        let held = |press: u32| {
            let mut pins = [const { Pin(false) }; 5];
            let mut inputs: Vec<Input, 8> = Vec::new();
            let [mode, action, previous_mode, next, previous] = &mut pins;
            let mut buttons = Buttons::new(mode, action).and(previous_mode, next, previous);
            inputs.extend(buttons.poll(0));
            let all = |buttons: &mut MoreButtons<_, _, _, _, _>, down| {
                let pins: [&mut &mut Pin; 5] = [
                    &mut buttons.buttons.mode.pin,
                    &mut buttons.buttons.action.pin,
                    &mut buttons.next.pin,
                    &mut buttons.previous.pin,
                    &mut buttons.previous_mode.pin,
                ];
                pins.into_iter().for_each(|pin| pin.0 = down);
            };
            for (ms, down) in [(100, true), (100 + press, false)] {
                all(&mut buttons, down);
                for _ in 0..5 {
                    inputs.extend(buttons.poll(ms * 1000));
                }
            }
            inputs
        };
        assert_eq!(
            held(100),
            [
                Input::NextMode,
                Input::PreviousMode,
                Input::Next,
                Input::Previous,
                Input::Action
            ]
        );
    }
}
