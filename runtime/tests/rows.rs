//! Rows as they come, against the image in a frame.

mod common;

use common::aligned::Aligned;
use common::models::{SEEDS, label, models};
use runtime::{GenerateError, Generator, Latent, Model};

#[test]
fn rows_are_those_of_the_image_wherever_the_workspace_begins() {
    for (name, net) in models() {
        let file = Aligned::new(&net.encode());
        let model = Model::from_bytes(&file).expect("a model");
        let mut pixels = vec![0; model.image().len()];
        let mut memory = vec![0x5a; model.workspace_len() + 3];
        for (at, seed) in SEEDS.into_iter().enumerate() {
            let latent = Latent::from_seed(seed, model.latent_len());
            let workspace = &mut memory[at..][..model.workspace_len()];
            let mut generator = Generator::new(&model, workspace).expect("workspace enough");
            let label = label(&net, seed);
            generator.generate(&latent, label, &mut pixels).expect(name);

            let (mut rows, mut drawn) = (Vec::new(), Vec::new());
            let mut on_row = |y: usize, row: &[u8]| {
                rows.push(y);
                drawn.extend_from_slice(row);
            };
            generator.rows(&latent, label, &mut on_row).expect(name);
            generator
                .rows_from_seed(seed, label, &mut on_row)
                .expect(name);
            let height = usize::from(model.image().height);
            assert_eq!(
                rows,
                (0..height).chain(0..height).collect::<Vec<_>>(),
                "{name}"
            );
            assert!(
                drawn == [&pixels[..], &pixels].concat(),
                "{name}, seed {seed}"
            );
        }
    }
}

#[test]
fn a_label_that_the_model_lacks_is_refused() {
    for (name, net) in models() {
        let file = Aligned::new(&net.encode());
        let model = Model::from_bytes(&file).expect("a model");
        let mut workspace = vec![0; model.workspace_len()];
        let mut generator = Generator::new(&model, &mut workspace).expect("workspace enough");
        let label = net.classes.max(1);
        let drawn = generator.rows_from_seed(1, label, |_, _| panic!("{name}: a row"));
        let classes = net.classes;
        assert_eq!(
            drawn,
            Err(GenerateError::NoSuchLabel { label, classes }),
            "{name}"
        );
    }
}
