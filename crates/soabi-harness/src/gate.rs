//! Which gate a refusal came from, read from the message of the refusal.
//!
//! The words are those of glibc's, musl's and macOS's dynamic linkers and of CPython's
//! `Python/importdl.c` and `Lib/importlib/_bootstrap.py`.

use std::path::Path;

use soabi_core::Gate;

/// What the dynamic linker says when a symbol is missing, and the interpreter when the init symbol is.
const SYMBOLS: [&str; 4] =
    ["undefined symbol", "symbol not found", "Symbol not found", "dynamic module does not define"];

/// What the dynamic linker says of a file that is not for this system.
const PLATFORM: [&str; 23] = [
    "invalid ELF header",
    "file too short",
    "wrong ELF class",
    "ELF file",
    "Exec format error",
    "cannot open shared object file",
    "Error loading shared library",
    "not found (required by",
    "cannot allocate memory in static TLS block",
    "failed to map segment",
    "nonzero padding in e_ident",
    "ELF load command",
    "object file has no",
    "only ET_DYN and ET_EXEC can be loaded",
    "cannot be dlopen()ed",
    "cannot dynamically load",
    "DT_RELR without GLIBC_ABI_DT_RELR dependency",
    "CPU ISA level is lower than required",
    "cannot enable executable stack",
    "cannot make segment writable",
    "cannot change memory protections",
    "incompatible architecture",
    "not a mach-o file",
];

/// The gate behind the dynamic linker's `message`. What it does not name is taken for the platform's.
pub(crate) fn of_linker(message: &str) -> Gate {
    if mentions(message, &SYMBOLS) { Gate::Symbols } else { Gate::Platform }
}

/// An exception that came out of `import module`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Raised<'a> {
    /// The module, with the packages that it is in.
    pub(crate) module: &'a str,
    /// The folder that its file is in; of a package that is made of several, the folder of them all.
    pub(crate) folder: &'a Path,
    /// The exception's type.
    pub(crate) exception: &'a str,
    /// Its message.
    pub(crate) message: &'a str,
    /// The `name` of an `ImportError`, which Python 2 does not have.
    pub(crate) name: Option<&'a str>,
    /// The `path` of an `ImportError`, empty where it has none; Python 2 does not have it. The interpreter sets it
    /// where it passes on what the dynamic linker said, and where the init symbol is missing
    /// (`Python/importdl.c`).
    pub(crate) path: Option<&'a str>,
    /// Whether the folder and those in it are all of one package, whichever of its files it is about.
    pub(crate) is_a_package: bool,
}

/// The gate behind an exception. What the module itself says, in whatever words, is the runtime's.
pub(crate) fn of_import(raised: &Raised<'_>) -> Gate {
    if !matches!(raised.exception, "ImportError" | "ModuleNotFoundError") {
        return Gate::Runtime;
    }
    if raised.is_not_found() {
        Gate::Name
    } else if !raised.is_of_the_linker() {
        Gate::Runtime
    } else if mentions(raised.message, &SYMBOLS) {
        Gate::Symbols
    } else if mentions(raised.message, &PLATFORM) {
        Gate::Platform
    } else {
        Gate::Runtime
    }
}

impl Raised<'_> {
    /// Whether it is this module that the interpreter does not find: `import a._x`, or `from a import _x` in `a`.
    fn is_not_found(&self) -> bool {
        let (package, last) = self.module.rsplit_once('.').unwrap_or(("", self.module));
        let is_it = |name: &str| name == self.module || (self.name.is_none() && name == last);
        let said = self.message.strip_prefix("No module named ").map(|name| name.trim_matches('\''));
        if said.is_some() {
            return self.name == Some(self.module) || said.is_some_and(is_it);
        }
        let from = self.message.strip_prefix("cannot import name ").filter(|_| !package.is_empty());
        let name = from.and_then(|rest| rest.split_whitespace().next()).map(|name| name.trim_matches('\''));
        name == Some(last) && self.name.is_none_or(|name| name == package)
    }

    /// The module's name without packages.
    fn last(&self) -> &str {
        self.module.rsplit('.').next().unwrap_or(self.module)
    }

    /// Whether the message is the dynamic linker's about the file of the module, or the interpreter's about its
    /// init symbol.
    fn is_of_the_linker(&self) -> bool {
        if let Some(path) = self.path {
            let path = Path::new(path);
            // Its neighbours in the folder are other modules.
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let stem = name.split('.').next().unwrap_or_default();
            let is_its_own =
                path.parent() == Some(self.folder) && (stem == self.last() || stem == "__init__");
            return is_its_own || (self.is_a_package && path.starts_with(self.folder));
        }
        // Python 2 passes on the message alone.
        let file = format!("{}/", self.folder.display());
        let is_first = |message: &str| message.starts_with(&file);
        let message = self.message;
        is_first(message)
            || message == format!("dynamic module does not define init function (init{})", self.last())
            || message.split_once("(required by ").is_some_and(|(_, by)| is_first(by))
            || message.strip_prefix("Error relocating ").is_some_and(is_first)
            || message.split_once(": ").is_some_and(|(library, rest)| is_missing_library(library, rest))
    }
}

