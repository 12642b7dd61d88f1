use std::ffi::{c_char, c_int, CString};

use pyo3::prelude::*;

/// Run commands in the system's shell.
#[pymodule]
mod spam {
    #[pymodule_export]
    use super::system;
}

/// Execute a shell command and return its status.
#[pyfunction]
#[pyo3(signature = (command, /))]
fn system(command: &str) -> PyResult<c_int> {
    unsafe extern "C" {
        fn system(command: *const c_char) -> c_int;
    }
    let command = CString::new(command)?;
    // SAFETY: `command` is a NUL-terminated string that outlives the call.
    Ok(unsafe { system(command.as_ptr()) })
}
