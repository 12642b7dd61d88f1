//! spam in Rust with PyO3: the same function as in C, with the same answers to the same arguments.
//!
//! Only the wording of exceptions differs. Their types are those of `PyArg_ParseTuple` with the format "s":
//! no argument, two, a keyword, `bytes` or a number is a `TypeError`; a lone surrogate is a
//! `UnicodeEncodeError`; an embedded NUL is a `ValueError`.

/// Run commands in the system's shell.
#[pyo3::pymodule]
mod spam {
    use std::ffi::{CString, c_char, c_int};

    use pyo3::prelude::*;

    /// Execute a shell command and return its status.
    #[pyfunction]
    #[pyo3(signature = (command, /))]
    fn system(command: &str) -> PyResult<c_int> {
        unsafe extern "C" {
            fn system(command: *const c_char) -> c_int;
        }
        let command = CString::new(command)?;
        // SAFETY: `command` is a NUL-terminated string that outlives the call. As in C, the call keeps the
        // interpreter's lock.
        Ok(unsafe { system(command.as_ptr()) })
    }
}
