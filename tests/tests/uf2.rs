//! The UF2 file of the board `rp-pico`, by the command that its README names.

use std::fs;
use std::path::Path;
use std::process::Command;

use object::LittleEndian;
use object::elf::PT_LOAD;
use object::read::elf::{ElfFile32, ProgramHeader};

use tests::firmware::build_package;

/// Where the RP2040's flash is.
const FLASH: u32 = 0x1000_0000;
/// Microsoft's list of families names it RP2040.
const RP2040: u32 = 0xE48B_FF56;
/// Bytes that the flash erases together.
const SECTOR: usize = 4096;

#[test]
fn it_holds_the_firmware_and_fills_whole_sectors() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rp-pico.uf2");
    let status = Command::new(env!("CARGO_BIN_EXE_uf2"))
        .arg("rp-pico")
        .arg(&path)
        .env_remove("GEN_BIN")
        .status()
        .unwrap();
    assert!(status.success());
    let uf2 = fs::read(&path).unwrap();

    let count = uf2.len() / 512;
    assert_eq!(uf2.len(), count * 512);
    for (index, block) in uf2.chunks(512).enumerate() {
        let word = |place: usize| u32::from_le_bytes(block[place..place + 4].try_into().unwrap());
        let head = [0, 4, 8, 12, 16, 20, 24, 28].map(word);
        let address = FLASH + 256 * index as u32;
        let numbers = [address, 256, index as u32, count as u32, RP2040];
        assert_eq!(head[..3], [0x0A32_4655, 0x9E5D_5157, 0x2000], "{index}");
        assert_eq!(head[3..], numbers, "{index}");
        assert!(block[32 + 256..508].iter().all(|&byte| byte == 0));
        assert_eq!(word(508), 0x0AB1_6F30, "{index}");
    }

    // By a decoder that knows nothing of the encoder.
    let (flash, families) = uf2_decode::convert_from_uf2(&uf2).unwrap();
    assert_eq!(
        families.into_iter().collect::<Vec<_>>(),
        [(RP2040, FLASH.into())]
    );
    assert_eq!(flash.len() % SECTOR, 0);
    let (firmware, end) = firmware(folder.path(), flash.len());
    assert!(flash == firmware, "the firmware's bytes are others");
    assert_eq!(flash.len(), end.next_multiple_of(SECTOR));
}

/// What `len` bytes of flash hold with the firmware, and where that ends.
fn firmware(folder: &Path, len: usize) -> (Vec<u8>, usize) {
    let elf = folder.join("rp-pico.elf");
    build_package("rp-pico", "thumbv6m-none-eabi", None, &elf)
        .unwrap_or_else(|error| panic!("{error}"));
    let elf = fs::read(elf).unwrap();
    let file = ElfFile32::<LittleEndian>::parse(&*elf).unwrap();
    let mut flash = vec![0xFF; len];
    let mut end = 0;
    for segment in file.elf_program_headers() {
        let data = segment.data(LittleEndian, &*elf).unwrap();
        if segment.p_type(LittleEndian) == PT_LOAD && !data.is_empty() {
            let from = (segment.p_paddr(LittleEndian) - FLASH) as usize;
            flash[from..from + data.len()].copy_from_slice(data);
            end = end.max(from + data.len());
        }
    }
    (flash, end)
}
