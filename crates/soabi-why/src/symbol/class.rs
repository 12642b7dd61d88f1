//! What it means that a name is missing: the kind of answer, by the name and by what the text says about the interpreter.

use soabi_core::{AbiTag, PyVersion};
use soabi_report::why::SymbolEntry;
use soabi_rules::tables::ExportTable;
use soabi_rules::tables::system::{glibc, musl, runtimes};

use super::owners;
use super::releases::{release, releases};
use crate::context::{Context, System};

/// A kind of answer, and the values that its sentences ask for.
pub(crate) struct Missing {
    /// The id of the kind.
    pub(crate) kind: &'static str,
    /// Further values, by their names.
    pub(crate) values: Vec<(&'static str, String)>,
}

impl Missing {
    fn new(kind: &'static str) -> Self {
        Self { kind, values: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.values.push((name, value.into()));
        self
    }
}

/// What it means that `symbol` is missing. `version` is the version of the symbol, and `library` the one it was
/// expected in, where the message says them.
pub(crate) fn missing(
    symbol: &SymbolEntry,
    context: &Context,
    version: Option<&str>,
    library: Option<&str>,
) -> Missing {
    let name = symbol.name.as_str();
    if name.starts_with("PyUnicodeUCS") {
        return other_width(name);
    }
    if !symbol.exported_by.is_empty() {
        return of_python(symbol, context);
    }
    if name.starts_with("Py") && name.contains("TraceRefs") {
        return Missing::new("capi-debug");
    }
    if name.starts_with("Py_InitModule") {
        return for_python_2(symbol, context);
    }
    if name.starts_with("PyPy") {
        return pypy("PyPy exports", "PyPy");
    }
    if let Some(library) = version.filter(|version| version.starts_with("lib")).or(library) {
        let library = library.rsplit(['/', '\\']).next().unwrap_or(library);
        if !library.contains("flat namespace") && !library.contains("dynamic lookup") {
            return Missing::new("library-symbol").with("library-name", format!("`{library}`"));
        }
    }
    if context.system == System::Musl
        && let Some(found) = under_musl(name)
    {
        return found;
    }
    in_a_library(name, symbol, context)
}

/// A narrow module in a wide Python 2, or the reverse.
fn other_width(name: &str) -> Missing {
    let (there, here, tag) = if name.starts_with("PyUnicodeUCS2") {
        ("narrow", "wide", "cp27m")
    } else {
        ("wide", "narrow", "cp27mu")
    };
    let missing = Missing::new("capi-ucs").with("width-there", there).with("width-here", here);
    missing.with("tag-there", tag)
}

fn pypy(exporter: &str, built_with: &str) -> Missing {
    Missing::new("capi-pypy").with("exporter", exporter).with("built-with", built_with)
}

/// A name that some interpreter exports.
fn of_python(symbol: &SymbolEntry, context: &Context) -> Missing {
    let versions: Vec<PyVersion> = symbol.exported_by.iter().filter_map(|abi| release(*abi)).collect();
    let is_pypy = |abi: &AbiTag| matches!(abi, AbiTag::Pypy { .. });
    if symbol.exported_by.iter().all(is_pypy) {
        return pypy("PyPy exports", "PyPy");
    }
    if context.pypy && !symbol.exported_by.iter().any(is_pypy) {
        return pypy("CPython exports", "CPython");
    }
    if versions.is_empty() {
        let free_threaded =
            |abi: &AbiTag| matches!(abi, AbiTag::Cpython(abi) if abi.free_threaded && !abi.debug);
        let kind =
            if symbol.exported_by.iter().any(free_threaded) { "capi-free-threaded" } else { "capi-debug" };
        return Missing::new(kind);
    }
    let all = releases();
    let (first, last) = (versions[0], versions[versions.len() - 1]);
    let lacking = |version: &&PyVersion| !versions.contains(version);
    let is_three_alone = all.iter().all(|version| (version.major == 3) == versions.contains(version));
    let gone_words = |after: PyVersion| match context.running {
        Some(running) if running > after => format!("Python {running} does not"),
        _ => all
            .iter()
            .find(|version| **version > after)
            .map(|gone| format!("it is gone since {gone}"))
            .unwrap_or_default(),
    };
    let gone = |missing: Missing, after| missing.with("gone-words", gone_words(after));
    let removed = if symbol.private { "capi-private-removed" } else { "capi-removed" };
    if last.major == 2 {
        return for_python_2(symbol, context);
    }
    match context.running.filter(|running| all.contains(running) || running.major == 2 || *running < first) {
        Some(running) if versions.contains(&running) => not_visible(symbol, Some(running)),
        Some(running) if running.major == 2 => Missing::new("capi-python3"),
        Some(running) if running < first => Missing::new("capi-newer"),
        Some(_) => gone(Missing::new(removed), last),
        None if is_three_alone && symbol.since.is_none_or(|since| since <= PyVersion::new(3, 0)) => {
            Missing::new("capi-python3")
        }
        None if Some(&last) != all.last() => gone(Missing::new(removed), last),
        None if all.iter().find(lacking).is_none_or(|lacking| lacking.major == 2)
            && symbol.since.is_none() =>
        {
            not_visible(symbol, None)
        }
        None => Missing::new("capi-newer"),
    }
}

/// A name of Python 2. A file that is named for Python 3 was compiled from sources for Python 2 nevertheless: C compilers
/// only warned of a function without a declaration.
fn for_python_2(symbol: &SymbolEntry, context: &Context) -> Missing {
    let sources = |whose: &str, built: &str| {
        format!(
            "{whose}: its sources are for Python 2, and were compiled for {built} all the same, with a warning \
             (implicit declaration)"
        )
    };
    let words = match context.built {
        _ if symbol.exported_by.is_empty() => sources("a macro of Python 2's headers", "Python 3"),
        Some(built) if built.major == 3 => sources("which Python 2 has", &format!("Python {built}")),
        _ => "which only Python 2 exports: it was built for Python 2 and another Python loads it".to_owned(),
    };
    Missing::new("capi-python2").with("python2-words", words)
}

/// A name that the interpreter which loads the module exports.
fn not_visible(symbol: &SymbolEntry, running: Option<PyVersion>) -> Missing {
    let words = symbol.exported_in_words.as_deref().unwrap_or("CPython");
    let every = match running {
        Some(running) => format!("Python {running} exports"),
        None => format!("{words} exports"),
    };
    Missing::new("capi-not-visible").with("every", every)
}

/// A name that glibc has and musl has not, or has since a certain release.
fn under_musl(name: &str) -> Option<Missing> {
    match (glibc::symbol(name), musl::since(name)) {
        (_, Some(since)) if musl::is_dated(since) => {
            Some(Missing::new("musl-version").with("since", since.to_string()))
        }
        (Some(_), None) => Some(Missing::new("musl-glibc")),
        // Fortified functions, and what musl had for a while, are in no table.
        (None, None) if name.starts_with("__") && name.ends_with("_chk") => Some(Missing::new("musl-glibc")),
        _ => None,
    }
}

/// A name of another library than Python's, or of none that is known.
fn in_a_library(name: &str, symbol: &SymbolEntry, context: &Context) -> Missing {
    let owner = owners::owner(name);
    let since = match symbol.library_versions.first() {
        // The versions are those of Linux with glibc.
        Some(version) if !matches!(context.system, System::Musl | System::Android) => {
            format!(" (as {version})")
        }
        _ => String::new(),
    };
    let is_cxx = runtimes::versions("libstdc++.so.6", name).is_some();
    if !is_cxx && let Some(words) = string_words(name) {
        let owner = owner.map(|owner| format!(" of {}", owner.library)).unwrap_or_default();
        return Missing::new("cxx-string-abi").with("string-words", words).with("owner", owner);
    }
    if is_cxx {
        let words = symbol.library_versions.last().map(|version| format!("one that has {version}"));
        return Missing::new("cxx-runtime")
            .with("library-name", "libstdc++")
            .with("since", since)
            .with("since-words", words.unwrap_or_else(|| "that of its compiler".to_owned()));
    }
    // What `-ffast-math` made of the functions of libm, until the headers of glibc 2.31.
    if name.starts_with("__") && name.ends_with("_finite") {
        return Missing::new("glibc-removed")
            .with(
                "library-name",
                "what `-ffast-math` made of a function of libm with the headers of glibc before 2.31",
            )
            .with("instead-words", "compile without `-ffast-math`, or with `-fno-finite-math-only`");
    }
    if let Some(owner) = owner {
        let missing = Missing::new(owner.kind).with("library-name", owner.library).with("since", since);
        return missing.with("since-words", "that of the compiler it was built with");
    }
    if glibc::symbol(name).is_some() || musl::since(name).is_some() {
        let library = if musl::since(name).is_some() { "the C library" } else { "glibc" };
        return Missing::new("c-runtime").with("library-name", library).with("since", since);
    }
    let is_c_api = name.trim_start_matches('_').strip_prefix("Py").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_uppercase() || c == '_') && !rest.starts_with("Init_")
    });
    if is_c_api && ExportTable::get().symbol(name).is_none() {
        return Missing::new("capi-unknown");
    }
    Missing::new("undefined-symbol")
}

