//! What keeps a module from being more than it is: one file for every Python (abi3, abi3t), free-threaded, usable in
//! subinterpreters.
//!
//! The answers are taken from the names that the file imports and from its definition. A macro that was inlined and
//! not seen leaves nothing to find, so that an empty list is no proof. Whether the tags claim what a file cannot do
//! is asked by the rules; here nothing is wrong.
//!
//! Sources: PEP 384, PEP 489, PEP 630, PEP 684, PEP 703, PEP 793, PEP 803; CPython's `Misc/stable_abi.toml`.

use std::cmp::Reverse;

use soabi_core::PyVersion;
use soabi_definition::{Definition, Gil, Layout, Phase, Reading, Subinterpreters};

use crate::claims::{FIRST_ABI3, FIRST_ABI3T};
use crate::import::PythonImport;
use crate::object::Object;

/// What a module could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// One file for every CPython with the GIL from a version on (PEP 384).
    Abi3,
    /// One file for every CPython from 3.15 on, with and without the GIL (PEP 803).
    Abi3t,
    /// It leaves the GIL of a free-threaded build off (PEP 703).
    FreeThreading,
    /// It is imported by subinterpreters with a GIL of their own (PEP 684).
    Subinterpreters,
}

impl Goal {
    /// Every goal.
    pub const ALL: [Self; 4] = [Self::Abi3, Self::Abi3t, Self::FreeThreading, Self::Subinterpreters];

    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Abi3 => "abi3",
            Self::Abi3t => "abi3t",
            Self::FreeThreading => "free-threading",
            Self::Subinterpreters => "subinterpreters",
        }
    }
}

/// What a blocker is found in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BlockerKind {
    /// A name that the file imports.
    Symbol,
    /// A static `PyTypeObject`.
    StaticType,
    /// An access to the inside of a structure.
    InlinedLayout,
    /// A number in the data: a slot, a flag, a size.
    Data,
    /// The definition of the module.
    Definition,
    /// How the file was compiled.
    Build,
}

impl BlockerKind {
    /// The name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Symbol => "symbol",
            Self::StaticType => "static-type",
            Self::InlinedLayout => "inlined-layout",
            Self::Data => "data",
            Self::Definition => "definition",
            Self::Build => "build",
        }
    }
}

/// One thing that keeps a module from a goal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blocker {
    /// What it is found in.
    pub kind: BlockerKind,
    /// The name: of the symbol, the type, the structure, the init function, the macro.
    pub what: String,
    /// The reason, as a lowercase fragment.
    pub why: String,
    /// The first Python in which it would do as it is. `None`: in none, the source has to change.
    pub since: Option<PyVersion>,
}

impl Blocker {
    fn new(kind: BlockerKind, what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { kind, what: what.into(), why: why.into(), since: None }
    }

    fn from(mut self, version: PyVersion) -> Self {
        self.since = Some(version);
        self
    }
}

/// What keeps `object` from `goal`: first what no version allows, then what the newest does. Names from the stable ABI
/// that came after its first version are among the answers for [`Goal::Abi3`]: they set the floor.
pub fn keeps(object: &Object, goal: Goal) -> Vec<Blocker> {
    let mut found = match goal {
        Goal::Abi3 => from_abi3(object),
        Goal::Abi3t => from_abi3t(object),
        Goal::FreeThreading => from_free_threading(object),
        Goal::Subinterpreters => from_subinterpreters(object),
    };
    found.sort_by(|a, b| {
        let order = |blocker: &Blocker| (blocker.since.is_some(), Reverse(blocker.since), blocker.kind);
        order(a).cmp(&order(b)).then_with(|| a.what.cmp(&b.what))
    });
    found.dedup();
    found
}

/// The first version of the stable ABI that has everything which the blockers of [`Goal::Abi3`] ask for. `None` if one
/// of them has no version.
pub fn floor(blockers: &[Blocker]) -> Option<PyVersion> {
    blockers.iter().try_fold(FIRST_ABI3, |floor, blocker| Some(floor.max(blocker.since?)))
}

