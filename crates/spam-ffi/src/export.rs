//! Python 3.15: `PyModExport_spam` returns slots, which say all that `PyModuleDef` said (PEP 793). No layout of an
//! object is declared here, so builds with and without the GIL take the same file.

use std::ffi::{c_int, c_void};
use std::ptr;

use crate::{DOC, METHODS, NAME, PyObject};

/// `PySlot`: 16 bytes on 64-bit machines. The value is a union in C; every one used here is as wide as a pointer.
#[repr(C)]
struct PySlot {
    sl_id: u16,
    sl_flags: u16,
    sl_reserved: u32,
    sl_ptr: *mut c_void,
}

/// `PySlot_STATIC`: what the slot points to lives as long as the process.
const STATIC: u16 = 2;
/// `PySlot_INTPTR`: the value is in the field for pointers, whatever it is.
const INTPTR: u16 = 4;

/// The numbers of 3.15, which gave the older slots new ones.
const PY_MOD_EXEC: u16 = 85;
const PY_MOD_MULTIPLE_INTERPRETERS: u16 = 86;
const PY_MOD_GIL: u16 = 87;
const PY_MOD_NAME: u16 = 100;
const PY_MOD_DOC: u16 = 101;
const PY_MOD_METHODS: u16 = 103;
const PY_MOD_ABI: u16 = 109;

/// `Py_MOD_PER_INTERPRETER_GIL_SUPPORTED`.
const PER_INTERPRETER_GIL_SUPPORTED: usize = 2;
/// `Py_MOD_GIL_NOT_USED`.
const GIL_NOT_USED: usize = 1;

/// `PyABIInfo`: what the file was built for. The interpreter refuses it where that is not good.
#[repr(C)]
struct PyABIInfo {
    abiinfo_major_version: u8,
    abiinfo_minor_version: u8,
    flags: u16,
    build_version: u32,
    abi_version: u32,
}

/// `PyABIInfo_GIL | PyABIInfo_FREETHREADED`.
const FREETHREADING_AGNOSTIC: u16 = 6;
/// `PY_VERSION_HEX` of 3.15; of the ABI's version only these two numbers count.
const PYTHON_3_15: u32 = 0x030f_0000;

static mut ABI: PyABIInfo = PyABIInfo {
    abiinfo_major_version: 1,
    abiinfo_minor_version: 0,
    flags: FREETHREADING_AGNOSTIC,
    build_version: PYTHON_3_15,
    abi_version: PYTHON_3_15,
};

static mut SLOTS: [PySlot; 8] = [
    to_static(PY_MOD_ABI, (&raw mut ABI).cast()),
    to_static(PY_MOD_NAME, NAME.as_ptr().cast_mut().cast()),
    to_static(PY_MOD_DOC, DOC.as_ptr().cast_mut().cast()),
    to_static(PY_MOD_METHODS, (&raw mut METHODS).cast()),
    slot(PY_MOD_EXEC, 0, spam_exec as *mut c_void),
    slot(PY_MOD_MULTIPLE_INTERPRETERS, INTPTR, ptr::without_provenance_mut(PER_INTERPRETER_GIL_SUPPORTED)),
    slot(PY_MOD_GIL, INTPTR, ptr::without_provenance_mut(GIL_NOT_USED)),
    // PySlot_END.
    slot(0, 0, ptr::null_mut()),
];

const fn slot(sl_id: u16, sl_flags: u16, sl_ptr: *mut c_void) -> PySlot {
    PySlot { sl_id, sl_flags, sl_reserved: 0, sl_ptr }
}

/// `PySlot_STATIC_DATA`.
const fn to_static(sl_id: u16, sl_ptr: *mut c_void) -> PySlot {
    slot(sl_id, STATIC, sl_ptr)
}

extern "C" fn spam_exec(_module: *mut PyObject) -> c_int {
    0
}

/// Called by Python 3.15 and later on `import spam`.
#[unsafe(no_mangle)]
extern "C" fn PyModExport_spam() -> *mut PySlot {
    (&raw mut SLOTS).cast()
}
