//! What the manifests and the tables of the rules say of the same interpreter.

use std::collections::BTreeSet;

use soabi_core::AbiTag;
use soabi_object::{Arch, Format};
use soabi_python::manifests;
use soabi_rules::suffixes::suffixes;
use soabi_rules::tables::ExportTable;
use soabi_rules::{Libc, Platform};

/// An interpreter is a manifest and at least one column: without the column nothing is predicted for it, without the
/// manifest it cannot be installed.
#[test]
fn manifests_and_columns() {
    let declared: BTreeSet<AbiTag> = manifests().iter().map(|manifest| manifest.id).collect();
    let measured: BTreeSet<AbiTag> = ExportTable::get().abis().into_iter().collect();
    let lacking = |some: &BTreeSet<AbiTag>, others: &BTreeSet<AbiTag>| -> Vec<String> {
        some.difference(others).map(ToString::to_string).collect()
    };
    assert_eq!(lacking(&declared, &measured), [""; 0], "without a column in tables/exports/");
    assert_eq!(lacking(&measured, &declared), [""; 0], "without a file in pythons/");
}

/// The rules know suffixes on every platform; on Linux with glibc the manifests declare them.
#[test]
fn suffixes_of_the_rules() {
    let linux = Platform { format: Format::Elf, arch: Arch::X86_64, libc: Some(Libc::Gnu), apple: None };
    for manifest in manifests() {
        let declared = manifest.suffixes_on("x86_64-linux-gnu");
        assert_eq!(suffixes(manifest.id, linux), declared, "{}", manifest.id);
    }
}
