//! Suffixes that a promised interpreter does not search for, though they name the right ABI.

use soabi_core::{AbiTag, InitSymbol, Severity};

use super::rule;
use crate::hit::Hit;
use crate::object::Object;
use crate::subject::Subject;
use crate::suffixes::suffixes;
use crate::words::span;
use crate::world::World;

rule!("suffix-not-searched", Error, "a promised interpreter does not search for a file of this name");

fn check(subject: &Subject, world: &World) -> Vec<Hit> {
    subject
        .extensions()
        .filter_map(|object| hit(subject, world, object).or_else(|| nameless(subject, object)))
        .collect()
}

/// A module in a file that has no module's name at all, `spam.abi3.so.1`, and in no other.
fn nameless(subject: &Subject, object: &Object) -> Option<Hit> {
    if object.name.is_some() || object.needed_by_others {
        return None;
    }
    let importable = |init: &&InitSymbol| {
        let named = subject.extensions().filter(|other| other.name.is_some());
        named.into_iter().any(|other| other.init.contains(init))
    };
    let lost: Vec<&InitSymbol> = object.init.iter().filter(|init| !importable(init)).collect();
    let first = lost.first()?;
    let message = format!("no Python searches for `{}`, which exports `{first}`", object.file_name);
    let help = format!(
        "name it `{}` and a suffix such as `.abi3.so`, or stop exporting the init symbol",
        first.module
    );
    let severity = if object.own_finder.is_some() { Severity::Note } else { Severity::Warning };
    Some(Hit::on(object, message).downgraded_to(severity).evidence("symbols", lost).help(help))
}

fn hit(subject: &Subject, world: &World, object: &Object) -> Option<Hit> {
    let suffix = object.name.as_ref().filter(|_| object.home_is_known)?.suffix.as_str();
    let pythons: Vec<&AbiTag> =
        object.promised.iter().filter(|abi| !world.finds(subject, object, **abi)).collect();
    if pythons.is_empty() {
        return None;
    }
    // To Python 3 any folder is a package.
    if !pythons
        .iter()
        .all(|abi| abi.python_version().is_some_and(|python| object.lacks_package(python.major)))
    {
        return Some(unsearched(object, suffix, &pythons));
    }
    let message = format!(
        "{} takes no folder without `__init__.py` for a package, whatever else is in it",
        span(&pythons, &object.promised)
    );
    Some(
        Hit::on(object, message)
            .evidence("pythons", pythons)
            .help("put an `__init__.py` beside it: it may be empty, and is not read"),
    )
}

fn unsearched(object: &Object, suffix: &str, pythons: &[&AbiTag]) -> Hit {
    let message = format!("`{suffix}` is not searched for by {}", span(pythons, &object.promised));
    if let Some(finder) = &object.own_finder {
        let message = format!("{message}; the package loads modules itself ({finder})");
        let help = "nothing to do if that code loads this file";
        return Hit::on(object, message)
            .downgraded_to(Severity::Note)
            .evidence("pythons", pythons)
            .help(help);
    }
    let hit = Hit::on(object, message);
    // Without a tag of its own the file may be opened by other means than `import`.
    let known = object.named_abi() != AbiTag::None;
    let hit = if known { hit } else { hit.downgraded_to(Severity::Warning) };
    let help = help(object, *pythons[0]);
    hit.evidence("pythons", pythons).help(help)
}

fn help(object: &Object, python: AbiTag) -> String {
    if matches!(object.named_abi(), AbiTag::Abi3 | AbiTag::Abi3t) {
        let plain = format!(".{}.so", object.named_abi());
        return format!(
            "`{plain}` is searched for by all; the stable ABI's suffix takes a platform from 3.15 on \
             (gh-122931), and in some distributors' older Pythons"
        );
    }
    format!("{python} searches for `{}`", suffixes(python, object.home).join("`, `"))
}
