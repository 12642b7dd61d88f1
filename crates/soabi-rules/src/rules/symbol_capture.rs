//! Own `Py*` functions that the dynamic linker takes from libpython instead.

use soabi_core::AbiTag;
use soabi_object::{Export, ObjectKind};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::tables::{Exported, ExportTable};
use crate::words::{named, span};

rule!("symbol-capture", Warning, "the file's own function has a name that a promised interpreter exports too");

fn check(subject: &Subject) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let capturing = |export: &Export, abi: AbiTag| {
        let table = ExportTable::get();
        let exported_by = table.symbol(&export.name).map(|symbol| symbol.exported_by).unwrap_or_default();
        exported_by.according_to(table.witnesses(abi, None)) != Exported::No
    };
    let own: Vec<&Export> = object.facts.captured().collect();
    let pythons = object.promised.iter().filter(|abi| own.iter().any(|export| capturing(export, **abi)));
    let pythons: Vec<&AbiTag> = pythons.collect();
    let names = own.iter().filter(|export| pythons.iter().any(|abi| capturing(export, **abi)));
    let names: Vec<&String> = names.map(|export| &export.name).collect();
    let message = format!(
        "defines {} and calls it through the dynamic linker, which takes libpython's own in {}",
        named(&names),
        span(&pythons, &object.promised)
    );
    (!names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
            "rename it, make it static, hide it (-fvisibility=hidden), or link with -Bsymbolic-functions; harmless only \
             while both do the same",
        )
    })
}
