//! Gathering inputs.
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// Gathers `quads` in `words`, as many as there is room for, and returns their number and the sum
/// of their inputs.
#[inline(always)]
pub fn expand(_bits: u8, quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min(words.len() / 2);
    if count == 0 {
        return (0, 0);
    }
    // SAFETY: `count` is not zero; there are as many quads and twice as many words.
    let total = unsafe { expand_quads(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    (count, total)
}

/// Gathers `quads` as one of two windows, between whose words are the other one's.
#[cfg(pocketgan_two)]
#[inline(always)]
pub fn expand_of_two(quads: &[[u8; 4]], words: &mut [u32]) -> (usize, i32) {
    let count = quads.len().min((words.len() + 1) / 4);
    if count == 0 {
        return (0, 0);
    }
    // SAFETY: `count` is not zero; there are as many quads and four times as many words, but one behind
    // the last.
    let total = unsafe { expand_quads_of_two(quads.as_ptr().cast(), words.as_mut_ptr(), count) };
    (count, total)
}

/// A quad of inputs.
macro_rules! expand_quad {
    ($($store:literal),+) => {
        concat!(
            "ldr r3, [r0], #4\n",
            "sxtb16 r12, r3\n",
            "sxtb16 r4, r3, ror #8\n",
            "smlad lr, r12, r5, lr\n",
            "smlad lr, r4, r5, lr\n",
            $($store, "\n",)+
        )
    };
}

/// r0 quads, r1 words, r2 number of quads; r3 quad, r12 and r4 its pairs, lr sum, r5 two ones. `$store`
/// stores the pairs.
macro_rules! expand_quads {
    ($name:ident, $($store:literal),+) => {
        #[unsafe(naked)]
        unsafe extern "C" fn $name(_: *const u8, _: *mut u32, _: usize) -> i32 {
            naked_asm!(
                cpu!(),
                "push {{r4, r5, lr}}",
                "mov r5, #0x00010001",
                "mov lr, #0",
                // Two quads a round; an odd number begins in its middle.
                "lsrs r3, r2, #1",
                "bcs 3f",
                "2:",
                expand_quad!($($store),+),
                "3:",
                expand_quad!($($store),+),
                "subs r2, r2, #2",
                "bhi 2b",
                "mov r0, lr",
                "pop {{r4, r5, pc}}",
            )
        }
    };
}

expand_quads!(expand_quads, "strd r12, r4, [r1], #8");
#[cfg(pocketgan_two)]
expand_quads!(expand_quads_of_two, "str r12, [r1], #8", "str r4, [r1], #8");
