//! UF2 files: firmware that a chip's boot loader takes by USB, as files copied to a drive.
//!
//! The format is a sequence of blocks of 512 bytes, each with its place in flash, so that they may
//! come in any order (Microsoft, "USB Flashing Format", <https://github.com/microsoft/uf2>).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use object::LittleEndian;
use object::elf;
use object::read::elf::{ElfFile32, ProgramHeader};

use crate::Error;

/// Bytes of flash in a block: a page, the least that can be written.
const PAGE: usize = 256;
/// Bytes of flash that can only be erased together. The RP2040's boot loader erases a sector when
/// the first of its pages comes; so that nothing old is mixed in, all pages of a sector are sent
/// (erratum RP2040-E14).
const SECTOR: u32 = 4096;
/// What flash holds after it was erased.
const ERASED: u8 = 0xFF;

const MAGIC: [u32; 2] = [0x0A32_4655, 0x9E5D_5157];
const MAGIC_END: u32 = 0x0AB1_6F30;
/// The word behind the numbers of the blocks is the chip's family.
const HAS_FAMILY: u32 = 0x2000;

/// A chip, which takes only files of its family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Raspberry Pi Pico.
    Rp2040,
    /// Raspberry Pi Pico 2, its Arm cores.
    Rp2350,
}

impl Family {
    fn id(self) -> u32 {
        match self {
            Self::Rp2040 => 0xE48B_FF56,
            Self::Rp2350 => 0xE48B_FF59,
        }
    }
}

/// The UF2 file of the firmware in the ELF file at `path`.
///
/// # Errors
/// [`Error::File`], [`Error::Elf`] if it is not a firmware.
pub fn from_elf(path: &Path, family: Family) -> Result<Vec<u8>, Error> {
    let bytes = fs::read(path).map_err(|source| Error::File {
        path: path.into(),
        source,
    })?;
    let flash = flash(&bytes).map_err(|problem| Error::Elf {
        path: path.into(),
        problem,
    })?;
    let pages = flash.iter().flat_map(|(&sector, bytes)| {
        let pages = bytes.chunks(PAGE);
        (sector..).step_by(PAGE).zip(pages)
    });
    let count = flash.len() * SECTOR as usize / PAGE;
    let blocks = pages.enumerate().flat_map(|(index, (address, page))| {
        let head = [
            MAGIC[0],
            MAGIC[1],
            HAS_FAMILY,
            address,
            PAGE as u32,
            index as u32,
            count as u32,
            family.id(),
        ];
        let mut block = head.map(u32::to_le_bytes).concat();
        block.extend(page);
        block.resize(508, 0);
        block.extend(MAGIC_END.to_le_bytes());
        block
    });
    Ok(blocks.collect())
}

/// The sectors that an ELF file fills, by their addresses.
fn flash(elf: &[u8]) -> Result<BTreeMap<u32, Vec<u8>>, String> {
    let file = ElfFile32::<LittleEndian>::parse(elf).map_err(|error| error.to_string())?;
    let mut sectors = BTreeMap::new();
    for segment in file.elf_program_headers() {
        if segment.p_type(LittleEndian) != elf::PT_LOAD {
            continue;
        }
        let data = segment.data(LittleEndian, elf);
        let data = data.map_err(|()| "a segment is not in the file".to_owned())?;
        for (address, &byte) in (segment.p_paddr(LittleEndian)..).zip(data) {
            let offset = address % SECTOR;
            let sector = sectors
                .entry(address - offset)
                .or_insert_with(|| vec![ERASED; SECTOR as usize]);
            sector[offset as usize] = byte;
        }
    }
    Ok(sectors)
}
