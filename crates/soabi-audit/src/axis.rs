//! The interpreters that predictions are made for: those of the tables, and real ones whose own exports were read.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use soabi_core::AbiTag;
use soabi_report::audit::PythonEntry;
use soabi_rules::tables::ExportTable;
use soabi_rules::{Exports, Platform, Python};

/// The interpreters, oldest first. A real one replaces the tables' column of its ABI.
#[derive(Clone, Debug)]
pub struct Axis {
    columns: Vec<(AbiTag, Option<RealPython>)>,
}

/// An interpreter whose own library was read.
#[derive(Clone, Debug)]
pub struct RealPython {
    /// The executable.
    pub executable: PathBuf,
    /// Its version with patch level: `3.11.7`.
    pub version: String,
    /// The names that its library exports, or the executable where there is no shared library.
    pub exports: Arc<HashSet<String>>,
    /// The suffixes that its finder searches for.
    pub suffixes: Arc<[String]>,
    /// The platform that it runs on.
    pub platform: Platform,
}

impl Axis {
    /// Every ABI of the tables.
    pub fn of_tables() -> Self {
        Self::new(ExportTable::get().abis().into_iter().map(|abi| (abi, None)))
    }

    /// These interpreters, each ABI once.
    pub fn new(columns: impl IntoIterator<Item = (AbiTag, Option<RealPython>)>) -> Self {
        let mut columns: Vec<_> = columns.into_iter().collect();
        columns.sort_by_key(|(abi, real)| (*abi, real.is_none()));
        columns.dedup_by_key(|(abi, _)| *abi);
        Self { columns }
    }

    /// The interpreters, as the rules see them.
    pub fn pythons(&self) -> Vec<Python> {
        self.columns.iter().map(|(abi, real)| python(*abi, real.as_ref())).collect()
    }

    /// Adds everything that predictions depend on.
    pub(crate) fn digest(&self, digest: &mut Sha256) {
        for (abi, real) in &self.columns {
            digest.update(format!("{abi} "));
            let Some(real) = real else { continue };
            let mut exports: Vec<&String> = real.exports.iter().collect();
            exports.sort();
            digest.update(format!("{:?} {:?} {exports:?}", real.platform, real.suffixes));
        }
    }

    /// The interpreters, as the report names them.
    pub fn entries(&self) -> Vec<PythonEntry> {
        let entry = |(id, real): &(AbiTag, Option<RealPython>)| PythonEntry {
            id: *id,
            releases: real.as_ref().map_or_else(|| releases(*id), |real| vec![real.version.clone()]),
            path: real.as_ref().map(|real| real.executable.display().to_string()),
        };
        self.columns.iter().map(entry).collect()
    }
}

fn python(abi: AbiTag, real: Option<&RealPython>) -> Python {
    match real {
        None => Python::known(abi, None),
        Some(real) => Python {
            abi,
            exports: Exports::Given(Arc::clone(&real.exports)),
            suffixes: Some(Arc::clone(&real.suffixes)),
            platform: Some(real.platform),
        },
    }
}

/// The releases of an ABI that were measured.
fn releases(abi: AbiTag) -> Vec<String> {
    let table = ExportTable::get();
    table.releases(table.columns_for(abi, None)).map(|release| release.to_string()).collect()
}
