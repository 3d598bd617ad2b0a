//! The kernels in plain Rust, for every target.

/// Adds to each of `W` sums the products of one panel segment: `sums[n] += weights[k][n] * inputs[k]`
/// over all `k`, with the weights in the order of [`crate::layout`] and both as two's complement
/// bytes.
///
/// The sums wrap; a checked model cannot make them do so.
#[inline(always)]
pub fn segment<const W: usize>(sums: &mut [i32; W], weights: &[u8], inputs: &[u8]) {
    let (quads, rest) = inputs.as_chunks::<4>();
    let mut weights = weights;
    for quad in quads {
        let Some((block, after)) = weights.split_at_checked(4 * W) else {
            return;
        };
        weights = after;
        let x = quad.map(|byte| i32::from(byte as i8));
        if W == 1 {
            for (&weight, x) in block.iter().zip(x) {
                add(&mut sums[0], weight, x);
            }
            continue;
        }
        let (words, _) = block.as_chunks::<4>();
        let (even, odd) = words.split_at(W / 2);
        let (pairs, _) = sums.as_chunks_mut::<2>();
        for ((pair, even), odd) in pairs.iter_mut().zip(even).zip(odd) {
            add(&mut pair[0], even[0], x[0]);
            add(&mut pair[1], even[1], x[0]);
            add(&mut pair[0], even[2], x[2]);
            add(&mut pair[1], even[3], x[2]);
            add(&mut pair[0], odd[0], x[1]);
            add(&mut pair[1], odd[1], x[1]);
            add(&mut pair[0], odd[2], x[3]);
            add(&mut pair[1], odd[3], x[3]);
        }
    }
    for (block, &x) in weights.chunks_exact(W).zip(rest) {
        for (sum, &weight) in sums.iter_mut().zip(block) {
            add(sum, weight, i32::from(x as i8));
        }
    }
}

#[inline(always)]
fn add(sum: &mut i32, weight: u8, x: i32) {
    *sum = sum.wrapping_add(i32::from(weight as i8).wrapping_mul(x));
}
