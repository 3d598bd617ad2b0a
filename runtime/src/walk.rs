//! How the windows of a layer move over its input and its output.

use crate::format::{Kind, Window};

/// What there can be. A program for a microcontroller has no code for what it refuses to load; any
/// other may write what it cannot read.
pub(crate) const ANY_STRIDE: bool = cfg!(any(feature = "any-stride", not(target_os = "none")));
pub(crate) const CONV: bool = cfg!(any(feature = "conv", not(target_os = "none")));
pub(crate) const DEPTHWISE: bool = cfg!(any(feature = "depthwise", not(target_os = "none")));
pub(crate) const UPSAMPLE: bool = cfg!(any(feature = "upsample", not(target_os = "none")));

/// How the windows of a layer move, along either axis.
#[derive(Clone, Copy)]
#[repr(align(4))] // copied in words
pub(crate) struct Steps {
    pub kernel: u8,
    /// Input pixels from one window to the next.
    pub input: u8,
    /// Output pixels from one window to the next, each of another phase.
    pub output: u8,
    /// Whether the window moves over the output: in a transposed convolution, or where pixels are
    /// repeated.
    pub up: bool,
    /// Zero pixels before the input of a convolution, or else pixels of the first window that are
    /// before the output's first.
    pub padding: u8,
}

impl Steps {
    /// Of a layer of the given kind.
    #[inline(never)]
    pub fn of(kind: Kind) -> Self {
        let all = |kernel, stride, padding| Window {
            kernel,
            stride,
            padding,
        };
        let (window, up) = match kind {
            Kind::ConvTranspose(window) => (window, true),
            Kind::Conv(window) if CONV => (window, false),
            Kind::Depthwise(window) if DEPTHWISE => (window, false),
            Kind::Upsample(factor) if UPSAMPLE => (all(factor, factor, 0), true),
            _ => (all(1, 1, 0), false),
        };
        let stride = window.stride.max(1);
        Self {
            kernel: window.kernel,
            input: if up { 1 } else { stride },
            output: if up { stride } else { 1 },
            up,
            padding: window.padding,
        }
    }

    /// Pixels of the first window that are before the output's first.
    pub fn cropped(&self) -> usize {
        if self.up { self.padding.into() } else { 0 }
    }

    /// Input pixels that an output of the given phase takes: kernel pixels `phase`,
    /// `phase + output` and so on.
    pub fn taps(&self, phase: usize) -> usize {
        let (mut taps, mut at) = (0, phase);
        while at < usize::from(self.kernel) {
            taps += 1;
            at += usize::from(self.output);
        }
        taps
    }

    /// Height or width of the output; 0 if it would be none, or more than 65,535.
    #[inline(never)]
    pub fn side(&self, output_padding: u8, input: u16) -> u16 {
        let (input, kernel) = (i32::from(input), i32::from(self.kernel));
        let padding = i32::from(self.padding);
        let side = match self.up {
            false => match input + 2 * padding - kernel {
                ..0 => 0,
                last => divide(last as usize, self.input.into()) as i32 + 1,
            },
            true => {
                (input - 1) * i32::from(self.output) + kernel - 2 * padding
                    + i32::from(output_padding)
            }
        };
        u16::try_from(side).unwrap_or(0)
    }
}

/// What the rows of a layer have in common.
pub(crate) struct Walk {
    pub steps: Steps,
    /// Taps of the first phase, which has the most.
    pub taps: u8,
    /// Whether all phases have the same taps, so that neighbouring outputs share a window.
    pub shares: bool,
    /// [`Geometry::rows_at_once`].
    pub rows_at_once: u8,
    pub windows: u8,
}

impl Walk {
    /// Windows in a row.
    pub fn windows(&self) -> usize {
        self.windows.into()
    }

    /// Whether all phases have the same taps.
    fn shares(&self) -> bool {
        !ANY_STRIDE || self.shares
    }

    /// Input pixels that an output of the given phase takes.
    pub fn taps(&self, phase: usize) -> usize {
        match self.shares() {
            true => self.taps.into(),
            false => self.steps.taps(phase),
        }
    }

    /// Taps of a phase before the input pixel that the window is at.
    pub fn before(&self, phase: usize) -> i32 {
        match self.steps.up {
            true => self.taps(phase) as i32 - 1,
            false => self.steps.padding.into(),
        }
    }

    /// Zero pixels before each kept input row.
    pub fn margin(&self) -> usize {
        self.before(0).max(0) as usize
    }

    /// Number of column groups.
    pub fn groups(&self) -> usize {
        if self.shares() { 1 } else { self.output_step() }
    }

    /// Input columns from one window to the next.
    pub fn input_step(&self) -> usize {
        self.steps.input.into()
    }

    /// Output columns from one window to the next.
    pub fn output_step(&self) -> usize {
        self.steps.output.into()
    }
}

/// `value / by`, of small numbers. Cores without a division would call a long function for it.
#[inline(never)]
pub(crate) fn divide(value: usize, by: usize) -> usize {
    if cfg!(not(pocketgan_kernels = "armv6m")) {
        return value / by.max(1);
    }
    let (mut whole, mut left) = (0, value);
    while left >= by.max(1) {
        left -= by.max(1);
        whole += 1;
    }
    whole
}
