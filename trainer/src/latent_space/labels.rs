//! Ways between two classes.
//!
//! A class is what its row of a label table adds to a layer's sums. Rows can be mixed: a model with
//! mixed rows in its table is drawn by the same runtime with the same arithmetic.

use heapless::Vec as Layers;
use runtime::Model;
use runtime::format::{EncodeError, File, Layer, MAX_LAYERS};

/// The bytes of a model file like that of `model`, but with `steps` classes that lead from class
/// `from` (class 0) to class `to` (the last): each label table has rows on the straight way between
/// the two classes' rows, rounded to the nearest step of the table.
///
/// # Errors
/// [`EncodeError`] if the model cannot be written, which does not happen to one that was read.
///
/// # Panics
/// If the model does not have these classes.
pub fn between(model: &Model, from: u8, to: u8, steps: u8) -> Result<Vec<u8>, EncodeError> {
    let layers: Vec<Layer> = model.layers().map(|(_, layer)| layer).collect();
    let classes = usize::from(model.classes());
    let tables: Vec<Vec<u8>> = layers
        .iter()
        .map(|layer| {
            let row = |class: u8| {
                let len = layer.label.len() / classes;
                &layer.label[usize::from(class) * len..][..len]
            };
            mixed(row(from), row(to), steps)
        })
        .collect();
    let added: usize = tables.iter().map(Vec::len).sum();
    let layers: Layers<Layer, MAX_LAYERS> = layers
        .into_iter()
        .zip(&tables)
        .map(|(layer, label)| Layer { label, ..layer })
        .collect();
    let file = File::new(model.provenance(), model.latent_len() as u8, steps, layers);
    let mut buffer = vec![0; model.file_len() + added + 64];
    Ok(file.encode(&mut buffer)?.to_vec())
}

/// `steps` rows from `from` to `to`, one after another; each value is an i8.
fn mixed(from: &[u8], to: &[u8], steps: u8) -> Vec<u8> {
    let last = i32::from(steps.max(2)) - 1;
    (0..i32::from(steps))
        .flat_map(|step| from.iter().zip(to).map(move |pair| (step, pair)))
        .map(|(step, (&from, &to))| {
            let (from, to) = (i32::from(from as i8), i32::from(to as i8));
            // Between two i8.
            (from + ((to - from) * step * 2 + last).div_euclid(2 * last)) as u8
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_rows_lead_evenly_from_one_to_the_other() {
        let bytes = |row: &[i8]| row.iter().map(|&value| value as u8).collect::<Vec<_>>();
        let (from, to) = (bytes(&[-127, 10, 127]), bytes(&[127, 10, -128]));
        let rows = mixed(&from, &to, 3);
        assert_eq!(rows, bytes(&[-127, 10, 127, 0, 10, 0, 127, 10, -128]));
        assert_eq!(mixed(&from, &to, 2), [from, to].concat());
    }
}
