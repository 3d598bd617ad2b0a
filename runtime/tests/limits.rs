//! Sizes at and beyond the limits: no `usize` product or sum may wrap, on 32-bit targets either.
//!
//! Overflow checks are on in tests, so a wrap is a panic. To run this with 32-bit sizes, on x86-64:
//! `rustup target add i686-unknown-linux-musl`, then
//! `cargo test -p runtime --test limits --target i686-unknown-linux-musl`.

mod common;

use common::aligned::Aligned;
use common::hostile::repair_checksum;
use runtime::format::{
    Activation, Kind, MAX_ACTIVATION, MAX_CHANNELS, MAX_KERNEL, MAX_LATENT, MAX_LAYERS, MAX_SIDE,
    MAX_WEIGHTS, Provenance, Shape, Window,
};
use runtime::geometry::Geometry;
use runtime::layout::{conv_offset, dense_offset, matrix_start, places, weights_len};
use runtime::{Generator, Latent, Model, ModelError};

const SIDES: [u16; 5] = [1, 2, 7, 63, 64];
const CHANNELS: [u16; 7] = [1, 2, 3, 9, 64, 1023, 1024];

fn windows() -> impl Iterator<Item = Window> {
    let sizes = [1, 2, 3, 5, 15, MAX_KERNEL];
    sizes.into_iter().flat_map(move |kernel| {
        sizes.into_iter().flat_map(move |stride| {
            [0, kernel / 2, kernel - 1].map(|padding| Window {
                kernel,
                stride,
                padding,
            })
        })
    })
}

fn shapes() -> impl Iterator<Item = Shape> {
    SIDES.into_iter().flat_map(|height| {
        SIDES
            .into_iter()
            .flat_map(move |width| CHANNELS.map(|channels| Shape::new(height, width, channels)))
    })
}

/// The reader's limits, in 64 bits.
fn within_limits(geometry: &Geometry) -> bool {
    let fits = |shape: Shape| {
        let len = u64::from(shape.height) * u64::from(shape.width) * u64::from(shape.channels);
        shape.height <= MAX_SIDE
            && shape.width <= MAX_SIDE
            && shape.channels <= MAX_CHANNELS
            && (1..=MAX_ACTIVATION as u64).contains(&len)
    };
    fits(geometry.input) && fits(geometry.output) && weights(geometry) <= MAX_WEIGHTS as u64
}

fn weights(geometry: &Geometry) -> u64 {
    let (inputs, outputs) = (geometry.input, geometry.output);
    let channels = u64::from(inputs.channels) * u64::from(outputs.channels);
    match geometry.kind {
        Kind::Dense => {
            let sides = [inputs.height, inputs.width, outputs.height, outputs.width];
            sides.iter().map(|&side| u64::from(side)).product::<u64>() * channels
        }
        Kind::Conv(w) | Kind::ConvTranspose(w) => u64::from(w.kernel).pow(2) * channels,
        Kind::Depthwise(w) => u64::from(w.kernel).pow(2) * u64::from(outputs.channels),
        Kind::Upsample(_) => 0,
    }
}

/// Asks for every size and place of a layer that the reader accepts.
fn measure(geometry: &Geometry) {
    assert!(geometry.is_well_formed(), "{geometry:?}");
    assert_eq!(geometry.weights() as u64, weights(geometry));
    let places = places(geometry);
    assert!(places as u64 >= weights(geometry), "{geometry:?}");
    // Rows are filled up to four and columns to two: at most eight times as many.
    assert!(places as u64 <= 8 * weights(geometry), "{geometry:?}");
    for bits in [8, 4] {
        let len = weights_len(geometry, bits) as u64;
        assert!(len * 8 >= places as u64 * u64::from(bits), "{geometry:?}");
    }
    assert!(geometry.macs() <= 1 << 44, "{geometry:?}");
    let last = geometry.output.height as usize - 1;
    for y in [0, last / 2, last] {
        let taps = geometry.row(y);
        assert!(taps.phase < geometry.row_phases(), "{geometry:?}");
        assert_eq!(taps.count, geometry.taps(taps.phase), "{geometry:?}");
        assert!(geometry.input_rows_before(y) <= geometry.input.height as usize);
    }
    let input = u64::from(geometry.input.width) + 2 * u64::from(MAX_KERNEL) + u64::from(MAX_SIDE);
    let kept = u64::from(MAX_SIDE) * input * u64::from(geometry.input.channels);
    assert!(geometry.kept_len() as u64 <= kept, "{geometry:?}");
    let (phase, group) = (geometry.row_phases() - 1, geometry.groups() - 1);
    let shape = geometry.group(group);
    if matches!(
        geometry.kind,
        Kind::Dense | Kind::Conv(_) | Kind::ConvTranspose(_)
    ) {
        assert!(matrix_start(geometry, phase, group) <= places);
    }
    let end = shape.first_output as i64
        + (geometry.windows() * geometry.output_step()) as i64
        + shape.outputs as i64;
    assert!(end < 1 << 20, "{geometry:?}");
    let place = match geometry.kind {
        Kind::Dense => dense_offset(
            geometry,
            geometry.output.len() - 1,
            geometry.input.len() - 1,
        ),
        Kind::Conv(w) | Kind::ConvTranspose(w) | Kind::Depthwise(w) => {
            let tap = usize::from(w.kernel) - 1;
            let input = usize::from(geometry.input.channels) - 1;
            let output = usize::from(geometry.output.channels) - 1;
            conv_offset(geometry, tap, tap, input, output)
        }
        Kind::Upsample(_) => return,
    };
    assert!(place < places, "{geometry:?}");
}

