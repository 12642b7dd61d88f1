//! ABI tags: the names that wheels, file names and `pythons/` give to a binary interface.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::version::{PyVersion, serde_as_text};

/// A binary interface of Python, by its name in wheel tags.
///
/// Sources: PEP 425 (tags), PEP 384 (abi3), PEP 803 (abi3t), PEP 3149 (flags in file names).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AbiTag {
    /// One build of one CPython feature version. Ex) `cp27mu`, `cp36m`, `cp311`, `cp313t`, `cp315d`.
    Cpython(CpythonAbi),
    /// The stable ABI of builds with a GIL. Ex) `abi3`.
    Abi3,
    /// The stable ABI that free-threaded builds share. Ex) `abi3t`.
    Abi3t,
    /// PyPy's interface: the Python version it implements and the version of its C API layer.
    /// Ex) `pypy311_pp73`.
    Pypy {
        /// The Python feature version that it implements.
        python: PyVersion,
        /// The version of PyPy's own ABI, digits as written: 73.
        abi: u8,
    },
    /// No binary interface is promised. Ex) `none`.
    None,
}

/// The interface of one build of one CPython feature version.
#[expect(clippy::struct_excessive_bools, reason = "these are the four independent flags of PEP 3149")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CpythonAbi {
    /// The feature version.
    pub version: PyVersion,
    /// `t`: built without the GIL (PEP 703; 3.13 and later).
    pub free_threaded: bool,
    /// `d`: built with `Py_DEBUG`.
    pub debug: bool,
    /// `m`: built with pymalloc. Written until 3.7; of no meaning from 3.8 on.
    pub pymalloc: bool,
    /// `u`: four-byte `Py_UNICODE` (UCS4). Of meaning in 2.x only (PEP 393 removed the choice).
    pub wide_unicode: bool,
}

impl CpythonAbi {
    /// The ABI of an ordinary release build of `version`, as most people have it: `cp27mu`, `cp37m`, `cp311`.
    pub const fn release(version: PyVersion) -> Self {
        let two = version.major == 2;
        let flagged = two || version.minor < 8;
        Self { version, free_threaded: false, debug: false, pymalloc: flagged, wide_unicode: two }
    }

    /// Whether a module built for `self` is promised to work in an interpreter with the ABI `python`.
    ///
    /// Equal ABIs are; and since 3.8 a release build's modules are good in the debug build of the same
    /// version (`Py_DEBUG` no longer implies `Py_TRACE_REFS`), while the other way round is not promised:
    /// a debug module may use functions that only debug builds export.
    pub fn serves(self, python: Self) -> bool {
        let release = Self { debug: false, ..python };
        self == python || (self == release && python.version >= PyVersion::new(3, 8))
    }
}

impl fmt::Display for CpythonAbi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cp{}", self.version.compact())?;
        let flags =
            [(self.free_threaded, "t"), (self.debug, "d"), (self.pymalloc, "m"), (self.wide_unicode, "u")];
        flags.iter().filter(|(set, _)| *set).try_for_each(|(_, letter)| f.write_str(letter))
    }
}

/// Builds of Python that are not the ordinary one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BuildKind {
    /// CPython with `Py_DEBUG`.
    Debug,
    /// CPython without the GIL.
    FreeThreaded,
    /// PyPy.
    Pypy,
}

impl BuildKind {
    /// Whether the interpreter `python` is of this kind. A debug build without the GIL is of two.
    pub const fn is_of(self, python: AbiTag) -> bool {
        match (self, python) {
            (Self::Debug, AbiTag::Cpython(abi)) => abi.debug,
            (Self::FreeThreaded, AbiTag::Cpython(abi)) => abi.free_threaded,
            (Self::Pypy, AbiTag::Pypy { .. }) => true,
            _ => false,
        }
    }
}

impl AbiTag {
    /// The feature version of Python that an interpreter of this ABI implements. A stable ABI is of no one
    /// version.
    pub const fn python_version(self) -> Option<PyVersion> {
        match self {
            Self::Cpython(abi) => Some(abi.version),
            Self::Pypy { python, .. } => Some(python),
            Self::Abi3 | Self::Abi3t | Self::None => None,
        }
    }
}

/// Text that is not an ABI tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an ABI tag such as `cp311`, `cp27mu`, `cp313t`, `abi3`, `pypy311_pp73` or `none`")]
pub struct ParseAbiTagError(pub String);

