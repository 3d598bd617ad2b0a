//! What the boot ROM wants to know.

use rp235x_hal::block::ImageDef;

/// This is a program for the Arm cores, in the secure state.
#[allow(unsafe_code)] // The section is the linker script's, and nothing else is in it.
#[unsafe(link_section = ".start_block")]
#[used]
static IMAGE_DEF: ImageDef = ImageDef::secure_exe();
