//! What modes are called.

use crate::time::turn;

/// The name of a mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub enum ModeName {
    /// [`Gallery`]
    Gallery,
    /// [`Morph`]
    Morph,
    /// [`Ask`]
    Ask,
    /// [`Handwriting`]
    Handwriting,
    /// [`Clock`]
    Clock,
}

impl ModeName {
    /// All modes, in the order in which [`Input::NextMode`] goes through them.
    pub const ALL: [Self; 5] = [
        Self::Gallery,
        Self::Morph,
        Self::Ask,
        Self::Handwriting,
        Self::Clock,
    ];

    /// The mode after or before this one, among the first `count`.
    pub(crate) fn turn(self, count: u8, on: bool) -> Self {
        let index = turn(self as u8, count, on);
        Self::ALL.get(usize::from(index)).copied().unwrap_or(self)
    }
}
