//! The part of QEMU's plugin API (`qemu-plugin.h`) that is used.

use std::ffi::{c_char, c_int, c_uint, c_void};

pub type Translated = extern "C" fn(id: u64, block: *mut c_void);
pub type Executed = extern "C" fn(cpu: c_uint, data: *mut c_void);
pub type AtExit = extern "C" fn(id: u64, data: *mut c_void);

unsafe extern "C" {
    pub fn qemu_plugin_register_vcpu_tb_trans_cb(id: u64, callback: Translated);
    pub fn qemu_plugin_register_vcpu_insn_exec_cb(
        instruction: *mut c_void,
        callback: Executed,
        flags: c_int,
        data: *mut c_void,
    );
    pub fn qemu_plugin_register_atexit_cb(id: u64, callback: AtExit, data: *mut c_void);
    pub fn qemu_plugin_tb_n_insns(block: *const c_void) -> usize;
    pub fn qemu_plugin_tb_get_insn(block: *const c_void, index: usize) -> *mut c_void;
    pub fn qemu_plugin_insn_data(instruction: *const c_void) -> *const c_void;
    pub fn qemu_plugin_insn_size(instruction: *const c_void) -> usize;
    pub fn qemu_plugin_insn_vaddr(instruction: *const c_void) -> u64;
    pub fn qemu_plugin_insn_symbol(instruction: *const c_void) -> *const c_char;
}
