//! The `import` rung: a real interpreter imports the module and runs the probes.
//!
//! The script is the same one file for every Python from 2.7 to 3.15.

use soabi_child::protocol;
use soabi_python::Interpreter;

use crate::worker::Start;

/// The script.
const SCRIPT: &str = include_str!("worker.py");

/// The probe groups, by name; and how modules are imported that lie in packages.
const PROBES: [(&str, &str); 3] = [
    ("spam", include_str!("probes/spam.py")),
    ("evidence", include_str!("probes/evidence.py")),
    ("placed", include_str!("placed.py")),
];

/// How the interpreter `python` is made a worker.
pub fn start(python: &Interpreter) -> Start {
    let probes = PROBES.iter().flat_map(|(group, source)| [group.as_bytes(), source.as_bytes()]);
    let (program, args) = python.command();
    Start {
        program,
        args: args.into_iter().chain(["-E", "-s", "-S", "-B", "-c", SCRIPT].map(Into::into)).collect(),
        setup: protocol::words(probes.chain([b"".as_slice()])),
    }
}
