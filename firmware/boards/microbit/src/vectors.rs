//! The table of interrupt handlers, as short as the linker script takes it.
//!
//! No interrupt is ever enabled. Without the feature `device`, cortex-m-rt would have a handler for
//! each of 32, which is 124 bytes more.

#![allow(unsafe_code)]

/// The one handler that must be there, of an interrupt that nothing enables.
// SAFETY: the section is cortex-m-rt's, for this very table, and so is the name.
#[unsafe(link_section = ".vector_table.interrupts")]
#[unsafe(export_name = "__INTERRUPTS")]
#[used]
static INTERRUPTS: [usize; 1] = [0];
