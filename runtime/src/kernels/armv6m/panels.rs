//! Sums of 8-bit weights.
#![allow(unsafe_code)]

use core::arch::naked_asm;

use crate::kernels::Panels;

/// [`super::panels`] for weights of 8 bits.
#[inline(always)]
pub fn bytes<const W: usize>(panels: &Panels, sums: &mut [i32]) {
    let kernel = match W {
        8 => bytes8,
        4 => bytes4,
        _ => bytes2,
    };
    let inputs = &panels.inputs;
    let used = inputs.quads * W;
    let first = panels.first.wrapping_sub(inputs.total.wrapping_mul(128));
    let mut weights = panels.weights;
    for sums in sums.chunks_exact_mut(W) {
        if used == 0 || weights.len() < used || inputs.words.len() < 4 * inputs.quads {
            return;
        }
        // SAFETY: the number of quads is not zero; there are `W` words of weights and four words of
        // inputs for each, and `W` sums.
        unsafe {
            kernel(
                weights.as_ptr(),
                inputs.words.as_ptr(),
                inputs.quads,
                sums.as_mut_ptr(),
            );
        }
        for pair in sums.chunks_exact_mut(2) {
            if let [even, odd] = pair {
                *even = even.wrapping_add(first);
                *odd = odd.wrapping_add(panels.first);
            }
        }
        weights = weights.get(used + panels.gap..).unwrap_or_default();
    }
}

/// One pair of inputs, with all columns of a panel of 8.
macro_rules! pair8 {
    () => {
        concat!(
            "ldmia r1!, {{r2, r3}}\n",
            word!("ldmia r0!, {{r4}}", "r6", "r7"),
            word!("ldmia r0!, {{r4}}", "r8", "r9"),
            word!("ldmia r0!, {{r4}}", "r10", "r11"),
            word!("ldmia r0!, {{r4}}", "r12", "lr"),
        )
    };
}

/// r0 weights, r1 inputs, r2 and r3 a pair of inputs, r4 weights, r5 a weight; r6 to r12 and lr sums
/// (even columns, and 256 times the odd column plus it). On the stack: the end of the inputs, the
/// sums' place.
#[unsafe(naked)]
unsafe extern "C" fn bytes8(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "push {{r4}}",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, r6",
        "mov r9, r6",
        "mov r10, r6",
        "mov r11, r6",
        "mov r12, r6",
        "mov lr, r6",
        // Two quads a round; an odd number begins in its middle.
        "lsrs r2, r2, #1",
        "bcc 2f",
        "b 3f",
        "2:",
        pair8!(),
        pair8!(),
        "3:",
        pair8!(),
        pair8!(),
        "ldr r4, [sp]",
        "cmp r1, r4",
        "beq 4f",
        "b 2b",
        "4:",
        "pop {{r0, r1}}",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r8",
        "mov r7, r9",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r10",
        "mov r7, r11",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r12",
        "mov r7, lr",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        leave!(),
    )
}

/// As [`bytes8`]: r6 to r9 sums, r12 the end of the inputs.
#[unsafe(naked)]
unsafe extern "C" fn bytes4(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "mov r12, r4",
        "movs r6, #0",
        "movs r7, #0",
        "mov r8, r6",
        "mov r9, r6",
        "2:",
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        word!("ldmia r0!, {{r4}}", "r8", "r9"),
        "cmp r1, r12",
        "bne 2b",
        "pop {{r1}}",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        "mov r6, r8",
        "mov r7, r9",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        leave!(),
    )
}

/// As [`bytes4`]: r6 and r7 sums.
#[unsafe(naked)]
unsafe extern "C" fn bytes2(_: *const u32, _: *const u32, _: usize, _: *mut i32) {
    naked_asm!(
        enter!(),
        "lsls r4, r2, #4",
        "adds r4, r4, r1",
        "mov r12, r4",
        "movs r6, #0",
        "movs r7, #0",
        "2:",
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        "ldmia r1!, {{r2, r3}}",
        word!("ldmia r0!, {{r4}}", "r6", "r7"),
        "cmp r1, r12",
        "bne 2b",
        "pop {{r1}}",
        "subs r7, r7, r6",
        "asrs r7, r7, #8",
        "stmia r1!, {{r6, r7}}",
        leave!(),
    )
}
