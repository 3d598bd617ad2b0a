//! The generator against a naive reference that knows nothing of rows, windows and panels.

use heapless::Vec;
use runtime::format::{Activation, File, Kind, Layer, Provenance, Shape, Window};
use runtime::geometry::Geometry;
use runtime::layout::{conv_offset, dense_offset};
use runtime::{Generator, Latent, Model};

struct Rng(u64);
impl Rng {
    fn next(&mut self) -> u32 {
        self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.0 >> 33) as u32
    }
}

fn check(kind: Kind, input: Shape, output: Shape, rng: &mut Rng) {
    let first = Geometry { kind: Kind::Dense, input: Shape::new(1, 1, 3), output: input };
    let second = Geometry { kind, input, output };
    assert!(second.is_well_formed());
    let w1: std::vec::Vec<i8> = (0..first.weights()).map(|_| ((rng.next() % 255) as i32 - 127) as i8).collect();
    let w2: std::vec::Vec<i8> = (0..second.weights()).map(|_| ((rng.next() % 255) as i32 - 127) as i8).collect();
    let mut p1 = vec![0u8; w1.len()];
    for o in 0..input.len() { for i in 0..3 { p1[dense_offset(&first, o, i)] = w1[o * 3 + i] as u8; } }
    let mut p2 = vec![0x80u8; w2.len()];
    let (ci, co) = (input.channels as usize, output.channels as usize);
    match kind {
        Kind::Dense => for o in 0..output.len() { for i in 0..input.len() { p2[dense_offset(&second, o, i)] = w2[o * input.len() + i] as u8; } },
        Kind::Conv(w) | Kind::ConvTranspose(w) => {
            let k = w.kernel as usize;
            for r in 0..k { for c in 0..k { for i in 0..ci { for o in 0..co {
                p2[conv_offset(&second, r, c, i, o)] = w2[((r * k + c) * ci + i) * co + o] as u8;
            }}}}
        }
    }
    assert!(!p2.contains(&0x80), "layout leaves a hole: {second:?}");
    let m1 = 20000u16.to_le_bytes().repeat(ci);
    let m2 = 20000u16.to_le_bytes().repeat(co);
    let bias: std::vec::Vec<u8> = (0..co).flat_map(|c| (c as i16 * 100 - 50).to_le_bytes()).collect();
    let layer = |kind, output, m, b, w| Layer { kind, output, activation: Activation::Identity, pre_shift: 6, post_shift: 16, multipliers: m, bias_shift: 2, bias: b, label_shift: 0, label: &[], padding: &[], weights: w };
    let mut layers = Vec::new();
    layers.push(layer(Kind::Dense, input, &m1[..], &[][..], &p1[..])).unwrap();
    layers.push(layer(kind, output, &m2[..], &bias[..], &p2[..])).unwrap();
    let prov = Provenance { data_set: "x", recipe: "y", tool: "z", steps: 1, seed: 2, scores: None };
    let mut buffer = vec![0; 1 << 20];
    let bytes = File::new(prov, 3, 0, layers).encode(&mut buffer).unwrap();
    let model = Model::from_bytes(bytes).unwrap();
    let latent = Latent::from_seed(7, 3);
    let x: std::vec::Vec<i32> = latent.components().map(i32::from).collect();
    let rq = |s: i32| ((((s + 32) >> 6) * 20000 + 32768) >> 16).clamp(-128, 127);
    let a: std::vec::Vec<i32> = (0..input.len()).map(|o| rq((0..3).map(|i| x[i] * w1[o * 3 + i] as i32).sum())).collect();
    let mut sums: std::vec::Vec<i32> = (0..output.len()).map(|o| ((o % co) as i32 * 100 - 50) << 2).collect();
    let (ih, iw, oh, ow) = (input.height as i32, input.width as i32, output.height as i32, output.width as i32);
    match kind {
        Kind::Dense => for o in 0..output.len() { for i in 0..input.len() { sums[o] += a[i] * w2[o * input.len() + i] as i32; } },
        Kind::Conv(w) | Kind::ConvTranspose(w) => {
            let (k, s, p) = (w.kernel as i32, w.stride as i32, w.padding as i32);
            let transposed = matches!(kind, Kind::ConvTranspose(_));
            let (lh, lw) = if transposed { (ih, iw) } else { (oh, ow) };
            for y in 0..lh { for x in 0..lw { for r in 0..k { for c in 0..k {
                let (fy, fx) = (y * s - p + r, x * s - p + c);
                let (bh, bw) = if transposed { (oh, ow) } else { (ih, iw) };
                if fy < 0 || fx < 0 || fy >= bh || fx >= bw { continue; }
                for i in 0..ci { for o in 0..co {
                    let w = w2[((r * k + c) as usize * ci + i) * co + o] as i32;
                    if transposed {
                        sums[((fy * ow + fx) as usize) * co + o] += w * a[((y * iw + x) as usize) * ci + i];
                    } else {
                        sums[((y * ow + x) as usize) * co + o] += w * a[((fy * iw + fx) as usize) * ci + i];
                    }
                }}
            }}}}
        }
    }
    let expected: std::vec::Vec<u8> = sums.iter().map(|&s| (rq(s) + 128) as u8).collect();
    let mut workspace = vec![0xaa; model.workspace_len()];
    let mut pixels = vec![0; output.len()];
    Generator::new(&model, &mut workspace).unwrap().generate(&latent, 0, &mut pixels).unwrap();
    assert_eq!(pixels, expected, "{second:?}");
}

#[test]
fn every_small_shape_equals_the_reference() {
    let mut rng = Rng(1);

    for (h, w) in [(1, 1), (2, 3), (5, 4), (7, 7)] {
        for ci in [1u16, 2, 3, 6] {
            for co in [1u16, 2, 3, 5, 9] {
                check(Kind::Dense, Shape::new(h, w, ci), Shape::new(3, 2, co), &mut rng);
                for k in 1..=5u8 { for s in 1..=3u8 { for p in 0..k {
                    let win = Window { kernel: k, stride: s, padding: p };
                    for extra in 0..s as i32 {
                        let f = |n: u16| (n as i32 - 1) * s as i32 - 2 * p as i32 + k as i32 + extra;
                        if f(h) > 0 && f(w) > 0 {
                            check(Kind::ConvTranspose(win), Shape::new(h, w, ci), Shape::new(f(h) as u16, f(w) as u16, co), &mut rng);
                        }
                    }
                    let g = |n: u16| (n as i32 + 2 * p as i32 - k as i32).div_euclid(s as i32) + 1;
                    if g(h) > 0 && g(w) > 0 && h as i32 + 2 * p as i32 >= k as i32 && w as i32 + 2 * p as i32 >= k as i32 {
                        check(Kind::Conv(win), Shape::new(h, w, ci), Shape::new(g(h) as u16, g(w) as u16, co), &mut rng);
                    }
                }}}
            }
        }
    }
}
