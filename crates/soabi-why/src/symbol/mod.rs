//! Symbols: who exports them, what puts them into a module, and what it means that one is missing.

mod class;
mod names;
mod owners;
mod releases;
mod spans;

use soabi_core::AbiTag;
use soabi_object::Arch;
use soabi_report::why::SymbolEntry;
use soabi_rules::tables::system::{glibc, musl, runtimes};
use soabi_rules::tables::{ExportTable, Exported, StableAbi};

pub(crate) use class::missing;
pub use names::Name;
use releases::{release, releases};

/// What is known about a name: that of an ELF file, or a Mach-O file's with one underscore more.
pub fn symbol(name: &str) -> SymbolEntry {
    let name = name.split('@').next().unwrap_or_default();
    let plain = entry(name);
    match name.strip_prefix('_') {
        Some(rest) if plain.owner.is_none() && !rest.is_empty() => {
            let stripped = entry(rest);
            if stripped.owner.is_some() { stripped } else { plain }
        }
        _ => plain,
    }
}

/// Whether a text could be the name of a symbol: of C, of C++ as compilers write it, with a version behind it.
pub fn is_name(text: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '@' | '.' | '?');
    !text.is_empty()
        && text.chars().all(is_part)
        && !text.starts_with(|c: char| c.is_ascii_digit() || c == '.')
}

/// Known names that are written nearly like `name`, the nearest first.
pub fn nearest(name: &str) -> Vec<&'static str> {
    let far = name.chars().count() / 4 + 1;
    let measured = ExportTable::get().symbols().map(|symbol| symbol.name);
    let near = measured.filter(|known| known.len().abs_diff(name.len()) <= far).filter_map(|known| {
        let distance = strsim::levenshtein(name, known);
        (distance <= far).then_some((distance, known))
    });
    let mut near: Vec<_> = near.collect();
    near.sort_unstable();
    near.into_iter().map(|(_, known)| known).take(3).collect()
}

fn entry(name: &str) -> SymbolEntry {
    let table = ExportTable::get();
    let exported_by = table.symbol(name).map(|symbol| symbol.exported_by).unwrap_or_default();
    let answer = |abi: &AbiTag| exported_by.according_to(table.columns_for(*abi, None));
    let of =
        |wanted: &[Exported]| table.abis().into_iter().filter(|abi| wanted.contains(&answer(abi))).collect();
    let exporting: Vec<AbiTag> = of(&[Exported::Yes, Exported::Depends]);
    let stable = StableAbi::get().symbol(name);
    let known = Name::find(name);
    let foreign = owners::owner(name);
    let is_python = !exporting.is_empty() || stable.is_some() || known.is_some();
    let only_pypy = !exporting.is_empty() && exporting.iter().all(|abi| matches!(abi, AbiTag::Pypy { .. }));
    let owner = if only_pypy {
        Some("PyPy".to_owned())
    } else if is_python {
        Some("CPython".to_owned())
    } else {
        foreign.map(|owner| owner.library.to_owned()).or_else(|| library_of(name).map(str::to_owned))
    };
    SymbolEntry {
        name: name.to_owned(),
        owner,
        exported_in_words: spans::in_words(&exporting, known.as_ref()),
        depends: of(&[Exported::Depends]),
        private: name.starts_with('_') && is_python && stable.is_none(),
        stable_since: stable.map(|stable| stable.added),
        abi_only: stable.is_some_and(|stable| stable.abi_only),
        origin: known.map(|name| name.origin.to_owned()),
        since: known.and_then(|name| name.since),
        until: known.and_then(|name| name.until),
        instead: known.and_then(|name| name.instead).map(str::to_owned),
        advice: advice(&exporting),
        reference: known.and_then(|name| name.reference).map(str::to_owned),
        library_versions: if is_python { Vec::new() } else { library_versions(name) },
        exported_by: exporting,
    }
}

/// What follows for a module that needs a name which newer Pythons do not have.
fn advice(exporting: &[AbiTag]) -> Option<String> {
    let last = exporting.iter().filter_map(|abi| release(*abi)).max()?;
    let is_gone = releases().last().is_some_and(|newest| last < *newest);
    is_gone.then(|| {
        format!("a module that needs it was compiled for {last} or older: install or build it for the Python that loads it")
    })
}

