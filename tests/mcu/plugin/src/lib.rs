//! A QEMU plugin (API version 1, QEMU 4.2 and later) that counts every instruction executed between
//! calls of the guest's functions `measure_start` and `measure_stop`, and adds up the cycles that a
//! [`Core`] would take.
//!
//! Arguments: `core=NAME` (see [`Core::from_name`]) and `out=PATH`: a file that gets a line for
//! each pair of calls, `instructions cycles code`, when QEMU ends; `code` is the bytes of all
//! instructions that were executed at least once. With `profile=PATH`, that file gets
//! `address times` for every instruction executed between the last pair of calls.

mod api;
mod core;
mod riscv;
mod thumb;

use std::collections::{BTreeMap, HashSet};
use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::fs::File;
use std::io::Write;
use std::ptr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub use crate::core::{Core, Cost};

/// What the plugin knows of one translated instruction.
struct Instruction {
    cost: Cost,
    /// Address of the instruction that follows it in memory.
    next: u64,
    address: u64,
    mark: Option<Mark>,
    /// The number of the section in which it was executed last, from 1.
    section: AtomicUsize,
}

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    Start,
    Stop,
}

struct State {
    core: Core,
    out: String,
    profile: Option<(String, BTreeMap<u64, u64>)>,
    running: bool,
    /// The instruction executed last, while running: its successor, and what it costs to branch.
    last: Option<(u64, u32)>,
    instructions: u64,
    cycles: u64,
    /// Addresses of the instructions executed so far, and their bytes.
    executed: HashSet<u64>,
    code: u64,
    sections: Vec<[u64; 3]>,
}

static STATE: Mutex<Option<State>> = Mutex::new(None);

/// The plugin API version that the plugin was written for.
#[unsafe(no_mangle)]
#[allow(non_upper_case_globals)]
pub static qemu_plugin_version: c_int = 1;

/// Called by QEMU when it loads the plugin.
///
/// # Safety
/// `argv` must point to `argc` C strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn qemu_plugin_install(
    id: u64,
    _info: *const c_void,
    argc: c_int,
    argv: *const *const c_char,
) -> c_int {
    let (mut core, mut out, mut profile) = (None, None, None);
    for index in 0..argc as usize {
        // SAFETY: QEMU passes `argc` valid C strings.
        let argument = unsafe { CStr::from_ptr(*argv.add(index)) }.to_string_lossy();
        match argument.split_once('=') {
            Some(("core", name)) => core = Core::from_name(name),
            Some(("out", path)) => out = Some(path.to_string()),
            Some(("profile", path)) => profile = Some((path.to_string(), BTreeMap::new())),
            _ => {}
        }
    }
    let (Some(core), Some(out)) = (core, out) else {
        eprintln!("the plugin needs core=NAME, a core that it knows, and out=PATH");
        return -1;
    };
    *STATE.lock().expect("one thread") = Some(State {
        core,
        out,
        profile,
        running: false,
        last: None,
        instructions: 0,
        cycles: 0,
        executed: HashSet::new(),
        code: 0,
        sections: Vec::new(),
    });
    // SAFETY: the callbacks have the types that the API asks for and live as long as the plugin.
    unsafe {
        api::qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
        api::qemu_plugin_register_atexit_cb(id, at_exit, ptr::null_mut());
    }
    0
}

/// Looks at a block of instructions and asks QEMU to call back when each is executed.
extern "C" fn translated(_id: u64, block: *mut c_void) {
    let guard = STATE.lock().expect("one thread");
    let Some(state) = guard.as_ref() else { return };
    // SAFETY: `block` and its instructions are valid during this call; the user data is leaked, so
    // it is valid whenever the instruction is executed.
    unsafe {
        for index in 0..api::qemu_plugin_tb_n_insns(block) {
            let instruction = api::qemu_plugin_tb_get_insn(block, index);
            let size = api::qemu_plugin_insn_size(instruction);
            let data = api::qemu_plugin_insn_data(instruction).cast::<u8>();
            let bytes = std::slice::from_raw_parts(data, size);
            let address = api::qemu_plugin_insn_vaddr(instruction);
            let known = Box::leak(Box::new(Instruction {
                cost: state.core.cost(bytes),
                next: address + size as u64,
                address,
                // A function is entered at the beginning of a block.
                mark: (index == 0).then(|| mark(instruction)).flatten(),
                section: AtomicUsize::new(0),
            }));
            api::qemu_plugin_register_vcpu_insn_exec_cb(
                instruction,
                executed,
                0,
                ptr::from_mut(known).cast(),
            );
        }
    }
}

unsafe fn mark(instruction: *mut c_void) -> Option<Mark> {
    // SAFETY: QEMU gives null or a C string.
    let symbol = unsafe { api::qemu_plugin_insn_symbol(instruction) };
    if symbol.is_null() {
        return None;
    }
    // SAFETY: as above.
    match unsafe { CStr::from_ptr(symbol) }.to_bytes() {
        b"measure_start" => Some(Mark::Start),
        b"measure_stop" => Some(Mark::Stop),
        _ => None,
    }
}

extern "C" fn executed(_cpu: c_uint, data: *mut c_void) {
    // SAFETY: the data was leaked when the instruction was translated.
    let instruction = unsafe { &*data.cast::<Instruction>() };
    let mut guard = STATE.lock().expect("one thread");
    let Some(state) = guard.as_mut() else { return };
    if state.running {
        if let Some((next, branch)) = state.last
            && next != instruction.address
        {
            state.cycles += u64::from(branch);
        }
        state.instructions += 1;
        state.cycles += u64::from(instruction.cost.cycles);
        state.last = Some((instruction.next, instruction.cost.branch));
        // QEMU may translate an instruction more than once.
        let section = state.sections.len() + 1;
        if instruction.section.swap(section, Ordering::Relaxed) != section
            && state.executed.insert(instruction.address)
        {
            state.code += instruction.next - instruction.address;
        }
        if let Some((_, times)) = &mut state.profile {
            *times.entry(instruction.address).or_default() += 1;
        }
    }
    match instruction.mark {
        Some(Mark::Start) => {
            state.running = true;
            state.last = None;
            (state.instructions, state.cycles, state.code) = (0, 0, 0);
            state.executed.clear();
            if let Some((_, times)) = &mut state.profile {
                times.clear();
            }
        }
        Some(Mark::Stop) if state.running => {
            state.running = false;
            let counts = [state.instructions, state.cycles, state.code];
            state.sections.push(counts);
        }
        _ => {}
    }
}

extern "C" fn at_exit(_id: u64, _data: *mut c_void) {
    let guard = STATE.lock().expect("one thread");
    let Some(state) = guard.as_ref() else { return };
    let sections = state.sections.iter();
    write(
        &state.out,
        sections.map(|[instructions, cycles, code]| format!("{instructions} {cycles} {code}")),
    );
    if let Some((path, times)) = &state.profile {
        write(
            path,
            times
                .iter()
                .map(|(address, times)| format!("{address:x} {times}")),
        );
    }
}

fn write(path: &str, mut lines: impl Iterator<Item = String>) {
    let written =
        File::create(path).and_then(|mut file| lines.try_for_each(|line| writeln!(file, "{line}")));
    if let Err(error) = written {
        eprintln!("cannot write {path}: {error}");
    }
}
