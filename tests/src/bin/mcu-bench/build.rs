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
    /// The benchmark's firmware for a core: for speed and with all features, or small and basic.
    pub fn bench(core: &Core, small: bool) -> Result<Self> {
        let (profile, features) = match small {
            true => ("small", BASIC),
            false => ("release", ALL),
        };
        Ok(Self {
            elf: firmware(core, "bench", profile, features)?,
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

/// Features of the runtime that a firmware has.
#[derive(Clone, Copy)]
pub struct Features {
    pub name: &'static str,
    /// For cargo.
    arguments: &'static [&'static str],
}

const ALL: Features = Features {
    name: "all",
    arguments: &[],
};
/// Dense layers and transposed convolutions whose stride divides their kernel, of 8-bit weights and
/// at most 128 inputs an output.
const BASIC: Features = Features {
    name: "basic",
    arguments: &["--no-default-features"],
};
/// The same, with what is only there for speed.
const BASIC_FAST: Features = Features {
    name: "basic and fast",
    arguments: &["--no-default-features", "--features", "fast"],
};

/// Bytes of flash that the runtime takes.
pub struct Size {
    pub profile: &'static str,
    pub features: Features,
    pub bytes: u64,
}

/// Bytes of flash of a firmware that only draws, at each profile, beyond those of the same firmware
/// without the runtime.
pub fn sizes(core: &Core) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for profile in ["release", "small"] {
        for features in [ALL, BASIC_FAST, BASIC] {
            let size = |bin| -> Result<u64> { flash(&firmware(core, bin, profile, features)?) };
            sizes.push(Size {
                profile,
                features,
                bytes: size("draw")? - size("empty")?,
            });
        }
    }
    Ok(sizes)
}

fn firmware(core: &Core, bin: &str, profile: &str, features: Features) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["build", "-p", "bench", "--bin", bin, "--profile", profile]);
    command.args(["--target", core.target]);
    command.args(features.arguments);
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
