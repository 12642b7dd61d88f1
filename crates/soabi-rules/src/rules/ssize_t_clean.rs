//! Formats with `#`, whose length argument was an `int` until 3.9 unless the source said otherwise.

use soabi_core::PyVersion;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::named;
use crate::world::World;

rule!("ssize-t-clean", Note, "a stable ABI module uses the old variants of the format functions");

/// The functions that have a `_SizeT` variant, which `PY_SSIZE_T_CLEAN` chooses with headers before 3.13.
const FORMATTING: &[&str] = &[
    "PyArg_Parse",
    "PyArg_ParseTuple",
    "PyArg_ParseTupleAndKeywords",
    "PyArg_VaParse",
    "PyArg_VaParseTupleAndKeywords",
    "PyObject_CallFunction",
    "PyObject_CallMethod",
    "Py_BuildValue",
    "Py_VaBuildValue",
];

/// The first version in which both variants are one (gh-104922).
const ONE_VARIANT: PyVersion = PyVersion::new(3, 13);

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let oldest = object.baseline().filter(|baseline| *baseline < ONE_VARIANT)?;
    let clean = object.imports.iter().any(|import| import.name.ends_with("_SizeT"));
    let names = object.imports.iter().map(|import| import.name.as_str());
    let names: Vec<&str> = names.filter(|name| FORMATTING.contains(name)).collect();
    let message = format!(
        "is promised from {oldest} on and takes {}, not its `_SizeT` variant: a format with `#` writes 32 \
         bits of \
         the length until 3.9, and raises SystemError until 3.12",
        named(&names)
    );
    (!clean && !names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).help(
            "where a format in the sources has a `#`, define PY_SSIZE_T_CLEAN before Python.h is included, and build with \
             headers before 3.13",
        )
    })
}
