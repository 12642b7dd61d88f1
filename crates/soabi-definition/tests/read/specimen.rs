//! Compiles specimens and reads them.

use std::fs;
use std::path::Path;
use std::process::Command;

use soabi_definition::{Definition, Options, Reading, read};
use soabi_object::Image;

const HEADER: &str = include_str!("specimens/python.h");

/// The bytes of the shared object that `source` compiles to, behind the header.
pub(crate) fn compile(source: &str, flags: &[&str]) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let (input, output) = (folder.path().join("spam.c"), folder.path().join("spam.so"));
    fs::write(&input, format!("{HEADER}\n{source}")).unwrap();
    run("cc", &input, &output, flags)
}

/// Runs a compiler; what it makes must not depend on what is installed.
pub(crate) fn run(compiler: &str, input: &Path, output: &Path, flags: &[&str]) -> Vec<u8> {
    let mut command = Command::new(compiler);
    command.args(["-shared", "-fPIC", "-O2", "-nostdlib", "-fno-stack-protector", "-fcf-protection=full"]);
    command.args(flags).arg("-o").arg(output).arg(input);
    let result = command.output().unwrap();
    assert!(result.status.success(), "{}", String::from_utf8_lossy(&result.stderr));
    fs::read(output).unwrap()
}

/// What is read out of a specimen called `spam.so`.
pub(crate) fn reading(source: &str, flags: &[&str]) -> Reading {
    reading_with(source, flags, &Options { module: Some("spam"), ..Options::default() })
}

pub(crate) fn reading_with(source: &str, flags: &[&str], options: &Options<'_>) -> Reading {
    let bytes = compile(source, flags);
    read(&Image::parse(&bytes).unwrap().remove(0), options).unwrap()
}

/// The one definition of a specimen.
pub(crate) fn definition(source: &str, flags: &[&str]) -> Definition {
    let mut definitions = reading(source, flags).definitions;
    assert_eq!(definitions.len(), 1, "{definitions:?}");
    definitions.remove(0)
}
