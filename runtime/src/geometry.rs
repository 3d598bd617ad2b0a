//! Which inputs make which outputs.
//!
//! Every layer is computed a row at a time, and every output row from *segments*: runs of
//! contiguous bytes in rows of the input. Outputs that come from the same segments form a
//! *window*; the weights of a window are one matrix (see [`crate::layout`]).
//!
//! - Dense: one window a row, or several short rows; one segment, the whole flattened input.
//! - Convolution: a window an output pixel, a segment a kernel row. In a depthwise convolution
//!   each output uses one channel of it only, so its weights are no matrix of the window.
//! - Upsampling: a window an input pixel, one segment; nothing is summed, each byte is copied.
//! - Transposed convolution with stride `s`: an output row `y` sees the kernel rows
//!   `a, a + s, ...` with `a = (y + padding) % s` (its *phase*), and likewise in a row. If the
//!   stride divides the kernel, `s` neighbouring outputs share one window; else each of the `s`
//!   column phases is a *group* of its own with its own number of taps. No zero is ever inserted
//!   between inputs.

use crate::format::{Kind, MAX_KERNEL, Shape, Window};

/// Most columns of a matrix that several rows of a dense layer have together.
const MOST_COLUMNS: usize = 128;

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

/// How rows and columns of the output follow from those of the input.
#[derive(Clone, Copy)]
enum Steps {
    /// All from all.
    Dense,
    /// The window moves over the input.
    Down(Window),
    /// The window moves over the output: a transposed convolution, or a pixel that is repeated.
    Up(Window),
}

impl Geometry {
    /// What a layer of the given kind makes of `input`: of `output` the channels, and in a dense
    /// layer all, are taken as they are. `None` as for [`Self::conv_transpose`], [`Self::conv`] and
    /// [`Self::upsample`].
    pub(crate) fn derive(
        kind: Kind,
        output_padding: u8,
        input: Shape,
        output: Shape,
    ) -> Option<Self> {
        match kind {
            Kind::Dense => Some(Self {
                kind,
                input,
                output,
            }),
            Kind::ConvTranspose(window) => {
                Self::conv_transpose(window, output_padding, input, output.channels)
            }
            Kind::Conv(window) => Self::conv(kind, window, input, output.channels),
            Kind::Depthwise(window) => Self::conv(kind, window, input, input.channels),
            Kind::Upsample(factor) => Self::upsample(factor, input),
        }
    }

    /// Whether kernel, stride, padding and shapes fit together. A transposed convolution may have
    /// up to `stride - 1` output rows and columns beyond the usual (PyTorch's `output_padding`),
    /// the same number of both.
    pub fn is_well_formed(&self) -> bool {
        Self::derive(self.kind, self.output_padding(), self.input, self.output) == Some(*self)
    }

    #[inline(always)]
    fn steps(&self) -> Steps {
        match self.kind {
            Kind::Dense => Steps::Dense,
            Kind::ConvTranspose(window) => Steps::Up(window),
            Kind::Conv(window) | Kind::Depthwise(window) => Steps::Down(window),
            Kind::Upsample(factor) => Steps::Up(Window {
                kernel: factor,
                stride: factor,
                padding: 0,
            }),
        }
    }

    /// The transposed convolution of `input`, or `None` if the window is impossible or the output
    /// empty or of more than 65,535 rows or columns.
    pub fn conv_transpose(
        window: Window,
        output_padding: u8,
        input: Shape,
        channels: u16,
    ) -> Option<Self> {
        if !is_possible(window) || output_padding >= window.stride {
            return None;
        }
        let side = |input: u16| {
            let full = (i32::from(input) - 1) * i32::from(window.stride) + i32::from(window.kernel);
            let cropped = full - 2 * i32::from(window.padding) + i32::from(output_padding);
            u16::try_from(cropped).ok().filter(|&side| side > 0)
        };
        Some(Self {
            kind: Kind::ConvTranspose(window),
            input,
            output: Shape::new(side(input.height)?, side(input.width)?, channels),
        })
    }

