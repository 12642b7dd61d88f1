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
        .or_else(|| any_at_all(object, world, &private))
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

fn any_at_all(object: &Object, world: &World, private: &[&PythonImport]) -> Option<Hit> {
    let of = |owner: Owner| {
        let names = private.iter().filter(|import| Owner::of(world, import) == owner);
        let names: Vec<&String> = names.map(|import| &import.name).collect();
        let counted = count(names.len(), "private name");
        (!names.is_empty()).then(|| format!("{counted} {}: {}", owner.in_words(), named(&names)))
    };
    let parts: Vec<String> =
        [Owner::Cpython, Owner::Pypy, Owner::Nobody].into_iter().filter_map(of).collect();
    let names: Vec<&String> = private.iter().map(|import| &import.name).collect();
    (!names.is_empty()).then(|| {
        let message = format!("imports {}", parts.join("; "));
        Hit::on(object, message).downgraded_to(Severity::Note).evidence("symbols", names).help(
            "nothing to do if a generator wrote the code that follows the interpreter's releases, as Cython does",
        )
    })
}

/// Whose private name it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A CPython exports it, and perhaps a `PyPy` too.
    Cpython,
    /// Only a `PyPy` exports it.
    Pypy,
    /// No known interpreter exports it.
    Nobody,
}

impl Owner {
    fn of(world: &World, import: &PythonImport) -> Self {
        let table = ExportTable::get();
        let columns = table.columns().iter().enumerate();
        let measured = columns
            .filter(|(index, _)| import.symbol.is_some_and(|symbol| symbol.exported_by.contains(*index)));
        let measured = measured.map(|(_, column)| column.abi);
        let given = world.given().iter().filter(|python| python.exports(&import.name) == Exported::Yes);
        let owners: Vec<AbiTag> = measured.chain(given.map(|python| python.abi)).collect();
        match owners.iter().any(|abi| matches!(abi, AbiTag::Cpython(_))) {
            true => Self::Cpython,
            false if owners.is_empty() => Self::Nobody,
            false => Self::Pypy,
        }
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Cpython => "of CPython",
            Self::Pypy => "of PyPy",
            Self::Nobody => "that no known interpreter exports",
        }
    }
}
