//! From sums to activations on Armv7-M, with and without the DSP extension: see [`Kernel`] and, of an
//! only channel without a bias, [`Grey`]. What differs are the macros `cpu` and `two_biases`.
#![allow(unsafe_code)]

use core::arch::naked_asm;

#[cfg(feature = "fast")]
use crate::kernels::scale::Grey;
use crate::kernels::scale::Kernel;
use crate::requantize::{Rule, Scale, squash};

/// Activations from -256 to 255: [`squash`] without its branches, for it is constant long before both
/// ends.
static TABLE: [u8; 512] = {
    let mut table = [0; 512];
    let mut index = 0;
    while index < table.len() {
        table[index] = squash(index as i32 - 256);
        index += 1;
    }
    table
};

/// Codes are flipped by the kernels.
pub const FLIPS: bool = true;
/// An only multiplier may be for all outputs, whatever the rule.
pub const ONLY: bool = true;

/// The kernel of a rule.
pub fn scale_kernel(rule: Rule) -> Kernel {
    match rule {
        Rule::PLAIN => scale_plain,
        Rule::LEAKY => scale_leaky,
        _ => scale_table,
    }
}

/// The kernel of a rule.
#[cfg(feature = "fast")]
pub fn grey_kernel(scale: &Scale) -> Option<Grey> {
    Some(match scale.rule {
        Rule::PLAIN => grey_plain,
        Rule::LEAKY => grey_leaky,
        _ => grey_table,
    })
}

/// What becomes of `$sum` after the first shift, by which the flags are set.
macro_rules! after_shift {
    (plain, $sum:literal, $half:literal) => {
        ""
    };
    (table, $sum:literal, $half:literal) => {
        ""
    };
    (leaky, $sum:literal, $half:literal) => {
        concat!(
            "itt mi\nmlami ",
            $sum,
            ", ",
            $sum,
            ", r8, ",
            $half,
            "\nasrmi ",
            $sum,
            ", ",
            $sum,
            ", #15\n"
        )
    };
}

/// Clamps `$sum`, or looks it up.
macro_rules! narrow {
    (table, $sum:literal) => {
        concat!(
            "ssat ", $sum, ", #9, ", $sum, "\nldrb ", $sum, ", [r8, ", $sum, "]\n"
        )
    };
    ($rule:ident, $sum:literal) => {
        concat!("ssat ", $sum, ", #8, ", $sum, "\n")
    };
}

/// `$sum` and its bias with its multiplier.
macro_rules! scaled {
    ($rule:tt, $sum:literal, $half:literal) => {
        concat!(
            "asrs ",
            $sum,
            ", ",
            $sum,
            ", r5\n",
            after_shift!($rule, $sum, $half),
            "ldrsh lr, [r2], #2\n",
            "mla ",
            $sum,
            ", lr, ",
            $sum,
            ", r6\nasr ",
            $sum,
            ", ",
            $sum,
            ", r7\n",
            narrow!($rule, $sum),
        )
    };
}

/// Stores four codes.
macro_rules! store_four {
    ($outputs:literal, $flip:literal) => {
        concat!(
            "bfi r9, r10, #8, #8\n",
            "bfi r9, r11, #16, #8\n",
            "bfi r9, r12, #24, #8\n",
            "eor r9, r9, ",
            $flip,
            "\nstr r9, [",
            $outputs,
            "], #4\n",
        )
    };
}

/// Two outputs, with a half in r11 and what codes differ by in r12.
macro_rules! leaky_two {
    () => {
        concat!(
            "ldrd r9, r10, [r0], #8\n",
            two_biases!("r9", "r10"),
            scaled!(leaky, "r9", "r11"),
            scaled!(leaky, "r10", "r11"),
            "bfi r9, r10, #8, #8\n",
            "eor r9, r9, r12\n",
            "strh r9, [r3], #2\n",
        )
    };
}

/// Four outputs a round.
macro_rules! rounds {
    (leaky) => {
        concat!(
            "mov r11, #0x4000\n",
            "ldr r12, [sp, #36]\n",
            "7:\n",
            leaky_two!(),
            leaky_two!(),
            "subs r5, r5, #0x100\n",
            "bpl 7b\n",
        )
    };
    ($rule:tt) => {
        concat!(
            "7:\n",
            "ldm r0!, {{r9-r12}}\n",
            two_biases!("r9", "r10"),
            two_biases!("r11", "r12"),
            scaled!($rule, "r9", ""),
            scaled!($rule, "r10", ""),
            scaled!($rule, "r11", ""),
            scaled!($rule, "r12", ""),
            "ldr lr, [sp, #36]\n",
            store_four!("r3", "lr"),
            "subs r5, r5, #0x100\n",
            "bpl 7b\n",
        )
    };
}

/// What outputs that are made alone need in r11: a half, or what codes differ by.
macro_rules! in_r11 {
    (leaky) => {
        "mov r11, #0x4000"
    };
    ($rule:tt) => {
        "ldr r11, [sp, #36]"
    };
}

/// Flips the code in r9.
macro_rules! flip {
    (leaky) => {
        "ldr r10, [sp, #36]\neor r9, r9, r10"
    };
    ($rule:tt) => {
        "eor r9, r9, r11"
    };
}

/// Puts the middle of the table into r8.
macro_rules! table {
    (table) => {
        "movw r8, #:lower16:{table}\nmovt r8, #:upper16:{table}\nadd r8, r8, #256\n"
    };
    ($rule:tt) => {
        ""
    };
}