    /// The convolution of `input`, of the given kind, or `None` if the window is impossible or
    /// larger than the padded input.
    pub fn conv(kind: Kind, window: Window, input: Shape, channels: u16) -> Option<Self> {
        if !is_possible(window) {
            return None;
        }
        let side = |input: u16| {
            let padded = u32::from(input) + 2 * u32::from(window.padding);
            let steps = padded.checked_sub(u32::from(window.kernel))?;
            let steps = steps.checked_div(u32::from(window.stride))?;
            u16::try_from(steps + 1).ok()
        };
        Some(Self {
            kind,
            input,
            output: Shape::new(side(input.height)?, side(input.width)?, channels),
        })
    }

    /// The upsampling of `input`, or `None` if the factor is impossible or the output of more than
    /// 65,535 rows or columns.
    pub fn upsample(factor: u8, input: Shape) -> Option<Self> {
        if !(1..=MAX_KERNEL).contains(&factor) {
            return None;
        }
        let factor_u16 = u16::from(factor);
        Some(Self {
            kind: Kind::Upsample(factor),
            input,
            output: Shape::new(
                input.height.checked_mul(factor_u16)?,
                input.width.checked_mul(factor_u16)?,
                input.channels,
            ),
        })
    }

    /// Output rows of a transposed convolution beyond `(input - 1) * stride - 2 * padding +
    /// kernel` (0 for other kinds): PyTorch's `output_padding`.
    pub fn output_padding(&self) -> u8 {
        let Kind::ConvTranspose(window) = self.kind else {
            return 0;
        };
        let full = (i32::from(self.input.height) - 1) * i32::from(window.stride)
            + i32::from(window.kernel);
        let cropped = full - 2 * i32::from(window.padding);
        u8::try_from(i32::from(self.output.height) - cropped).unwrap_or(u8::MAX)
    }

    /// Multiply-accumulates of the layer, cropped and padded edges included.
    pub fn macs(&self) -> u64 {
        let pixels = match self.kind {
            Kind::Dense | Kind::Upsample(_) => Shape::new(1, 1, 1),
            Kind::Conv(_) | Kind::Depthwise(_) => self.output,
            Kind::ConvTranspose(_) => self.input,
        };
        u64::from(pixels.height) * u64::from(pixels.width) * self.weights() as u64
    }

    /// Number of weights, or `usize::MAX` if that is more.
    pub fn weights(&self) -> usize {
        let (inputs, outputs) = (self.input.channels as usize, self.output.channels as usize);
        let square = |window: Window| window.kernel as usize * window.kernel as usize;
        match self.kind {
            Kind::Dense => self.input.len().saturating_mul(self.output.len()),
            Kind::Conv(window) | Kind::ConvTranspose(window) => {
                square(window).saturating_mul(inputs.saturating_mul(outputs))
            }
            Kind::Depthwise(window) => square(window).saturating_mul(outputs),
            Kind::Upsample(_) => 0,
        }
    }

    /// Output rows that have one matrix together: of a dense layer as many as divide its height and
    /// have at most 128 columns, so that short rows make wide panels; else 1.
    #[inline(never)]
    pub fn rows_at_once(&self) -> usize {
        let height = self.output.height as usize;
        let mut rows = height;
        while rows > 1
            && (self.kind != Kind::Dense
                || rows * self.output.row_len() > MOST_COLUMNS
                || !height.is_multiple_of(rows))
        {
            rows -= 1;
        }
        rows.max(1)
    }

    /// Number of different row phases: of weight matrices among rows, where there are any.
    pub fn row_phases(&self) -> usize {
        match self.kind {
            Kind::Dense => (self.output.height as usize).div_ceil(self.rows_at_once()),
            Kind::ConvTranspose(window) => window.stride as usize,
            Kind::Upsample(factor) => factor as usize,
            Kind::Conv(_) | Kind::Depthwise(_) => 1,
        }
    }

    /// Input rows that a row of the given phase takes.
    pub fn taps(&self, phase: usize) -> usize {
        match self.steps() {
            Steps::Dense => 1,
            Steps::Down(window) => window.kernel as usize,
            Steps::Up(window) => phase_taps(window, phase),
        }
    }

