//! Own `Py*` functions that the dynamic linker takes from libpython instead.

use soabi_core::AbiTag;
use soabi_object::ObjectKind;

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::tables::{ExportTable, Exported, Symbol};
use crate::words::{named, span};

rule!(
    "symbol-capture",
    Warning,
    "the file's own function has a name that a promised interpreter exports too"
);

fn check(subject: &Subject) -> Vec<Hit> {
    let libraries = subject.objects.iter().filter(|object| object.facts.kind == ObjectKind::Library);
    libraries.filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let table = ExportTable::get();
    let captures = |symbol: &Symbol, abi: &AbiTag| {
        symbol.exported_by.according_to(table.witnesses(*abi, None)) != Exported::No
    };
    let own: Vec<Symbol> = object.facts.captured().filter_map(|export| table.symbol(&export.name)).collect();
    let pythons = object.promised.iter().filter(|abi| own.iter().any(|symbol| captures(symbol, abi)));
    let pythons: Vec<&AbiTag> = pythons.collect();
    let names = own.iter().filter(|symbol| pythons.iter().any(|abi| captures(symbol, abi)));
    let names: Vec<&str> = names.map(|symbol| symbol.name).collect();
    let message = format!(
        "defines {} and calls it through the dynamic linker, which takes libpython's own in {}",
        named(&names),
        span(&pythons, &object.promised)
    );
    (!names.is_empty()).then(|| {
        Hit::on(object, message).evidence("symbols", names).evidence("pythons", pythons).help(
            "rename it, make it static, hide it (-fvisibility=hidden), or link with -Bsymbolic-functions; \
             harmless only \
             while both do the same",
        )
    })
}
