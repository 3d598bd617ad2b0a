//! What drawing needs of a Cortex-M0's RAM, measured in QEMU by `mcu-bench`.

use std::process::Command;

use serde_json::Value;

/// `mcu-bench`'s line of a whole image.
fn measured(arguments: &[&str], case: &str) -> Value {
    let bench = Command::new(env!("CARGO_BIN_EXE_mcu-bench"))
        .args([
            "--core",
            "cortex-m0",
            "--no-sizes",
            "--json",
            "--case",
            case,
        ])
        .args(arguments)
        .output()
        .unwrap();
    let (lines, errors) = (
        String::from_utf8_lossy(&bench.stdout),
        String::from_utf8_lossy(&bench.stderr),
    );
    assert!(bench.status.success(), "{errors}");
    let mut lines = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .find(|line| line["case"] == case)
        .unwrap_or_else(|| panic!("no line of {case}: {errors}"))
}

fn bytes(line: &Value, key: &str) -> u64 {
    line[key].as_u64().unwrap()
}

#[test]
fn a_generator_of_4_and_6_channels_draws_in_a_kilobyte() {
    let line = measured(&["--small"], "tiny_generator_image");
    let (workspace, stack) = (
        bytes(&line, "workspace_bytes"),
        bytes(&line, "stack_rows_bytes"),
    );
    assert!(workspace > 272, "the rows that are kept take that much");
    assert!(stack > 48, "a kernel's registers take that much");
    assert!(
        workspace + stack <= 1024,
        "{workspace} of workspace, {stack} of stack"
    );
}

#[test]
fn a_generator_of_32_and_16_channels_draws_in_less_than_cmsis_nn_keeps() {
    let line = measured(&[], "conv_generator_image");
    assert!(bytes(&line, "workspace_bytes") <= 4700, "{line}");
    assert!(bytes(&line, "stack_rows_bytes") <= 600, "{line}");
}
