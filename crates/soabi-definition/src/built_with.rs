//! The headers and tools that a file was built with, each answer with its evidence.
//!
//! Every signal allows a set of CPython versions; the answer is what all of them allow. Where they contradict, the
//! contradiction is the answer and no version is given. Where nothing tells, nothing is said.

use std::collections::BTreeSet;

use serde::Serialize;
use soabi_core::version::PyVersion;

use crate::definition::{HeadClass, Layout, slots::FIRST_OF_315};
use crate::execute::Executor;
use crate::module::{Definition, FoundBy, NoneBecause, Phase};
use crate::program::Program;
use crate::python_dll::PythonDll;
use crate::runtime_check;
use crate::scan::Scan;
use crate::toolkit::{Marker, Texts};

/// The minor versions of Python 3 that are told apart.
const OLDEST: u8 = 2;
const NEWEST: u8 = 15;

/// What a file was built with.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct BuiltWith {
    /// The versions of the headers that every signal allows: `["3.14", "3.15"]`. Empty if nothing tells.
    pub python: Vec<String>,
    /// Whether the headers are those of a build with the GIL.
    pub gil: Option<bool>,
    /// The version of the limited API: `3.9`, or `unknown` where only its use is known.
    pub limited_api: Option<String>,
    /// Whether the headers are those of a debug build; `None` if nothing tells.
    pub debug: Option<bool>,
    /// The pre-release whose headers were used: `3.15.0b2`.
    pub pre_release: Option<String>,
    /// The toolkit, with its version where it is known: `Cython 3.1.2`.
    pub toolkit: Option<String>,
    /// The version of the data that the toolkit shares between modules; it has to agree between them.
    pub internals: Option<String>,
    /// What each answer is taken from.
    pub evidence: Vec<String>,
    /// Signals that no version satisfies together.
    pub contradiction: Option<String>,
    /// The versions as numbers.
    #[serde(skip)]
    pub versions: BTreeSet<PyVersion>,
    /// Whether the limited API was used; `None` if nothing tells.
    #[serde(skip)]
    pub limited: Option<bool>,
}

/// The signals while they are collected.
struct Signals {
    versions: BTreeSet<PyVersion>,
    told: bool,
    result: BuiltWith,
}

impl Signals {
    fn new() -> Self {
        let mut versions: BTreeSet<_> = (OLDEST..=NEWEST).map(|minor| PyVersion::new(3, minor)).collect();
        versions.insert(PyVersion::new(2, 7));
        Self { versions, told: false, result: BuiltWith::default() }
    }

    /// Keeps the versions that a signal allows.
    fn allow(&mut self, evidence: String, allowed: impl Fn(PyVersion) -> bool) {
        let before = self.versions.clone();
        self.versions.retain(|&version| allowed(version));
        self.told = true;
        if self.versions.is_empty() && !before.is_empty() && self.result.contradiction.is_none() {
            self.result.contradiction = Some(format!("{evidence}; {}", self.result.evidence.join("; ")));
        }
        if self.versions.len() < before.len() {
            self.result.evidence.push(evidence);
        }
    }

    /// Drops versions that cannot be, without an answer of its own.
    fn exclude(&mut self, excluded: impl Fn(PyVersion) -> bool) {
        self.versions.retain(|&version| !excluded(version));
    }

    fn gil(&mut self, gil: bool, evidence: &str) {
        match self.result.gil {
            None => {
                self.result.gil = Some(gil);
                self.result.evidence.push(evidence.to_owned());
            }
            Some(known) if known != gil && self.result.contradiction.is_none() => {
                self.result.contradiction = Some(evidence.to_owned());
            }
            Some(_) => {}
        }
    }

    fn limited(&mut self, limited: bool, evidence: String) {
        match self.result.limited {
            None => {
                self.result.limited = Some(limited);
                self.result.evidence.push(evidence);
            }
            Some(known) if known != limited && self.result.contradiction.is_none() => {
                self.result.contradiction = Some(evidence);
            }
            Some(_) => {}
        }
    }
}

