//! Predictions: what an interpreter will do with a file, from the file's facts and the tables.
//!
//! The gates are asked in the order in which an interpreter comes to them, and the first that refuses
//! decides. What no gate refuses is held against the promise of the ABI rules. That anything is ever loaded
//! to see whether a prediction is right is not known here.

use serde::Serialize;
use soabi_core::{
    AbiTag, Claim, Expectation, Gate, InitKind, InitSymbol, ModuleFileName, Promise, promise_by_abi,
};

use crate::object::Object;
use crate::platform::Platform;
use crate::python::{Binding, Python};
use crate::tables::{Columns, ExportTable};
use crate::words::named;

/// What is expected of an interpreter, as far as it can be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expect {
    /// It loads the file, and that is promised.
    Accept,
    /// It refuses the file.
    Refuse,
    /// It may load the file; nobody promised that it does, nor that it works then.
    Luck,
    /// The tables do not know.
    Unknown,
}

impl Expect {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Refuse => "refuse",
            Self::Luck => "luck",
            Self::Unknown => "unknown",
        }
    }
}

/// What one interpreter will do with one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prediction {
    /// The interpreter.
    pub python: AbiTag,
    /// What becomes of `import` under the file's own name.
    pub expect: Expect,
    /// The first gate that refuses.
    pub gate: Option<Gate>,
    /// The names that the file needs and the interpreter lacks, whatever the gates say; those that only some
    /// of its patch releases have are among them.
    pub missing: Vec<String>,
    /// What becomes of the file when it is loaded by its path, whatever its name.
    pub by_path: Expect,
    /// The first gate that refuses then.
    pub by_path_gate: Option<Gate>,
    /// Why `expect` is what it is.
    pub why: String,
}

/// Predicts what `python` does with `object`.
pub fn predict(object: &Object, python: &Python) -> Prediction {
    let platform = python.platform.unwrap_or(object.home);
    let bindings = Bindings::of(object, python, platform);
    let by_path = past_the_name(object, python, platform, &bindings);
    let not_found = || format!("{} does not search for `{}`", python.abi, object.file_name);
    let by_name = (!is_found(object, python, platform)).then(|| Answer::refuse(Gate::Name, not_found()));
    let answer = by_name.as_ref().unwrap_or(&by_path);
    Prediction {
        python: python.abi,
        expect: answer.expect,
        gate: answer.gate,
        why: answer.why.clone(),
        by_path: by_path.expect,
        by_path_gate: by_path.gate,
        missing: bindings.missing.into_iter().chain(bindings.depends).map(str::to_owned).collect(),
    }
}

/// An expectation and why.
struct Answer {
    expect: Expect,
    gate: Option<Gate>,
    why: String,
}

impl Answer {
    fn refuse(gate: Gate, why: String) -> Self {
        Self { expect: Expect::Refuse, gate: Some(gate), why }
    }
}

/// What becomes of an object's imports in an interpreter: the names that do not simply bind.
#[derive(Default)]
struct Bindings<'a> {
    missing: Vec<&'a str>,
    depends: Vec<&'a str>,
    unknown: Vec<&'a str>,
}

impl<'a> Bindings<'a> {
    fn of(object: &'a Object, python: &Python, platform: Platform) -> Self {
        let mut bindings = Self::default();
        for import in &object.imports {
            match python.binds(import, platform) {
                Binding::Binds => {}
                Binding::Missing => bindings.missing.push(&import.name),
                Binding::Depends => bindings.depends.push(&import.name),
                Binding::Unknown => bindings.unknown.push(&import.name),
            }
        }
        bindings
    }
}

/// Whether the interpreter searches for a file of this name.
pub(crate) fn is_found(object: &Object, python: &Python, platform: Platform) -> bool {
    let module = object.module(major(python.abi));
    object.name.is_some()
        && ModuleFileName::is_found_as(&object.file_name, module, &python.suffixes_on(platform))
}

fn past_the_name(object: &Object, python: &Python, platform: Platform, bindings: &Bindings<'_>) -> Answer {
    let unknown = |why| Answer { expect: Expect::Unknown, gate: None, why };
    let abi = python.abi;
    if !object.platform.loads_on(platform) {
        let why = format!("a file for {} does not load on {}", object.platform, platform);
        return Answer::refuse(Gate::Platform, why);
    }
    if !bindings.missing.is_empty() {
        return Answer::refuse(Gate::Symbols, format!("{abi} does not export {}", named(&bindings.missing)));
    }
    if let Some(why) = lacks_init(object, abi) {
        return Answer::refuse(Gate::Symbols, why);
    }
    if let [name, ..] = bindings.depends[..] {
        return unknown(depends(name, abi));
    }
    if !bindings.unknown.is_empty() {
        let names = named(&bindings.unknown);
        return unknown(format!("nobody looked whether {abi} exports {names} on {platform}"));
    }
    let Promise { expectation, why, .. } = best_promise(&object.claims, abi);
    let (expect, why) = match expectation {
        Expectation::Accept => (Expect::Accept, why),
        Expectation::Luck => (Expect::Luck, why),
        Expectation::Refuse(_) => {
            (Expect::Luck, format!("it lacks nothing that the file needs; still, {why}"))
        }
    };
    Answer { expect, gate: None, why }
}

/// Why an interpreter finds no init symbol, if it finds none.
///
/// Sources: CPython's `Python/importdl.c` of 2.7; `_PyImport_LoadDynamicModuleWithSpec`; PEP 489, PEP 793.
pub(crate) fn lacks_init(object: &Object, abi: AbiTag) -> Option<String> {
    let module = object.module(major(abi));
    let wanted: &[InitKind] = match abi {
        AbiTag::Cpython(abi) if abi.version.major == 2 => &[InitKind::Init],
        AbiTag::Cpython(abi) if abi.version >= crate::claims::FIRST_ABI3T => {
            &[InitKind::PyModExport, InitKind::PyInit]
        }
        _ => &[InitKind::PyInit],
    };
    if wanted.iter().any(|kind| object.has_init(*kind, module)) {
        return None;
    }
    let wanted: Vec<String> =
        wanted.iter().map(|kind| format!("`{}`", InitSymbol::for_module(*kind, module))).collect();
    Some(format!("{abi} looks for {}, which the file does not export", wanted.join(" or ")))
}

/// What the rules promise by the best of the claims.
pub(crate) fn best_promise(claims: &[Claim], abi: AbiTag) -> Promise {
    let promises = claims.iter().map(|claim| promise_by_abi(*claim, abi));
    let rank = |promise: &Promise| match promise.expectation {
        Expectation::Accept => 0,
        Expectation::Luck => 1,
        Expectation::Refuse(_) => 2,
    };
    let nothing =
        || Promise { expectation: Expectation::Luck, why: "nothing is claimed".to_owned(), reference: None };
    promises.min_by_key(rank).unwrap_or_else(nothing)
}

fn depends(name: &str, abi: AbiTag) -> String {
    let table = ExportTable::get();
    let witnesses = table.witnesses(abi, None);
    let exported_by = table.symbol(name).map(|symbol| symbol.exported_by).unwrap_or_default();
    let releases = |columns: Columns| {
        let releases: Vec<String> = table.releases(columns).map(|release| release.to_string()).collect();
        releases.join(" and ")
    };
    let (with, without) = (releases(witnesses & exported_by), releases(witnesses & !exported_by));
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
