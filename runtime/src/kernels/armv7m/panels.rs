//! Sums of 8-bit weights: see [`Kernel`](crate::kernels::run::Kernel).
#![allow(unsafe_code)]

use core::arch::naked_asm;

/// A quad's pairs of inputs, to r9 and r11, and their corrections, to r10 and r12.
#[cfg(feature = "fast")]
macro_rules! inputs {
    () => {
        "ldm r1!, {{r9-r12}}\n"
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! inputs {
    () => {
        concat!(
            "ldm r1!, {{r9, r11}}\n",
            correction!("r9", "r10"),
            correction!("r11", "r12"),
        )
    };
}

/// The correction of the pair in `$x`, to `$c`: by shifts, as there is a counter above the constant in lr.
#[cfg(not(feature = "fast"))]
macro_rules! correction {
    ($x:literal, $c:literal) => {
        concat!(
            "add ",
            $c,
            ", ",
            $x,
            ", ",
            $x,
            ", lsl #16\n",
            "lsl ",
            $c,
            ", ",
            $c,
            ", #7\n",
            "rsb ",
            $c,
            ", ",
            $c,
            ", #0x8000\n",
        )
    };
}

/// Bytes of a gathered quad, as a shift.
#[cfg(feature = "fast")]
macro_rules! quad_shift {
    () => {
        "4"
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! quad_shift {
    () => {
        "3"
    };
}

/// Four columns of a quad of inputs; from one pair's words of weights to the next are `$step` bytes.
macro_rules! quad4 {
    ($step:literal) => {
        concat!(
            inputs!(),
            "ldrd r7, r8, [r0], #",
            $step,
            "\n",
            word!("r7", "r9", "r10", "r3", "r4", "r2", "lr"),
            word!("r8", "r9", "r10", "r5", "r6", "r2", "lr"),
            "ldrd r7, r8, [r0], #",
            $step,
            "\n",
            word!("r7", "r11", "r12", "r3", "r4", "r2", "lr"),
            word!("r8", "r11", "r12", "r5", "r6", "r2", "lr"),
        )
    };
}

/// All quads, whose number less 1 is in r2.
#[cfg(feature = "fast")]
macro_rules! quads {
    ($quad:expr) => {
        rounds!($quad, "")
    };
}

#[cfg(not(feature = "fast"))]
macro_rules! quads {
    ($quad:expr) => {
        concat!(
            "bfi lr, r2, #24, #8\n",
            "3:\n",
            $quad,
            "subs lr, lr, #0x01000000\n",
            "bcs 3b\n",
        )
    };
}

// r7 and r8 are weights, r9 to r12 inputs; lr is what `word` needs.
halves!(bytes8, "0x00800080", "8", quads!(quad4!("16")));

/// As [`bytes8`], one panel of four columns.
#[unsafe(naked)]
pub unsafe extern "C" fn bytes4(
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
        "push {{r4-r11, lr}}",
        "subs r2, r2, #1",
        "mov lr, #0x00800080",
        "ldr r3, [sp, #36]",
        "mov r4, r3",
        "mov r5, r3",
        "mov r6, r3",
        quads!(quad4!("8")),
        "ldr r1, [sp, #44]",
        "stm r1, {{r3-r6}}",
        "pop {{r4-r11, pc}}",
    )
}

/// As [`bytes4`]: r3 and r4 sums.
#[unsafe(naked)]
pub unsafe extern "C" fn bytes2(
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
        "push {{r4-r11, lr}}",
        concat!("add r5, r1, r2, lsl #", quad_shift!()),
        "mov lr, #0x00800080",
        "ldr r3, [sp, #36]",
        "mov r4, r3",
        "2:",
        inputs!(),
        "ldrd r7, r8, [r0], #8",
        word!("r7", "r9", "r10", "r3", "r4", "r2", "lr"),
        word!("r8", "r11", "r12", "r3", "r4", "r2", "lr"),
        "cmp r1, r5",
        "bne 2b",
        "ldr r1, [sp, #44]",
        "stm r1, {{r3, r4}}",
        "pop {{r4-r11, pc}}",
    )
}
