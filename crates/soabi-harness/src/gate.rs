//! Which gate a refusal came from, read from the words of whoever refused.
//!
//! The words are those of glibc's, musl's and macOS's dynamic linkers and of CPython's
//! `Python/importdl.c` and `Lib/importlib/_bootstrap.py`.

use soabi_core::Gate;

/// What the dynamic linker says when a symbol is missing, and the interpreter when the init symbol is.
const SYMBOLS: [&str; 4] =
    ["undefined symbol", "symbol not found", "Symbol not found", "dynamic module does not define"];

/// What the dynamic linker says of a file that is not for this system.
const PLATFORM: [&str; 12] = [
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
    "incompatible architecture",
    "not a mach-o file",
];

/// The gate behind the dynamic linker's `message`. What it does not name is taken for the platform's.
pub(crate) fn of_linker(message: &str) -> Gate {
    if mentions(message, &SYMBOLS) { Gate::Symbols } else { Gate::Platform }
}

/// The gate behind an exception that came out of `import module`.
///
/// `missing` is the `name` of an `ImportError`, which Python 2 does not have: there its words are read.
pub(crate) fn of_import(module: &str, exception: &str, message: &str, missing: Option<&str>) -> Gate {
    if !matches!(exception, "ImportError" | "ModuleNotFoundError") {
        return Gate::Runtime;
    }
    let not_found = message.starts_with("No module named");
    if not_found && (missing == Some(module) || message.ends_with(&format!(" {module}"))) {
        Gate::Name
    } else if mentions(message, &SYMBOLS) {
        Gate::Symbols
    } else if mentions(message, &PLATFORM) {
        Gate::Platform
    } else {
        Gate::Runtime
    }
}

fn mentions(message: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| message.contains(phrase))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// The messages are real ones, seen on Linux with glibc.
    #[rstest]
    #[case("ModuleNotFoundError", "No module named 'spam'", Some("spam"), Gate::Name)]
    #[case("ImportError", "No module named spam", None, Gate::Name)]
    #[case::of_another("ModuleNotFoundError", "No module named 'numpy'", Some("numpy"), Gate::Runtime)]
    #[case::of_another_two("ImportError", "No module named numpy", None, Gate::Runtime)]
    #[case("ImportError", "/x/spam.so: undefined symbol: Py_InitModule4_64", Some("spam"), Gate::Symbols)]
    #[case("ImportError", "dynamic module does not define init function (initspam)", None, Gate::Symbols)]
    #[case(
        "ImportError",
        "dynamic module does not define module export function (PyInit_spam)",
        Some("spam"),
        Gate::Symbols
    )]
    #[case("ImportError", "/x/spam.so: invalid ELF header", Some("spam"), Gate::Platform)]
    #[case("ImportError", "/x/spam.so: wrong ELF class: ELFCLASS32", Some("spam"), Gate::Platform)]
    #[case(
        "ImportError",
        "/lib/libc.so.6: version `GLIBC_2.99' not found (required by /x/spam.so)",
        Some("spam"),
        Gate::Platform
    )]
    #[case("SystemError", "module spam uses unknown slot ID 85", None, Gate::Runtime)]
    #[case("ImportError", "only compatible with free-threaded CPython", Some("spam"), Gate::Runtime)]
    fn imports(
        #[case] exception: &str,
        #[case] message: &str,
        #[case] missing: Option<&str>,
        #[case] gate: Gate,
    ) {
        assert_eq!(of_import("spam", exception, message, missing), gate);
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
