//! File names of extension modules: the module they name and the ABI their suffix claims.
//!
//! Which suffixes an interpreter really searches for is a fact about that interpreter and lives elsewhere;
//! here a name is only read.

use std::fmt;

use crate::abi_tag::{AbiTag, CpythonAbi};
use crate::version::PyVersion;

/// What follows the module's name in the name of an extension module's file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExtSuffix {
    text: String,
    abi: AbiTag,
    platform: Option<String>,
}

impl ExtSuffix {
    /// Reads a suffix that starts at its first dot: `.cpython-311-x86_64-linux-gnu.so`, `.abi3.so`, `.so`,
    /// `.cp311-win_amd64.pyd`, `.pypy311-pp73-x86_64-linux-gnu.so`.
    ///
    /// A tag between the dots that is no ABI's claims nothing: `.foo.so` is read as [`AbiTag::None`].
    /// `None` when the last part is not one that any Python loads (`.so`, `.pyd`).
    pub fn parse(text: &str) -> Option<Self> {
        let tag = text.strip_suffix(".so").or_else(|| text.strip_suffix(".pyd"))?;
        let tag = tag.strip_prefix('.').unwrap_or(tag);
        let (abi, platform) = if text.ends_with(".pyd") { windows_tag(tag) } else { unix_tag(tag) };
        Some(Self { text: text.to_owned(), abi, platform: platform.map(str::to_owned) })
    }

    /// The suffix as it stands in the file name, with its leading dot.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The ABI that the suffix claims. [`AbiTag::None`] when it claims none (`.so`, `.pyd`).
    pub fn abi(&self) -> AbiTag {
        self.abi
    }

    /// The platform that the suffix names, as CPython writes it: `x86_64-linux-gnu`, `darwin`, `win_amd64`.
    pub fn platform(&self) -> Option<&str> {
        self.platform.as_deref()
    }
}

impl fmt::Display for ExtSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Reads `cpython-311-x86_64-linux-gnu`, `abi3`, `abi3-x86_64-linux-gnu` or `pypy311-pp73-x86_64-linux-gnu`.
fn unix_tag(tag: &str) -> (AbiTag, Option<&str>) {
    let (name, rest) = split_dash(tag);
    match name {
        "abi3" => (AbiTag::Abi3, rest),
        "abi3t" => (AbiTag::Abi3t, rest),
        "cpython" => {
            let (flags, platform) = split_dash(rest.unwrap_or_default());
            match format!("cp{flags}").parse() {
                Ok(abi) => (AbiTag::Cpython(abi), platform),
                Err(_) => (AbiTag::None, None),
            }
        }
        _ => match name.strip_prefix("pypy").and_then(|digits| {
            let (abi, platform) = split_dash(rest?);
            let abi = abi.strip_prefix("pp")?.parse().ok()?;
            Some((AbiTag::Pypy { python: PyVersion::from_compact(digits)?, abi }, platform))
        }) {
            Some(read) => read,
            None => (AbiTag::None, None),
        },
    }
}

/// Reads `cp311-win_amd64`, `cp313t-win_arm64`; PyPy on Windows writes its tag as everywhere.
fn windows_tag(tag: &str) -> (AbiTag, Option<&str>) {
    let (name, platform) = split_dash(tag);
    match name.parse::<CpythonAbi>() {
        Ok(abi) => (AbiTag::Cpython(abi), platform),
        Err(_) => unix_tag(tag),
    }
}

fn split_dash(text: &str) -> (&str, Option<&str>) {
    match text.split_once('-') {
        Some((head, rest)) => (head, Some(rest)),
        None => (text, None),
    }
}

/// The name of an extension module's file, read as the import system reads it: the module's name ends at
/// the first dot, everything after it is the suffix (CPython `Lib/importlib/_bootstrap_external.py`,
/// `FileFinder.find_spec`).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ModuleFileName {
    /// The last part of the module's name.
    pub module: String,
    /// What follows it.
    pub suffix: ExtSuffix,
}

impl ModuleFileName {
    /// Reads a file name without folders. `None` when it is not the name of an extension module.
    pub fn parse(file_name: &str) -> Option<Self> {
        let dot = file_name.find('.').filter(|&dot| dot > 0)?;
        let (module, suffix) = file_name.split_at(dot);
        Some(Self { module: module.to_owned(), suffix: ExtSuffix::parse(suffix)? })
    }

    /// Whether an interpreter that searches for `suffixes`, in any order, finds the file when it is asked for
    /// `module`. Python 2 also searches for `module.so`, which has no leading dot: `spammodule.so` is `spam`.
    pub fn is_found_as(file_name: &str, module: &str, suffixes: &[String]) -> bool {
        file_name.strip_prefix(module).is_some_and(|suffix| suffixes.iter().any(|known| known == suffix))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(".cpython-311-x86_64-linux-gnu.so", "cp311", Some("x86_64-linux-gnu"))]
    #[case(".cpython-36m-x86_64-linux-gnu.so", "cp36m", Some("x86_64-linux-gnu"))]
    #[case(".cpython-313td-x86_64-linux-gnu.so", "cp313td", Some("x86_64-linux-gnu"))]
    #[case(".cpython-312-darwin.so", "cp312", Some("darwin"))]
    #[case(".cpython-311.so", "cp311", None)]
    #[case(".abi3.so", "abi3", None)]
    #[case(".abi3-x86_64-linux-gnu.so", "abi3", Some("x86_64-linux-gnu"))]
    #[case(".abi3t.so", "abi3t", None)]
    #[case(".abi3t-x86_64-linux-gnu.so", "abi3t", Some("x86_64-linux-gnu"))]
    #[case(".pypy311-pp73-x86_64-linux-gnu.so", "pypy311_pp73", Some("x86_64-linux-gnu"))]
    #[case(".pypy311-pp73-win_amd64.pyd", "pypy311_pp73", Some("win_amd64"))]
    #[case(".cp311-win_amd64.pyd", "cp311", Some("win_amd64"))]
    #[case(".cp313t-win_arm64.pyd", "cp313t", Some("win_arm64"))]
    #[case(".so", "none", None)]
    #[case(".pyd", "none", None)]
    #[case(".cpython-abc.so", "none", None)]
    #[case(".foo.so", "none", None)]
    fn suffixes(#[case] text: &str, #[case] abi: &str, #[case] platform: Option<&str>) {
        let suffix = ExtSuffix::parse(text).unwrap();
        assert_eq!(suffix.as_str(), text);
        assert_eq!(suffix.abi(), abi.parse().unwrap());
        assert_eq!(suffix.platform(), platform);
    }

    #[rstest]
    #[case("spam.so", Some("spam"))]
    #[case("_spam.cpython-311-x86_64-linux-gnu.so", Some("_spam"))]
    #[case("libspam.abi3.so.5.15", None)]
    #[case("spam.py", None)]
    #[case("spam", None)]
    #[case(".so", None)]
    fn file_names(#[case] file_name: &str, #[case] module: Option<&str>) {
        let read = ModuleFileName::parse(file_name).map(|name| name.module);
        assert_eq!(read.as_deref(), module);
    }

    #[rstest]
    #[case("spam.so", "spam", true)]
    #[case("spammodule.so", "spam", true)]
    #[case("spam.abi3.so", "spam", false)]
    #[case("spam.so", "spa", false)]
    fn python_2_finds(#[case] file_name: &str, #[case] module: &str, #[case] found: bool) {
        let suffixes = [".so".to_owned(), "module.so".to_owned()];
        assert_eq!(ModuleFileName::is_found_as(file_name, module, &suffixes), found);
    }
}
