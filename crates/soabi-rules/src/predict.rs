//! Predictions: what an interpreter will do with a file, from the file's facts and the tables.
//!
//! The gates are asked in the order in which an interpreter comes to them, and the first that refuses
//! decides. What no gate refuses is compared with the promise of the ABI rules. Nothing is loaded here. What the
//! interpreter makes of the module's definition is in [`crate::runtime`].

use soabi_core::{
    AbiTag, CpythonAbi, Expectation, Gate, InitSymbol, ModuleFileName, OutcomeKind, Prediction,
    PredictionKind, Promise,
};
use soabi_object::Format;

use crate::import::{flags_of_python_library, is_python_library, version_of_python_library};
use crate::luck;
use crate::object::Object;
use crate::platform::Platform;
use crate::promise::best_promise;
use crate::python::{Binding, Python};
use crate::runtime;
use crate::tables::{Columns, ExportTable};
use crate::words::named;

/// Predicts what `python` does with `object`.
pub fn predict(object: &Object, python: &Python) -> Prediction {
    let platform = python.platform.unwrap_or(object.home);
    let bindings = Bindings::of(object, python, platform);
    let by_path = past_the_name(object, python, platform, &bindings);
    let not_found = || {
        if object.lacks_package(major(python.abi)) {
            return format!("{} takes no folder without `__init__.py` for a package", python.abi);
        }
        format!("{} does not search for `{}`", python.abi, object.file_name)
    };
    let by_name = (!is_found(object, python, platform)).then(|| match &object.own_finder {
        Some(finder) if object.promised.contains(&python.abi) => {
            Answer::unknown(format!("{}; the package loads modules itself ({finder})", not_found()))
        }
        _ => Answer::refuse(Gate::Name, not_found()),
    });
    let answer = by_name.as_ref().unwrap_or(&by_path);
    let is_imported = matches!(by_path.expect, PredictionKind::Accept | PredictionKind::Luck);
    Prediction {
        python: python.abi,
        expect: answer.expect,
        gate: answer.gate,
        why: answer.why.clone(),
        by_path: by_path.expect,
        by_path_gate: by_path.gate,
        outcome: answer.outcome,
        by_path_outcome: by_path.outcome,
        gil: runtime::gil(object, python.abi).filter(|_| is_imported),
        subinterpreters: runtime::subinterpreters(object, python.abi).filter(|_| is_imported),
        missing: bindings.missing.into_iter().chain(bindings.depends).map(str::to_owned).collect(),
        missing_more: 0,
    }
}

/// A prediction of one question and its reason.
struct Answer {
    expect: PredictionKind,
    gate: Option<Gate>,
    outcome: Option<OutcomeKind>,
    why: String,
}

impl Answer {
    fn refuse(gate: Gate, why: String) -> Self {
        let outcome = Some(OutcomeKind::Refused);
        Self { expect: PredictionKind::Refuse, gate: Some(gate), outcome, why }
    }

    fn unknown(why: String) -> Self {
        Self { expect: PredictionKind::Unknown, gate: None, outcome: None, why }
    }
}

/// What becomes of an object's imports in an interpreter: the names that do not simply bind.
#[derive(Default)]
struct Bindings<'a> {
    missing: Vec<&'a str>,
    /// Whether one of those that are missing, and that the object itself imports, can come with no patch release.
    certain: bool,
    depends: Vec<&'a str>,
    unknown: Vec<&'a str>,
}

impl<'a> Bindings<'a> {
    fn of(object: &'a Object, python: &Python, platform: Platform) -> Self {
        let mut bindings = Self::default();
        let own = object.imports.iter().map(|import| (import, true));
        for (import, is_own) in own.chain(object.bundled_imports.iter().map(|import| (import, false))) {
            match python.binds(import, platform) {
                Binding::Binds => {}
                Binding::Missing => {
                    bindings.missing.push(&import.name);
                    bindings.certain |= is_own && !import.may_come_with_a_patch();
                }
                Binding::Depends => bindings.depends.push(&import.name),
                Binding::Unknown => bindings.unknown.push(&import.name),
            }
        }
        bindings
    }
}

