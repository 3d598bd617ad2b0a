//! The arithmetic of `ARITHMETIC.md`, written down as plainly as possible: whole activations, sums
//! over all inputs, 64-bit integers, tanh from the mathematical function. It shares no code with
//! the crate but the types that describe a layer.

use runtime::format::{Activation, Kind, Shape};

use super::net::{Net, Spec};

/// The pixels of the image, `[height][width][channel]`.
pub fn pixels(net: &Net, latent: &[i8], label: u8) -> Vec<u8> {
    let last = activations(net, latent, label).pop().expect("a layer");
    last.iter().map(|&q| (i16::from(q) + 128) as u8).collect()
}

/// The output of every layer, `[height][width][channel]`.
pub fn activations(net: &Net, latent: &[i8], label: u8) -> Vec<Vec<i8>> {
    let mut outputs: Vec<Vec<i8>> = Vec::new();
    for (index, layer) in net.layers.iter().enumerate() {
        let input = outputs.last().map_or(latent, |output| output);
        let hidden = index + 1 < net.layers.len();
        outputs.push(output(layer, net.input(index), input, label, hidden));
    }
    outputs
}

fn output(layer: &Spec, shape: Shape, input: &[i8], label: u8, hidden: bool) -> Vec<i8> {
    if let Kind::Upsample(factor) = layer.kind {
        return upsample(usize::from(factor), shape, input);
    }
    let channels = usize::from(layer.output.channels);
    let sums = sums(layer, shape, input, label);
    let requantized = sums.iter().enumerate().map(|(place, &sum)| {
        let q = requantize(layer, sum, place % channels);
        match layer.activation {
            Activation::Sigmoid if hidden => ((i16::from(q) + 128) / 2) as i8,
            _ => q,
        }
    });
    requantized.collect()
}

fn upsample(factor: usize, shape: Shape, input: &[i8]) -> Vec<i8> {
    let (height, width) = (usize::from(shape.height), usize::from(shape.width));
    let channels = usize::from(shape.channels);
    let mut output = Vec::new();
    for y in 0..height * factor {
        for x in 0..width * factor {
            let pixel = y / factor * width + x / factor;
            output.extend_from_slice(&input[pixel * channels..][..channels]);
        }
    }
    output
}

/// Bias, label entry and all products of every output.
pub fn sums(layer: &Spec, shape: Shape, input: &[i8], label: u8) -> Vec<i64> {
    let outputs = usize::from(layer.output.height)
        * usize::from(layer.output.width)
        * usize::from(layer.output.channels);
    let channels = usize::from(layer.output.channels);
    let mut sums: Vec<i64> = (0..outputs)
        .map(|place| {
            let bias = match layer.bias.len() {
                0 => 0,
                n if n == channels => layer.bias[place % channels],
                _ => layer.bias[place],
            };
            let label = match layer.label.len() {
                0 => 0,
                _ => layer.label[usize::from(label) * outputs + place],
            };
            (i64::from(bias) << layer.bias_shift) + (i64::from(label) << layer.label_shift)
        })
        .collect();
    let x = |y: usize, x: usize, c: usize| {
        i64::from(input[(y * usize::from(shape.width) + x) * usize::from(shape.channels) + c])
    };
    let at =
        |y: usize, x: usize, c: usize| (y * usize::from(layer.output.width) + x) * channels + c;
    let weight = |place: usize| i64::from(layer.weights[place]);
    let inputs = usize::from(shape.channels);
    match layer.kind {
        Kind::Dense => {
            for (place, sum) in sums.iter_mut().enumerate() {
                for (k, &x) in input.iter().enumerate() {
                    *sum += weight(place * input.len() + k) * i64::from(x);
                }
            }
        }
        Kind::ConvTranspose(window) => {
            for_each_tap(window.kernel, shape, |iy, ix, ky, kx| {
                let oy = place(iy, ky, window.stride, window.padding, layer.output.height)?;
                let ox = place(ix, kx, window.stride, window.padding, layer.output.width)?;
                for i in 0..inputs {
                    for o in 0..channels {
                        let tap = ky * usize::from(window.kernel) + kx;
                        sums[at(oy, ox, o)] +=
                            weight((tap * inputs + i) * channels + o) * x(iy, ix, i);
                    }
                }
                Some(())
            });
        }
        Kind::Conv(window) => {
            for_each_tap(window.kernel, layer.output, |oy, ox, ky, kx| {
                let iy = place(oy, ky, window.stride, window.padding, shape.height)?;
                let ix = place(ox, kx, window.stride, window.padding, shape.width)?;
                for i in 0..inputs {
                    for o in 0..channels {
                        let tap = ky * usize::from(window.kernel) + kx;
                        sums[at(oy, ox, o)] +=
                            weight((tap * inputs + i) * channels + o) * x(iy, ix, i);
                    }
                }
                Some(())
            });
        }
        Kind::Depthwise(window) => {
            for_each_tap(window.kernel, layer.output, |oy, ox, ky, kx| {
                let iy = place(oy, ky, window.stride, window.padding, shape.height)?;
                let ix = place(ox, kx, window.stride, window.padding, shape.width)?;
                for c in 0..channels {
                    let tap = ky * usize::from(window.kernel) + kx;
                    sums[at(oy, ox, c)] += weight(tap * channels + c) * x(iy, ix, c);
                }
                Some(())
            });
        }
        Kind::Upsample(_) => unreachable!("upsampling has no sums"),
    }
    sums
}

