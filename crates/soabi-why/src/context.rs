//! What a text says about the interpreter that loads a module, and about the one that the module was built for: the
//! folders and the tags of file names in it.

use std::sync::LazyLock;

use regex::Regex;
use soabi_core::PyVersion;
use soabi_object::{Arch, Format};
use soabi_rules::{Libc, Platform};

use crate::pattern::compile;

/// What a text says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Context {
    /// The version that loads the module, by the folder that it lies in or by the banner of the interpreter.
    pub(crate) running: Option<PyVersion>,
    /// The version that the module was built for, by the tag in its name.
    pub(crate) built: Option<PyVersion>,
    /// Whether the tag says that it was built without the GIL.
    pub(crate) free_threaded: bool,
    /// Whether PyPy loads it.
    pub(crate) pypy: bool,
    /// The system that the text comes from.
    pub(crate) system: System,
}

/// The system that a text comes from, by the words of its loader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum System {
    /// Linux with glibc, and what is not told apart from it.
    #[default]
    Linux,
    /// Linux with musl.
    Musl,
    Android,
    Mac,
    Windows,
}

/// Folders of an interpreter, its banner, and what people write into a report.
const RUNNING: &str = concat!(
    r#"[/\\]python(?<u>[23]\.\d+)t?[/\\](?:site-packages|dist-packages|lib-dynload|importlib|[\w.]+\.py|encodings)|"#,
    r#"Python\.framework/Versions/(?<f>[23]\.\d+)|[Pp]ython(?<w>[23]\d{1,2})(?:-32|-64)?\\|[/\\](?:lib|envs?|versions)[/\\]python-?(?<l>[23]\.\d+)|"#,
    r#"[Pp]ython(?: version)?:? (?<b>[23]\.\d+)\.\d+(?:rc\d|[ab]\d)?\b"#,
);
/// Tags in the names of modules and of eggs.
const BUILT: &str = concat!(
    r#"\.cpython-(?<v>[23]\d{1,2})(?<t>t?)[dmu]{0,3}(?:-[\w-]+)?\.(?:so|pyd|dylib)|\.cp(?<w>[23]\d{1,2})(?<wt>t?)-win\w+\.pyd|"#,
    r#"-py(?<e>[23]\.\d+)-(?:linux|macosx|win)[\w.-]*\.egg"#,
);

static PATTERNS: LazyLock<[Regex; 2]> = LazyLock::new(|| {
    // They are a part of the program, and a test compiles them.
    [RUNNING, BUILT].map(|pattern| compile(pattern).unwrap_or_else(|error| panic!("{error}")))
});

impl Context {
    /// What the words of a message say, and where they say nothing, what the `whole` text says.
    pub(crate) fn of(words: &str, whole: &str) -> Self {
        let [running, built] = &*PATTERNS;
        let last = |pattern: &Regex, text: &str| {
            let captures = pattern.captures_iter(text).last()?;
            let groups = pattern.capture_names().flatten().filter(|name| !name.ends_with('t'));
            groups.filter_map(|name| captures.name(name)).find_map(|found| version(found.as_str()))
        };
        let own = last(built, words);
        let has = |text: &str, any: &[&str]| any.iter().any(|part| text.contains(part));
        Self {
            running: last(running, words).or_else(|| last(running, whole)).or(own),
            built: own,
            free_threaded: built.captures_iter(words).last().is_some_and(|captures| {
                ["t", "wt"].iter().any(|name| captures.name(name).is_some_and(|found| !found.is_empty()))
            }),
            pypy: has(words, &["pypy", "PyPy", "unable to load extension module"]),
            system: if has(words, &["Error relocating", "Error loading shared library", "linux-musl"]) {
                System::Musl
            } else if has(words, &["dlopen failed"]) {
                System::Android
            } else if has(words, &[".pyd", "DLL", ":\\", "WinError"]) || has(whole, &[":\\"]) {
                System::Windows
            } else if has(words, &["dlopen(", "darwin", "dylib", "dyld"])
                || has(whole, &["/Users/", "darwin"])
            {
                System::Mac
            } else {
                System::Linux
            },
        }
    }

