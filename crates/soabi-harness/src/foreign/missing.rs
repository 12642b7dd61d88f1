//! What was missing when an import or a load failed: another module, a library, a newer C library. That refuses nothing
//! for its ABI; with it the outcome would be another.

use std::path::Path;

use soabi_core::{Gate, Outcome, PyVersion};
use soabi_rules::import::is_python_library;

use super::stdlib;

/// What is known of a module that was asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own<'a> {
    /// The folder on the path in which it lies.
    pub(crate) site: &'a Path,
    /// What is its own at the top level of that folder.
    pub(crate) top_level: &'a [String],
    /// The version of the interpreter.
    pub(crate) version: PyVersion,
}

/// What `outcome` says is missing. `module` is the one that the interpreter looked for, as far as it says so.
pub(crate) fn needs(outcome: &Outcome, module: Option<&str>, own: Own<'_>) -> Vec<String> {
    let Outcome::Refused { at, message } = outcome else { return Vec::new() };
    let need = match at {
        Gate::Runtime => module.or_else(|| named_in(message)).and_then(|name| foreign_part(name, own)),
        Gate::Name | Gate::Platform | Gate::Symbols => None,
    };
    let need = need.or_else(|| (*at != Gate::Name).then(|| library(message)).flatten());
    need.into_iter().collect()
}

/// The module in `No module named 'numpy'`, somewhere in what a package says in its own words.
fn named_in(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("No module named ")?;
    let rest = rest.trim_start_matches(['\'', '"']);
    let end = rest.find(|letter: char| !(letter == '.' || letter == '_' || letter.is_alphanumeric()));
    let name = rest[..end.unwrap_or(rest.len())].trim_end_matches('.');
    (!name.is_empty()).then_some(name)
}

/// The part of `name` that is not of the module's own distribution: `numpy` of `numpy.linalg`. `None` where all of it
/// is its own, or of a standard library of another version.
fn foreign_part(name: &str, own: Own<'_>) -> Option<String> {
    if stdlib::why_not(name, own.version).is_some() {
        return None;
    }
    let mut folder = own.site.to_owned();
    let mut parts = Vec::new();
    for part in name.split('.') {
        parts.push(part);
        if parts.len() == 1 && !own.top_level.iter().any(|top| top == part) {
            break;
        }
        folder.push(part);
        // A folder without `__init__` is shared with other distributions (PEP 420).
        if !folder.is_dir() {
            let is_own = parts.len() == 1;
            return (!is_own).then(|| parts.join("."));
        }
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        if entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("__init__.")) {
            return None;
        }
    }
    Some(parts.join("."))
}

/// The library, or the version of one, in the words of glibc.
fn library(message: &str) -> Option<String> {
    const NOT_THERE: &str = ": cannot open shared object file: No such file or directory";
    if let Some((before, _)) = message.split_once(NOT_THERE) {
        let name =
            before.rsplit(|letter: char| letter.is_whitespace() || letter == '/').next().unwrap_or(before);
        return (!name.is_empty() && !is_python_library(name)).then(|| name.to_owned());
    }
    let (before, _) = message.split_once("' not found (required by ")?;
    let (_, version) = before.rsplit_once('`')?;
    version.starts_with("GLIBC").then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn check(at: Gate, message: &str, module: Option<&str>, expected: &str) {
        let site = tempfile::tempdir().unwrap();
        for file in ["x/__init__.py", "google/api/__init__.py"] {
            std::fs::create_dir_all(site.path().join(file).parent().unwrap()).unwrap();
            std::fs::write(site.path().join(file), "").unwrap();
        }
        let top_level = ["x".to_owned(), "google".to_owned(), "_x".to_owned()];
        let own = Own { site: site.path(), top_level: &top_level, version: PyVersion::new(3, 12) };
        let outcome = Outcome::Refused { at, message: message.to_owned() };
        assert_eq!(needs(&outcome, module, own).join(", "), expected);
    }

    #[rstest]
    #[case::another("No module named 'numpy'", Some("numpy"), "numpy")]
    #[case::a_part_of_it("No module named 'numpy.linalg'", Some("numpy.linalg"), "numpy")]
    #[case::in_its_words("ImportError: dependencies:\nnumpy: No module named 'numpy'", None, "numpy")]
    #[case::of_python_2("ImportError: No module named numpy.core", None, "numpy")]
    #[case::its_own("No module named 'x._x'", Some("x._x"), "")]
    #[case::its_own_at_the_top("No module named '_x'", Some("_x"), "")]
    #[case::shared("No module named 'google.protobuf'", Some("google.protobuf"), "google.protobuf")]
    #[case::shared_and_its_own("No module named 'google.api.x'", Some("google.api.x"), "")]
    #[case::gone("No module named 'distutils'", Some("distutils"), "")]
    #[case::built_without("No module named '_sqlite3'", Some("_sqlite3"), "_sqlite3")]
    #[case::other_words("ImportError: this needs luck", None, "")]
    #[case::nothing_named("No module named ''", None, "")]
    fn modules(#[case] message: &str, #[case] module: Option<&str>, #[case] expected: &str) {
        check(Gate::Runtime, message, module, expected);
    }

    #[rstest]
    #[case("libpulse.so.0: cannot open shared object file: No such file or directory", "libpulse.so.0")]
    #[case("libpython3.9.so.1.0: cannot open shared object file: No such file or directory", "")]
    #[case("/l/libc.so.6: version `GLIBC_2.99' not found (required by /x/_x.so)", "GLIBC_2.99")]
    #[case("/l/libx.so.1: version `X_2' not found (required by /x/_x.so)", "")]
    #[case("/x/_x.so: wrong ELF class: ELFCLASS32", "")]
    fn libraries(#[case] message: &str, #[case] expected: &str) {
        check(Gate::Platform, message, None, expected);
    }

    #[test]
    fn a_name_that_is_not_searched_for_lacks_nothing() {
        check(Gate::Name, "No module named 'x._x'", Some("x._x"), "");
        check(Gate::Symbols, "/x/_x.so: undefined symbol: PyX", None, "");
    }
}
