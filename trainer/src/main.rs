//! The `trainer` program: see [`trainer::cli`].

use std::panic::{self, PanicHookInfo};
use std::process::ExitCode;

/// Training allocates and frees large buffers at every step: with the system's allocator, clearing
/// fresh pages takes a good part of the time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    // A developer who asks for a backtrace gets the usual report.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        panic::set_hook(Box::new(report_bug));
    }
    let code = panic::catch_unwind(|| trainer::cli::main(std::env::args_os()));
    ExitCode::from(code.unwrap_or(1))
}

/// Tells the user of a panic, which is always a mistake of this program, in one line.
fn report_bug(info: &PanicHookInfo) {
    let place = info.location().map(ToString::to_string);
    trainer::cli::tell(&format!(
        "error: this is a bug in trainer, please report it: {} at {}",
        info.payload_as_str().unwrap_or("panic"),
        place.as_deref().unwrap_or("an unknown place")
    ));
}
