//! The second stage of the boot loader, which sets the flash chip up.

/// For the Pico's flash chip, a Winbond W25Q16JV. The boot ROM runs these bytes; `memory.x` places
/// them at the beginning of the flash.
#[allow(unsafe_code)] // The section is the linker script's, and nothing else is in it.
#[unsafe(link_section = ".boot2")]
#[used]
static BOOT2_FIRMWARE: [u8; 256] = rp2040_boot2::BOOT_LOADER_W25Q080;