/// What the toolkit that made the module has for the stable ABI: what to type, as a lowercase fragment. `None` for a
/// module written by hand.
pub fn toolkit_advice(object: &Object) -> Option<&'static str> {
    let toolkit = object.reading.as_ref()?.built_with.toolkit.as_deref()?;
    let name = toolkit.split(' ').next().unwrap_or(toolkit);
    Some(match name {
        "Cython" => "Cython 3.1 or later: define Py_LIMITED_API, and CYTHON_LIMITED_API=1 before 3.1",
        "PyO3" => "PyO3: the feature `abi3-pyXY` for abi3, `abi3t-py315` for abi3t",
        "cffi" => "cffi: `py_limited_api=True` of `set_source`, which is the default on most systems",
        "nanobind" => "nanobind: `STABLE_ABI` of `nanobind_add_module`, from 3.12 on",
        "SWIG" => "SWIG 4.2 or later: define Py_LIMITED_API",
        "SIP" => "SIP: its modules use the limited API unless PyQt's or your own code does not",
        "pybind11" => "pybind11 has no limited API; nanobind has",
        "Boost.Python" => "Boost.Python has no limited API",
        "mypyc" => "mypyc has no limited API",
        "f2py" => "f2py has no limited API before NumPy's own",
        _ => return None,
    })
}

fn from_abi3(object: &Object) -> Vec<Blocker> {
    let mut found: Vec<Blocker> =
        object.imports.iter().filter_map(|import| not_limited(import, FIRST_ABI3)).collect();
    found.extend(compiled(object));
    let reading = object.reading.as_ref();
    found.extend(reading.and_then(|reading| reading.minimum_by_data.as_ref()).map(|minimum| {
        let (major, minor) = minimum.version;
        let version = PyVersion::new(major, minor);
        let why = format!("older versions do not know the number: it is of {version}");
        Blocker::new(BlockerKind::Data, minimum.because.clone(), why).from(version)
    }));
    let floor = floor(&found);
    found.extend(not_declared_limited(object, floor.unwrap_or(FIRST_ABI3)));
    found
}

fn from_abi3t(object: &Object) -> Vec<Blocker> {
    let mut found: Vec<Blocker> =
        object.imports.iter().filter_map(|import| not_limited(import, FIRST_ABI3T)).collect();
    found.extend(compiled(object));
    // The macros of older limited APIs count references in the object, which abi3t does not show.
    let inlined = object.imports.iter().find(|import| import.name == "_Py_Dealloc");
    found.extend(inlined.map(|import| {
        let why = "reference counts are changed inline, and abi3t has no fields of PyObject";
        Blocker::new(BlockerKind::Symbol, import.name.clone(), why)
    }));
    let definitions = definitions(object);
    if !definitions.iter().any(|definition| definition.phase == Phase::Export) {
        let init = object.init.first().map_or_else(|| "PyInit_".to_owned(), ToString::to_string);
        let why =
            format!("a PyModuleDef is opaque in abi3t; export `PyModExport_{}` (PEP 793)", object.module(3));
        found.push(Blocker::new(BlockerKind::Definition, init, why));
    }
    found.extend(not_declared_limited(object, FIRST_ABI3T));
    found
}

fn from_free_threading(object: &Object) -> Vec<Blocker> {
    let mut found = Vec::new();
    let definitions = definitions(object);
    let works_without = |definition: &&Definition| {
        definition.layout == Some(Layout::FreeThreaded) || definition.phase == Phase::Export
    };
    if !definitions.is_empty() && !definitions.iter().any(|definition| works_without(&definition)) {
        let why = "compiled with the headers of a build with the GIL: PyObject and PyModuleDef are laid out differently";
        found.push(Blocker::new(BlockerKind::Build, "Py_GIL_DISABLED", why));
    }
    for definition in definitions {
        let (what, why) = match (definition.gil, definition.phase) {
            (Some(Gil::NotUsed), _) | (_, Phase::None) => continue,
            (Some(Gil::Used), _) => ("Py_mod_gil", "the module declares that it needs the GIL"),
            (None, Phase::Single) => {
                ("PyUnstable_Module_SetGIL", "it is not called, so that an import turns the GIL on")
            }
            (None, Phase::Multi | Phase::Export) if definition.slots.is_some() => {
                ("Py_mod_gil", "the slot is missing, so that an import turns the GIL on")
            }
            (None, Phase::Multi | Phase::Export) => continue,
        };
        found.push(Blocker::new(BlockerKind::Definition, what, why));
    }
    found
}

