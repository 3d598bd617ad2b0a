//! Which inputs make which outputs.
//!
//! Every layer is computed a row at a time, and every output row from *segments*: runs of
//! contiguous bytes in rows of the input. Outputs that come from the same segments form a
//! *window*; the weights of a window are one matrix (see [`crate::layout`]).
//!
//! - Dense: one window a row, one segment, the whole flattened input.
//! - Convolution: a window an output pixel, a segment a kernel row.
//! - Transposed convolution with stride `s`: an output row `y` sees the kernel rows
//!   `a, a + s, ...` with `a = (y + padding) % s` (its *phase*), and likewise in a row. If the
//!   stride divides the kernel, `s` neighbouring outputs share one window; else each of the `s`
//!   column phases is a *group* of its own with its own number of taps. No zero is ever inserted
//!   between inputs.

use crate::format::{Kind, MAX_KERNEL, Shape, Window};

/// The input rows behind one output row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowTaps {
    /// Which of the layer's weight matrices the row uses, below [`Geometry::row_phases`].
    pub phase: usize,
    /// First input row; rows outside the input count as zeros.
    pub first: i32,
    /// Input rows.
    pub count: usize,
}

/// The windows of one column phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// Input bytes of one segment.
    pub segment: usize,
    /// Input column at which the first window begins; columns outside the input count as zeros.
    pub first_input: i32,
    /// Output column at which the first window's outputs begin; columns outside are dropped.
    pub first_output: i32,
    /// Output bytes of one window.
    pub outputs: usize,
}

/// The shapes of a layer and what follows from them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Geometry {
    /// What the layer computes.
    pub kind: Kind,
    /// Shape of the input.
    pub input: Shape,
    /// Shape of the output.
    pub output: Shape,
}

impl Geometry {
    /// Whether kernel, stride, padding and shapes fit together. A transposed convolution may have
    /// up to `stride - 1` output rows and columns beyond the usual (PyTorch's `output_padding`).
    pub fn is_well_formed(&self) -> bool {
        let fits = |window: Window, input: u16, output: u16| {
            let (k, s, p) = (
                i32::from(window.kernel),
                i32::from(window.stride),
                i32::from(window.padding),
            );
            let (input, output) = (i32::from(input), i32::from(output));
            if k == 0 || window.kernel > MAX_KERNEL || s == 0 || p >= k {
                return false;
            }
            match self.kind {
                Kind::Conv(_) => input + 2 * p >= k && output == (input + 2 * p - k) / s + 1,
                _ => {
                    let smallest = (input - 1) * s - 2 * p + k;
                    smallest <= output && output < smallest + s
                }
            }
        };
        match self.kind {
            Kind::Dense => true,
            Kind::Conv(window) | Kind::ConvTranspose(window) => {
                fits(window, self.input.height, self.output.height)
                    && fits(window, self.input.width, self.output.width)
            }
        }
    }

    /// Multiply-accumulates of the layer, cropped and padded edges included.
    pub fn macs(&self) -> u64 {
        let (pixels, window) = match self.kind {
            Kind::Dense => return self.input.len() as u64 * self.output.len() as u64,
            Kind::Conv(window) => (self.output, window),
            Kind::ConvTranspose(window) => (self.input, window),
        };
        let kernel = u64::from(window.kernel);
        u64::from(pixels.height)
            * u64::from(pixels.width)
            * kernel
            * kernel
            * u64::from(self.input.channels)
            * u64::from(self.output.channels)
    }

    /// Number of weights.
    pub fn weights(&self) -> usize {
        match self.kind {
            Kind::Dense => self.input.len() * self.output.len(),
            Kind::Conv(window) | Kind::ConvTranspose(window) => {
                let kernel = window.kernel as usize;
                kernel * kernel * self.input.channels as usize * self.output.channels as usize
            }
        }
    }

    /// Number of different weight matrices among rows.
    pub fn row_phases(&self) -> usize {
        match self.kind {
            Kind::Dense => self.output.height as usize,
            Kind::Conv(_) => 1,
            Kind::ConvTranspose(window) => window.stride as usize,
        }
    }

    /// Input rows that a row of the given phase takes.
    pub fn taps(&self, phase: usize) -> usize {
        match self.kind {
            Kind::Dense => 1,
            Kind::Conv(window) => window.kernel as usize,
            Kind::ConvTranspose(window) => phase_taps(window, phase),
        }
    }