/// Whether this is what glibc says of a library that another one asks for. It does not say which one that is.
fn is_missing_library(library: &str, rest: &str) -> bool {
    let is_name = !library.is_empty() && !library.contains(|letter: char| letter.is_whitespace());
    is_name && rest == "cannot open shared object file: No such file or directory"
}

fn mentions(message: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| message.contains(phrase))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const FILE: &str = "/x/spam.so";
    const OTHER: &str = "/y/numpy.so";

    /// The messages are real ones, seen on Linux with glibc.
    #[rstest]
    #[case("ModuleNotFoundError", "No module named 'spam'", "", Gate::Name)]
    #[case("ImportError", "/x/spam.so: undefined symbol: Py_InitModule4_64", FILE, Gate::Symbols)]
    #[case(
        "ImportError",
        "dynamic module does not define module export function (PyInit_spam)",
        FILE,
        Gate::Symbols
    )]
    #[case("ImportError", "/x/spam.so: invalid ELF header", FILE, Gate::Platform)]
    #[case("ImportError", "/x/spam.so: wrong ELF class: ELFCLASS32", FILE, Gate::Platform)]
    #[case("ImportError", "/x/spam.so: nonzero padding in e_ident", FILE, Gate::Platform)]
    #[case("ImportError", "/x/spam.so: shared object cannot be dlopen()ed", FILE, Gate::Platform)]
    #[case("ImportError", "/x/spam.so: DT_RELR without GLIBC_ABI_DT_RELR dependency", FILE, Gate::Platform)]
    #[case(
        "ImportError",
        "/x/spam.so: cannot dynamically load position-independent executable",
        FILE,
        Gate::Platform
    )]
    #[case(
        "ImportError",
        "libeggs.so.7: cannot dynamically load position-independent executable",
        FILE,
        Gate::Platform
    )]
    #[case("ImportError", "/x/spam.so: CPU ISA level is lower than required", FILE, Gate::Platform)]
    #[case(
        "ImportError",
        "/lib/libc.so.6: version `GLIBC_2.99' not found (required by /x/spam.so)",
        FILE,
        Gate::Platform
    )]
    #[case(
        "ImportError",
        "libx.so.1: cannot open shared object file: No such file or directory",
        FILE,
        Gate::Platform
    )]
    #[case("SystemError", "module spam uses unknown slot ID 85", "", Gate::Runtime)]
    #[case("ImportError", "only compatible with free-threaded CPython", "", Gate::Runtime)]
    #[case::in_its_own_words("ImportError", "gelf was given no ELF file to read", "", Gate::Runtime)]
    #[case::of_another_file("ImportError", "/y/numpy.so: undefined symbol: PyX", OTHER, Gate::Runtime)]
    #[case::quoted("ImportError", "numpy failed: /x/numpy.so: undefined symbol: PyX", "", Gate::Runtime)]
    #[case::quoted_in_front("ImportError", "/x/spam.so: undefined symbol: PyX", "", Gate::Runtime)]
    fn imports(#[case] exception: &str, #[case] message: &str, #[case] path: &str, #[case] gate: Gate) {
        let (folder, name, path) = (Path::new("/x"), Some("spam"), Some(path));
        let raised = Raised { module: "spam", folder, exception, message, name, path, is_a_package: false };
        assert_eq!(of_import(&raised), gate);
    }

    #[test]
    fn another_module_that_is_missing_is_not_a_matter_of_the_name() {
        let raised = Raised {
            module: "spam",
            folder: Path::new("/x"),
            exception: "ModuleNotFoundError",
            message: "No module named 'numpy'",
            name: Some("numpy"),
            path: Some(""),
            is_a_package: false,
        };
        assert_eq!(of_import(&raised), Gate::Runtime);
    }

    /// Of `a._x` in `a`, whose file is `/x/a/_x.so`.
    #[rstest]
    #[case::not_there("No module named 'a._x'", Some("a._x"), "", Gate::Name)]
    #[case::of_python_2("No module named _x", None, "", Gate::Name)]
    #[case::from_its_package(
        "cannot import name '_x' from 'a' (/x/a/__init__.py)",
        Some("a"),
        "",
        Gate::Name
    )]
    #[case::from_its_package_too(
        "cannot import name '_x' from partially initialized module 'a' (most likely due to a circular import)",
        Some("a"),
        "",
        Gate::Name
    )]
    #[case::until_3_6("cannot import name '_x'", Some("a"), "", Gate::Name)]
    #[case::from_python_2("cannot import name _x", None, "", Gate::Name)]
    #[case::another_of_the_package("No module named 'a._y'", Some("a._y"), "", Gate::Runtime)]
    #[case::another_name(
        "cannot import name '_xy' from 'a' (/x/a/__init__.py)",
        Some("a"),
        "",
        Gate::Runtime
    )]
    #[case::of_another_package("cannot import name '_x' from 'b' (/x/b.py)", Some("b"), "", Gate::Runtime)]
    #[case::a_symbol("/x/a/_x.so: undefined symbol: PyX", Some("a._x"), "/x/a/_x.so", Gate::Symbols)]
    #[case::another_file("/x/a/_y.so: undefined symbol: PyX", Some("a._y"), "/x/a/_y.so", Gate::Runtime)]
    #[case::no_init(
        "dynamic module does not define module export function (PyInit__x)",
        Some("a._x"),
        "/x/a/_x.so",
        Gate::Symbols
    )]
    fn in_packages(
        #[case] message: &str,
        #[case] name: Option<&str>,
        #[case] path: &str,
        #[case] gate: Gate,
    ) {
        let (folder, exception) = (Path::new("/x/a"), "ImportError");
        let path = name.map(|_| path);
        let raised = Raised { module: "a._x", folder, exception, message, name, path, is_a_package: false };
        assert_eq!(of_import(&raised), gate);
    }

    /// What is asked for is `a` itself: any of its files is meant.
    #[rstest]
    #[case("/x/a/_x.so: undefined symbol: PyX", "/x/a/_x.so", Gate::Symbols)]
    #[case("/x/b/_x.so: undefined symbol: PyX", "/x/b/_x.so", Gate::Runtime)]
    fn packages(#[case] message: &str, #[case] path: &str, #[case] gate: Gate) {
        let (folder, exception, name) = (Path::new("/x/a"), "ImportError", Some("a._x"));
        let path = Some(path);
        let raised = Raised { module: "a", folder, exception, message, name, path, is_a_package: true };
        assert_eq!(of_import(&raised), gate);
    }

    /// 2.7 has neither `name` nor `path`.
    #[rstest]
    #[case("No module named spam", Gate::Name)]
    #[case("No module named numpy", Gate::Runtime)]
    #[case("dynamic module does not define init function (initspam)", Gate::Symbols)]
    #[case("dynamic module does not define init function (initnumpy)", Gate::Runtime)]
    #[case("/x/spam.so: undefined symbol: PyModule_Create2", Gate::Symbols)]
    #[case("/y/numpy.so: undefined symbol: PyModule_Create2", Gate::Runtime)]
    #[case("/x/spam.so: invalid ELF header", Gate::Platform)]
    #[case("/lib/libc.so.6: version `GLIBC_2.99' not found (required by /x/spam.so)", Gate::Platform)]
    #[case("/lib/libc.so.6: version `GLIBC_2.99' not found (required by /y/z.so)", Gate::Runtime)]
    #[case("libx.so.1: cannot open shared object file: No such file or directory", Gate::Platform)]
    #[case("no ELF: cannot open shared object file: No such file or directory", Gate::Runtime)]
    #[case("spam was given no ELF file to read", Gate::Runtime)]
    fn imports_of_python_2(#[case] message: &str, #[case] gate: Gate) {
        let (folder, exception) = (Path::new("/x"), "ImportError");
        let raised = Raised {
            module: "spam",
            folder,
            exception,
            message,
            name: None,
            path: None,
            is_a_package: false,
        };
        assert_eq!(of_import(&raised), gate);
    }

    #[rstest]
    #[case("/x/spam.so: undefined symbol: PyModule_Create2", Gate::Symbols)]
    #[case("Error relocating /x/spam.so: PyModule_Create2: symbol not found", Gate::Symbols)]
    #[case("/x/spam.so: invalid ELF header", Gate::Platform)]
    #[case("something new", Gate::Platform)]
    fn linkers(#[case] message: &str, #[case] gate: Gate) {
        assert_eq!(of_linker(message), gate);
    }
}
