//! What the compiler calls for copies, fills and divisions, in as little flash as possible.
//!
//! The compiler brings functions of its own, which these replace: they are several times faster for
//! much data and take 1.6 KB, a tenth of this board's flash. Here, a byte or a bit is done at a time:
//! the app copies little, and divides a few times an image.

#![allow(unsafe_code)]

use core::arch::global_asm;

// By the names and registers of "Run-time ABI for the Arm Architecture", 4.3.1 and 4.3.4. A name
// that ends in 4 or 8 promises alignment, which is no use here.
global_asm!(
    ".thumb",
    // memcpy(r0 to, r1 from, r2 len) -> r0: from the end, so that r0 stays.
    ".global memcpy, __aeabi_memcpy, __aeabi_memcpy4, __aeabi_memcpy8",
    ".thumb_func",
    "memcpy:",
    ".thumb_func",
    "__aeabi_memcpy:",
    ".thumb_func",
    "__aeabi_memcpy4:",
    ".thumb_func",
    "__aeabi_memcpy8:",
    "    subs r2, #1",
    "    bmi 0f",
    "    ldrb r3, [r1, r2]",
    "    strb r3, [r0, r2]",
    "    b memcpy",
    "0:  bx lr",
    // memset(r0 to, r1 byte, r2 len) -> r0.
    ".global memset",
    ".thumb_func",
    "memset:",
    "    subs r2, #1",
    "    bmi 0f",
    "    strb r1, [r0, r2]",
    "    b memset",
    "0:  bx lr",
    // __aeabi_memclr(r0 to, r1 len), and __aeabi_memset(r0 to, r1 len, r2 byte).
    ".global __aeabi_memclr, __aeabi_memclr4, __aeabi_memclr8",
    ".thumb_func",
    "__aeabi_memclr:",
    ".thumb_func",
    "__aeabi_memclr4:",
    ".thumb_func",
    "__aeabi_memclr8:",
    "    movs r2, #0",
    ".global __aeabi_memset, __aeabi_memset4, __aeabi_memset8",
    ".thumb_func",
    "__aeabi_memset:",
    ".thumb_func",
    "__aeabi_memset4:",
    ".thumb_func",
    "__aeabi_memset8:",
    "    subs r1, #1",
    "    bmi 0f",
    "    strb r2, [r0, r1]",
    "    b __aeabi_memset",
    "0:  bx lr",
    // __aeabi_uidivmod(r0, r1) -> (r0 quotient, r1 remainder), bit by bit from the highest: r2 is
    // the remainder, and r0 has what is left of the dividend above the bits of the quotient.
    ".global __aeabi_uidiv, __aeabi_uidivmod",
    ".thumb_func",
    "__aeabi_uidiv:",
    ".thumb_func",
    "__aeabi_uidivmod:",
    "    movs r2, #0",
    "    movs r3, #32",
    "1:  adds r0, r0",
    "    adcs r2, r2",
    "    bcs 2f", // more than 32 bits: certainly more than the divisor
    "    cmp r2, r1",
    "    blo 3f",
    "2:  subs r2, r1",
    "    adds r0, #1",
    "3:  subs r3, #1",
    "    bne 1b",
    "    movs r1, r2",
    "    bx lr",
);