    /// The input rows behind output row `y`. A dense layer's input counts as one row.
    pub fn row(&self, y: usize) -> RowTaps {
        match self.steps() {
            Steps::Dense => RowTaps {
                phase: y / self.rows_at_once(),
                first: 0,
                count: 1,
            },
            _ => self.window_row(y),
        }
    }

    /// [`Self::row`] for layers with a window.
    #[inline(never)]
    pub(crate) fn window_row(&self, y: usize) -> RowTaps {
        match self.steps() {
            Steps::Dense => RowTaps {
                phase: 0,
                first: 0,
                count: 1,
            },
            Steps::Down(window) => RowTaps {
                phase: 0,
                first: y as i32 * i32::from(window.stride) - i32::from(window.padding),
                count: window.kernel as usize,
            },
            Steps::Up(window) => {
                let position = y as u32 + u32::from(window.padding);
                let stride = u32::from(window.stride).max(1);
                let whole = position / stride;
                let phase = (position - whole * stride) as usize;
                let count = phase_taps(window, phase);
                RowTaps {
                    phase,
                    first: whole as i32 - count as i32 + 1,
                    count,
                }
            }
        }
    }

    /// How many input rows must exist before output row `y` can be computed.
    pub fn input_rows_before(&self, y: usize) -> usize {
        match self.steps() {
            Steps::Dense => self.input.height as usize,
            _ => {
                let taps = self.window_row(y);
                let end = taps.first + taps.count as i32;
                end.clamp(0, i32::from(self.input.height)) as usize
            }
        }
    }

    /// How many rows of the input must be kept at a time.
    pub fn input_rows_kept(&self) -> usize {
        let height = self.input.height as usize;
        match self.steps() {
            Steps::Dense => height,
            _ => self.taps(0).min(height),
        }
    }

    /// Number of column groups.
    pub fn groups(&self) -> usize {
        match self.kind {
            Kind::ConvTranspose(window) if !shares_windows(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Column group `index`, below [`Geometry::groups`].
    #[inline(never)]
    pub fn group(&self, index: usize) -> Group {
        let inputs = self.input.channels as usize;
        let outputs = self.output.channels as usize;
        match self.kind {
            Kind::Dense => Group {
                segment: self.input.len(),
                first_input: 0,
                first_output: 0,
                outputs: self.output.row_len() * self.rows_at_once(),
            },
            Kind::Upsample(_) => Group {
                segment: inputs,
                first_input: 0,
                first_output: 0,
                outputs,
            },
            Kind::Conv(window) | Kind::Depthwise(window) => Group {
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
        match self.steps() {
            Steps::Dense => 1,
            Steps::Down(_) => self.output.width as usize,
            Steps::Up(window) => {
                let last = self.output.width as usize + window.padding as usize - 1;
                last / (window.stride as usize).max(1) + 1
            }
        }
    }

    /// Input columns from one window to the next.
    pub fn input_step(&self) -> usize {
        match self.steps() {
            Steps::Down(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Output columns from one window to the next.
    pub fn output_step(&self) -> usize {
        match self.steps() {
            Steps::Up(window) => window.stride as usize,
            _ => 1,
        }
    }

    /// Zero pixels that stand before and after each kept input row, so that no window is cut.
    #[inline(never)]
    pub fn input_margins(&self) -> (usize, usize) {
        match self.steps() {
            Steps::Dense => (0, 0),
            Steps::Down(window) => {
                let end = (self.output.width as usize - 1) * window.stride as usize
                    + window.kernel as usize;
                let left = window.padding as usize;
                (left, end.saturating_sub(left + self.input.width as usize))
            }
            Steps::Up(window) => (
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

/// Whether kernel, stride and padding are within the limits.
fn is_possible(window: Window) -> bool {
    (1..=MAX_KERNEL).contains(&window.kernel)
        && (1..=MAX_KERNEL).contains(&window.stride)
        && window.padding < window.kernel
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