/// Whether the interpreter searches for a file of this name.
pub(crate) fn is_found(object: &Object, python: &Python, platform: Platform) -> bool {
    let stem = object.stem(major(python.abi));
    // Nobody knows what is searched for on a platform that nobody knows.
    !object.home_is_known
        || object.name.is_some()
            && !object.lacks_package(major(python.abi))
            && ModuleFileName::is_found_as(&object.file_name, stem, &python.suffixes_on(platform))
}

fn past_the_name(object: &Object, python: &Python, platform: Platform, bindings: &Bindings<'_>) -> Answer {
    let unknown = Answer::unknown;
    let abi = python.abi;
    if !object.platform.loads_on(platform) {
        let why = format!("a file for {} does not load on {}", object.platform, platform);
        return Answer::refuse(Gate::Platform, why);
    }
    let refused_at = |gate| object.refusals.iter().find(|refusal| refusal.gate == gate);
    if let Some(refusal) = refused_at(Gate::Platform) {
        return Answer::refuse(Gate::Platform, refusal.why.clone());
    }
    if let Some(dll) = object.python_dlls.iter().find(|dll| !python.has_dll(dll)) {
        return Answer::refuse(Gate::Platform, format!("{abi} has no `{dll}`, which the file needs"));
    }
    if let Some(library) = second_python(object, abi) {
        return unknown(format!(
            "needs `{library}`: {abi} loads it as a second Python, where its linker finds one"
        ));
    }
    if !bindings.missing.is_empty() {
        return missing(object, python, bindings);
    }
    if let Some(refusal) = refused_at(Gate::Symbols) {
        return Answer::refuse(Gate::Symbols, refusal.why.clone());
    }
    if let Some(why) = lacks_init(object, abi) {
        return match &object.own_finder {
            Some(finder) if !object.init.is_empty() && object.promised.contains(&abi) => {
                unknown(format!("{why}; the package loads modules itself ({finder})"))
            }
            _ => Answer::refuse(Gate::Symbols, why),
        };
    }
    if !object.home_is_known {
        return unknown("the tables do not know the platform that the wheel is tagged for".to_owned());
    }
    if let Some(library) = own_python(object) {
        return unknown(if library.starts_with('/') {
            format!(
                "needs `{library}`: any other {abi} loads it as a second Python, where it is there at all"
            )
        } else {
            format!("needs `{library}`, which a statically linked {abi} does not have")
        });
    }
    if let [doubt, ..] = &object.doubts[..] {
        return unknown(doubt.clone());
    }
    if let [name, ..] = bindings.depends[..] {
        return Answer::unknown(depends(name, abi));
    }
    if !bindings.unknown.is_empty() {
        let names = named(&bindings.unknown);
        return Answer::unknown(format!(
            "the tables do not know whether {abi} exports {names} on {platform}"
        ));
    }
    if let Some(refusal) = runtime::refusal(object, abi) {
        return Answer { outcome: refusal.outcome, ..Answer::refuse(Gate::Runtime, refusal.why) };
    }
    promised(object, abi)
}

/// The library of another Python that the file needs, with everything that it imports of that one. Windows has DLLs of
/// Python's, of which only one can be meant, and they are a gate of their own.
fn second_python(object: &Object, abi: AbiTag) -> Option<&str> {
    if object.facts.format == Format::Pe {
        return None;
    }
    let mut needed =
        object.facts.needed.iter().map(|needed| &*needed.name).filter(|name| is_python_library(name));
    let is_another = |name: &&str| {
        let Some(version) = version_of_python_library(name) else { return false };
        let AbiTag::Cpython(own) = abi else { return !name.contains("pypy") };
        let flags = flags_of_python_library(name);
        version != own.version || flags.contains('d') != own.debug || flags.contains('t') != own.free_threaded
    };
    needed.find(is_another)
}

