//! What the query script prints, and how it becomes [`Facts`].
//!
//! The answer is what an interpreter believes, and is what the cache keeps. What lies on the disk (headers,
//! a shared library) is looked at each time, because a package manager may bring it any day without
//! touching the interpreter.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, Arch, CpythonAbi, ExtSuffix, PyVersion};

use crate::facts::Facts;
use crate::query_error::QueryError;

/// The object that `query.py` prints.
#[derive(Debug, Deserialize)]
#[serde(tag = "result", rename_all = "lowercase")]
pub(crate) enum Reply {
    /// Who the interpreter is.
    Success(Box<Answer>),
    /// Why it cannot say.
    Error {
        /// The trouble's name.
        kind: String,
        /// The trouble, in words.
        message: String,
    },
}

/// What an interpreter believes of itself. The fields that [`Facts`] has as well are described there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(Default))]
#[expect(clippy::struct_excessive_bools, reason = "each is an independent fact")]
pub(crate) struct Answer {
    pub(crate) implementation: String,
    pub(crate) version: String,
    pub(crate) hexversion: u32,
    /// `sys.abiflags`. `None` on 2.7, and on Windows before 3.14.
    pub(crate) abiflags: Option<String>,
    /// `sys.gettotalrefcount` exists, which only debug builds have.
    pub(crate) counts_references: bool,
    pub(crate) pymalloc: bool,
    pub(crate) soabi: Option<String>,
    pub(crate) ext_suffixes: Vec<String>,
    pub(crate) pointer_bits: u8,
    pub(crate) debug: bool,
    pub(crate) gil_disabled: bool,
    pub(crate) wide_unicode: bool,
    pub(crate) platform: String,
    pub(crate) multiarch: Option<String>,
    /// Where `Python.h` may be, the likeliest first.
    pub(crate) include_dirs: Vec<PathBuf>,
    pub(crate) platinclude: Option<PathBuf>,
    /// Where the shared library may be, the likeliest first.
    pub(crate) libpython: Vec<PathBuf>,
    /// Empty when the interpreter does not know its own file.
    pub(crate) executable: PathBuf,
    pub(crate) prefix: PathBuf,
    pub(crate) base_prefix: PathBuf,
}

impl Answer {
    /// The facts about the interpreter in the file `executable`, with a look at the disk. An interpreter of another
    /// `machine` speaks of its own folders, where there may be files of this one.
    pub(crate) fn facts(self, executable: PathBuf, machine: Option<Arch>) -> Result<Facts, QueryError> {
        let abi = self.abi().ok_or_else(|| QueryError::UnknownAbi {
            implementation: self.implementation.clone(),
            version: self.version.clone(),
            suffix: self.ext_suffixes.first().cloned().unwrap_or_default(),
        })?;
        let with_header = self.include_dirs.iter().find(|dir| dir.join("Python.h").is_file());
        let has_headers = with_header.is_some();
        let mut include_dirs: Vec<_> =
            with_header.or(self.include_dirs.first()).cloned().into_iter().collect();
        include_dirs.extend(self.platinclude.filter(|dir| !include_dirs.contains(dir)));
        let of_platform = with_header.and_then(|dir| platform_headers(dir, self.multiarch.as_deref()?));
        include_dirs.extend(of_platform.map(Path::to_owned));
        Ok(Facts {
            implementation: self.implementation,
            version: self.version,
            feature: feature(self.hexversion),
            hexversion: self.hexversion,
            abi,
            soabi: self.soabi,
            ext_suffixes: self.ext_suffixes,
            pointer_bits: self.pointer_bits,
            debug: self.debug,
            gil_disabled: self.gil_disabled,
            wide_unicode: self.wide_unicode,
            platform: self.platform,
            multiarch: self.multiarch,
            include_dirs,
            has_headers,
            libpython: self
                .libpython
                .into_iter()
                .find(|file| is_shared_library(file) && is_of(file, machine)),
            executable,
            prefix: self.prefix,
            base_prefix: self.base_prefix,
        })
    }

    /// The ABI by what is compiled into the interpreter, not by its build record: `sys.abiflags` where it is
    /// known, otherwise what can be seen from inside. Implementations other than CPython say it in the
    /// suffix alone.
    fn abi(&self) -> Option<AbiTag> {
        if self.implementation != "cpython" {
            let abi = ExtSuffix::parse(self.ext_suffixes.first()?)?.abi();
            return matches!(abi, AbiTag::Pypy { .. }).then_some(abi);
        }
        let version = feature(self.hexversion);
        let flag = |letter: char| self.abiflags.as_ref().map(|flags| flags.contains(letter));
        Some(AbiTag::Cpython(CpythonAbi {
            version,
            free_threaded: flag('t').unwrap_or(self.gil_disabled),
            debug: flag('d').unwrap_or(self.counts_references),
            pymalloc: flag('m').unwrap_or(self.pymalloc && version < PyVersion::new(3, 8)),
            wide_unicode: self.wide_unicode && version < PyVersion::new(3, 3),
        }))
    }
}

