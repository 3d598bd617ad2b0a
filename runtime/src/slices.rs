//! Parts of slices that are there if a model was checked, and empty if not: never a panic.
//!
//! They are functions of their own where flash matters more than speed.

use bytemuck::AnyBitPattern;

/// What follows the first `from` elements.
#[cfg_attr(feature = "fast", inline(always))]
#[cfg_attr(not(feature = "fast"), inline(never))]
pub(crate) fn after<T>(slice: &[T], from: usize) -> &[T] {
    slice.get(from..).unwrap_or_default()
}

/// As [`after`].
#[cfg_attr(feature = "fast", inline(always))]
#[cfg_attr(not(feature = "fast"), inline(never))]
pub(crate) fn after_mut<T>(slice: &mut [T], from: usize) -> &mut [T] {
    slice.get_mut(from..).unwrap_or_default()
}

/// The first `len` elements.
#[inline(always)]
pub(crate) fn first<T>(slice: &[T], len: usize) -> &[T] {
    slice.get(..len).unwrap_or_default()
}

/// As [`first`].
#[inline(always)]
pub(crate) fn first_mut<T>(slice: &mut [T], len: usize) -> &mut [T] {
    slice.get_mut(..len).unwrap_or_default()
}

/// The bytes as numbers, which they are aligned for.
#[cfg_attr(feature = "fast", inline(always))]
#[cfg_attr(not(feature = "fast"), inline(never))]
pub(crate) fn numbers<T: AnyBitPattern>(bytes: &[u8]) -> &[T] {
    bytemuck::try_cast_slice(bytes).unwrap_or_default()
}
