//! Reset and panic.

use core::panic::PanicInfo;

use semihosting::process::{ExitCode, exit};

#[cfg(target_arch = "arm")]
#[cortex_m_rt::entry]
fn main() -> ! {
    end(crate::run())
}

#[cfg(target_arch = "riscv32")]
#[riscv_rt::entry]
fn main() -> ! {
    end(crate::run())
}

fn end(code: ExitCode) -> ! {
    code.exit_process()
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    exit(101)
}
