//! Python 2.7: `initspam` makes the module known itself and returns nothing.

use std::ffi::{c_char, c_int};
use std::ptr;

use crate::{DOC, METHODS, NAME, PYTHON_API_VERSION, PyMethodDef, PyObject};

unsafe extern "C" {
    /// What the macro `Py_InitModule` stands for. The headers of 64-bit builds rename it, so that a module
    /// with a 32-bit `Py_ssize_t` cannot bind to it (CPython 2.7 `Include/modsupport.h`).
    #[cfg_attr(target_pointer_width = "64", link_name = "Py_InitModule4_64")]
    fn Py_InitModule4(
        name: *const c_char,
        methods: *mut PyMethodDef,
        doc: *const c_char,
        slf: *mut PyObject,
        api_version: c_int,
    ) -> *mut PyObject;
}

/// Called by Python 2.7 on `import spam`.
#[unsafe(no_mangle)]
extern "C" fn initspam() {
    // SAFETY: the interpreter calls this with its lock held; name, docstring and table are static. The
    // returned reference is borrowed; if it is null an exception is set, which the interpreter looks for.
    unsafe {
        Py_InitModule4(
            NAME.as_ptr(),
            (&raw mut METHODS).cast(),
            DOC.as_ptr(),
            ptr::null_mut(),
            PYTHON_API_VERSION,
        );
    }
}
