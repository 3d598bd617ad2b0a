//! How much memory a firmware takes.

use std::fs;
use std::path::Path;

use object::read::elf::{ElfFile32, ProgramHeader};
use object::{LittleEndian, Object, ObjectSection, SectionFlags, elf};

use crate::Error;

/// Bytes that the linker placed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sizes {
    /// What is written to flash.
    pub flash: u64,
    /// Variables: initialised, zero and not initialised ones.
    pub fixed_ram: u64,
}

impl Sizes {
    /// Those of the ELF file at `path`.
    ///
    /// # Errors
    /// [`Error::File`], [`Error::Elf`] if it is not a firmware.
    pub fn of(path: &Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::File {
            path: path.into(),
            source,
        })?;
        let file = ElfFile32::<LittleEndian>::parse(&*bytes).map_err(|error| Error::Elf {
            path: path.into(),
            problem: error.to_string(),
        })?;
        let loaded = file
            .elf_program_headers()
            .iter()
            .filter(|header| header.p_type(LittleEndian) == elf::PT_LOAD);
        let flash = loaded
            .map(|header| u64::from(header.p_filesz(LittleEndian)))
            .sum();
        let variables = file.sections().filter(|section| {
            let SectionFlags::Elf { sh_flags } = section.flags() else {
                return false;
            };
            let needed = u64::from(elf::SHF_ALLOC | elf::SHF_WRITE);
            sh_flags & needed == needed
        });
        let fixed_ram = variables.map(|section| section.size()).sum();
        Ok(Self { flash, fixed_ram })
    }
}
