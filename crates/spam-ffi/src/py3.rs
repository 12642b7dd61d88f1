//! Python 3: `PyInit_spam` returns the finished module (PEP 3121).

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use crate::{DOC, METHODS, NAME, PYTHON_API_VERSION, PyMethodDef, PyObject};

/// The fields of `PyObject` in builds that have a GIL and, before 3.8, are no debug builds.
#[cfg(not(free_threaded))]
#[repr(C)]
struct Head {
    ob_refcnt: isize,
    ob_type: *mut c_void,
}

/// `PyObject_HEAD_INIT(NULL)`.
#[cfg(not(free_threaded))]
const HEAD: Head = Head { ob_refcnt: 1, ob_type: ptr::null_mut() };

/// The fields of `PyObject` in builds without the GIL (PEP 703).
#[cfg(free_threaded)]
#[repr(C)]
struct Head {
    ob_tid: usize,
    ob_flags: u16,
    ob_mutex: u8,
    ob_gc_bits: u8,
    ob_ref_local: u32,
    ob_ref_shared: isize,
    ob_type: *mut c_void,
}

/// `PyObject_HEAD_INIT(NULL)`: immortal, which is said by the largest local count.
#[cfg(free_threaded)]
const HEAD: Head = Head {
    ob_tid: 0,
    ob_flags: 0,
    ob_mutex: 0,
    ob_gc_bits: 0,
    ob_ref_local: u32::MAX,
    ob_ref_shared: 0,
    ob_type: ptr::null_mut(),
};

/// `PyModuleDef_Base`.
#[repr(C)]
struct PyModuleDefBase {
    ob_base: Head,
    m_init: Option<unsafe extern "C" fn() -> *mut PyObject>,
    m_index: isize,
    m_copy: *mut PyObject,
}

/// `PyModuleDef`: 104 bytes on 64-bit machines, and 120 without the GIL.
#[repr(C)]
struct PyModuleDef {
    m_base: PyModuleDefBase,
    m_name: *const c_char,
    m_doc: *const c_char,
    m_size: isize,
    m_methods: *mut PyMethodDef,
    m_slots: *mut c_void,
    m_traverse: *const c_void,
    m_clear: *const c_void,
    m_free: *const c_void,
}

unsafe extern "C" {
    /// What the macro `PyModule_Create` stands for.
    fn PyModule_Create2(def: *mut PyModuleDef, api_version: c_int) -> *mut PyObject;
}

/// The definition. Mutable because the interpreter counts references to it and gives it an index.
static mut MODULE: PyModuleDef = PyModuleDef {
    // PyModuleDef_HEAD_INIT.
    m_base: PyModuleDefBase { ob_base: HEAD, m_init: None, m_index: 0, m_copy: ptr::null_mut() },
    m_name: NAME.as_ptr(),
    m_doc: DOC.as_ptr(),
    m_size: -1,
    m_methods: (&raw mut METHODS).cast(),
    m_slots: ptr::null_mut(),
    m_traverse: ptr::null(),
    m_clear: ptr::null(),
    m_free: ptr::null(),
};

/// Called by Python 3 on `import spam`.
#[unsafe(no_mangle)]
extern "C" fn PyInit_spam() -> *mut PyObject {
    // SAFETY: the interpreter calls this with its lock held. The definition is static, and from here on only
    // the interpreter touches it.
    unsafe { PyModule_Create2(&raw mut MODULE, PYTHON_API_VERSION) }
}