    /// The input rows behind output row `y`. A dense layer's input counts as one row.
    pub fn row(&self, y: usize) -> RowTaps {
        match self.kind {
            Kind::Dense => RowTaps {
                phase: y,
                first: 0,
                count: 1,
            },
            Kind::Conv(window) => RowTaps {
                phase: 0,
                first: y as i32 * i32::from(window.stride) - i32::from(window.padding),
                count: window.kernel as usize,
            },
            Kind::ConvTranspose(window) => {
                let position = y as u32 + u32::from(window.padding);
                let stride = u32::from(window.stride).max(1);
                let phase = (position % stride) as usize;
                let count = phase_taps(window, phase);
                RowTaps {
                    phase,
                    first: (position / stride) as i32 - count as i32 + 1,
                    count,
                }
            }
        }
    }

    /// How many input rows must exist before output row `y` can be computed.
    pub fn input_rows_before(&self, y: usize) -> usize {
        match self.kind {
            Kind::Dense => self.input.height as usize,
            _ => {
                let taps = self.row(y);
                let end = taps.first + taps.count as i32;
                end.clamp(0, i32::from(self.input.height)) as usize
            }
        }
    }

    /// How many rows of the input must be kept at a time.
    pub fn input_rows_kept(&self) -> usize {
        let rows = match self.kind {
            Kind::Dense => self.input.height as usize,
            Kind::Conv(window) => window.kernel as usize,
            Kind::ConvTranspose(window) => phase_taps(window, 0),
        };
        rows.min(self.input.height as usize)
    }

    /// Number of column groups.
    pub fn groups(&self) -> usize {
        match self.kind {
            Kind::ConvTranspose(window) if !shares_windows(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Column group `index`, below [`Geometry::groups`].
    pub fn group(&self, index: usize) -> Group {
        let inputs = self.input.channels as usize;
        let outputs = self.output.channels as usize;
        match self.kind {
            Kind::Dense => Group {
                segment: self.input.len(),
                first_input: 0,
                first_output: 0,
                outputs: self.output.row_len(),
            },
            Kind::Conv(window) => Group {
                segment: window.kernel as usize * inputs,
                first_input: -i32::from(window.padding),
                first_output: 0,
                outputs,
            },
            Kind::ConvTranspose(window) => {
                let taps = phase_taps(window, index);
                let pixels = if shares_windows(window) {
                    window.stride as usize
                } else {
                    1
                };
                Group {
                    segment: taps * inputs,
                    first_input: 1 - taps as i32,
                    first_output: index as i32 - i32::from(window.padding),
                    outputs: pixels * outputs,
                }
            }
        }
    }

    /// Windows in a row, the same for each group.
    pub fn windows(&self) -> usize {
        match self.kind {
            Kind::Dense => 1,
            Kind::Conv(_) => self.output.width as usize,
            Kind::ConvTranspose(window) => {
                let last = self.output.width as usize + window.padding as usize - 1;
                last / (window.stride as usize).max(1) + 1
            }
        }
    }

    /// Input columns from one window to the next.
    pub fn input_step(&self) -> usize {
        match self.kind {
            Kind::Conv(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Output columns from one window to the next.
    pub fn output_step(&self) -> usize {
        match self.kind {
            Kind::ConvTranspose(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Zero pixels that stand before and after each kept input row, so that no window is cut.
    pub fn input_margins(&self) -> (usize, usize) {
        match self.kind {
            Kind::Dense => (0, 0),
            Kind::Conv(window) => {
                let end = (self.output.width as usize - 1) * window.stride as usize
                    + window.kernel as usize;
                let left = window.padding as usize;
                (left, end.saturating_sub(left + self.input.width as usize))
            }
            Kind::ConvTranspose(window) => (
                phase_taps(window, 0).saturating_sub(1),
                self.windows().saturating_sub(self.input.width as usize),
            ),
        }
    }

    /// Bytes of one kept input row, margins included.
    pub fn kept_row_len(&self) -> usize {
        let (left, right) = self.input_margins();
        (left + self.input.width as usize + right) * self.input.channels as usize
    }

    /// Bytes of all kept input rows.
    pub fn kept_len(&self) -> usize {
        self.input_rows_kept() * self.kept_row_len()
    }
}

/// Whether the stride divides the kernel, so that all column phases have the same taps.
fn shares_windows(window: Window) -> bool {
    window.kernel.is_multiple_of(window.stride.max(1))
}

/// Kernel rows (or columns) `phase, phase + stride, ...` below the kernel size.
fn phase_taps(window: Window, phase: usize) -> usize {
    (window.kernel as usize)
        .saturating_sub(phase)
        .div_ceil((window.stride as usize).max(1))
}
