//! Embeds the model.

fn main() {
    embed::build_script();
}