/// Calls `tap` with each pixel of `shape` and each row and column of the kernel. What it returns
/// does not matter: `None` is a tap outside.
fn for_each_tap(
    kernel: u8,
    shape: Shape,
    mut tap: impl FnMut(usize, usize, usize, usize) -> Option<()>,
) {
    let kernel = usize::from(kernel);
    for y in 0..usize::from(shape.height) {
        for x in 0..usize::from(shape.width) {
            for ky in 0..kernel {
                for kx in 0..kernel {
                    tap(y, x, ky, kx);
                }
            }
        }
    }
}

/// `index * stride - padding + tap`, if it is below `size`.
fn place(index: usize, tap: usize, stride: u8, padding: u8, size: u16) -> Option<usize> {
    (index * usize::from(stride) + tap)
        .checked_sub(usize::from(padding))
        .filter(|&place| place < usize::from(size))
}

/// The 8-bit activation that a sum stands for.
pub fn requantize(layer: &Spec, sum: i64, channel: usize) -> i8 {
    let mut t = rounded(sum, layer.pre_shift);
    match layer.activation {
        Activation::Relu => t = t.max(0),
        Activation::LeakyRelu { slope } if t < 0 => t = rounded(t * i64::from(slope), 15),
        _ => {}
    }
    let v = rounded(t * i64::from(layer.multipliers[channel]), layer.post_shift);
    match layer.activation {
        Activation::Tanh | Activation::Sigmoid => squash(v),
        _ => v.clamp(-128, 127) as i8,
    }
}

/// `value / 2^bits` to the nearest integer, halves up.
fn rounded(value: i64, bits: u8) -> i64 {
    let unit = 1i64 << bits;
    (2 * value + unit).div_euclid(2 * unit)
}

/// `tanh(v / 64)` between -128 and 127.
fn squash(v: i64) -> i8 {
    let half = (127.5 * libm::tanh(v.abs() as f64 / 64.0)).floor() as i8;
    if v < 0 { -1 - half } else { half }
}

#[test]
fn rounding_is_to_nearest_with_halves_up() {
    let expected = [
        (-7, -2),
        (-6, -1),
        (-5, -1),
        (-2, 0),
        (1, 0),
        (2, 1),
        (5, 1),
        (6, 2),
    ];
    for (value, quarter) in expected {
        assert_eq!(rounded(value, 2), quarter, "{value} / 4");
    }
    assert_eq!(rounded(-7, 0), -7);
}