/// The folder that Debian's `pyconfig.h` includes the platform's own from, as `MULTIARCH/pythonX.Y/pyconfig.h`.
/// `None` where every compiler looks anyway, and elsewhere than on Debian.
fn platform_headers<'a>(include: &'a Path, multiarch: &str) -> Option<&'a Path> {
    let parent = include.parent().filter(|parent| *parent != Path::new("/usr/include"))?;
    parent.join(multiarch).join(include.file_name()?).join("pyconfig.h").is_file().then_some(parent)
}

/// The feature version in `sys.hexversion` (CPython `Include/patchlevel.h`: `0xMMmmppls`).
fn feature(hexversion: u32) -> PyVersion {
    let [major, minor, ..] = hexversion.to_be_bytes();
    PyVersion::new(major, minor)
}

/// Whether a library is of that machine: `None` for this one. What is no ELF file does not say.
fn is_of(library: &Path, machine: Option<Arch>) -> bool {
    soabi_object::machine_of(library).is_none_or(|arch| arch == machine.unwrap_or_else(Arch::here))
}

/// Whether `path` is a file that a dynamic linker may open. Static archives and linker scripts are called
/// `libpython` as well; the first four bytes tell.
fn is_shared_library(path: &Path) -> bool {
    const MAGIC_NUMBERS: [[u8; 4]; 4] =
        [*b"\x7fELF", [0xcf, 0xfa, 0xed, 0xfe], [0xce, 0xfa, 0xed, 0xfe], [0xca, 0xfe, 0xba, 0xbe]];
    let mut start = [0; 4];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok()
        && MAGIC_NUMBERS.contains(&start)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn check(answer: &Answer, expected: Option<&str>) {
        assert_eq!(answer.abi(), expected.map(|tag| tag.parse().unwrap()));
    }

    #[test]
    fn debians_headers_lie_in_two_folders() {
        let root = tempfile::tempdir().unwrap();
        let include = root.path().join("include/python3.15");
        assert_eq!(platform_headers(&include, "x86_64-linux-gnu"), None);
        let of_platform = root.path().join("include/x86_64-linux-gnu/python3.15");
        std::fs::create_dir_all(&of_platform).unwrap();
        std::fs::write(of_platform.join("pyconfig.h"), "").unwrap();
        assert_eq!(platform_headers(&include, "x86_64-linux-gnu"), include.parent());
        assert_eq!(platform_headers(Path::new("/usr/include/python3.15"), "x86_64-linux-gnu"), None);
    }

    #[rstest]
    #[case(0x0306_0ff0, "m", "cp36m")]
    #[case(0x0307_10f0, "dm", "cp37dm")]
    #[case(0x0308_12f0, "", "cp38")]
    #[case(0x0309_12f0, "d", "cp39d")]
    #[case(0x030d_00f0, "t", "cp313t")]
    #[case(0x030d_00f0, "td", "cp313td")]
    #[case(0x030f_00b1, "", "cp315")]
    fn three_says_its_flags(#[case] hexversion: u32, #[case] abiflags: &str, #[case] expected: &str) {
        let answer = Answer {
            implementation: "cpython".to_owned(),
            hexversion,
            abiflags: Some(abiflags.to_owned()),
            wide_unicode: true,
            pymalloc: true,
            ..Answer::default()
        };
        check(&answer, Some(expected));
        // A build record that says otherwise changes nothing.
        check(&Answer { debug: true, gil_disabled: true, ..answer }, Some(expected));
    }

    #[rstest]
    #[case(false, true, true, "cp27mu")]
    #[case(false, true, false, "cp27m")]
    #[case(true, true, true, "cp27dmu")]
    #[case(false, false, false, "cp27")]
    fn two_is_looked_at(
        #[case] counts_references: bool,
        #[case] pymalloc: bool,
        #[case] wide_unicode: bool,
        #[case] expected: &str,
    ) {
        let (implementation, hexversion) = ("cpython".to_owned(), 0x0207_12f0);
        let answer = Answer {
            implementation,
            hexversion,
            counts_references,
            pymalloc,
            wide_unicode,
            ..Answer::default()
        };
        check(&answer, Some(expected));
    }

    #[rstest]
    #[case("pypy", ".pypy311-pp73-x86_64-linux-gnu.so", Some("pypy311_pp73"))]
    #[case("pypy", ".so", None)]
    #[case("graalpy", ".graalpy231-311-native-x86_64-linux.so", None)]
    #[case("rustpython", ".cpython-311-x86_64-linux-gnu.so", None)]
    fn others_say_it_in_the_suffix(
        #[case] implementation: &str,
        #[case] suffix: &str,
        #[case] expected: Option<&str>,
    ) {
        let (implementation, ext_suffixes) = (implementation.to_owned(), vec![suffix.to_owned()]);
        check(
            &Answer { implementation, ext_suffixes, hexversion: 0x030b_00f0, ..Answer::default() },
            expected,
        );
    }
}