    /// The platform, as far as the text says.
    pub(crate) fn platform(&self) -> Platform {
        let (format, arch, libc) = match self.system {
            System::Musl => (Format::Elf, Arch::X86_64, Some(Libc::Musl)),
            System::Linux | System::Android => (Format::Elf, Arch::X86_64, Some(Libc::Gnu)),
            System::Mac => (Format::MachO, Arch::Aarch64, None),
            System::Windows => (Format::Pe, Arch::X86_64, None),
        };
        Platform { format, arch, libc, apple: None }
    }

    /// A sentence about a module that was built for another version than the one that loads it.
    pub(crate) fn mismatch(&self) -> Option<String> {
        let (built, running) = (self.built?, self.running?);
        (built != running).then(|| {
            format!(
                "The file's name says that it was built for Python {built}, and Python {running} loads it: install \
                 it again with the Python that runs."
            )
        })
    }
}

/// `3.10`, and `310` as tags and Windows write it.
fn version(text: &str) -> Option<PyVersion> {
    text.parse().ok().or_else(|| PyVersion::from_compact(text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::site_packages("/x/lib/python3.10/site-packages/a.so", Some("3.10"), None)]
    #[case::free_threaded("/x/lib/python3.13t/site-packages/a.so", Some("3.13"), None)]
    #[case::tag("/x/a.cpython-37m-x86_64-linux-gnu.so", Some("3.7"), Some("3.7"))]
    #[case::both("/x/python3.13/site-packages/a.cpython-311-darwin.so", Some("3.13"), Some("3.11"))]
    #[case::egg("/x/a-0.6-py2.7-linux-x86_64.egg/a.so", Some("2.7"), Some("2.7"))]
    #[case::windows(r"C:\Python38\lib\site-packages\a.cp38-win_amd64.pyd", Some("3.8"), Some("3.8"))]
    #[case::windows_user(r"C:\Users\x\AppData\Local\Programs\Python\Python312\Lib\a.py", Some("3.12"), None)]
    #[case::framework("/Library/Frameworks/Python.framework/Versions/3.10/lib/a.so", Some("3.10"), None)]
    #[case::banner("Python 3.9.10 (main, May 23 2023) [GCC 11.3.0]", Some("3.9"), None)]
    #[case::no_version("/x/python3/dist-packages/a.abi3.so", None, None)]
    fn versions(#[case] text: &str, #[case] running: Option<&str>, #[case] built: Option<&str>) {
        let context = Context::of(text, text);
        let text = |version: Option<PyVersion>| version.map(|version| version.to_string());
        assert_eq!((text(context.running).as_deref(), text(context.built).as_deref()), (running, built));
    }

    #[test]
    fn a_module_of_another_version() {
        let of = |text| Context::of(text, text).mismatch();
        assert!(of("/x/python3.13/site-packages/a.cpython-311-darwin.so").unwrap().contains("3.11"));
        assert_eq!(of("/x/python3.11/site-packages/a.cpython-311-darwin.so"), None);
        assert_eq!(of("/x/site-packages/a.cpython-311-darwin.so"), None);
    }

    #[test]
    fn the_module_s_own_folder_counts_most() {
        let whole = "File \"/usr/lib/python3.9/runpy.py\"\n/x/python3.11/site-packages/a.so: y";
        assert_eq!(
            Context::of("/x/python3.11/site-packages/a.so: y", whole).running,
            Some(PyVersion::new(3, 11))
        );
        assert_eq!(
            Context::of("a.so: y", "File \"/usr/lib/python3.9/runpy.py\"").running,
            Some(PyVersion::new(3, 9))
        );
    }
}
