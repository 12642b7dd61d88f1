//! The files that the commands of the pages are run on: wheels, an environment and a module, compiled here.

use std::fmt::Write as _;

use soabi_wheel::record_hash;

use crate::audit::wheelhouse::{Library, SPAM, Wheelhouse, zip};

/// The files of a distribution by their names.
type Files<'a> = Vec<(&'a str, Vec<u8>)>;

/// The members of a wheel, or the files of an installed distribution, with their metadata.
fn distribution(name: &str, version: &str, tag: &str, files: Files<'_>) -> Vec<(String, Vec<u8>)> {
    let info = format!("{name}-{version}.dist-info");
    let mut all: Vec<(String, Vec<u8>)> =
        files.into_iter().map(|(path, bytes)| (path.to_owned(), bytes)).collect();
    let metadata = format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
    all.push((format!("{info}/METADATA"), metadata.into_bytes()));
    let wheel = format!("Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: false\nTag: {tag}\n");
    all.push((format!("{info}/WHEEL"), wheel.into_bytes()));
    let mut record = String::new();
    for (path, bytes) in &all {
        let _ = writeln!(record, "{path},{},{}", record_hash(bytes), bytes.len());
    }
    let _ = writeln!(record, "{info}/RECORD,,");
    all.push((format!("{info}/RECORD"), record.into_bytes()));
    all
}

fn wheel(house: &Wheelhouse, name: &str, version: &str, tag: &str, files: Files<'_>) {
    let all = distribution(name, version, tag, files);
    let members: Vec<(&str, &[u8])> =
        all.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
    house.write(&format!("dist/{name}-{version}-{tag}.whl"), &zip(&members));
}

fn installed(house: &Wheelhouse, name: &str, version: &str, tag: &str, files: Files<'_>) {
    for (path, bytes) in distribution(name, version, tag, files) {
        house.write(&format!("site-packages/{path}"), &bytes);
    }
}

/// A module that exports `init` and imports `names`.
fn module(init: &str, names: &[&str]) -> Vec<u8> {
    let imports: Vec<&str> = SPAM.imports.iter().chain(names).copied().collect();
    Library { exports: &[init], imports: &imports, ..SPAM }.compile()
}

/// The files, in a folder of their own.
pub(super) fn files() -> Wheelhouse {
    let house = Wheelhouse::new();
    let system = "manylinux_2_17_x86_64";
    let spam = module("PyInit__spam", &["PyLong_FromLong", "PyObject_GetAttrString"]);
    let eggs = module("PyInit__eggs", &["PyType_Freeze"]);
    let ready = module("PyInit_ready", &["_PyUnicode_Ready"]);
    let tag = format!("cp39-abi3-{system}");
    wheel(&house, "spam", "1.0", &tag, vec![("spam/_spam.abi3.so", spam.clone())]);
    wheel(&house, "eggs", "2.0", &format!("cp38-abi3-{system}"), vec![("eggs/_eggs.abi3.so", eggs)]);
    installed(&house, "spam", "1.0", &tag, vec![("spam/_spam.abi3.so", spam.clone())]);
    let for_311 = format!("cp311-cp311-{system}");
    let name = "ham/_ham.cpython-311-x86_64-linux-gnu.so";
    installed(&house, "ham", "3.1", &for_311, vec![(name, module("PyInit__ham", &[]))]);
    installed(&house, "toast", "0.9", "py3-none-any", vec![("toast.py", b"answer = 42\n".to_vec())]);
    house.write("spam.abi3.so", &module("PyInit_spam", &["PyLong_FromLong"]));
    house.write("ready.cpython-311-x86_64-linux-gnu.so", &ready);
    house
}
