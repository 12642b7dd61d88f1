//! `_Py*` names: whoever uses them has to be rebuilt when the interpreter's authors say so, at times for a patch
//! release.

use soabi_core::{AbiTag, Severity};

use super::rule;
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::python::Binding;
use crate::subject::Subject;
use crate::tables::{ExportTable, Exported};
use crate::words::{count, named, span};
use crate::world::World;

rule!("private-import", Warning, "a version-specific module imports private names of its interpreter");

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    let version_specific = subject.extensions().filter(|object| object.stable_claim().is_none());
    version_specific.filter_map(|object| hit(object, world)).collect()
}

fn hit(object: &Object, world: &World) -> Option<Hit> {
    let private: Vec<&PythonImport> = object.imports.iter().filter(|import| import.is_private()).collect();
    missing_in_a_release(object, world, &private)
        .or_else(|| new_in_a_patch(object, world, &private))
        .or_else(|| unheard_of(object, world, &private))
}

/// Names that no measured release of a promised version has. Other releases may.
fn missing_in_a_release(object: &Object, world: &World, private: &[&PythonImport]) -> Option<Hit> {
    let lacks = |import: &PythonImport, abi: AbiTag| {
        let python = world.python(object, abi);
        import.may_come_with_a_patch()
            && !python.releases().is_empty()
            && python.binds(import, object.home) == Binding::Missing
    };
    let pythons: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| private.iter().any(|import| lacks(import, **abi))).collect();
    let names = private.iter().filter(|import| pythons.iter().any(|abi| lacks(import, **abi)));
    let names: Vec<&String> = names.map(|import| &import.name).collect();
    let releases: Vec<String> =
        pythons.iter().flat_map(|abi| world.python(object, **abi).releases()).collect();
    let message = format!(
        "{} {} {} {}; other releases of the same version may export {}",
        if releases.len() == 1 { "release" } else { "releases" },
        releases.join(" and "),
        if releases.len() == 1 { "lacks" } else { "lack" },
        named(&names),
        if names.len() == 1 { "it" } else { "them" }
    );
    (!names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
            "build against the oldest patch release that is promised; public names do not come and go within one \
             version",
        )
    })
}

/// Names that not every patch release of a promised version has.
fn new_in_a_patch(object: &Object, world: &World, private: &[&PythonImport]) -> Option<Hit> {
    let depends = |import: &PythonImport, abi: AbiTag| {
        world.python(object, abi).binds(import, object.home) == Binding::Depends
    };
    let pythons = object.promised.iter();
    let pythons: Vec<&AbiTag> =
        pythons.filter(|abi| private.iter().any(|import| depends(import, **abi))).collect();
    let names = private.iter().filter(|import| pythons.iter().any(|abi| depends(import, **abi)));
    let names: Vec<&String> = names.map(|import| &import.name).collect();
    let pythons_in_words = span(&pythons, &object.promised);
    let message = format!("not every patch release of {pythons_in_words} exports {}", named(&names));
    (!names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
            "build against the oldest patch release that is to be served; public names do not come and go \
             within one version",
        )
    })
}

/// Names that no known interpreter exports. That a generator's code uses names which its interpreter has is no finding.
fn unheard_of(object: &Object, world: &World, private: &[&PythonImport]) -> Option<Hit> {
    let names: Vec<&String> =
        private.iter().filter(|import| is_of_nobody(world, import)).map(|import| &import.name).collect();
    (!names.is_empty()).then(|| {
        let message = format!(
            "imports {} that no known interpreter exports: {}",
            count(names.len(), "private name"),
            named(&names)
        );
        Hit::on(object, message)
            .downgraded_to(Severity::Note)
            .evidence("symbols", names)
            .help("compile it against the headers of the interpreter that is to load it")
    })
}

/// Whether neither the tables nor a given interpreter export it.
fn is_of_nobody(world: &World, import: &PythonImport) -> bool {
    let columns = ExportTable::get().columns().len();
    let is_measured =
        import.symbol.is_some_and(|symbol| (0..columns).any(|index| symbol.exported_by.contains(index)));
    !is_measured && !world.given().iter().any(|python| python.exports(&import.name) == Exported::Yes)
}