fn from_subinterpreters(object: &Object) -> Vec<Blocker> {
    const SLOT: &str = "Py_mod_multiple_interpreters";
    let mut found = Vec::new();
    for definition in definitions(object) {
        let (what, why) = match (definition.subinterpreters, definition.phase) {
            (Some(Subinterpreters::PerInterpreterGil), _) | (_, Phase::None) => continue,
            (_, Phase::Single) => (
                definition.init.as_str(),
                "single-phase initialisation: an isolated subinterpreter refuses the module (PEP 684)",
            ),
            (Some(Subinterpreters::NotSupported), _) => {
                (SLOT, "the module declares that it works in the main one only")
            }
            (Some(Subinterpreters::Supported), _) => (
                SLOT,
                "the module declares subinterpreters that share the GIL, and none with a GIL of their own",
            ),
            (None, _) if definition.slots.is_some() => {
                (SLOT, "the slot is missing: subinterpreters with a GIL of their own refuse the module")
            }
            (None, _) => continue,
        };
        found.push(Blocker::new(BlockerKind::Definition, what, why));
    }
    let own_threads = object.imports.iter().find(|import| import.name == "PyGILState_Ensure");
    found.extend(own_threads.map(|import| {
        let why = "it enters the main interpreter, whichever one the module was imported by";
        Blocker::new(BlockerKind::Symbol, import.name.clone(), why)
    }));
    found.extend(static_types(object, "its object is one for all interpreters"));
    found
}

fn definitions(object: &Object) -> &[Definition] {
    object.reading.as_ref().map(|reading| reading.definitions.as_slice()).unwrap_or_default()
}

fn static_types(object: &Object, why: &'static str) -> impl Iterator<Item = Blocker> {
    let types = object.reading.iter().flat_map(|reading| &reading.static_types);
    types.map(move |r#type| Blocker::new(BlockerKind::StaticType, r#type.name.clone(), why))
}

/// A name that the limited API of the version `known` does not have.
fn not_limited(import: &PythonImport, known: PyVersion) -> Option<Blocker> {
    let blocker = |why: &str| Blocker::new(BlockerKind::Symbol, import.name.clone(), why);
    if let Some(stable) = import.stable {
        let why = format!("in the limited API from {} on", stable.added);
        return (stable.added > known).then(|| blocker(&why).from(stable.added));
    }
    Some(blocker(if import.symbol.is_none() {
        "no known interpreter exports it"
    } else if import.is_exported_only_by(|abi| abi.free_threaded) {
        "only builds without the GIL export it"
    } else if import.is_exported_only_by(|abi| abi.debug) {
        "only debug builds export it"
    } else if import.is_exported_only_by(|abi| abi.version.major == 2) {
        "a function of Python 2"
    } else if import.is_private() {
        "private to the interpreter"
    } else {
        "not in the limited API of any version"
    }))
}

/// What the code and the data show that no limited API has.
fn compiled(object: &Object) -> impl Iterator<Item = Blocker> {
    let inlined = object.reading.iter().flat_map(|reading| &reading.inlined);
    let inlined = inlined.map(|access| {
        let (address, offset) = (access.address, access.offset);
        let what = format!("{} at {offset:#x}", access.type_name);
        let why = format!("the code at {address:#x} reads the inside of the object");
        Blocker::new(BlockerKind::InlinedLayout, what, why)
    });
    inlined.chain(static_types(object, "a static type: the limited API has `PyType_FromSpec`"))
}

/// That the file was compiled without the limited API, as far as it shows.
fn not_declared_limited(object: &Object, version: PyVersion) -> Option<Blocker> {
    let Reading { built_with, .. } = object.reading.as_ref()?;
    let is_limited = built_with.limited.unwrap_or_else(|| object.stable_claim().is_some());
    let why = format!("not defined when the file was compiled; {:#010x} would be {version}", version.hex());
    (!is_limited).then(|| Blocker::new(BlockerKind::Build, "Py_LIMITED_API", why).from(version))
}

/// Whether a definition of the module was decoded. Where none was, an empty list says nothing of free threading and of
/// subinterpreters.
pub fn is_decoded(object: &Object) -> bool {
    definitions(object).iter().any(|definition| definition.phase != Phase::None)
}
