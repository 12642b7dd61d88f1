//! The toolkit that wrote a module's glue code, by the texts that it leaves in the file.
//!
//! All texts are searched for in one pass over at most 32 MiB. Each is one that the toolkit needs at run time or in
//! its messages, so that stripping keeps it.

use std::sync::LazyLock;

use aho_corasick::packed::{Config, Searcher};
use soabi_object::{Format, Segment};

use crate::program::Program;

/// The most bytes that are searched.
const MOST_BYTES: usize = 32 << 20;
/// The most occurrences of one text that are looked at.
const MOST_OCCURRENCES: u32 = 64;

/// What is searched for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// A name that a version may follow.
    Cython,
    /// A text of Cython's, or its name with a version.
    CythonText,
    PyO3,
    Pybind11,
    Nanobind,
    NanobindAbi,
    Swig,
    Cffi,
    Sip,
    Mypyc,
    Boost,
    Rust,
    F2py,
}

const MARKERS: [(&str, Marker); 16] = [
    ("_cython_", Marker::Cython),
    ("__pyx_capi__", Marker::CythonText),
    ("ompile time Python version %", Marker::CythonText),
    ("ompiletime version %s of module", Marker::CythonText),
    ("pyo3-", Marker::PyO3),
    ("__pybind11_internals_v", Marker::Pybind11),
    ("nanobind", Marker::Nanobind),
    ("_system_lib", Marker::NanobindAbi),
    ("swig_runtime_data", Marker::Swig),
    ("_cffi_backend", Marker::Cffi),
    ("sip._C_API", Marker::Sip),
    ("__mypyc.", Marker::Mypyc),
    ("Boost.Python.", Marker::Boost),
    ("/rustc/", Marker::Rust),
    ("library/core/src/", Marker::Rust),
    ("(unknown version of f2py)", Marker::F2py),
];

static SEARCHER: LazyLock<Option<Searcher>> =
    LazyLock::new(|| Config::new().builder().extend(MARKERS.iter().map(|(text, _)| text)).build());

/// What the texts of a file show.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    found: Vec<Marker>,
    /// Cython's version: `3.1.2`.
    pub(crate) cython_version: Option<String>,
    /// Whether Cython says that it used the limited API.
    pub(crate) cython_limited: bool,
    /// PyO3's version.
    pub(crate) pyo3: Option<String>,
    /// pybind11's internals: the version and the C++ ABI.
    pub(crate) pybind11: Option<String>,
    /// nanobind's internals.
    pub(crate) nanobind_abi: Option<String>,
    /// The version of SWIG's run-time data.
    pub(crate) swig: Option<String>,
}

impl Texts {
    /// Whether a toolkit has left a text.
    pub(crate) fn has(&self, marker: Marker) -> bool {
        self.found.contains(&marker)
    }

    pub(crate) fn read(program: &Program<'_>) -> Self {
        let mut texts = Self::default();
        let Some(searcher) = &*SEARCHER else { return texts };
        let mut left = MOST_BYTES;
        let mut counts = [0; MARKERS.len()];
        for segment in with_texts(program) {
            let Some(bytes) = program.bytes_from(segment.address) else { continue };
            let bytes = &bytes[..bytes.len().min(left)];
            left -= bytes.len();
            for found in searcher.find_iter(bytes) {
                let index = found.pattern().as_usize();
                counts[index] += 1;
                if counts[index] <= MOST_OCCURRENCES {
                    texts.note(MARKERS[index].1, bytes, found.start(), found.end());
                }
            }
        }
        texts
    }