#[test]
fn every_size_within_the_limits_is_right() {
    let mut measured = 0;
    let mut check = |geometry: Option<Geometry>| {
        if let Some(geometry) = geometry.filter(within_limits) {
            measure(&geometry);
            measured += 1;
        }
    };
    for input in shapes() {
        for factor in [1, 2, 15, MAX_KERNEL] {
            check(Geometry::upsample(factor, input));
        }
        for output in shapes() {
            check(Some(Geometry {
                kind: Kind::Dense,
                input,
                output,
            }));
        }
        for window in windows() {
            check(Geometry::conv(
                Kind::Depthwise(window),
                window,
                input,
                input.channels,
            ));
            for channels in CHANNELS {
                check(Geometry::conv(Kind::Conv(window), window, input, channels));
                for extra in [0, window.stride - 1] {
                    check(Geometry::conv_transpose(window, extra, input, channels));
                }
            }
        }
    }
    assert!(measured > 10_000, "{measured} geometries");
}

#[test]
fn len_of_any_shape_is_exact_or_the_largest_number() {
    let sides = [0, 1, 2, 255, 256, 257, 1625, 1626, 32_768, 65_534, 65_535];
    for height in sides {
        for width in sides {
            for channels in sides {
                let bytes = u64::from(height) * u64::from(width) * u64::from(channels);
                let expected = usize::try_from(bytes).unwrap_or(usize::MAX);
                let len = Shape::new(height, width, channels).len();
                assert_eq!(len, expected, "{height} {width} {channels}");
            }
        }
    }
}

#[test]
fn sizes_beyond_the_limits_do_not_wrap() {
    let sides = [0, 1, 64, 65, 4097, u16::MAX];
    let numbers = [0, 1, 16, 17, u8::MAX];
    for height in sides {
        for width in sides {
            for channels in sides {
                let input = Shape::new(height, width, channels);
                let exact = u64::from(height) * u64::from(width) * u64::from(channels);
                let expected = usize::try_from(exact).unwrap_or(usize::MAX);
                assert_eq!(input.len(), expected, "{input:?}");
                let dense = Geometry {
                    kind: Kind::Dense,
                    input,
                    output: input,
                };
                let expected = u128::from(exact) * u128::from(exact);
                let expected = usize::try_from(expected).unwrap_or(usize::MAX);
                assert_eq!(dense.weights(), expected, "{input:?}");
                for kernel in numbers {
                    for stride in numbers {
                        for padding in numbers {
                            let window = Window {
                                kernel,
                                stride,
                                padding,
                            };
                            let conv = Geometry::conv(Kind::Conv(window), window, input, channels);
                            let transposed =
                                Geometry::conv_transpose(window, padding, input, channels);
                            for geometry in [conv, transposed].into_iter().flatten() {
                                let exact = usize::try_from(weights(&geometry));
                                assert_eq!(geometry.weights(), exact.unwrap_or(usize::MAX));
                            }
                        }
                    }
                    let _ = Geometry::upsample(kernel, input);
                }
            }
        }
    }
}

/// A file of one layer, whose record is `record`, and no arrays.
fn file(record: &[u8]) -> Aligned {
    // Magic, version, three empty names, no steps, seed 0, no scores, one latent component, 255
    // classes, one layer.
    let mut bytes = b"PGAN\x01\0\0\0\0\0\0\x01\xff\x01".to_vec();
    bytes.extend_from_slice(record);
    bytes.resize(bytes.len().next_multiple_of(4) + 4, 0);
    repair_checksum(&mut bytes);
    Aligned::new(&bytes)
}

