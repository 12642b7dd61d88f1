use std::ffi::CString;
use std::os::raw::{c_char, c_int};

use pyo3::prelude::*;

/// Execute a shell command and return its status.
#[pyfunction]
#[pyo3(signature = (command, /))]
fn system(command: &str) -> PyResult<c_int> {
    extern "C" {
        fn system(command: *const c_char) -> c_int;
    }
    let command = CString::new(command)?;
    // SAFETY: `command` is a NUL-terminated string that outlives the call.
    Ok(unsafe { system(command.as_ptr()) })
}

/// Run commands in the system's shell.
#[pymodule]
fn spam(_: Python<'_>, module: &PyModule) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(system, module)?)
}
