//! Models with layers that the crate was built without: `cargo test -p runtime --no-default-features
//! --test left_out`.
#![cfg(not(any(feature = "depthwise", feature = "int4", feature = "upsample")))]

mod common;

use common::aligned::Aligned;
use common::models::models;
use runtime::{Feature, Model, ModelError};

#[test]
fn layers_that_are_left_out_are_refused_with_the_feature_they_need() {
    let left_out = |layer, feature| Err(ModelError::LayerLeftOut { layer, feature });
    for (name, net) in models() {
        let file = Aligned::new(&net.encode());
        let loaded = Model::from_bytes(&file).map(|_| ());
        let expected = match name {
            "nibbles" => left_out(0, Feature::Int4),
            "mixed" => left_out(1, Feature::Int4),
            "colour" => left_out(2, Feature::Depthwise),
            "brim" => left_out(2, Feature::Int4),
            _ => Ok(()),
        };
        assert_eq!(loaded, expected, "{name}");
    }
}