/// How a mangled name writes `std::string`, if it does: of the old kind or of the new.
fn string_words(name: &str) -> Option<&'static str> {
    if !name.starts_with("_Z") {
        return None;
    }
    if name.contains("7__cxx11") || name.contains("B5cxx11") {
        return Some("the string of C++ as it is since GCC 5 (in the name: `__cxx11`)");
    }
    let old = ["RKSs", "RSs", "ESs", "PSs", "vSs", "jSs", "iSs", "SsS", "PKcSs"];
    (name.ends_with("Ss") || old.iter().any(|part| name.contains(part)))
        .then_some("the string of C++ as it was before GCC 5 (in the name: `Ss`)")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::symbol::symbol;

    /// One name, and what it means with one interpreter and with another.
    #[rstest]
    #[case::gone("_PyUnicode_Ready", "/x/python3.13/site-packages/a.so", "capi-private-removed")]
    #[case::there("_PyUnicode_Ready", "/x/python3.10/site-packages/a.so", "capi-not-visible")]
    #[case::nothing_known("_PyUnicode_Ready", "a.so", "capi-private-removed")]
    #[case::public("PyUnicode_AsUnicode", "a.so", "capi-removed")]
    #[case::too_old("Py_IsTrue", "/x/python3.9/site-packages/a.so", "capi-newer")]
    #[case::not_too_old("Py_IsTrue", "/x/python3.12/site-packages/a.so", "capi-not-visible")]
    #[case::two("PyModule_Create2", "/x/python2.7/site-packages/a.so", "capi-python3")]
    #[case::before_the_tables("PyUnicode_AsUTF8AndSize", "/x/python3.2/site-packages/a.so", "capi-newer")]
    #[case::of_all("PyList_New", "a.so", "capi-not-visible")]
    #[case::in_pypy("PyModule_GetState", "unable to load extension module '/x/a.pypy3-23.so'", "capi-pypy")]
    #[case::in_musl("__memcpy_chk", "Error relocating /x/a.so: __memcpy_chk: symbol not found", "musl-glibc")]
    #[case::in_glibc("__memcpy_chk", "/x/a.so: undefined symbol: __memcpy_chk", "c-runtime")]
    #[case::new_in_musl("statx", "Error relocating /x/a.so: statx: symbol not found", "musl-version")]
    #[case::macro_of_two("Py_InitModule", "/x/a.cpython-33m.so", "capi-python2")]
    #[case::removed_from_glibc("__malloc_hook", "a.so", "glibc-removed")]
    #[case::fast_math("__pow_finite", "a.so", "glibc-removed")]
    #[case::fast_math_in_musl(
        "__pow_finite",
        "Error relocating a.so: __pow_finite: symbol not found",
        "musl-glibc"
    )]
    #[case::init("PyInit__spam", "a.so", "undefined-symbol")]
    fn by_the_interpreter(#[case] name: &str, #[case] text: &str, #[case] kind: &str) {
        assert_eq!(missing(&symbol(name), &Context::of(text, text), None, None).kind, kind);
    }

    #[rstest]
    #[case("_ZN3c105ErrorC1ENS_14SourceLocationERKSs", true)]
    #[case("_ZN3c105ErrorC1ENS_14SourceLocationENSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE", true)]
    #[case("_ZN2at6Tensor4dataEv", false)]
    #[case("PyFoo_Ss", false)]
    fn strings(#[case] name: &str, #[case] expected: bool) {
        assert_eq!(string_words(name).is_some(), expected);
    }
}
