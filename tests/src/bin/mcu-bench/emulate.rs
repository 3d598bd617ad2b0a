//! One run of the firmware with one model.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::build::Built;
use crate::core::Core;

/// What a run tells.
#[derive(Clone, Copy, Debug, Default)]
pub struct Run {
    /// Instructions of loading the model.
    pub load: Count,
    /// Instructions of drawing one image, the latent's included.
    pub draw: Count,
    /// Bytes of workspace.
    pub workspace: u32,
    /// Bytes of stack that drawing a frame takes, a latent included.
    pub stack: u32,
    /// Bytes of stack that drawing rows from a seed takes.
    pub stack_rows: u32,
    /// Of the image.
    pub hash: u32,
}

/// What the plugin counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Count {
    /// Instructions executed.
    pub instructions: u64,
    /// Cycles that the core would take for them.
    pub cycles: u64,
    /// Bytes of the instructions that were executed at least once.
    pub code: u64,
}

/// Instructions of the firmware's known loop: two, 1000 times, and at most two to load the number.
const KNOWN_LOOP: std::ops::RangeInclusive<u64> = 2000..=2002;
/// Longer than any run takes.
const TIMEOUT: Duration = Duration::from_secs(120);

/// Runs `model` and reads the counts.
pub fn run(core: &Core, firmware: &Built, plugin: &Path, model: &[u8]) -> Result<Run> {
    let folder = tempfile::tempdir()?;
    let (image, counts) = (folder.path().join("model"), folder.path().join("counts"));
    fs::write(&image, self::image(model)?)?;

    let mut command = Command::new(core.qemu);
    command
        .arg("-M")
        .args(core.machine)
        .args(["-display", "none", "-serial", "none", "-monitor", "none"])
        .args(["-semihosting-config", "enable=on,target=native"])
        .arg("-kernel")
        .arg(&firmware.elf)
        .arg("-device")
        .arg(format!(
            "loader,file={},addr={:#x},force-raw=on",
            image.display(),
            core.model_at
        ))
        .arg("-plugin")
        .arg(format!(
            "{},core={},out={}",
            plugin.display(),
            core.name,
            counts.display()
        ));
    let output = finish(&mut command)?;
    let mut run = Run::default();
    for line in output.lines() {
        match line.split_once(' ') {
            Some(("workspace", value)) => run.workspace = value.parse()?,
            Some(("stack", value)) => run.stack = value.parse()?,
            Some(("stack_rows", value)) => run.stack_rows = value.parse()?,
            Some(("hash", value)) => run.hash = value.parse()?,
            _ => return Err(format!("the firmware says: {line}").into()),
        }
    }
    let counts = fs::read_to_string(&counts)
        .map_err(|error| format!("the plugin has counted nothing ({error})"))?;
    let sections = counts.lines().map(count).collect::<Result<Vec<_>>>()?;
    let [empty, known_loop, load, draw] = sections[..] else {
        return Err(format!("the plugin has counted {} sections, not 4", sections.len()).into());
    };
    let less = |count: Count| Count {
        instructions: count.instructions - empty.instructions,
        cycles: count.cycles - empty.cycles,
        code: count.code - empty.code,
    };
    let counted = less(known_loop).instructions;
    if !KNOWN_LOOP.contains(&counted) {
        return Err(format!("the plugin counts {counted} instructions in a loop of 2000").into());
    }
    (run.load, run.draw) = (less(load), less(draw));
    Ok(run)
}

/// What the firmware expects in memory: the length of the model's file, and the file.
pub fn image(model: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = u32::try_from(model.len())?.to_le_bytes().to_vec();
    bytes.extend(model);
    Ok(bytes)
}

fn count(line: &str) -> Result<Count> {
    let numbers = line.split(' ').map(str::parse);
    let [instructions, cycles, code] = numbers.collect::<std::result::Result<Vec<_>, _>>()?[..]
    else {
        return Err("the plugin's file is damaged".into());
    };
    Ok(Count {
        instructions,
        cycles,
        code,
    })
}

/// Runs QEMU to its end and returns what the firmware printed.
fn finish(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_string_lossy().to_string();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot run {program}: {error} (Debian: apt install qemu-system-arm qemu-system-misc)"))?;
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if started.elapsed() > TIMEOUT {
            child.kill()?;
            child.wait()?;
            return Err(format!("{program} has not ended after {TIMEOUT:?}").into());
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (mut output, mut errors) = (String::new(), String::new());
    child
        .stdout
        .take()
        .ok_or("no output")?
        .read_to_string(&mut output)?;
    child
        .stderr
        .take()
        .ok_or("no errors")?
        .read_to_string(&mut errors)?;
    if !status.success() {
        return Err(format!("{program} ends with {status}: {output}{errors}").into());
    }
    Ok(output)
}
