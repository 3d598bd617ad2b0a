//! Gathering inputs.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::portable;
use crate::layout::is_nibble;

/// Words that a gathered quad takes.
pub const fn words_per_quad(bits: u8) -> usize {
    if is_nibble(bits) || PAIRS { 2 } else { 4 }
}

/// Whether inputs are gathered in pairs for weights of 8 bits as well.
const PAIRS: bool = cfg!(not(feature = "fast"));

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    if is_nibble(bits) {
        return portable::expand_crossed(quads, words);
    }
    let count = quads.len().min(words.len() / words_per_quad(bits));
    if count == 0 {
        return (0, 0);
    }
    // SAFETY: `count` is not zero; there are as many quads and their words.
    let total = unsafe { expand_quads(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    (count, total)
}

/// Stores a quad's inputs `k0 k2 k1 k3`, which are in r4 to r7, as one word each.
#[cfg(feature = "fast")]
macro_rules! store {
    () => {
        "stmia r1!, {{r4-r7}}\n"
    };
}

/// As pairs, the first in the lower half.
#[cfg(not(feature = "fast"))]
macro_rules! store {
    () => {
        concat!(
            "uxth r4, r4\n",
            "lsls r5, r5, #16\n",
            "orrs r4, r5\n",
            "uxth r5, r6\n",
            "lsls r7, r7, #16\n",
            "orrs r5, r7\n",
            "stmia r1!, {{r4, r5}}\n",
        )
    };
}

/// r0 quads, r1 words, r2 end of the quads; r3 sum of the inputs, r4 to r7 inputs.
#[unsafe(naked)]
unsafe extern "C" fn expand_quads(_: *const u8, _: *mut u32, _: usize) -> i32 {
    naked_asm!(
        "push {{r4-r7, lr}}",
        "lsls r2, r2, #2",
        "adds r2, r2, r0",
        "movs r3, #0",
        "2:",
        "ldrb r4, [r0]",
        "ldrb r5, [r0, #2]",
        "ldrb r6, [r0, #1]",
        "ldrb r7, [r0, #3]",
        "sxtb r4, r4",
        "sxtb r5, r5",
        "sxtb r6, r6",
        "sxtb r7, r7",
        "adds r3, r3, r4",
        "adds r3, r3, r5",
        "adds r3, r3, r6",
        "adds r3, r3, r7",
        store!(),
        "adds r0, r0, #4",
        "cmp r0, r2",
        "bne 2b",
        "mov r0, r3",
        "pop {{r4-r7, pc}}",
    )
}
