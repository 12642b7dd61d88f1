//! Specimens from the real headers of the interpreters of this machine.

use std::path::PathBuf;
use std::{env, fs};

use soabi_definition::{Options, Phase, read};
use soabi_object::Image;

use crate::specimen::run;

const SOURCE: &str = r#"
#include <Python.h>
static PyObject *system_(PyObject *self, PyObject *arguments) { Py_RETURN_NONE; }
static PyMethodDef methods[] = {{"system", system_, METH_VARARGS, "Runs a command."}, {NULL}};
static int execute(PyObject *module) { return 0; }
static PyModuleDef_Slot slots[] = {{Py_mod_exec, execute}, {0, NULL}};
#ifdef MULTI
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "spam", "Spam.", 8, methods, slots};
PyMODINIT_FUNC PyInit_spam(void) { return PyModuleDef_Init(&definition); }
#else
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, "spam", "Spam.", -1, methods};
PyMODINIT_FUNC PyInit_spam(void) { return PyModule_Create(&definition); }
#endif
"#;

/// The folders of headers of CPython 3 below `~/.pyenv/versions`, with their versions.
fn headers() -> Vec<(String, PathBuf)> {
    let root = env::var_os("PYENV_ROOT")
        .map_or_else(|| PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".pyenv"), PathBuf::from);
    let folders =
        |path: PathBuf| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    folders(root.join("versions"))
        .flat_map(|version| folders(version.join("include")))
        .filter(|folder| folder.join("Python.h").is_file())
        .filter_map(|folder| {
            let version = folder.file_name()?.to_str()?.strip_prefix("python3.")?.to_owned();
            Some((format!("3.{}", version.trim_end_matches(['m', 't'])), folder))
        })
        .collect()
}

#[test]
#[ignore = "needs the headers of CPythons in ~/.pyenv/versions; `cargo test -- --ignored`"]
fn every_version() {
    let headers = headers();
    assert!(!headers.is_empty(), "no headers were found");
    for (version, folder) in headers {
        for (flag, phase, size) in [("-DMULTI", Phase::Multi, 8), ("-DSINGLE", Phase::Single, -1)] {
            let build = tempfile::tempdir().unwrap();
            let input = build.path().join("spam.c");
            fs::write(&input, SOURCE).unwrap();
            let include = format!("-I{}", folder.display());
            let bytes = run("cc", &input, &build.path().join("spam.so"), &[&include, flag, "-w"]);
            let images = Image::parse(&bytes).unwrap();
            let reading = read(&images[0], &Options::default()).unwrap();
            let [read] = reading.definitions.as_slice() else { panic!("{version}: {reading:?}") };
            assert_eq!((read.phase, read.size), (phase, Some(size)), "{version}");
            assert_eq!(read.name.as_deref(), Some("spam"), "{version}");
            assert_eq!(
                read.methods.as_ref().map(|methods| methods[0].name.as_str()),
                Some("system"),
                "{version}"
            );
            let built_with = reading.built_with;
            assert!(built_with.python.contains(&version), "{version}: {built_with:?}");
            assert_eq!(built_with.contradiction, None, "{version}");
        }
    }
}
