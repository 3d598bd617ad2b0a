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
use crate::walk::{CONV, DEPTHWISE, Steps, UPSAMPLE, Walk, divide};

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
#[repr(align(4))] // copied in words
pub struct Geometry {
    /// What the layer computes.
    pub kind: Kind,
    /// Shape of the input.
    pub input: Shape,
    /// Shape of the output.
    pub output: Shape,
}

impl Geometry {
    /// Derives the output of the layer's input: of the output's shape the channels, and in a dense
    /// layer all, are taken as they are. Whether there is one: see [`Self::conv_transpose`],
    /// [`Self::conv`] and [`Self::upsample`].
    #[inline(never)]
    pub(crate) fn derive(&mut self, output_padding: u8) -> bool {
        let possible = match self.kind {
            Kind::Dense => return true,
            Kind::ConvTranspose(window) => is_possible(window) && output_padding < window.stride,
            Kind::Conv(window) => CONV && is_possible(window),
            Kind::Depthwise(window) => DEPTHWISE && is_possible(window),
            Kind::Upsample(factor) => UPSAMPLE && (1..=MAX_KERNEL).contains(&factor),
        };
        if !possible {
            return false;
        }
        let steps = Steps::of(self.kind);
        self.output.height = steps.side(output_padding, self.input.height);
        self.output.width = steps.side(output_padding, self.input.width);
        if matches!(self.kind, Kind::Depthwise(_) | Kind::Upsample(_)) {
            self.output.channels = self.input.channels;
        }
        self.output.height > 0 && self.output.width > 0
    }

    /// Whether kernel, stride, padding and shapes fit together. A transposed convolution may have
    /// up to `stride - 1` output rows and columns beyond the usual (PyTorch's `output_padding`),
    /// the same number of both.
    pub fn is_well_formed(&self) -> bool {
        let mut derived = *self;
        derived.derive(self.output_padding()) && derived == *self
    }

    /// The layer of the given kind, if there is one.
    fn derived(kind: Kind, output_padding: u8, input: Shape, channels: u16) -> Option<Self> {
        let mut geometry = Self {
            kind,
            input,
            output: Shape::new(0, 0, channels),
        };
        geometry.derive(output_padding).then_some(geometry)
    }

    /// The transposed convolution of `input`, or `None` if the window is impossible or the output
    /// empty or of more than 65,535 rows or columns.
    pub fn conv_transpose(
        window: Window,
        output_padding: u8,
        input: Shape,
        channels: u16,
    ) -> Option<Self> {
        Self::derived(Kind::ConvTranspose(window), output_padding, input, channels)
    }

    /// The convolution of `input`, of the given kind, or `None` if the window is impossible or
    /// larger than the padded input.
    pub fn conv(kind: Kind, window: Window, input: Shape, channels: u16) -> Option<Self> {
        let kind = match kind {
            Kind::Depthwise(_) => Kind::Depthwise(window),
            _ => Kind::Conv(window),
        };
        Self::derived(kind, 0, input, channels)
    }

    /// The upsampling of `input`, or `None` if the factor is impossible or the output of more than
    /// 65,535 rows or columns.
    pub fn upsample(factor: u8, input: Shape) -> Option<Self> {
        Self::derived(Kind::Upsample(factor), 0, input, input.channels)
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
        let inputs = usize::from(self.input.channels);
        let square = |window: Window| usize::from(window.kernel) * usize::from(window.kernel);
        let (rows, columns) = match self.kind {
            Kind::Dense => (self.input.len(), self.output.len()),
            Kind::Conv(window) | Kind::ConvTranspose(window) => {
                (square(window) * inputs, self.output.channels.into())
            }
            Kind::Depthwise(window) => (square(window), self.output.channels.into()),
            Kind::Upsample(_) => (0, 0),
        };
        rows.saturating_mul(columns)
    }

    /// Output rows that have one matrix together: of a dense layer as many as divide its height and
    /// have at most 128 columns, so that short rows make wide panels; else 1.
    #[inline(never)]
    pub fn rows_at_once(&self) -> usize {
        if self.kind != Kind::Dense {
            return 1;
        }
        let height = self.output.height as usize;
        let mut rows = divide(MOST_COLUMNS, self.output.row_len()).min(height);
        while rows > 1 && divide(height, rows) * rows != height {
            rows -= 1;
        }
        rows.max(1)
    }

    /// Number of different row phases: of weight matrices among rows, where there are any.
    pub fn row_phases(&self) -> usize {
        self.row_phases_of(&self.walk())
    }

    /// [`Self::row_phases`], of a layer whose walk is known.
    #[inline(always)]
    pub(crate) fn row_phases_of(&self, walk: &Walk) -> usize {
        match self.kind {
            Kind::Dense => divide(self.output.height as usize, walk.rows_at_once.into()),
            _ => walk.output_step(),
        }
    }