/// Reads the signals of a file.
pub(crate) fn read(
    program: &Program<'_>,
    executor: Option<&mut Executor<'_>>,
    scanned: &Scan,
    definitions: &[Definition],
) -> BuiltWith {
    let texts = Texts::read(program);
    let mut signals = Signals::new();
    toolkit(&mut signals, program, &texts, definitions);
    // Rust's bindings write heads and slots of their own.
    let c_headers = !texts.has(Marker::Rust) && texts.pyo3.is_none() && !unwinds_like_rust(program);
    // An init function that chooses between definitions at run time has no single layout.
    let layouts: BTreeSet<_> = definitions
        .iter()
        .filter_map(|definition| definition.layout)
        .filter(|&layout| layout != Layout::Opaque)
        .map(|layout| layout as u8)
        .collect();
    let chooses = layouts.len() > 1;
    let is_of_core = is_of_core(program);
    for definition in definitions.iter().filter(|_| !chooses) {
        from_definition(&mut signals, definition, c_headers, is_of_core);
    }
    // PyPy's heads are its own.
    if c_headers && !program.is_pypy() {
        for head in scanned.type_heads() {
            from_head(&mut signals, head, "static types", is_of_core);
        }
    }
    from_imports(&mut signals, program);
    if let Some(executor) = executor {
        if texts.has(Marker::CythonText) {
            runtime_check_of_cython(&mut signals, executor, definitions);
            if texts.cython_limited {
                runtime_check_of_limited_cython(&mut signals, program);
            }
        }
        if texts.pybind11.is_some()
            && let Some(version) = runtime_check::pybind11(executor, definitions)
        {
            signals.allow(format!("pybind11 compares the interpreter's version with {version}"), |v| {
                v == version
            });
        }
    }
    signals.finish()
}

impl Signals {
    fn finish(mut self) -> BuiltWith {
        if self.told && self.result.contradiction.is_none() {
            self.result.python = self.versions.iter().map(ToString::to_string).collect();
            self.result.versions = self.versions;
        }
        if self.result.limited == Some(true) && self.result.limited_api.is_none() {
            self.result.limited_api = Some("unknown".to_owned());
        }
        self.result
    }
}

/// Whether the file imports what Rust's standard library walks the stack with, and nothing of a C++ run time.
fn unwinds_like_rust(program: &Program<'_>) -> bool {
    program.imports("_Unwind_GetIPInfo") && !program.imported().any(|name| name.starts_with("__cxa_throw"))
}

fn toolkit(signals: &mut Signals, program: &Program<'_>, texts: &Texts, definitions: &[Definition]) {
    let because = |because| definitions.iter().any(|definition| definition.none_because == Some(because));
    let named = |name: &str, version: &Option<String>| match version {
        Some(version) => format!("{name} {version}"),
        None => name.to_owned(),
    };
    let boost = texts.has(Marker::Boost) || program.imported().any(|name| name.contains("boost6python"));
    let (toolkit, internals, evidence) = if because(NoneBecause::Mypyc) || texts.has(Marker::Mypyc) {
        ("mypyc".to_owned(), None, "the name of a mypyc group".to_owned())
    } else if because(NoneBecause::Cffi) {
        ("cffi".to_owned(), None, "the init function calls _cffi_backend".to_owned())
    } else if let Some(version) = &texts.pyo3 {
        (format!("PyO3 {version}"), None, format!("source path `pyo3-{version}`"))
    } else if texts.has(Marker::CythonText) {
        let version = &texts.cython_version;
        let evidence = match version {
            Some(version) => format!("ABI module `_cython_{}`", version.replace('.', "_")),
            None => "texts of Cython's run time".to_owned(),
        };
        (named("Cython", version), None, evidence)
    } else if texts.has(Marker::Nanobind) {
        let evidence = texts.nanobind_abi.clone().unwrap_or_else(|| "nanobind's messages".to_owned());
        ("nanobind".to_owned(), texts.nanobind_abi.clone(), evidence)
    } else if let Some(internals) = &texts.pybind11 {
        ("pybind11".to_owned(), Some(internals.clone()), "the name of pybind11's internals".to_owned())
    } else if let Some(version) = &texts.swig {
        ("SWIG".to_owned(), Some(version.clone()), format!("module `swig_runtime_data{version}`"))
    } else if texts.has(Marker::Sip) {
        ("SIP".to_owned(), None, "capsule `sip._C_API`".to_owned())
    } else if boost {
        ("Boost.Python".to_owned(), None, "names of Boost.Python".to_owned())
    } else if texts.has(Marker::F2py) {
        ("f2py".to_owned(), None, "f2py's messages".to_owned())
    } else {
        return;
    };
    signals.result.toolkit = Some(toolkit);
    signals.result.internals = internals;
    signals.result.evidence.push(evidence);
    if texts.cython_limited {
        signals.limited(true, "Cython's ABI module is `limited`".to_owned());
    }
    if texts.nanobind_abi.as_deref().is_some_and(|abi| abi.ends_with("_stable")) {
        signals.limited(true, "nanobind's internals are `stable`".to_owned());
    }
}

