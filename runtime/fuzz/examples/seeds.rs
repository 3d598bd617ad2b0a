//! Writes what the target `bytes` begins with to its corpus: small models of every kind of layer and
//! the smallest committed one, each as it is and without what the target puts around it.

#[path = "../../tests/common/mod.rs"]
mod common;

use std::path::Path;
use std::{fs, io};

use common::random::Dice;

static COMMITTED: &[u8] = include_bytes!("../../../firmware/models/femto.gen.bin");
/// Models of random layers.
const RANDOM: usize = 64;
/// Longest of them, in bytes.
const LONGEST: usize = 400;

fn main() -> io::Result<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/bytes");
    fs::create_dir_all(&folder)?;
    let mut dice = Dice::new(11);
    let random = (0..).map(|_| dice.net(5, 200).encode());
    let random = random.filter(|file| file.len() < LONGEST).take(RANDOM);
    for (index, file) in random.chain([COMMITTED.to_vec()]).enumerate() {
        fs::write(folder.join(format!("{index}.file")), &file)?;
        // Magic and version before it, a checksum behind.
        fs::write(
            folder.join(format!("{index}.content")),
            &file[5..file.len() - 4],
        )?;
    }
    println!("{}", folder.display());
    Ok(())
}
