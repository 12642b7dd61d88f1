//! `_Py*` names: whoever uses them has to be rebuilt when CPython says so, at times for a patch release.

use soabi_core::{AbiTag, Severity};

use super::{free_threaded_mismatch, rule};
use crate::hit::Hit;
use crate::object::{Object, PythonImport};
use crate::python::{Binding, Python};
use crate::subject::Subject;
use crate::words::{count, named, span};

rule!("private-import", Warning, "a version-specific module imports private names of CPython");

fn check(subject: &Subject) -> Vec<Hit> {
    let version_specific = subject.extensions().filter(|object| object.stable_claim().is_none());
    version_specific.filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    // What public macros expand to is private in name only: it is a part of the stable ABI, or counts
    // references without the GIL.
    let is_private = |import: &&PythonImport| {
        import.name.starts_with('_')
            && import.stable.is_none()
            && !free_threaded_mismatch::is_free_threaded(import)
    };
    let private: Vec<&PythonImport> = object.imports.iter().filter(is_private).collect();
    let names =
        |imports: &[&PythonImport]| imports.iter().map(|import| import.name.clone()).collect::<Vec<_>>();
    let depends = |import: &PythonImport, abi: AbiTag| {
        Python::known(abi, None).binds(import, object.home) == Binding::Depends
    };
    let shaky: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| private.iter().any(|import| depends(import, **abi))).collect();
    if private.is_empty() {
        return None;
    }
    if shaky.is_empty() {
        let message = format!(
            "imports {} of CPython: {}",
            count(private.len(), "private name"),
            named(&names(&private))
        );
        let help =
            "nothing to do if a generator wrote the code that follows CPython's releases, as Cython does";
        return Some(
            Hit::on(object, message).only(Severity::Note).evidence("symbols", names(&private)).help(help),
        );
    }
    let late: Vec<&PythonImport> =
        private.iter().filter(|import| shaky.iter().any(|abi| depends(import, **abi))).copied().collect();
    let message = format!(
        "not every patch release of {} exports {}",
        span(&shaky, &object.promised),
        named(&names(&late))
    );
    Some(Hit::on(object, message).evidence("symbols", names(&late)).evidence("pythons", shaky).help(
        "build against the oldest patch release that is to be served; public names do not come and go \
         within one version",
    ))
}
