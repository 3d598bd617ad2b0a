//! Embeds the model and tells the linker about the chip.

fn main() {
    embed::build_script_with("pico");
    embed::link_with(&["link.x"]);
}