#[test]
fn files_that_ask_for_huge_arrays_are_refused() {
    const HUGE: [u8; 3] = [0xff, 0xff, 0x03];
    let sums = [0, 0, 0, 0x60, 0];
    let shape = |sides: [&[u8]; 3]| sides.concat();
    let record = |kind: u8, middle: &[u8]| [&[kind], middle, &sums[..]].concat();
    let huge = ModelError::LayerShape { layer: 0 };
    let cut = ModelError::LayerCut { layer: 0 };
    let cases = [
        (record(0, &shape([&HUGE, &HUGE, &HUGE])), huge),
        (record(0, &shape([&[64], &[64], &[65]])), huge),
        (record(0, &shape([&[64], &[64], &[64]])), cut),
        (record(0, &shape([&[0], &[64], &[64]])), huge),
        (record(1, &[&[16, 16, 0, 0][..], &HUGE].concat()), huge),
    ];
    for (record, expected) in cases {
        let file = file(&record);
        let error = Model::from_bytes(&file).map(|_| ()).unwrap_err();
        assert_eq!(error, expected, "{record:?}");
    }
}

/// Bytes that a model works in, from the shapes and the windows alone: the rows of each layer's input
/// that the next row needs, as wide as its windows reach.
fn kept_bytes(geometries: &[Geometry]) -> u64 {
    let kept = geometries.iter().map(|geometry| {
        let (width, output) = (
            u64::from(geometry.input.width),
            u64::from(geometry.output.width),
        );
        let (rows, reach) = match geometry.kind {
            Kind::Dense => (u64::from(geometry.input.height), width),
            Kind::Upsample(_) => (1, width),
            Kind::Conv(w) | Kind::Depthwise(w) => (
                u64::from(w.kernel),
                (output - 1) * u64::from(w.stride) + u64::from(w.kernel),
            ),
            Kind::ConvTranspose(_) => panic!("not among the largest"),
        };
        rows.min(geometry.input.height.into()) * reach * u64::from(geometry.input.channels)
    });
    kept.sum()
}

#[test]
#[cfg_attr(miri, ignore = "takes hours")]
fn a_model_at_all_limits_at_once_is_drawn() {
    let mut dice = common::random::Dice::new(2);
    let window = |kernel| Window {
        kernel,
        stride: 1,
        padding: kernel / 2,
    };
    // As many layers as there may be, most of them from and to the largest activation there may be.
    let mut net = common::net::Net {
        latent: MAX_LATENT as u8,
        classes: 255,
        layers: Vec::new(),
    };
    let mut add = |geometry: Option<Geometry>| {
        let geometry = geometry.expect("a window that fits");
        let mut layer = dice.layer(&geometry, 8, Activation::Identity);
        if geometry.kind == Kind::Dense {
            dice.add_label_table(&mut layer, 255);
        }
        net.layers.push(layer);
        geometry
    };
    let latent = Shape::new(1, 1, MAX_LATENT as u16);
    let depthwise = |kernel, input: Shape| {
        let window = window(kernel);
        Geometry::conv(Kind::Depthwise(window), window, input, input.channels)
    };
    let mut geometries = vec![add(Some(Geometry {
        kind: Kind::Dense,
        input: latent,
        output: Shape::new(4, 4, 64),
    }))];
    for index in 1..MAX_LAYERS {
        let input = geometries[index - 1].output;
        geometries.push(add(match index {
            1 => Geometry::upsample(MAX_KERNEL, input),
            2 => depthwise(MAX_KERNEL - 1, input),
            7 => Geometry::conv(Kind::Conv(window(3)), window(3), input, 3),
            _ => depthwise(3, input),
        }));
    }
    let largest = geometries
        .iter()
        .map(|geometry| geometry.output.len())
        .max();
    assert_eq!(largest, Some(MAX_ACTIVATION));

    let file = Aligned::new(&net.encode());
    let model = Model::from_bytes(&file).unwrap_or_else(|error| panic!("{error}"));
    let kept = kept_bytes(&geometries);
    let needed = model.workspace_len() as u64;
    // Beside the kept rows: rows of the image, and what a window needs.
    assert!(
        (kept..kept + 8192).contains(&needed),
        "{needed}, not {kept} and a little"
    );
    let latent = Latent::from_components(&[-127; MAX_LATENT]).expect("the longest latent");
    let mut workspace = vec![0xff; needed as usize];
    let mut rows = 0;
    Generator::new(&model, &mut workspace)
        .and_then(|mut generator| generator.rows(&latent, 254, |_, _| rows += 1))
        .unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(rows, MAX_SIDE);
}

#[test]
fn header_of_the_hand_made_file_is_right() {
    let mut dice = common::random::Dice::new(1);
    let geometry = Geometry {
        kind: Kind::Dense,
        input: Shape::new(1, 1, 1),
        output: Shape::new(1, 1, 1),
    };
    let net = common::net::Net {
        latent: 1,
        classes: 255,
        layers: vec![dice.layer(&geometry, 8, Activation::Identity)],
    };
    let encoded = net.encode_as(&Provenance::UNKNOWN);
    assert_eq!(encoded[..14], file(&[])[..14]);
}