/// Whether the file is one of the interpreter's own, as the standard library's are: it calls the internals, names that no
/// macro of the public headers becomes.
fn is_of_core(program: &Program<'_>) -> bool {
    const PUBLIC: [&str; 8] = [
        "_PyByteArray_empty_string",
        "_PyObject_",
        "_PyThreadState_",
        "_PyWeakref_",
        "_Py_BuildValue_SizeT",
        "_Py_CheckFunctionResult",
        "_Py_CheckRecursiveCall",
        "_Py_Dealloc",
    ];
    let is_object =
        |name: &str| name.ends_with("Struct") || name.ends_with("Object") || name.ends_with("_SizeT");
    program.imported().any(|name| {
        name.starts_with("_Py") && !is_object(name) && !PUBLIC.iter().any(|public| name.starts_with(public))
    })
}

fn from_definition(signals: &mut Signals, definition: &Definition, c_headers: bool, is_of_core: bool) {
    match definition.layout {
        Some(Layout::Gil) => signals.gil(true, "PyModuleDef has the layout of a build with the GIL"),
        Some(Layout::FreeThreaded) => signals.gil(false, "PyModuleDef has the free-threaded layout"),
        Some(Layout::TraceRefs) => {
            signals.gil(true, "PyModuleDef has the layout of Py_TRACE_REFS");
            signals.result.debug = Some(true);
        }
        Some(Layout::PyPy | Layout::Opaque) | None => {}
    }
    if definition.layout == Some(Layout::PyPy) {
        return;
    }
    let python_3 = definition.layout.is_some_and(|layout| layout != Layout::Opaque);
    match definition.phase {
        Phase::Multi => signals.exclude(|version| version < PyVersion::new(3, 5)),
        Phase::Export => signals.exclude(|version| version < PyVersion::new(3, 15)),
        Phase::Single if python_3 => signals.exclude(|version| version.major < 3),
        Phase::Single | Phase::None => {}
    }
    // What code writes at run time may be anybody's; a static head is the headers'.
    let is_static = definition.found_by.contains(&FoundBy::Relocations);
    if let Some(head) = definition.head.filter(|_| c_headers && is_static) {
        from_head(signals, head, "PyModuleDef", is_of_core);
    }
    if definition.phase == Phase::Single && definition.layout == Some(Layout::Opaque) {
        signals.allow("Py_InitModule4".to_owned(), |version| version.major == 2);
    }
    match definition.api_version {
        Some(3) => signals.limited(true, "the init function passes the API version 3".to_owned()),
        Some(1013) => signals.limited(false, "the init function passes the API version 1013".to_owned()),
        _ => {}
    }
    let renumbered = |id: u16| (FIRST_OF_315..=87).contains(&id) || id >= 92;
    if c_headers && definition.slots.iter().flatten().any(|slot| renumbered(slot.id)) {
        signals.allow("slot numbers of 3.15".to_owned(), |version| version >= PyVersion::new(3, 15));
    }
    // The limited API has no free-threaded form before 3.15, so that old numbers are those of old headers.
    let old = definition.slots.iter().flatten().any(|slot| slot.id < FIRST_OF_315);
    if c_headers && old && definition.head == Some(HeadClass::FreeThreaded314) {
        signals.allow("slot numbers before 3.15".to_owned(), |version| version < PyVersion::new(3, 15));
    }
    if let Some(info) = &definition.abi_info {
        if info.build_hex != 0 {
            let [major, minor, _, level] = info.build_hex.to_be_bytes();
            let release = crate::definition::abi_info::release(info.build_hex);
            signals
                .allow(format!("PyABIInfo of {release}"), |version| version == PyVersion::new(major, minor));
            if level >> 4 != 0xf {
                signals.result.pre_release = Some(release);
            }
        }
        let stable = info.flags.contains(&crate::definition::AbiFlag::Stable);
        if stable {
            signals.limited(true, "PyABIInfo says stable ABI".to_owned());
            signals.result.limited_api.clone_from(&info.abi);
        }
    }
}

