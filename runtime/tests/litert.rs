//! The arithmetic against LiteRT's int8 kernels, whose results `vectors/litert.py` has written down.
//!
//! LiteRT multiplies the whole sum by a 31-bit multiplier and rounds twice; the crate drops low
//! bits first and multiplies by 15 bits. Both are within half a step, and a little, of the exact
//! quotient. So they may differ where that lies between two integers, and by one step only.

mod common;

use common::net::{Net, Spec};
use common::{draw, reference};
use runtime::format::{Activation, Kind, Shape, Window};
use serde_json::Value;

fn floats(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list");
    list.iter().filter_map(Value::as_f64).collect()
}

fn integers<T: TryFrom<i64>>(value: &Value) -> Vec<T> {
    let list = value.as_array().expect("a list");
    let integers = list.iter().filter_map(Value::as_i64);
    integers.filter_map(|n| T::try_from(n).ok()).collect()
}

fn shape(value: &Value) -> Shape {
    let sides: Vec<u16> = integers(value);
    Shape::new(sides[0], sides[1], sides[2])
}

/// `scales` as 15-bit multipliers and the two shifts, for sums of at most `bound`.
fn multipliers(scales: &[f64], bound: u64) -> (Vec<u16>, u8, u8) {
    let pre_shift = (64 - bound.leading_zeros()).saturating_sub(16) as u8;
    let largest = scales.iter().fold(0.0, |a: f64, &b| a.max(b)) * f64::from(1u32 << pre_shift);
    let mut post_shift = 0u8;
    while largest * f64::from(1u32 << (post_shift + 1)) < 32767.0 {
        post_shift += 1;
    }
    let unit = f64::from(1u32 << pre_shift) * f64::from(1u32 << post_shift);
    let multipliers = scales.iter().map(|scale| (scale * unit).round() as u16);
    (multipliers.collect(), pre_shift, post_shift)
}

/// The layer of a case, behind one that has the case's input as its output.
fn net(case: &Value) -> Net {
    let window = || match integers::<u8>(&case["window"])[..] {
        [kernel, stride, padding] => Window {
            kernel,
            stride,
            padding,
        },
        _ => panic!("not a window"),
    };
    let input = shape(&case["shape"]);
    let values: Vec<i16> = integers(&case["input"]);
    let first = Spec {
        kind: Kind::Dense,
        output: input,
        activation: Activation::Identity,
        bits: 8,
        pre_shift: 0,
        post_shift: 0,
        multipliers: vec![1; input.channels.into()],
        bias_shift: 0,
        bias: values,
        label_shift: 0,
        label: Vec::new(),
        weights: vec![0; input.len()],
    };
    let weights: Vec<i8> = integers(&case["weights"]);
    let output = shape(&case["output"]);
    let (multipliers, pre_shift, post_shift) =
        multipliers(&scales(case), largest_sum(&weights, output.channels));
    let bias: Vec<i32> = integers(&case["bias"]);
    let layer = Spec {
        kind: match case["kind"].as_str() {
            Some("dense") => Kind::Dense,
            Some("conv") => Kind::Conv(window()),
            Some("conv_transpose") => Kind::ConvTranspose(window()),
            Some("depthwise") => Kind::Depthwise(window()),
            other => panic!("kind {other:?}"),
        },
        output,
        activation: Activation::Identity,
        bits: 8,
        pre_shift,
        post_shift,
        multipliers,
        bias_shift: 2,
        bias: bias.iter().map(|bias| (bias / 4) as i16).collect(),
        label_shift: 0,
        label: Vec::new(),
        weights,
    };
    Net {
        latent: 1,
        classes: 0,
        layers: vec![first, layer],
    }
}

/// What no sum of the layer exceeds: inputs are at most 128, biases 8000.
fn largest_sum(weights: &[i8], channels: u16) -> u64 {
    let channels = usize::from(channels);
    // Dense weights are by output, others by channel in turn: either is bounded by the largest of
    // any fan-in's worth of weights in each order.
    let fan_in = weights.len() / channels;
    let magnitude = |w: &i8| u64::from(w.unsigned_abs());
    let rows = weights
        .chunks(fan_in)
        .map(|row| row.iter().map(magnitude).sum());
    let columns = (0..channels).map(|c| {
        let column = weights.iter().skip(c).step_by(channels);
        column.map(magnitude).sum()
    });
    let largest: u64 = rows.chain(columns).max().unwrap_or(0);
    largest * 128 + 8000
}

/// What a unit of each channel's sum is in units of the output.
fn scales(case: &Value) -> Vec<f64> {
    let unit = case["input_scale"].as_f64().expect("a scale")
        / case["output_scale"].as_f64().expect("a scale");
    let weights = floats(&case["weight_scales"]);
    weights.iter().map(|scale| scale * unit).collect()
}

/// The sums of the last layer, times the scale: what both round.
fn exact(net: &Net, case: &Value) -> Vec<f64> {
    let scales = scales(case);
    let input = reference::activations(net, &[0], 0).swap_remove(0);
    let layer = &net.layers[1];
    let sums = reference::sums(layer, net.input(1), &input, 0);
    let channels = usize::from(layer.output.channels);
    let scaled = sums.iter().enumerate();
    scaled
        .map(|(place, &sum)| sum as f64 * scales[place % channels])
        .collect()
}

#[test]
fn int8_layers_agree_with_litert_to_the_rounding() {
    let text = include_str!("vectors/litert.json");
    let file: Value = serde_json::from_str(text).expect("JSON");
    let cases = file["cases"].as_array().expect("cases");
    assert!(cases.len() >= 8);
    let (mut outputs, mut different) = (0, 0);
    for case in cases {
        let net = net(case);
        let drawn = draw(&net, &[0], 0);
        assert_eq!(drawn, reference::pixels(&net, &[0], 0));
        let theirs: Vec<i32> = integers(&case["result"]);
        assert_eq!(drawn.len(), theirs.len());
        // Half a unit of the product's last bit; half a unit of the last bit that the first shift
        // leaves; and half a unit in the last of 15 bits of the multiplier.
        let units = scales(case).iter().fold(0.0, |a: f64, &b| a.max(b));
        let dropped = units * f64::from(1u32 << net.layers[1].pre_shift) / 2.0;
        let slack = 0.5 + dropped + 128.0 / 32768.0;
        for ((&pixel, &theirs), exact) in drawn.iter().zip(&theirs).zip(exact(&net, case)) {
            let ours = i32::from(pixel) - 128;
            let exact = exact.clamp(-128.0, 127.0);
            let error = (f64::from(ours) - exact).abs();
            assert!(error <= slack, "{ours} for {exact}");
            let error = (f64::from(theirs) - exact).abs();
            assert!(error <= 0.5 + 1e-3, "LiteRT: {theirs} for {exact}");
            outputs += 1;
            different += u32::from(ours != theirs);
        }
    }
    println!("{different} of {outputs} outputs differ by one");
    assert!(different * 50 <= outputs, "{different} of {outputs} differ");
}
