//! Sums of 4-bit weights: see [`Kernel`](crate::kernels::run::Kernel).
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// Pairs of inputs are gathered crossed.
pub fn cross(pair: u32) -> u32 {
    pair
}

/// Adds to one sum the products of a masked word of nibbles, in r4, with a crossed pair in r2; r3
/// is the mask, r5 at work.
macro_rules! nibble {
    ($sum:literal) => {
        concat!(
            "mov r5, r3\n",
            "ands r5, r4\n",
            "muls r5, r2, r5\n",
            "add ",
            $sum,
            ", r5\n",
        )
    };
}

macro_rules! nibble_word {
    ($a:literal, $b:literal, $c:literal, $d:literal) => {
        concat!(
            "ldmia r0!, {{r4}}\n",
            nibble!($a),
            "lsrs r4, r4, #4\n",
            nibble!($b),
            "lsrs r4, r4, #4\n",
            nibble!($c),
            "lsrs r4, r4, #4\n",
            "ands r4, r3\n",
            "muls r4, r2, r4\n",
            "add ",
            $d,
            ", r4\n",
        )
    };
}

/// One crossed pair of inputs, with all columns of a panel of 8.
macro_rules! nibble_pair {
    () => {
        concat!(
            "ldmia r1!, {{r2}}\n",
            nibble_word!("r6", "r7", "r8", "r9"),
            nibble_word!("r10", "r11", "r12", "lr"),
        )
    };
}

/// Adds what is in two sums' upper halves to the sums in memory, at r2.
macro_rules! flush {
    ($first:literal, $second:literal) => {
        concat!(
            "mov r4, ",
            $first,
            "\n",
            "mov r5, ",
            $second,
            "\n",
            "asrs r4, r4, #16\n",
            "asrs r5, r5, #16\n",
            "ldr r6, [r2]\n",
            "ldr r7, [r2, #4]\n",
            "adds r4, r4, r6\n",
            "adds r5, r5, r7\n",
            "stmia r2!, {{r4, r5}}\n",
        )
    };
}

/// r0 weights, r1 inputs, r2 a crossed pair of inputs, r3 the mask, r4 weights, r5 a pair of
/// weights; r6 to r12 and lr sums in their upper halves, which are full after four quads. On the
/// stack: the end of these quads, the inputs, their end, bytes between panels, the saved
/// registers, then what was passed there.
#[unsafe(naked)]
pub unsafe extern "C" fn nibbles8(
    _: *const u32,
    _: *const u32,
    _: usize,
    _: usize,
    _: i32,
    _: i32,
    _: *mut i32,
    _: usize,
) {
    naked_asm!(
        enter!(),
        "lsls r2, r2, #3",
        "adds r2, r2, r1",
        "push {{r1, r2}}",
        "sub sp, sp, #4",
        // A panel.
        "6:",
        "ldr r4, [sp, #52]",
        "mov r5, r4",
        "mov r6, r4",
        "mov r7, r4",
        "ldr r2, [sp, #60]",
        "stmia r2!, {{r4-r7}}",
        "stmia r2!, {{r4-r7}}",
        "ldr r1, [sp, #4]",
        "movs r3, #15",
        "lsls r4, r3, #16",
        "orrs r3, r4",
        // Up to four quads.
        "2:",
        "ldr r4, [sp, #8]",
        "mov r5, r1",
        "adds r5, #32",
        "cmp r5, r4",
        "bls 3f",
        "mov r5, r4",
        "3:",
        "str r5, [sp]",
        // Half a unit of the upper half: the lower halves' sum never borrows.
        "movs r6, #1",
        "lsls r6, r6, #15",
        "mov r7, r6",
        "mov r8, r6",
        "mov r9, r6",
        "mov r10, r6",
        "mov r11, r6",
        "mov r12, r6",
        "mov lr, r6",
        "4:",
        nibble_pair!(),
        nibble_pair!(),
        "ldr r4, [sp]",
        "cmp r1, r4",
        "bne 4b",
        "ldr r2, [sp, #60]",
        "mov r4, r6",
        "mov r5, r7",
        "asrs r4, r4, #16",
        "asrs r5, r5, #16",
        "ldr r6, [r2]",
        "ldr r7, [r2, #4]",
        "adds r4, r4, r6",
        "adds r5, r5, r7",
        "stmia r2!, {{r4, r5}}",
        flush!("r8", "r9"),
        flush!("r10", "r11"),
        flush!("r12", "lr"),
        "ldr r4, [sp, #8]",
        "cmp r1, r4",
        "beq 5f",
        "b 2b",
        "5:",
        "str r2, [sp, #60]",
        "ldr r4, [sp, #12]",
        "adds r0, r0, r4",
        "ldr r4, [sp, #64]",
        "subs r4, r4, #1",
        "str r4, [sp, #64]",
        "beq 7f",
        "b 6b",
        "7:",
        "pop {{r0-r3}}",
        leave!(),
    )
}
