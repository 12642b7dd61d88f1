//! Made-up interpreters, for tests.

use std::path::{Path, PathBuf};

use soabi_core::AbiTag;
use soabi_python::{Facts, Interpreter, SearchPlace, manifests};

/// Every declared CPython.
pub(crate) fn every_cpython() -> Vec<Interpreter> {
    let ids = manifests().iter().map(|manifest| manifest.id);
    let cpython = ids.filter(|id| matches!(id, AbiTag::Cpython(_)));
    cpython.map(|id| interpreter(&id.to_string(), true)).collect()
}

/// An interpreter by its ABI, on Linux x86-64. Its headers would be in `/python/3.11/include`.
pub(crate) fn interpreter(id: &str, has_headers: bool) -> Interpreter {
    let id: AbiTag = id.parse().unwrap();
    let AbiTag::Cpython(abi) = id else { panic!("only CPython is faked") };
    let three = abi.version.major == 3;
    let executable = PathBuf::from("/python/bin/python");
    let facts = Facts {
        implementation: "cpython".to_owned(),
        version: format!("{}.1", abi.version),
        feature: abi.version,
        hexversion: abi.version.hex() | 0x01f0,
        abi: id,
        soabi: three.then(|| format!("cpython-{}-x86_64-linux-gnu", &abi.to_string()[2..])),
        ext_suffixes: vec![".so".to_owned()],
        pointer_bits: 64,
        debug: abi.debug,
        gil_disabled: abi.free_threaded,
        wide_unicode: three || abi.wide_unicode,
        platform: "linux-x86_64".to_owned(),
        multiarch: None,
        include_dirs: vec![PathBuf::from(format!("/python/{}/include", abi.version))],
        has_headers,
        libpython: None,
        executable: executable.clone(),
        prefix: PathBuf::from("/python"),
        base_prefix: PathBuf::from("/python"),
    };
    Interpreter {
        id: id.into(),
        executable,
        emulator: None,
        source: SearchPlace::Explicit,
        facts,
        also: Vec::new(),
    }
}

/// The same interpreter with its headers, of a certain content, in `folder`.
pub(crate) fn with_headers_in(mut interpreter: Interpreter, folder: &Path, patchlevel: &str) -> Interpreter {
    std::fs::write(folder.join("patchlevel.h"), patchlevel).unwrap();
    std::fs::write(folder.join("pyconfig.h"), "").unwrap();
    interpreter.facts.include_dirs = vec![folder.to_owned()];
    interpreter
}
