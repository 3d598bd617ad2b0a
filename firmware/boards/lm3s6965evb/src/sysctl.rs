//! System control: the clock, and which peripherals are clocked.

use crate::register::Register;

/// Frequency of the core after [`start`], in Hz.
pub const CLOCK_HZ: u32 = 50_000_000;

const RIS: Register = Register::new(0x400F_E050);
const RIS_PLLLRIS: u32 = 1 << 6;
const RCC: Register = Register::new(0x400F_E060);
const RCC_MOSCDIS: u32 = 1 << 0;
const RCC_OSCSRC: u32 = 0b11 << 4;
const RCC_XTAL: u32 = 0xF << 6;
const RCC_XTAL_8_MHZ: u32 = 0xE << 6;
const RCC_BYPASS: u32 = 1 << 11;
const RCC_PWRDN: u32 = 1 << 13;
const RCC_USESYSDIV: u32 = 1 << 22;
const RCC_SYSDIV: u32 = 0xF << 23;
const RCC_SYSDIV_4: u32 = 3 << 23;
const RCGC0: Register = Register::new(0x400F_E100);
const RCGC0_WDT: u32 = 1 << 3;
const RCGC1: Register = Register::new(0x400F_E104);
const RCGC1_SSI0: u32 = 1 << 4;
const RCGC2: Register = Register::new(0x400F_E108);
const RCGC2_GPIO_A_C_D_E_F: u32 = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5;

/// Cycles of the internal oscillator (12 MHz) that the board's crystal gets to start up: 20 ms.
const CRYSTAL_START: u32 = 240_000;

/// Runs the core from the PLL at [`CLOCK_HZ`], and clocks the watchdog, SSI0 and GPIO ports A, C, D, E and F.
///
/// The order is the data sheet's: off the PLL, choose the board's 8 MHz crystal, power the PLL,
/// wait until it has locked, switch over. The PLL gives 200 MHz, which is divided by four.
pub fn start() {
    RCC.set(RCC_BYPASS);
    RCC.clear(RCC_USESYSDIV);
    RCC.clear(RCC_MOSCDIS);
    cortex_m::asm::delay(CRYSTAL_START);
    let others = RCC.read() & !(RCC_XTAL | RCC_OSCSRC | RCC_PWRDN);
    RCC.write(others | RCC_XTAL_8_MHZ);
    let others = RCC.read() & !RCC_SYSDIV;
    RCC.write(others | RCC_SYSDIV_4 | RCC_USESYSDIV);
    while RIS.read() & RIS_PLLLRIS == 0 {}
    RCC.clear(RCC_BYPASS);

    RCGC0.set(RCGC0_WDT);
    RCGC1.set(RCGC1_SSI0);
    RCGC2.set(RCGC2_GPIO_A_C_D_E_F);
    // A peripheral may be used three cycles after its clock was turned on.
    cortex_m::asm::delay(3);
}
