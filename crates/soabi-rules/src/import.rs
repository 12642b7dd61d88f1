//! Python imports: the names that a file needs an interpreter to export.
//!
//! A file imports names of many libraries; here the interpreter's are told from the others. Whether a given interpreter
//! exports them is asked in [`crate::python`].

use std::collections::HashSet;

use soabi_core::{CpythonAbi, PyVersion};
use soabi_object::{Import, ObjectFacts, Provider};

use crate::tables::{ExportTable, StableAbi, StableSymbol, Symbol};

/// A name that an object needs an interpreter to export, with what the tables know about it.
#[derive(Clone, Debug)]
pub struct PythonImport {
    /// The name.
    pub name: String,
    /// The interpreters that export it. `None` when none of the tables does.
    pub symbol: Option<Symbol>,
    /// Since when it is promised. `None` when it is not part of the stable ABI.
    pub stable: Option<StableSymbol>,
}

impl PythonImport {
    /// Whether every interpreter that exports the name is one for which `holds`, and there is one.
    pub fn is_exported_only_by(&self, holds: impl Fn(CpythonAbi) -> bool) -> bool {
        let columns = ExportTable::get().columns().iter().enumerate();
        let exporting = |symbol: &Symbol| {
            columns
                .filter(|(index, _)| symbol.exported_by.contains(*index))
                .all(|(_, column)| column.cpython().is_some_and(&holds))
        };
        self.symbol.as_ref().is_some_and(exporting)
    }

    /// Whether the name is private to the interpreter: it may come and go with a patch release. What public macros
    /// expand to is private in name only: it is a part of the stable ABI, or counts references without the GIL.
    pub fn is_private(&self) -> bool {
        self.name.starts_with('_')
            && self.stable.is_none()
            && !self.is_exported_only_by(|abi| abi.free_threaded)
    }

    /// Whether a release that was not measured may export the name where the measured ones do not: a private name that
    /// some CPython exports.
    pub fn may_come_with_a_patch(&self) -> bool {
        let columns = ExportTable::get().columns().iter().enumerate();
        let is_exporting = |symbol: &Symbol| {
            columns
                .filter(|(index, _)| symbol.exported_by.contains(*index))
                .any(|(_, column)| column.cpython().is_some())
        };
        self.is_private() && self.symbol.as_ref().is_some_and(is_exporting)
    }

    /// The name, and from which version on it is promised: `PyBuffer_Release (3.11)`.
    pub fn with_version(&self) -> String {
        self.stable.map_or_else(|| self.name.clone(), |stable| format!("{} ({})", self.name, stable.added))
    }
}

/// What the libraries that a file needs provide, as far as they are in the same subject.
#[derive(Debug, Default)]
pub(crate) struct Provided<'a> {
    /// The exported names that could be taken for an interpreter's.
    pub(crate) names: HashSet<&'a str>,
    /// Whether the file also needs libraries that are neither in the subject nor the system's own: an import
    /// without a library may be theirs.
    pub(crate) unresolved: bool,
}

/// The names that only an interpreter can provide.
///
/// Weak imports are left out, since the file loads without them; so are names that a neighbour exports, that carry
/// another library's version, or that the file looks for in a library that is not Python's. A name that no
/// known interpreter exports counts when it looks like Python's and no other library could provide it.
pub(crate) fn python_imports(facts: &ObjectFacts, provided: &Provided<'_>) -> Vec<PythonImport> {
    let strong =
        facts.imports.iter().filter(|import| !import.weak && !provided.names.contains(import.name.as_str()));
    let python = strong.filter_map(|import| {
        let asked = is_asked_of_python(import);
        if asked == Some(false) {
            return None;
        }
        let symbol = ExportTable::get().symbol(&import.name);
        let stable = StableAbi::get().symbol(&import.name);
        let known = symbol.is_some() || stable.is_some();
        let likely = || known || (looks_like_python(&import.name) && !provided.unresolved);
        asked.unwrap_or_else(likely).then(|| PythonImport { name: import.name.clone(), symbol, stable })
    });
    let mut imports: Vec<PythonImport> = python.collect();
    imports.sort_by(|a, b| a.name.cmp(&b.name));
    imports.dedup_by(|a, b| a.name == b.name);
    imports
}

/// Whether the file itself says that Python exports the symbol, or that another library does.
fn is_asked_of_python(import: &Import) -> Option<bool> {
    match (&import.from, &import.version) {
        (Provider::Library(library), _) => Some(is_python_library(library)),
        (Provider::Executable, _) => Some(true),
        (Provider::Anywhere, Some(version)) => Some(is_python_library(&version.library)),
        (Provider::Anywhere, None) => None,
    }
}

/// Whether a library is an interpreter's: `libpython3.11.so.1.0`, `python3.dll`, `libpypy3-c.so`, and the
/// framework's `Python.framework/Versions/3.11/Python`.
pub fn is_python_library(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let rest = name.strip_prefix("lib").unwrap_or(&name);
    name == "python"
        || rest.strip_prefix("python").is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        || rest
            .strip_prefix("pypy")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '-'))
}

/// The feature version in `libpython3.11.so.1.0`, `libpython3.13t.so.1.0`,
/// `Python.framework/Versions/3.11/Python`.
pub(crate) fn version_of_python_library(library: &str) -> Option<PyVersion> {
    let text = match library.rsplit_once("/Versions/") {
        Some((_, rest)) => rest,
        None => library.rsplit('/').next()?.trim_start_matches(|c: char| !c.is_ascii_digit()),
    };
    let (major, rest) = text.split_once('.')?;
    let minor = rest.find(|c: char| !c.is_ascii_digit()).map_or(rest, |end| &rest[..end]);
    format!("{major}.{minor}").parse().ok()
}

/// The letters behind the version in the name of an interpreter's library: `td` in `libpython3.13td.so.1.0`, `d` in
/// Debian's `libpython2.7_d.so.1.0`.
pub(crate) fn flags_of_python_library(library: &str) -> &str {
    let name = library.rsplit('/').next().unwrap_or(library);
    let version = name.trim_start_matches(|c: char| !c.is_ascii_digit());
    let flags = version.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    flags.split('.').next().unwrap_or_default().trim_start_matches('_')
}

/// Whether a name may be an interpreter's: one exports it, or it is spelled like the names that they export.
pub(crate) fn is_python_name(name: &str) -> bool {
    // Python's names are C's, and these are C++'s and Rust's.
    if name.starts_with("_Z") || name.starts_with("_R") {
        return false;
    }
    looks_like_python(name) || ExportTable::get().symbol(name).is_some()
}

/// `PyFoo`, `Py_Foo`, `_PyFoo`, `PyPyFoo`.
fn looks_like_python(name: &str) -> bool {
    let rest = name.strip_prefix('_').unwrap_or(name).strip_prefix("Py");
    rest.is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_'))
}
