//! The clocks that the app needs. The chip's others, for USB, its analogue inputs and its calendar,
//! stay off.

use fugit::{HertzU32, RateExtU32};
use rp2040_hal::Watchdog;
use rp2040_hal::clocks::{Clock, ClocksManager};
use rp2040_hal::pac::{CLOCKS, PLL_SYS, RESETS, XOSC};
use rp2040_hal::pll::common_configs::PLL_SYS_125MHZ;
use rp2040_hal::pll::setup_pll_blocking;
use rp2040_hal::xosc::setup_xosc_blocking;

/// Frequency of the crystal, in MHz.
const CRYSTAL_MHZ: u8 = 12;
/// Frequency of the core and of the peripherals.
pub const CORE: HertzU32 = HertzU32::MHz(125);

/// Starts the clocks, and the watchdog's, by which the timer counts microseconds. `None` if one
/// does not start.
pub fn start(
    crystal: XOSC,
    clocks: CLOCKS,
    pll: PLL_SYS,
    resets: &mut RESETS,
    watchdog: &mut Watchdog,
) -> Option<ClocksManager> {
    let crystal = setup_xosc_blocking(crystal, u32::from(CRYSTAL_MHZ).MHz()).ok()?;
    watchdog.enable_tick_generation(CRYSTAL_MHZ);
    let mut clocks = ClocksManager::new(clocks);
    let frequency = crystal.operating_frequency();
    let pll = setup_pll_blocking(pll, frequency, PLL_SYS_125MHZ, &mut clocks, resets).ok()?;
    let reference = &mut clocks.reference_clock;
    reference.configure_clock(&crystal, frequency).ok()?;
    clocks.system_clock.configure_clock(&pll, CORE).ok()?;
    let peripherals = &mut clocks.peripheral_clock;
    peripherals
        .configure_clock(&clocks.system_clock, CORE)
        .ok()?;
    Some(clocks)
}
