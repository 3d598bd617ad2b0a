//! Embeds the model and tells the linker about the chip.

fn main() {
    embed::build_script();
    embed::link_with(&["link.x", "defmt.x"]);
}