    /// What all rows of the layer have in common.
    #[inline(never)]
    pub(crate) fn walk(&self) -> Walk {
        let steps = Steps::of(self.kind);
        let taps = steps.taps(0);
        let output = usize::from(steps.output);
        let last = (self.output.width as usize + steps.cropped()).saturating_sub(1);
        Walk {
            steps,
            taps: taps as u8,
            shares: taps * output == usize::from(steps.kernel),
            rows_at_once: self.rows_at_once() as u8,
            windows: match self.kind {
                Kind::Dense => 1,
                _ => (divide(last, output) + 1) as u8,
            },
        }
    }

    /// Input rows that a row of the given phase takes.
    pub fn taps(&self, phase: usize) -> usize {
        self.walk().taps(phase)
    }

    /// The input rows behind output row `y`. A dense layer's input counts as one row.
    pub fn row(&self, y: usize) -> RowTaps {
        self.row_of(&self.walk(), y)
    }

    /// [`Self::row`], of a layer whose walk is known.
    #[inline(never)]
    pub(crate) fn row_of(&self, walk: &Walk, y: usize) -> RowTaps {
        if self.kind == Kind::Dense {
            return RowTaps {
                phase: divide(y, walk.rows_at_once.into()),
                first: 0,
                count: 1,
            };
        }
        let position = y + walk.steps.cropped();
        let whole = divide(position, walk.output_step());
        let phase = position - whole * walk.output_step();
        RowTaps {
            phase,
            first: (whole * walk.input_step()) as i32 - walk.before(phase),
            count: walk.taps(phase),
        }
    }

    /// How many input rows must exist before output row `y` can be computed.
    pub fn input_rows_before(&self, y: usize) -> usize {
        self.input_rows_of(&self.row(y))
    }

    /// How many input rows must exist before the row with the given taps can be computed.
    pub(crate) fn input_rows_of(&self, taps: &RowTaps) -> usize {
        let height = i32::from(self.input.height);
        match self.kind {
            Kind::Dense => height as usize,
            _ => (taps.first + taps.count as i32).clamp(0, height) as usize,
        }
    }

    /// How many rows of the input must be kept at a time.
    #[inline(never)]
    pub fn input_rows_kept(&self) -> usize {
        let height = self.input.height as usize;
        match self.kind {
            Kind::Dense => height,
            _ => self.taps(0).min(height),
        }
    }

    /// Most inputs of a window.
    #[inline(always)]
    pub(crate) fn window_len(&self, walk: &Walk) -> usize {
        walk.taps(0) * self.group_of(walk, 0).segment
    }

    /// Number of column groups.
    pub fn groups(&self) -> usize {
        self.walk().groups()
    }

    /// Column group `index`, below [`Geometry::groups`].
    pub fn group(&self, index: usize) -> Group {
        self.group_of(&self.walk(), index)
    }

    /// [`Self::group`], of a layer whose walk is known.
    #[inline(never)]
    pub(crate) fn group_of(&self, walk: &Walk, index: usize) -> Group {
        let inputs = self.input.channels as usize;
        let outputs = self.output.channels as usize;
        if self.kind == Kind::Dense {
            return Group {
                segment: self.input.len(),
                first_input: 0,
                first_output: 0,
                outputs: self.output.row_len() * usize::from(walk.rows_at_once),
            };
        }
        let pixels = match self.kind {
            // Nothing is summed, so no outputs share sums.
            Kind::Upsample(_) if UPSAMPLE => 1,
            _ if walk.groups() > 1 => 1,
            _ => walk.output_step(),
        };
        Group {
            segment: walk.taps(index) * inputs,
            first_input: -walk.before(index),
            first_output: index as i32 - walk.steps.cropped() as i32,
            outputs: pixels * outputs,
        }
    }

    /// Windows in a row, the same for each group.
    pub fn windows(&self) -> usize {
        self.walk().windows()
    }

    /// Input columns from one window to the next.
    pub fn input_step(&self) -> usize {
        self.walk().input_step()
    }

    /// Output columns from one window to the next.
    pub fn output_step(&self) -> usize {
        self.walk().output_step()
    }

    /// Zero pixels that stand before and after each kept input row, so that no window is cut.
    #[inline(never)]
    pub fn input_margins(&self) -> (usize, usize) {
        if self.kind == Kind::Dense {
            return (0, 0);
        }
        let walk = self.walk();
        let left = walk.margin();
        let end = (walk.windows() - 1) * walk.input_step() + walk.taps(0);
        (left, end.saturating_sub(left + self.input.width as usize))
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
