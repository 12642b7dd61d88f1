//! spam in Rust, without headers, without libpython, without a crate: everything that it knows of Python is
//! declared here, from the documentation of the C API.
//!
//! One crate for all eras. `--cfg py2` exports `initspam` for Python 2.7, `--cfg export` exports `PyModExport_spam`
//! for Python 3.15; otherwise it is `PyInit_spam` for Python 3. What they share comes first; what differs is
//! [`py2`], [`py3`] and [`export`]. `--cfg free_threaded` declares objects as builds without the GIL lay them out.
//!
//! Nothing here can panic, so nothing can unwind into the interpreter.

#![expect(clippy::struct_field_names, reason = "the names are those of the C API")]

use std::ffi::{CStr, c_char, c_int};
use std::ptr;

#[cfg(export)]
mod export;
#[cfg(py2)]
mod py2;
#[cfg(not(any(export, py2)))]
mod py3;

/// `PyObject`, only ever seen through a pointer.
#[repr(C)]
struct PyObject {
    _opaque: [u8; 0],
}

/// `PyCFunction`: the receiver, then the tuple of arguments; null for "an exception is set".
type PyCFunction = unsafe extern "C" fn(slf: *mut PyObject, args: *mut PyObject) -> *mut PyObject;

/// `PyMethodDef`: the same four fields from 2.7 to 3.15.
#[repr(C)]
struct PyMethodDef {
    ml_name: *const c_char,
    ml_meth: Option<PyCFunction>,
    ml_flags: c_int,
    ml_doc: *const c_char,
}

/// `METH_VARARGS`.
const METH_VARARGS: c_int = 1;

/// `PYTHON_API_VERSION`: 1013 in the headers of every version from 2.7 to 3.15.
#[cfg(not(export))]
const PYTHON_API_VERSION: c_int = 1013;

unsafe extern "C" {
    fn PyArg_ParseTuple(args: *mut PyObject, format: *const c_char, ...) -> c_int;
    fn Py_BuildValue(format: *const c_char, ...) -> *mut PyObject;
    fn system(command: *const c_char) -> c_int;
}

const NAME: &CStr = c"spam";
const DOC: &CStr = c"Run commands in the system's shell.";
const SYSTEM_DOC: &CStr = c"system(command, /)\n--\n\n\
    Execute a shell command and return its status.";

/// The method table. Mutable because C declares it so; nobody writes to it.
static mut METHODS: [PyMethodDef; 2] = [
    PyMethodDef {
        ml_name: c"system".as_ptr(),
        ml_meth: Some(spam_system),
        ml_flags: METH_VARARGS,
        ml_doc: SYSTEM_DOC.as_ptr(),
    },
    // The sentinel.
    PyMethodDef { ml_name: ptr::null(), ml_meth: None, ml_flags: 0, ml_doc: ptr::null() },
];

/// `spam.system(command)`.
unsafe extern "C" fn spam_system(_slf: *mut PyObject, args: *mut PyObject) -> *mut PyObject {
    let mut command: *const c_char = ptr::null();
    // SAFETY: the interpreter calls this with its lock held and `args` a tuple (METH_VARARGS). The format "s"
    // asks for one `char **`.
    if unsafe { PyArg_ParseTuple(args, c"s".as_ptr(), &raw mut command) } == 0 {
        return ptr::null_mut();
    }
    // SAFETY: "s" gave a NUL-terminated string that lives as long as the argument that owns it, which `args`
    // keeps alive.
    let status = unsafe { system(command) };
    // SAFETY: the format "i" asks for one `int`.
    unsafe { Py_BuildValue(c"i".as_ptr(), status) }
}
