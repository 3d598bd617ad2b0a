//! The time of the day.

/// Hours and minutes of a day of 24 hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    hour: u8,
    minute: u8,
}

impl Time {
    /// 12:00, with which a clock begins that nobody has set.
    pub const NOON: Self = Self {
        hour: 12,
        minute: 0,
    };

    /// `None` if there is no such time.
    pub fn new(hour: u8, minute: u8) -> Option<Self> {
        (hour < 24 && minute < 60).then_some(Self { hour, minute })
    }

    /// The hour, 0 to 23.
    pub fn hour(self) -> u8 {
        self.hour
    }

    /// The minute, 0 to 59.
    pub fn minute(self) -> u8 {
        self.minute
    }

    /// The time as four digits, HHMM.
    #[inline(never)] // it is called from several places
    pub fn digits(self) -> [u8; 4] {
        [
            self.hour / 10,
            self.hour % 10,
            self.minute / 10,
            self.minute % 10,
        ]
    }

    /// The same minute, an hour on or back.
    pub(crate) fn turn_hour(self, on: bool) -> Self {
        Self {
            hour: turn(self.hour, 24, on),
            ..self
        }
    }

    /// The same hour, a minute on or back.
    pub(crate) fn turn_minute(self, on: bool) -> Self {
        Self {
            minute: turn(self.minute, 60, on),
            ..self
        }
    }

    fn after_a_minute(self) -> Self {
        let next = self.turn_minute(true);
        if next.minute == 0 {
            next.turn_hour(true)
        } else {
            next
        }
    }
}

/// The number after or before `number` on a ring of `count` (at least 1) numbers from 0.
pub(crate) fn turn(number: u8, count: u8, on: bool) -> u8 {
    match (on, number) {
        (true, number) if number + 1 < count => number + 1,
        (true, _) => 0,
        (false, 0) => count - 1,
        (false, number) => number - 1,
    }
}

/// A clock that counts the microseconds of another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CountedTime {
    time: Time,
    /// When its minute began.
    since: u32,
}

impl CountedTime {
    const MINUTE: u32 = 60_000_000;

    /// A clock that stands at the beginning of [`Time::NOON`].
    pub fn new(micros: u32) -> Self {
        let mut clock = Self {
            time: Time::NOON,
            since: 0,
        };
        clock.set(Time::NOON, micros);
        clock
    }

    /// Sets it to the beginning of the minute `time`.
    pub fn set(&mut self, time: Time, micros: u32) {
        *self = Self {
            time,
            since: micros,
        };
    }

    /// The time. To be called at least every 71 minutes.
    #[inline(never)] // it is called from several places
    pub fn time(&mut self, micros: u32) -> Time {
        while micros.wrapping_sub(self.since) >= Self::MINUTE {
            self.since = self.since.wrapping_add(Self::MINUTE);
            self.time = self.time.after_a_minute();
        }
        self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(hour: u8, minute: u8) -> Time {
        Time::new(hour, minute).unwrap()
    }

    #[test]
    fn there_are_1440_times() {
        assert_eq!(Time::new(24, 0), None);
        assert_eq!(Time::new(0, 60), None);
        assert_eq!(time(23, 59).digits(), [2, 3, 5, 9]);
        assert_eq!(time(23, 59).after_a_minute(), time(0, 0));
        assert_eq!(time(9, 59).after_a_minute(), time(10, 0));
    }

    #[test]
    fn hours_and_minutes_turn_by_themselves() {
        assert_eq!(time(23, 59).turn_minute(true), time(23, 0));
        assert_eq!(time(23, 59).turn_hour(true), time(0, 59));
        assert_eq!(time(0, 0).turn_minute(false), time(0, 59));
        assert_eq!(time(0, 0).turn_hour(false), time(23, 0));
    }

    #[test]
    fn minutes_are_counted_while_microseconds_wrap() {
        let start = u32::MAX - 90_000_000;
        let mut clock = CountedTime::new(start);
        for (seconds, expected) in [(59, 0), (60, 1), (119, 1), (125, 2), (600, 10)] {
            let micros = start.wrapping_add(seconds * 1_000_000);
            assert_eq!(clock.time(micros), time(12, expected), "{seconds} s");
        }
        let micros = start.wrapping_add(630_000_000);
        clock.set(time(7, 30), micros);
        let micros = micros.wrapping_add(59_999_999);
        assert_eq!(clock.time(micros), time(7, 30));
        assert_eq!(clock.time(micros.wrapping_add(1)), time(7, 31));
    }
}
