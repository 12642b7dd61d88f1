//! The name in the init symbol against the name of the file.

use soabi_core::{AbiTag, InitKind, InitSymbol, Severity};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::world::World;

rule!("init-name-mismatch", Error, "the init symbol is for a module of another name than the file's");

fn check(subject: &Subject, _: &World) -> Vec<Hit> {
    subject.extensions().filter_map(hit).collect()
}

fn hit(object: &Object) -> Option<Hit> {
    let name = object.name.as_ref()?;
    let modern = object.init.iter().find(|init| init.kind != InitKind::Init);
    let exported = if object.init.is_empty() { object.python_2_candidates() } else { object.init.clone() };
    let (module, old) = (object.module(3), object.module(2));
    if exported.is_empty() || exported.iter().any(|init| init.module == module || init.module == old) {
        return None;
    }
    let distance = |init: &&InitSymbol| strsim::damerau_levenshtein(&init.module, module);
    let nearest = exported.iter().min_by_key(distance)?;
    let wanted = InitSymbol::for_module(modern.map_or(InitKind::Init, |init| init.kind), module);
    let message = format!("the file name needs `{wanted}`; the closest export is `{nearest}`");
    // Whoever loads a module from a bare path can call it anything.
    let severity = match &object.own_finder {
        Some(_) => Severity::Note,
        None if object.named_abi() == AbiTag::None => Severity::Warning,
        None => Severity::Error,
    };
    let message = match &object.own_finder {
        Some(finder) => format!("{message}; the package loads modules itself ({finder})"),
        None => message,
    };
    Some(Hit::on(object, message).downgraded_to(severity).evidence("symbols", &exported).help(format!(
        "rename the file to `{}{}`, or the module to `{module}`",
        nearest.module,
        name.suffix.as_str()
    )))
}