/// The kernels of a rule.
macro_rules! kernels {
    ($scale:ident, $grey:ident, $rule:tt $(, $operand:tt = sym $table:path)?) => {
        /// r0 sums, r1 biases, r2 multipliers, r3 outputs; r4 to r8 the scale, in r5 and r7 above the
        /// shifts rounds less one and a mask, r8 for a table its middle; r9 to r12 and lr at work. On the stack, behind the saved
        /// registers: what four codes differ by, and then what was passed there.
        #[unsafe(naked)]
        unsafe extern "C" fn $scale(
            _: *const i32,
            _: *const i16,
            _: *const i16,
            _: *mut u8,
            _: &Scale,
            _: usize,
            _: usize,
            _: usize,
        ) {
            naked_asm!(
                cpu!(),
                "push {{r4-r11, lr}}",
                "ldr r12, [sp, #36]",
                "ldm r12, {{r4-r9}}",
                "mov r10, #0x01010101",
                "uxtb r9, r9",
                "mul r9, r9, r10",
                "str r9, [sp, #36]",
                table!($rule),
                // Which of the lowest bits of their number say how many are made alone: all if they have
                // one multiplier, or if the bias's factor is not positive in 16 bits.
                "ldr lr, [sp, #48]",
                "mov r10, #0x4000",
                "cmp lr, #1",
                "it hs",
                "cmphs r10, r4",
                "mov r10, #3",
                "it lo",
                "mvnlo r10, #0",
                "orr r7, r7, r10, lsl #8",
                // Rounds less one.
                "sub r5, r5, #0x100",
                // As many as have channels that follow each other, in r11.
                "ldrd r12, r11, [sp, #40]",
                "2:",
                "cmp r11, r12",
                "it hi",
                "movhi r11, r12",
                "sub r12, r12, r11",
                "str r12, [sp, #40]",
                "ands r12, r11, r7, lsr #8",
                "bne 8f",
                "adds r5, r5, r11, lsl #6",
                "bmi 6f",
                "5:",
                rounds!($rule),
                "6:",
                "ldr r12, [sp, #40]",
                "ldr r11, [sp, #48]",
                "lsrs r11, r11, #1",
                "it cs",
                "subcs r1, r1, r11, lsl #1",
                "sub r2, r2, r11, lsl #1",
                "cmp r12, #0",
                "bne 2b",
                "pop {{r4-r11, pc}}",
                // One at a time: r12 of them, lr bytes from one multiplier to the next.
                "8:",
                "add r5, r5, r11, lsl #6",
                "sub r5, r5, r12, lsl #6",
                "ldr lr, [sp, #48]",
                "cmp lr, #0",
                "it ne",
                "movne lr, #2",
                in_r11!($rule),
                "3:",
                "ldr r9, [r0], #4",
                "ldrsh r10, [r1], #2",
                "mla r9, r10, r4, r9",
                "asrs r9, r9, r5",
                after_shift!($rule, "r9", "r11"),
                "ldrsh r10, [r2]",
                "add r2, r2, lr",
                "mla r9, r10, r9, r6",
                "asr r9, r9, r7",
                narrow!($rule, "r9"),
                flip!($rule),
                "strb r9, [r3], #1",
                "subs r12, r12, #1",
                "bne 3b",
                "cmp r5, #0",
                "bpl 5b",
                "b 6b",
                $($operand = sym $table,)?
            )
        }

        /// r0 sums, r1 outputs, r2 number of outputs, then of those made alone, then a half; r4 the
        /// multiplier, r5 to r8 the scale, in r5 above the shift rounds, r8 for a table its middle; r9
        /// to r12 at work, lr what four codes differ by.
        #[cfg(feature = "fast")]
        #[unsafe(naked)]
        unsafe extern "C" fn $grey(_: *const i32, _: *mut u8, _: usize, _: &Scale, _: i32) {
            naked_asm!(
                cpu!(),
                "push {{r4-r11, lr}}",
                "ldm r3, {{r4-r9}}",
                "ldr r4, [sp, #36]",
                "mov lr, #0x01010101",
                "uxtb r9, r9",
                "mul lr, lr, r9",
                "mov r3, #0x4000",
                table!($rule),
                "orr r5, r5, r2, lsl #6",
                "bic r5, r5, #0xc0",
                "ands r2, r2, #3",
                "beq 4f",
                "3:",
                "ldr r9, [r0], #4",
                grey!($rule, "r9"),
                "eor r9, r9, lr",
                "strb r9, [r1], #1",
                "subs r2, r2, #1",
                "bne 3b",
                "4:",
                "subs r5, r5, #0x100",
                "bcc 6f",
                "5:",
                "ldm r0!, {{r9-r12}}",
                grey!($rule, "r9"),
                grey!($rule, "r10"),
                grey!($rule, "r11"),
                grey!($rule, "r12"),
                store_four!("r1", "lr"),
                "subs r5, r5, #0x100",
                "bcs 5b",
                "6:",
                "pop {{r4-r11, pc}}",
                $($operand = sym $table,)?
            )
        }
    };
}

/// `$sum` with the only multiplier in r4, a half in r3.
#[cfg(feature = "fast")]
macro_rules! grey {
    ($rule:tt, $sum:literal) => {
        concat!(
            "asrs ",
            $sum,
            ", ",
            $sum,
            ", r5\n",
            after_shift!($rule, $sum, "r3"),
            "mla ",
            $sum,
            ", ",
            $sum,
            ", r4, r6\nasr ",
            $sum,
            ", ",
            $sum,
            ", r7\n",
            narrow!($rule, $sum),
        )
    };
}

kernels!(scale_plain, grey_plain, plain);
kernels!(scale_leaky, grey_leaky, leaky);
kernels!(scale_table, grey_table, table, table = sym TABLE);