/// The library of Python's that the file needs where the interpreter may be linked statically, or be another one than that of
/// the path. On Android and iOS modules have to name it, and on Windows as well.
fn own_python(object: &Object) -> Option<&str> {
    if object.facts.format == Format::Pe || object.has_to_link_python() {
        return None;
    }
    object.facts.needed.iter().map(|needed| &*needed.name).find(|name| is_python_library(name))
}

/// What is promised of a file that no gate refuses.
fn promised(object: &Object, abi: AbiTag) -> Answer {
    let Promise { expectation, why, .. } = best_promise(&object.claims, abi);
    let why = match expectation {
        Expectation::Accept => {
            let outcome = Some(OutcomeKind::Accepted);
            return Answer { expect: PredictionKind::Accept, gate: None, outcome, why };
        }
        Expectation::Luck => why,
        Expectation::Refuse(_) => format!("it lacks nothing that the file needs; still, {why}"),
    };
    let why = luck::risk(object, abi).map_or(why.clone(), |risk| format!("{why}; {risk}"));
    Answer { expect: PredictionKind::Luck, gate: None, outcome: None, why }
}

/// What becomes of a file of which some names are in none of the measured releases.
///
/// A private name may come in a patch release: one that was not measured may export it. That counts only where the
/// file is promised; another version is not one for which it was built.
fn missing(object: &Object, python: &Python, bindings: &Bindings<'_>) -> Answer {
    let (abi, missing) = (python.abi, &bindings.missing);
    let releases = python.releases();
    if bindings.certain || releases.is_empty() || !object.promised.contains(&abi) {
        return Answer::refuse(Gate::Symbols, format!("{abi} does not export {}", named(missing)));
    }
    let (releases, verb) = match &releases[..] {
        [before @ .., last] if !before.is_empty() => (format!("{} and {last}", before.join(", ")), "do"),
        one => (one.concat(), "does"),
    };
    let why = format!("{releases} {verb} not export {}; other releases may", named(missing));
    Answer::unknown(why)
}

/// Why an interpreter finds no init symbol, if it finds none.
///
/// Sources: CPython's `Python/importdl.c` of 2.7; `_PyImport_LoadDynamicModuleWithSpec`; PEP 489, PEP 793.
pub(crate) fn lacks_init(object: &Object, abi: AbiTag) -> Option<String> {
    let module = object.module(major(abi));
    let version = match abi {
        AbiTag::Cpython(CpythonAbi { version, .. }) | AbiTag::Pypy { python: version, .. } => version,
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => return None,
    };
    let wanted = InitSymbol::looked_up_by(version, module);
    if wanted.iter().any(|init| object.init.contains(init)) {
        return None;
    }
    let wanted: Vec<String> = wanted.iter().map(|init| format!("`{init}`")).collect();
    Some(format!("{abi} looks for {}, which the file does not export", wanted.join(" or ")))
}

fn depends(name: &str, abi: AbiTag) -> String {
    let table = ExportTable::get();
    let columns = table.columns_for(abi, None);
    let exported_by = table.symbol(name).map(|symbol| symbol.exported_by).unwrap_or_default();
    let releases = |columns: Columns| {
        let releases: Vec<String> = table.releases(columns).map(|release| release.to_string()).collect();
        releases.join(", ")
    };
    let (with, without) = (releases(columns & exported_by), releases(columns & !exported_by));
    format!("`{name}` is exported by {with} and not by {without}")
}

/// The major version of the Python that an ABI belongs to.
fn major(abi: AbiTag) -> u8 {
    match abi {
        AbiTag::Cpython(abi) => abi.version.major,
        AbiTag::Pypy { python, .. } => python.major,
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => 3,
    }
}