/// The C or C++ library that exports a name, by the tables.
fn library_of(name: &str) -> Option<&'static str> {
    if runtimes::versions("libstdc++.so.6", name).is_some() {
        return Some("libstdc++");
    }
    if runtimes::versions("libgcc_s.so.1", name).is_some() {
        return Some("libgcc_s");
    }
    if runtimes::versions("libz.so.1", name).is_some() {
        return Some("zlib (libz)");
    }
    match (glibc::symbol(name), musl::since(name)) {
        (Some(_), Some(_)) => Some("the C library (glibc and musl have it)"),
        (Some(_), None) => Some("glibc"),
        (None, Some(_)) => Some("musl"),
        (None, None) => None,
    }
}

/// The versions under which glibc and libstdc++ export a name on x86-64.
fn library_versions(name: &str) -> Vec<String> {
    let cxx =
        ["libstdc++.so.6", "libgcc_s.so.1"].iter().find_map(|library| runtimes::versions(library, name));
    if let Some(versions) = cxx {
        return versions.into_iter().filter(|version| !version.is_empty()).collect();
    }
    let versions = glibc::symbol(name).and_then(|symbol| symbol.versions(Arch::X86_64));
    versions.into_iter().flatten().map(|version| format!("GLIBC_{version}")).collect()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Facts from the headers, "What's New" and the libraries' own documentation.
    #[rstest]
    #[case::removed("_PyUnicode_Ready", Some("CPython"), Some("CPython 3.3 to 3.11"), None)]
    #[case::stable("PyModule_Create2", Some("CPython"), Some("every CPython 3"), Some("3.2"))]
    #[case::new("PyType_Freeze", Some("CPython"), Some("CPython 3.14 and later"), Some("3.14"))]
    #[case::python_2("PyString_FromString", Some("CPython"), Some("CPython 2.7"), None)]
    #[case::debug("_Py_NegativeRefcount", Some("CPython"), Some("debug builds of CPython"), Some("3.10"))]
    #[case::free_threaded(
        "_Py_MergeZeroLocalRefcount",
        Some("CPython"),
        Some("free-threaded builds of CPython"),
        None
    )]
    #[case::mach_o("__PyUnicode_Ready", Some("CPython"), Some("CPython 3.3 to 3.11"), None)]
    #[case::versioned("memcpy@GLIBC_2.14", Some("the C library (glibc and musl have it)"), None, None)]
    #[case::glibc("gnu_get_libc_version", Some("glibc"), None, None)]
    #[case::intel("__intel_sse2_strlen", Some("Intel's compiler (libirc, libintlc)"), None, None)]
    #[case::torch("_ZN2at6Tensor4dataEv", Some("PyTorch"), None, None)]
    #[case::unknown("spam_new", None, None, None)]
    fn who_exports(
        #[case] name: &str,
        #[case] owner: Option<&str>,
        #[case] words: Option<&str>,
        #[case] stable: Option<&str>,
    ) {
        let symbol = symbol(name);
        let since = symbol.stable_since.map(|version| version.to_string());
        assert_eq!((symbol.owner.as_deref(), since.as_deref()), (owner, stable), "{symbol:?}");
        let starts = words
            .is_none_or(|words| symbol.exported_in_words.as_ref().is_some_and(|own| own.starts_with(words)));
        assert!(starts && words.is_some() == symbol.exported_in_words.is_some(), "{symbol:?}");
    }

    #[rstest]
    #[case("_PyUnicode_Ready", true)]
    #[case("memcpy@GLIBC_2.14", true)]
    #[case("?f@@YAXXZ", true)]
    #[case("undefined symbol: x", false)]
    #[case("3.13", false)]
    #[case("", false)]
    fn names(#[case] text: &str, #[case] expected: bool) {
        assert_eq!(is_name(text), expected);
    }

    #[test]
    fn nearly_the_name() {
        assert_eq!(nearest("PyModule_Craete2").first(), Some(&"PyModule_Create2"));
        assert!(nearest("spam").is_empty());
    }
}
