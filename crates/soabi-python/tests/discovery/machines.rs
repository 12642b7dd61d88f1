//! Interpreters of other machines, which an emulator runs.

use std::fs;
use std::path::{Path, PathBuf};

use soabi_python::{Emulator, Interpreter, QueryError};

use super::mock::{Machine, Mock};

const LOADER: &str = "/lib/ld-linux-riscv64-lp64d.so.1";
/// `e_machine` of RISC-V (the ELF supplement of its ABI).
const EM_RISCV: u16 = 243;

/// A program for 64-bit RISC-V: an ELF header, and a program header that names its dynamic linker.
fn program() -> Vec<u8> {
    let (header, entry) = (64u64, 56u64);
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    // ET_EXEC, the machine, the version of the format; then where to start and the two tables.
    file.extend([2u16, EM_RISCV].iter().flat_map(|half| half.to_le_bytes()));
    file.extend(1u32.to_le_bytes());
    file.extend([0, header, 0].iter().flat_map(|word: &u64| word.to_le_bytes()));
    file.extend(0u32.to_le_bytes());
    file.extend([64u16, 56, 1, 64, 0, 0].iter().flat_map(|half| half.to_le_bytes()));
    // PT_INTERP, readable.
    file.extend([3u32, 4].iter().flat_map(|word| word.to_le_bytes()));
    let size = LOADER.len() as u64 + 1;
    let place = header + entry;
    file.extend([place, place, place, size, size, 1].iter().flat_map(|word| word.to_le_bytes()));
    file.extend(LOADER.as_bytes());
    file.push(0);
    file
}

/// A machine with an interpreter for RISC-V in `root`.
fn machine() -> (Machine, PathBuf) {
    let machine = Machine::new();
    let python = machine.path("root/usr/bin/python3.13");
    fs::create_dir_all(python.parent().unwrap()).unwrap();
    fs::write(&python, program()).unwrap();
    (machine, python)
}

/// Puts an emulator on `PATH` that answers for the interpreter that it was to run, and writes down its arguments.
fn emulator(machine: &Machine, name: &str) -> PathBuf {
    // `-L ROOT INTERPRETER ...`
    let answer = Mock::three(13, 4).answer().replace("$0", "$3");
    machine.script(&format!("bin/{name}"), &format!("echo \"$1 $2 $3\" > \"$0.args\"\n{answer}"))
}

fn only(machine: &Machine, python: &Path) -> Result<Interpreter, QueryError> {
    let mut discovery = machine.discover(&[python.to_str().unwrap()]);
    match (discovery.found.pop(), discovery.broken.pop()) {
        (Some(found), None) => Ok(found),
        (None, Some(broken)) => Err(broken.error),
        both => panic!("{both:?}"),
    }
}

#[test]
fn an_emulator_runs_it_in_its_root() {
    let (machine, python) = machine();
    let loader = machine.path("root").join(LOADER.trim_start_matches('/'));
    fs::create_dir_all(loader.parent().unwrap()).unwrap();
    fs::write(loader, "").unwrap();
    let program = emulator(&machine, "qemu-riscv64");
    let found = only(&machine, &python).unwrap();
    assert_eq!(found.id.to_string(), "cp313-riscv64");
    assert_eq!(found.executable, python);
    assert_eq!(found.emulator, Some(Emulator { program: program.clone(), root: Some(machine.path("root")) }));
    let args = fs::read_to_string(program.with_extension("args")).unwrap();
    assert_eq!(args, format!("-L {} {}\n", machine.path("root").display(), python.display()));
    // The static one needs nothing of the system.
    let program = emulator(&machine, "qemu-riscv64-static");
    assert_eq!(only(&machine, &python).unwrap().emulator.unwrap().program, program);
}

#[test]
fn it_stands_beside_the_interpreter_of_this_machine() {
    let (machine, python) = machine();
    let loader = machine.path("root").join(LOADER.trim_start_matches('/'));
    fs::create_dir_all(loader.parent().unwrap()).unwrap();
    fs::write(loader, "").unwrap();
    emulator(&machine, "qemu-riscv64");
    machine.python("bin/python3.13", &Mock::three(13, 1));
    let ids = |selection: &[&str]| -> Vec<String> {
        let python = python.to_str().unwrap();
        let selection = [&[python], selection].concat();
        machine.discover(&selection).found.iter().map(|found| found.id.to_string()).collect()
    };
    assert_eq!(ids(&["3.13"]), ["cp313", "cp313-riscv64"]);
    assert_eq!(ids(&["cp313"]), ["cp313", "cp313-riscv64"]);
    assert_eq!(ids(&["cp314"]), ["cp313-riscv64"]);
    // It is found like any other where soabi keeps its own.
    fs::create_dir_all(machine.path("own")).unwrap();
    fs::rename(machine.path("root"), machine.path("own/root")).unwrap();
    let found = |selector: &str| -> Vec<String> {
        machine.discover(&[selector]).found.iter().map(|found| found.id.to_string()).collect()
    };
    assert_eq!(found("cp313-riscv64"), ["cp313-riscv64"]);
    assert_eq!(found("cp313"), ["cp313"]);
    assert_eq!(found("3.13"), ["cp313", "cp313-riscv64"]);
}

#[test]
fn what_is_missing_is_named() {
    let (machine, python) = machine();
    let error = only(&machine, &python).unwrap_err();
    let words = "a program for riscv64, which `qemu-riscv64-static` could run, and that is not on `PATH`";
    assert_eq!(error.to_string(), words);
    assert!(error.hint().unwrap().contains("qemu"));
    emulator(&machine, "qemu-riscv64");
    let error = only(&machine, &python).unwrap_err();
    let words = format!("a program for riscv64, and its dynamic linker `{LOADER}` is in no folder above it");
    assert_eq!(error.to_string(), words);
    assert!(error.hint().unwrap().contains("one folder"));
}