impl FromStr for CpythonAbi {
    type Err = ParseAbiTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseAbiTagError(text.to_owned());
        let rest = text.strip_prefix("cp").ok_or_else(error)?;
        let flags_at = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (digits, mut flags) = rest.split_at(flags_at);
        let version = PyVersion::from_compact(digits).ok_or_else(error)?;
        let mut take = |letter: char| match flags.strip_prefix(letter) {
            Some(rest) => {
                flags = rest;
                true
            }
            None => false,
        };
        let abi = Self {
            version,
            free_threaded: take('t'),
            debug: take('d'),
            pymalloc: take('m'),
            wide_unicode: take('u'),
        };
        if flags.is_empty() { Ok(abi) } else { Err(error()) }
    }
}

impl FromStr for AbiTag {
    type Err = ParseAbiTagError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let pypy = || {
            let (python, abi) = text.strip_prefix("pypy")?.split_once("_pp")?;
            Some(Self::Pypy { python: PyVersion::from_compact(python)?, abi: abi.parse().ok()? })
        };
        match text {
            "abi3" => Ok(Self::Abi3),
            "abi3t" => Ok(Self::Abi3t),
            "none" => Ok(Self::None),
            _ if text.starts_with("pypy") => pypy().ok_or_else(|| ParseAbiTagError(text.to_owned())),
            _ => text.parse().map(Self::Cpython),
        }
    }
}

impl fmt::Display for AbiTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cpython(abi) => abi.fmt(f),
            Self::Abi3 => f.write_str("abi3"),
            Self::Abi3t => f.write_str("abi3t"),
            Self::Pypy { python, abi } => write!(f, "pypy{}_pp{abi}", python.compact()),
            Self::None => f.write_str("none"),
        }
    }
}

serde_as_text!(AbiTag, CpythonAbi);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn cpython(text: &str) -> CpythonAbi {
        text.parse().unwrap()
    }

    #[rstest]
    fn every_tag_reads_back(
        #[values(
            "cp27m",
            "cp27mu",
            "cp27dmu",
            "cp36m",
            "cp37dm",
            "cp38",
            "cp39d",
            "cp310",
            "cp313t",
            "cp313td",
            "cp315",
            "abi3",
            "abi3t",
            "none",
            "pypy311_pp73"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<AbiTag>().unwrap().to_string(), text);
    }

    #[rstest]
    fn not_tags(
        #[values(
            "",
            "cp",
            "cp3",
            "311",
            "cp311x",
            "cp313dt",
            "cp27um",
            "abi4",
            "pypy311",
            "pypy_pp73",
            "cp3.11"
        )]
        text: &str,
    ) {
        assert_eq!(text.parse::<AbiTag>(), Err(ParseAbiTagError(text.to_owned())));
    }

    #[rstest]
    #[case("2.7", "cp27mu")]
    #[case("3.7", "cp37m")]
    #[case("3.8", "cp38")]
    #[case("3.15", "cp315")]
    fn release_builds(#[case] version: &str, #[case] tag: &str) {
        assert_eq!(CpythonAbi::release(version.parse().unwrap()), cpython(tag));
    }

    #[rstest]
    #[case::equal("cp311", "cp311", true)]
    #[case::another_version("cp311", "cp312", false)]
    #[case::ucs4_on_ucs2("cp27mu", "cp27m", false)]
    #[case::release_on_debug_before_3_8("cp37m", "cp37dm", false)]
    #[case::release_on_debug_from_3_8("cp38", "cp38d", true)]
    #[case::debug_on_release("cp313d", "cp313", false)]
    #[case::gil_on_free_threaded("cp313", "cp313t", false)]
    #[case::free_threaded_release_on_debug("cp313t", "cp313td", true)]
    fn whom_a_module_serves(#[case] built_for: &str, #[case] run_on: &str, #[case] served: bool) {
        assert_eq!(cpython(built_for).serves(cpython(run_on)), served);
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,12}") {
            let _ = text.parse::<AbiTag>();
        }

        #[test]
        fn display_is_the_inverse_of_parse(minor in 0u8..100, flags in any::<[bool; 4]>()) {
            let [free_threaded, debug, pymalloc, wide_unicode] = flags;
            let version = PyVersion::new(3, minor);
            let abi = CpythonAbi { version, free_threaded, debug, pymalloc, wide_unicode };
            prop_assert_eq!(abi.to_string().parse(), Ok(abi));
        }
    }
}
