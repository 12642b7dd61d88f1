//! The interpreter that a question is about.

use std::collections::HashSet;
use std::sync::Arc;

use soabi_core::AbiTag;

use crate::claims::FIRST_ABI3T;
use crate::import::PythonImport;
use crate::platform::Platform;
use crate::suffixes::suffixes;
use crate::tables::{Columns, ExportTable, Exported, Release};

/// An interpreter: one that the tables know, or one that answered for itself.
#[derive(Clone, Debug)]
pub struct Python {
    /// Its ABI.
    pub abi: AbiTag,
    /// What it exports.
    pub exports: Exports,
    /// The suffixes that its finder searches for. `None` for what CPython of that version has without a
    /// distributor's changes.
    pub suffixes: Option<Arc<[String]>>,
    /// The system that it runs on. `None` for the one that each file is for: whoever looks at a Windows wheel
    /// on Linux wants to know about Windows.
    pub platform: Option<Platform>,
}

/// What an interpreter exports.
#[derive(Clone, Debug)]
pub enum Exports {
    /// What the tables say.
    Table {
        /// The columns that stand for the interpreter.
        columns: Columns,
        /// The release in question. `None` for any release of the version.
        release: Option<Release>,
    },
    /// These names, read off the interpreter itself.
    Given(Arc<HashSet<String>>),
}

/// What is known about an import in an interpreter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binding {
    /// It binds.
    Binds,
    /// It does not.
    Missing,
    /// Some patch releases export it and others do not.
    Depends,
    /// Nobody looked, or not on this platform.
    Unknown,
}

impl Python {
    /// Interpreters with the ABI `abi`, of any patch level or of the `release`, as the tables know them.
    pub fn known(abi: AbiTag, release: Option<Release>) -> Self {
        let columns = ExportTable::get().columns_for(abi, release);
        Self { abi, exports: Exports::Table { columns, release }, suffixes: None, platform: None }
    }

    /// Every ABI of the tables, oldest first.
    pub fn all() -> Vec<Self> {
        ExportTable::get().abis().into_iter().map(|abi| Self::known(abi, None)).collect()
    }

    /// Whether it exports `name`. Interpreters that nobody looked at do not.
    pub fn exports(&self, name: &str) -> Exported {
        match &self.exports {
            Exports::Given(names) if names.contains(name) => Exported::Yes,
            Exports::Given(_) => Exported::No,
            Exports::Table { columns, .. } => {
                let symbol = ExportTable::get().symbol(name);
                symbol.map(|symbol| symbol.exported_by).unwrap_or_default().according_to(*columns)
            }
        }
    }

    /// The measured releases that stand for others of the same version: `3.12.1`. Empty for a real interpreter, for a
    /// release that was measured itself, and for an interpreter that the tables do not know.
    pub fn releases(&self) -> Vec<String> {
        match &self.exports {
            Exports::Given(_) => Vec::new(),
            Exports::Table { columns, release } => {
                if ExportTable::get().releases(*columns).any(|measured| Some(measured) == *release) {
                    return Vec::new();
                }
                ExportTable::get().releases(*columns).map(|release| release.to_string()).collect()
            }
        }
    }

    /// Whether its installation has the Python DLL `dll`, a name in lower case: its own; `python3.dll`, whose
    /// functions forward to it; and `python3t.dll`, which builds with the GIL have from 3.15 on (gh-148690).
    pub fn has_dll(&self, dll: &str) -> bool {
        match self.abi {
            AbiTag::Cpython(abi) => {
                let threads = if abi.free_threaded { "t" } else { "" };
                let debug = if abi.debug { "_d" } else { "" };
                match dll {
                    // It forwards to the DLL of the build with the GIL (PCbuild/python.props).
                    "python3.dll" => abi.version.major == 3 && !abi.debug && !abi.free_threaded,
                    "python3t.dll" => {
                        !abi.debug
                            && (abi.version >= FIRST_ABI3T || (abi.free_threaded && abi.version.major == 3))
                    }
                    own => own == format!("python{}{threads}{debug}.dll", abi.version.compact()),
                }
            }
            AbiTag::Pypy { .. } => dll.contains("pypy"),
            AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => true,
        }
    }

    /// Whether it searches for `suffix` on `platform`.
    pub(crate) fn suffixes_on(&self, platform: Platform) -> Vec<String> {
        self.suffixes.as_ref().map_or_else(|| suffixes(self.abi, platform), |own| own.to_vec())
    }

    /// What becomes of an import on `platform`.
    ///
    /// The tables were measured on Linux. Elsewhere a name that they give to this interpreter binds, one that
    /// they give to others only does not, and one that nobody exports on Linux is not known, unless it is
    /// promised to that system.
    pub fn binds(&self, import: &PythonImport, platform: Platform) -> Binding {
        let columns = match &self.exports {
            Exports::Given(names) if names.contains(&import.name) => return Binding::Binds,
            Exports::Given(_) => return Binding::Missing,
            Exports::Table { columns, .. } if columns.is_empty() => return Binding::Unknown,
            Exports::Table { columns, .. } => *columns,
        };
        let exported_by = import.symbol.map(|symbol| symbol.exported_by).unwrap_or_default();
        match exported_by.according_to(columns) {
            Exported::Yes => Binding::Binds,
            Exported::Depends => Binding::Depends,
            Exported::No if platform.is_linux() || import.symbol.is_some() => Binding::Missing,
            Exported::No if self.is_promised(import, platform) => Binding::Binds,
            Exported::No => Binding::Unknown,
        }
    }

    /// Whether the stable ABI promises the import to this interpreter on a platform that is not Linux.
    fn is_promised(&self, import: &PythonImport, platform: Platform) -> bool {
        let windows = platform.format == soabi_object::Format::Pe;
        let AbiTag::Cpython(abi) = self.abi else { return false };
        import.stable.is_some_and(|stable| {
            stable.added <= abi.version && windows && stable.condition == Some("MS_WINDOWS")
        })
    }
}