    fn note(&mut self, marker: Marker, bytes: &[u8], start: usize, end: usize) {
        let rest = || word(&bytes[end..]);
        match marker {
            Marker::Cython => {
                if let Some((version, limited)) = cython_version(&rest()) {
                    self.cython_version = Some(version);
                    self.cython_limited |= limited;
                    self.found.push(Marker::CythonText);
                }
            }
            Marker::PyO3 => {
                let version = release(&rest());
                if version.contains('.') {
                    self.pyo3 = Some(version);
                }
            }
            Marker::Pybind11 => {
                // A name that a later module's data is stored under has the same start.
                let rest = rest();
                if rest.starts_with(|c: char| c.is_ascii_digit()) && self.pybind11.is_none() {
                    let id = rest.split("__").next().unwrap_or_default();
                    self.pybind11 = Some(format!("v{id}"));
                }
            }
            Marker::NanobindAbi => {
                let before =
                    bytes[..start].iter().rev().take(4).take_while(|byte| byte.is_ascii_alphanumeric());
                let length = before.count();
                let id = word(&bytes[start - length..]);
                if id.strip_prefix('v').is_some_and(|id| id.starts_with(|c: char| c.is_ascii_digit())) {
                    self.nanobind_abi = Some(id);
                }
            }
            Marker::Swig => {
                let version: String = rest().chars().take_while(char::is_ascii_digit).collect();
                if !version.is_empty() {
                    self.swig = Some(version);
                }
            }
            found if self.has(found) => {}
            found => self.found.push(found),
        }
    }
}

/// The segments that constants are in: those without code, and those with code where constants have no segment of
/// their own (Mach-O, and ELF from linkers before 2018).
fn with_texts<'p>(program: &Program<'p>) -> impl Iterator<Item = &'p Segment> {
    let segments = program.image().segments();
    let code = segments.iter().find(|segment| segment.executable).map_or(0, |segment| segment.address);
    let apart = program.format() != Format::MachO
        && segments.iter().any(|segment| {
            !segment.executable && !segment.writable && segment.file_size > 0 && segment.address > code
        });
    let constants = segments.iter().filter(|segment| !segment.executable);
    let with_code = segments.iter().filter(move |segment| segment.executable && !apart);
    constants.chain(with_code)
}

/// The letters, digits, underscores and dots that `bytes` start with.
fn word(bytes: &[u8]) -> String {
    let sound = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.');
    bytes.iter().take(96).take_while(sound).map(|&byte| char::from(byte)).collect()
}

/// A release at the start of a text: `0.29.2`.
fn release(text: &str) -> String {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '.').unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

/// The version in the name of the module that Cython shares its types through: `3_1_2limited` is 3.1.2, limited. Other words
/// about the build follow without a mark: `3_3_1noamsend`.
fn cython_version(text: &str) -> Option<(String, bool)> {
    let text = text.split('.').next()?;
    let mut parts = Vec::new();
    for part in text.split('_') {
        let number = numbered(part);
        if number > 0 {
            parts.push(&part[..number]);
        }
        if number < part.len() || number == 0 {
            break;
        }
    }
    (parts.len() >= 2).then(|| (parts.join("."), text.contains("limited")))
}

/// The length of the number that a part of a version begins with, with that of a pre-release (PEP 440): 4 of `0a10`.
fn numbered(part: &str) -> usize {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = digits(part);
    let pre = ["a", "b", "rc", "dev"].iter().find_map(|word| {
        part[number..]
            .strip_prefix(word)
            .map(|rest| word.len() + digits(rest))
            .filter(|length| *length > word.len())
    });
    number + pre.filter(|_| number > 0).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("3_1_2limited", Some(("3.1.2", true)))]
    #[case("3_3_0.cython_function_or_method", Some(("3.3.0", false)))]
    #[case("0_29_32", Some(("0.29.32", false)))]
    #[case("3_0_0a10", Some(("3.0.0a10", false)))]
    #[case("3_3_0rc2", Some(("3.3.0rc2", false)))]
    #[case("3_3_1noamsend", Some(("3.3.1", false)))]
    #[case("3_3_1amsendbackport", Some(("3.3.1", false)))]
    #[case("3_3_0b1noamsend.x", Some(("3.3.0b1", false)))]
    #[case("3_1_0DualABI", Some(("3.1.0", false)))]
    #[case("3_1_0DualABIlimited", Some(("3.1.0", true)))]
    #[case("3", None)]
    #[case("runtime", None)]
    fn cython(#[case] text: &str, #[case] expected: Option<(&str, bool)>) {
        let read = cython_version(text);
        assert_eq!(read.as_ref().map(|(version, limited)| (version.as_str(), *limited)), expected);
    }

    #[rstest]
    #[case("0.29.2", "0.29.2")]
    #[case("0.30.0.", "0.30.0")]
    #[case("ffi_x", "ffi")]
    fn releases(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(release(text), expected);
    }
}
