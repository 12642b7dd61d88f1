//! 2.7's two widths of `Py_UNICODE`, which name the same functions differently.

use soabi_core::AbiTag;

use super::rule;
use crate::hit::Hit;
use crate::import::PythonImport;
use crate::object::Object;
use crate::subject::Subject;
use crate::words::{named, span};
use crate::world::World;

rule!("ucs-width-mismatch", Error, "a 2.7 module was built for the other width of Py_UNICODE than it claims");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let named_ucs = |prefix: &str| {
        let names = object.imports.iter().map(|import| import.name.as_str());
        names.filter(|name| name.trim_start_matches('_').starts_with(prefix)).collect::<Vec<_>>()
    };
    let (narrow, wide) = (named_ucs("PyUnicodeUCS2_"), named_ucs("PyUnicodeUCS4_"));
    let of_width = |is_wide: bool| {
        let pythons = object.promised.iter().filter(move |abi| {
            matches!(abi, AbiTag::Cpython(abi) if abi.version.major == 2 && abi.wide_unicode == is_wide)
        });
        pythons.collect::<Vec<_>>()
    };
    let (names, pythons, build) = [(narrow, of_width(true), "UCS2"), (wide, of_width(false), "UCS4")]
        .into_iter()
        .find(|(names, pythons, _)| !names.is_empty() && !pythons.is_empty())?;
    let message = format!(
        "was built for {build}, but claims {}: imports {}",
        span(&pythons, &object.promised),
        named(&names)
    );
    Some(Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
        "cp27m is UCS2 and cp27mu is UCS4 (`sys.maxunicode` tells which an interpreter is): build with one \
         of the width \
         that the tag says",
    ))
}

/// Whether the name says for which width it is.
pub(super) fn is_of_a_width(import: &PythonImport) -> bool {
    let name = import.name.trim_start_matches('_');
    name.starts_with("PyUnicodeUCS2_") || name.starts_with("PyUnicodeUCS4_")
}
