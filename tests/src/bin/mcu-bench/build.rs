//! Builds the firmware and the plugin.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::core::Core;

/// A firmware that has been built.
pub struct Built {
    /// The program.
    pub elf: PathBuf,
}

impl Built {
    /// The benchmark's firmware for a core.
    pub fn bench(core: &Core) -> Result<Self> {
        Ok(Self {
            elf: firmware(core, "bench", "release", true)?,
        })
    }
}

/// The QEMU plugin, for this machine.
pub fn plugin() -> Result<PathBuf> {
    cargo(Command::new("cargo").args(["build", "--release", "-p", "plugin"]))?;
    Ok(target_folder()
        .join("release")
        .join(if cfg!(target_os = "macos") {
            "libplugin.dylib"
        } else {
            "libplugin.so"
        }))
}

/// Bytes of flash that the runtime takes.
pub struct Size {
    pub profile: &'static str,
    /// Which layers it can draw: all, or only the basic ones.
    pub layers: &'static str,
    pub bytes: u64,
}

/// Bytes of flash of a firmware that only draws, at each profile, beyond those of the same firmware
/// without the runtime: with all layers, and with dense layers and convolutions of 8-bit weights.
pub fn sizes(core: &Core) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for profile in ["release", "small"] {
        for (layers, all) in [("all", true), ("basic", false)] {
            let size = |bin| -> Result<u64> { flash(&firmware(core, bin, profile, all)?) };
            sizes.push(Size {
                profile,
                layers,
                bytes: size("draw")? - size("empty")?,
            });
        }
    }
    Ok(sizes)
}

fn firmware(core: &Core, bin: &str, profile: &str, all_layers: bool) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["build", "-p", "bench", "--bin", bin, "--profile", profile]);
    command.args(["--target", core.target]);
    if !all_layers {
        command.arg("--no-default-features");
    }
    if let Some((cpu, feature)) = core.cpu {
        command.args(["--features", feature]);
        command.env("RUSTFLAGS", format!("-C target-cpu={cpu}"));
    }
    cargo(&mut command)?;
    Ok(target_folder().join(core.target).join(profile).join(bin))
}

/// Bytes that an ELF file loads.
fn flash(elf: &Path) -> Result<u64> {
    use object::{Object, ObjectSegment};
    let bytes = std::fs::read(elf)?;
    let file = object::File::parse(&*bytes)?;
    Ok(file
        .segments()
        .filter_map(|segment| segment.file_range().1.into())
        .sum())
}

fn cargo(command: &mut Command) -> Result<()> {
    let status = command
        .arg("--quiet")
        .arg("--locked")
        .arg("--target-dir")
        .arg(target_folder())
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("mcu"))
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err("the firmware does not build".into()),
    }
}

fn target_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/mcu")
}
