//! `tables/stable_abi.txt`: what CPython promises to keep, from its `Misc/stable_abi.toml`.
//!
//! A promise is not an export: 3.6 exports 79 names that are promised only from a later version on, and
//! 3.9.18 lacks one that is promised. Who exports what is [`super::exports`].

use std::sync::OnceLock;

use soabi_core::PyVersion;

use super::column::Kind;
use super::error::TableError;
use super::names::Names;

/// The table's text.
pub(super) const TEXT: &str = include_str!("../../tables/stable_abi.txt");

/// A name of the stable ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StableSymbol {
    /// The name.
    pub name: &'static str,
    /// What it stands for.
    pub kind: Kind,
    /// The version from which on it is promised.
    pub added: PyVersion,
    /// Whether only macros and old builds use it: exported for them, and not part of the limited API.
    pub abi_only: bool,
    /// The C macro that must be defined for the interpreter to have it: `MS_WINDOWS`, `HAVE_FORK`, ...
    pub condition: Option<&'static str>,
}

/// The table. It holds for abi3 and for abi3t, which has the same names from 3.15 on (PEP 803).
#[derive(Debug)]
pub struct StableAbi {
    names: Names,
}

impl StableAbi {
    /// The table of this build.
    pub fn get() -> &'static Self {
        static TABLE: OnceLock<StableAbi> = OnceLock::new();
        TABLE.get_or_init(|| Self::of(TEXT))
    }

    /// The text has a comment, then the names in the order of their bytes, each with `data` if it is no
    /// function, the version that added it, `abi-only`, and `if MACRO`.
    fn of(text: &'static str) -> Self {
        Self { names: Names::after_head("stable_abi", text, |line| line.starts_with('#')).1 }
    }

    /// Every name, in the order of their bytes. This reads all of the text.
    #[expect(clippy::missing_panics_doc, reason = "the text is a part of the program, and a test reads it")]
    pub fn symbols(&self) -> impl Iterator<Item = StableSymbol> {
        self.read().map(|symbol| symbol.unwrap_or_else(|error| panic!("{error}")))
    }

    fn read(&self) -> impl Iterator<Item = Result<StableSymbol, TableError>> {
        self.names.lines().map(|line| {
            let line = line?;
            symbol_of(line.name, line.rest).ok_or_else(|| line.error("not a name of the stable ABI"))
        })
    }

    /// The name `name`, if it is promised from any version on.
    pub fn symbol(&self, name: &str) -> Option<StableSymbol> {
        let (name, rest) = self.names.find(name)?;
        symbol_of(name, rest)
    }
}

fn symbol_of(name: &'static str, rest: &'static str) -> Option<StableSymbol> {
    let mut words = rest.split(' ').peekable();
    let kind = words.next_if_eq(&"data").map_or(Kind::Function, |_| Kind::Data);
    let added = words.next()?.parse().ok()?;
    let abi_only = words.next_if_eq(&"abi-only").is_some();
    let condition = match words.next_if_eq(&"if") {
        Some(_) => Some(words.next()?),
        None => None,
    };
    words.next().is_none().then_some(StableSymbol { name, kind, added, abi_only, condition })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::AbiTag;

    use super::*;
    use crate::tables::{ExportTable, Exported};

    fn exported(symbol: &StableSymbol, abi: AbiTag) -> Exported {
        let table = ExportTable::get();
        let exported_by = table.symbol(symbol.name).map(|symbol| symbol.exported_by).unwrap_or_default();
        exported_by.according_to(table.columns_for(abi, None))
    }

    #[rstest]
    #[case("PyModule_Create2", "3.2", Kind::Function, false, None)]
    #[case("PyBuffer_Release", "3.11", Kind::Function, false, None)]
    #[case("PyBaseObject_Type", "3.2", Kind::Data, false, None)]
    #[case("_Py_IncRef", "3.10", Kind::Function, true, None)]
    #[case("_Py_RefTotal", "3.10", Kind::Data, true, Some("Py_REF_DEBUG"))]
    #[case("PyErr_SetFromWindowsErr", "3.7", Kind::Function, false, Some("MS_WINDOWS"))]
    fn promises(
        #[case] name: &str,
        #[case] added: &str,
        #[case] kind: Kind,
        #[case] abi_only: bool,
        #[case] condition: Option<&str>,
    ) {
        let symbol = StableAbi::get().symbol(name).unwrap();
        let expected = (added.parse().unwrap(), kind, abi_only, condition);
        assert_eq!((symbol.added, symbol.kind, symbol.abi_only, symbol.condition), expected);
    }

    #[rstest]
    fn not_promised(
        #[values("PyUnicode_AsUTF8String_", "_PyErr_StackItem", "PyModExport_spam", "")] name: &str,
    ) {
        assert_eq!(StableAbi::get().symbol(name), None);
    }

    /// The one promise that a release broke; written by hand. 3.9 exports `PyCMethod_New` and calls it
    /// through a macro of the old name.
    const BROKEN: &[(&str, &str)] = &[("cp39", "PyCFunction_New"), ("cp39d", "PyCFunction_New")];

    /// Two facts from two sources that have to agree: what CPython promises without a condition, every
    /// interpreter from 3.6 on exports.
    #[test]
    fn promises_are_kept() {
        let mut broken = Vec::new();
        for tag in ExportTable::get().abis() {
            let AbiTag::Cpython(abi) = tag else { continue };
            if abi.version.major < 3 {
                continue;
            }
            for symbol in StableAbi::get().symbols() {
                let due = symbol.added <= abi.version && symbol.condition.is_none();
                if due && exported(&symbol, tag) != Exported::Yes {
                    broken.push((tag.to_string(), symbol.name));
                }
            }
        }
        let expected: Vec<_> = BROKEN.iter().map(|&(abi, name)| (abi.to_owned(), name)).collect();
        assert_eq!(broken, expected);
    }

    /// 79 names in 3.6, and fewer in each later version: loads, though not promised.
    #[rstest]
    #[case("cp36m", 79)]
    #[case("cp37m", 23)]
    #[case("cp38", 23)]
    #[case("cp39", 34)]
    #[case("cp310", 20)]
    #[case("cp311", 10)]
    #[case("cp312", 7)]
    #[case("cp313", 9)]
    fn exported_before_it_was_promised(#[case] abi: &str, #[case] count: usize) {
        let abi = abi.parse().unwrap();
        let version = ExportTable::get().columns().iter().find(|column| column.abi == abi).unwrap();
        let version = version.cpython().unwrap().version;
        let early = StableAbi::get().symbols().filter(|symbol| {
            let early = symbol.added > version && symbol.condition.is_none();
            early && exported(symbol, abi) == Exported::Yes
        });
        assert_eq!(early.count(), count);
    }
}
