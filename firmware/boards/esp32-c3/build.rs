//! Embeds the model and links for the chip, whose memory esp-hal knows.

fn main() {
    embed::build_script();
    embed::link_with(&["linkall.x", "defmt.x"]);
}