/// `is_of_core`: in 3.12 the heads of the interpreter's own modules are immortal, and no others
/// (`Include/object.h`, `PyObject_HEAD_INIT`).
fn from_head(signals: &mut Signals, head: HeadClass, of: &str, is_of_core: bool) {
    let at = PyVersion::new;
    match head {
        HeadClass::One => {
            signals.allow(format!("reference count 1 in {of}"), |version| version <= at(3, 12));
        }
        HeadClass::Immortal313 => {
            let text = if is_of_core { "3.13, or of 3.12's own modules," } else { "3.13" };
            signals.allow(format!("reference count of {text} in {of}"), |version| {
                version == at(3, 13) || is_of_core && version == at(3, 12)
            });
        }
        HeadClass::Immortal314 => {
            signals.allow(format!("reference count of 3.14 in {of}"), |version| version >= at(3, 14));
        }
        HeadClass::FreeThreaded313 => {
            signals.gil(false, "free-threaded object heads");
            signals.allow(format!("free-threaded head of 3.13 in {of}"), |version| version == at(3, 13));
        }
        HeadClass::FreeThreaded314 => {
            signals.gil(false, "free-threaded object heads");
            signals.allow(format!("free-threaded head of 3.14 in {of}"), |version| version >= at(3, 14));
        }
    }
}

/// What the names of imports and libraries tell.
fn from_imports(signals: &mut Signals, program: &Program<'_>) {
    const DEBUG: [&str; 4] =
        ["_Py_NegativeRefcount", "_Py_RefTotal", "PyModule_Create2TraceRefs", "Py_InitModule4TraceRefs_64"];
    if let Some(name) = program.imported().find(|name| DEBUG.contains(name)) {
        signals.result.debug = Some(true);
        signals.result.evidence.push(format!("import `{name}` of debug headers"));
    }
    let libraries: BTreeSet<String> = program.libraries().map(str::to_ascii_lowercase).collect();
    let dlls: Vec<(&str, PythonDll)> =
        libraries.iter().filter_map(|name| Some((name.as_str(), PythonDll::of(name)?))).collect();
    for (name, dll) in &dlls {
        if dll.debug {
            signals.result.debug = Some(true);
        }
        if let Some(version) = dll.version {
            signals.allow(format!("import from `{name}`"), |v| v == version);
            signals.gil(!dll.free_threaded, &format!("import from `{name}`"));
        }
    }
    // `python3.dll` has the stable ABI only. What is compiled for the full API may be linked with it too.
    if let ([(name, _)], None) = (&dlls[..], signals.result.limited)
        && dlls[0].1.version.is_none()
    {
        signals.limited(true, format!("import from `{name}`"));
    }
}

fn runtime_check_of_cython(signals: &mut Signals, executor: &mut Executor<'_>, definitions: &[Definition]) {
    // Compiled for the limited API it compares with that version, not with the headers'.
    let Some(version) = runtime_check::cython(executor, definitions) else { return };
    if signals.result.limited == Some(true) {
        signals.result.limited_api.get_or_insert(version.to_string());
        signals.result.evidence.push(format!("Cython's version check against {version}"));
        return;
    }
    signals.allow(format!("Cython's version check against {version}"), |v| v == version);
}

fn runtime_check_of_limited_cython(signals: &mut Signals, program: &Program<'_>) {
    if let Some(version) = runtime_check::limited_cython(program) {
        signals.result.limited_api.get_or_insert(version.to_string());
        signals.result.evidence.push(format!("comparison of the interpreter's version with {version}"));
    }
}
