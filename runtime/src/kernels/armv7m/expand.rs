//! Gathering inputs.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::portable;
use crate::layout::is_nibble;

/// Whether pairs are gathered without their corrections.
const PAIRS: bool = cfg!(not(feature = "fast"));

/// Words that a gathered quad takes.
pub const fn words_per_quad(bits: u8) -> usize {
    if is_nibble(bits) || PAIRS { 2 } else { 4 }
}

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and, for
/// weights of 4 bits, the sum of their inputs.
#[inline(always)]
pub fn expand(bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    if is_nibble(bits) {
        return portable::expand_crossed(quads, words);
    }
    if PAIRS {
        return (portable::expand_crossed(quads, words).0, 0);
    }
    let count = quads.len().min(words.len() / 4);
    if count > 0 {
        // SAFETY: `count` is not zero; there are as many quads and four times as many words.
        unsafe { expand_quads(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    }
    (count, 0)
}

/// Gathers `quads` as one of two windows, between whose words are the other one's.
#[cfg(pocketgan_two)]
#[inline(always)]
pub fn expand_of_two(quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min((words.len() + 2) / 8);
    if count > 0 {
        // SAFETY: `count` is not zero; there are as many quads and eight times as many words, but two
        // behind the last.
        unsafe { expand_quads_of_two(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    }
    (count, 0)
}

/// r0 quads, r1 words, r2 number of quads; r3 quad, then the second pair, r4 and r6 pairs, r5 and r7
/// their corrections, r8 half a unit, r12 what is added to the weights of a pair. `$store` stores the
/// pairs.
macro_rules! expand_quads {
    ($name:ident, $($store:literal),+) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name(_: *const u8, _: *mut u32, _: usize) {
            naked_asm!(
                "push {{r4-r8, lr}}",
                "mov r8, #0x8000",
                "mov r12, #0x00800080",
                "2:",
                "ldr r3, [r0], #4",
                "sxtb r4, r3, ror #16",
                "sxtb r5, r3",
                "add r4, r4, r5, lsl #16",
                "mls r5, r4, r12, r8",
                "asr r6, r3, #24",
                "sxtb r7, r3, ror #8",
                "add r6, r6, r7, lsl #16",
                "mls r7, r6, r12, r8",
                $($store,)+
                "subs r2, r2, #1",
                "bne 2b",
                "pop {{r4-r8, pc}}",
            )
        }
    };
}

expand_quads!(expand_quads, "stmia r1!, {{r4-r7}}");
#[cfg(pocketgan_two)]
expand_quads!(
    expand_quads_of_two,
    "strd r4, r5, [r1], #16",
    "strd r6, r7, [r1], #16"
);
