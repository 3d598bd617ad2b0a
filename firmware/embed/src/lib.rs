//! Puts a model into a board's firmware. The build script of every board calls [`build_script`].

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use runtime::format::Provenance;
use runtime::{Model, ModelError};

/// Path of the model that boards embed unless `GEN_BIN` names another.
pub fn default_model() -> PathBuf {
    model("digits")
}

/// Path of the repository's model `name`.
fn model(name: &str) -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = here.parent().unwrap_or(here).join("models");
    folder.join(name).with_extension("gen.bin")
}

/// Why a model could not be embedded.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    /// The model file cannot be read.
    #[error(
        "cannot read the model {}: {source}; GEN_BIN=path names another model, and `cargo run --release -p trainer -- train --export gen.bin` makes one",
        path.display()
    )]
    Read {
        /// The model file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is not a usable model.
    #[error(
        "cannot embed {}: {source}; `cargo run --release -p trainer -- train --export gen.bin` makes a model",
        path.display()
    )]
    Model {
        /// The model file.
        path: PathBuf,
        /// What is wrong with it.
        source: ModelError,
    },
    /// The build folder cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// The file that was to be written.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// The whole work of a build script: embeds the model that the environment variable `GEN_BIN`
/// names, else [`default_model`], and asks cargo to run again when either changes.
///
/// A relative `GEN_BIN` counts from the board's folder, where cargo runs build scripts and where
/// its user runs cargo. What is wrong with a model ends the build with one sentence.
///
/// The firmware then has the model by `include!(concat!(env!("OUT_DIR"), "/model.rs"));`, which
/// defines
/// - `MODEL: &[u8]`, the file, at an address that is a multiple of four;
/// - `WORKSPACE: usize`, the bytes of RAM that the model needs;
/// - `log_model!()`, which tells the log, through defmt, what the model is. These words take no
///   flash: they stay in the ELF file.
///
/// A board whose `runtime` leaves out layers leaves them out of this package, too, by the features
/// of the same names: a model that has them is refused here.
pub fn build_script() {
    embed_for_build(default_model());
}

/// As [`build_script`], but without `GEN_BIN` it embeds the repository's model `name`: for boards
/// whose flash is too small for [`default_model`].
pub fn build_script_with(name: &str) {
    embed_for_build(model(name));
}

/// Links the board's programs with `memory.x` of the board's folder and these linker scripts, such as
/// `link.x` of cortex-m-rt.
///
/// The arguments come from here and not from `.cargo/config.toml`, whose flags a RUSTFLAGS in the
/// environment replaces.
pub fn link_with(scripts: &[&str]) {
    let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    println!("cargo::rustc-link-search={folder}");
    // Where there is none, the HAL has its own, and what is missing would count as changed.
    if Path::new("memory.x").exists() {
        println!("cargo::rerun-if-changed=memory.x");
    }
    for script in scripts {
        println!("cargo::rustc-link-arg-bins=-T{script}");
    }
}

fn embed_for_build(default: PathBuf) {
    println!("cargo::rerun-if-env-changed=GEN_BIN");
    let path = env::var_os("GEN_BIN").map_or(default, PathBuf::from);
    println!("cargo::rerun-if-changed={}", path.display());
    let out_dir = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR for build scripts");
    if let Err(error) = embed(&path, Path::new(&out_dir)) {
        println!("cargo::error={error}");
    }
}

/// Writes `model.gen.bin`, a copy of the model at `path`, and `model.rs`, which includes it, to
/// `out_dir`.
///
/// # Errors
/// [`EmbedError`]; above all, the file is not a model.
pub fn embed(path: &Path, out_dir: &Path) -> Result<(), EmbedError> {
    let bytes = fs::read(path).map_err(|source| EmbedError::Read {
        path: path.into(),
        source,
    })?;
    let model = Model::from_bytes(&bytes).map_err(|source| EmbedError::Model {
        path: path.into(),
        source,
    })?;
    let mut code = String::new();
    let _ = write!(
        code,
        r#"/// Aligns the model, so that its weights lie at multiples of four.
#[repr(C, align(4))]
struct Aligned<T: ?Sized>(T);

static ALIGNED: &Aligned<[u8]> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/model.gen.bin")));

/// The model file.
pub static MODEL: &[u8] = &ALIGNED.0;

/// Bytes of RAM that the model needs.
pub const WORKSPACE: usize = {};

/// Tells the log what the model is.
#[allow(unused_macros)] // for boards that have a log
macro_rules! log_model {{
    () => {{
        defmt::info!({:?})
    }};
}}
"#,
        model.workspace_len(),
        // As defmt writes braces that are not for an argument.
        about(&model).replace('{', "{{").replace('}', "}}")
    );
    write(&out_dir.join("model.gen.bin"), &bytes)?;
    write(&out_dir.join("model.rs"), code.as_bytes())
}

/// Where a model comes from, and what it needs.
fn about(model: &Model<'_>) -> String {
    let Provenance {
        data_set,
        recipe,
        steps,
        seed,
        tool,
        scores,
    } = model.provenance();
    let mut about =
        format!("model: {data_set} digits, recipe {recipe}, {steps} steps, seed {seed}, by {tool}");
    if let Some(scores) = scores {
        let _ = write!(
            about,
            ", {}.{:02} % recognised",
            scores.recognised / 100,
            scores.recognised % 100
        );
    }
    let _ = write!(
        about,
        "; {} bytes of flash, {} bytes of RAM, {} multiply-accumulates an image",
        model.file_len(),
        model.workspace_len(),
        model.macs()
    );
    about
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), EmbedError> {
    fs::write(path, bytes).map_err(|source| EmbedError::Write {
        path: path.into(),
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_missing_file_and_what_to_do() {
        let out_dir = tempfile::tempdir().unwrap();
        let error = embed(Path::new("no/such.gen.bin"), out_dir.path()).unwrap_err();
        let text = error.to_string();
        assert!(
            text.starts_with("cannot read the model no/such.gen.bin: "),
            "{text}"
        );
        assert!(text.contains("train --export gen.bin"), "{text}");
        assert!(!text.contains('\n'), "{text}");
    }

    #[test]
    fn refuses_what_is_not_a_model_and_writes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("picture.png");
        fs::write(&path, b"\x89PNG\r\n\x1a\n").unwrap();
        let out_dir = tempfile::tempdir().unwrap();
        let text = embed(&path, out_dir.path()).unwrap_err().to_string();
        assert!(
            text.contains("picture.png: ") && text.contains("not a model"),
            "{text}"
        );
        assert_eq!(fs::read_dir(out_dir.path()).unwrap().count(), 0);
    }
}
