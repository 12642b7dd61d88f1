//! The standard library, as far as imports of it fail: modules that a version does not have yet, or no longer.
//!
//! A package that imports one of them is not for that version; nothing is missing that could be installed. Sources:
//! PEP 594, PEP 632, PEP 3108, and "What's New in Python" of each version.

use soabi_core::PyVersion;

/// Modules that are gone, and the first version without them.
const GONE: [(&[&str], PyVersion); 4] = [
    (
        &[
            "__builtin__",
            "BaseHTTPServer",
            "CGIHTTPServer",
            "ConfigParser",
            "Cookie",
            "HTMLParser",
            "Queue",
            "SimpleHTTPServer",
            "SocketServer",
            "StringIO",
            "Tkinter",
            "UserDict",
            "UserList",
            "UserString",
            "anydbm",
            "cPickle",
            "cStringIO",
            "commands",
            "cookielib",
            "copy_reg",
            "dummy_thread",
            "exceptions",
            "httplib",
            "md5",
            "robotparser",
            "sets",
            "sha",
            "thread",
            "urllib2",
            "urlparse",
            "xmlrpclib",
        ],
        PyVersion::new(3, 0),
    ),
    (&["binhex", "formatter", "parser", "symbol"], PyVersion::new(3, 10)),
    (&["asynchat", "asyncore", "distutils", "imp", "smtpd"], PyVersion::new(3, 12)),
    (
        &[
            "aifc",
            "audioop",
            "cgi",
            "cgitb",
            "chunk",
            "crypt",
            "imghdr",
            "lib2to3",
            "mailcap",
            "msilib",
            "nis",
            "nntplib",
            "ossaudiodev",
            "pipes",
            "sndhdr",
            "spwd",
            "sunau",
            "telnetlib",
            "uu",
            "xdrlib",
        ],
        PyVersion::new(3, 13),
    ),
];

/// Modules that came, and the first version with them.
const CAME: [(&[&str], PyVersion); 7] = [
    (
        &[
            "_thread",
            "asyncio",
            "builtins",
            "concurrent",
            "configparser",
            "copyreg",
            "ensurepip",
            "enum",
            "faulthandler",
            "html",
            "http",
            "importlib.machinery",
            "importlib.util",
            "ipaddress",
            "lzma",
            "pathlib",
            "queue",
            "reprlib",
            "selectors",
            "socketserver",
            "statistics",
            "tkinter",
            "tracemalloc",
            "typing",
            "urllib.parse",
            "urllib.request",
            "venv",
            "winreg",
            "zipapp",
        ],
        PyVersion::new(3, 0),
    ),
    (&["secrets"], PyVersion::new(3, 6)),
    (&["contextvars", "dataclasses", "importlib.resources"], PyVersion::new(3, 7)),
    (&["importlib.metadata", "multiprocessing.shared_memory"], PyVersion::new(3, 8)),
    (&["graphlib", "zoneinfo"], PyVersion::new(3, 9)),
    (&["tomllib"], PyVersion::new(3, 11)),
    (
        &["annotationlib", "concurrent.interpreters", "compression", "string.templatelib"],
        PyVersion::new(3, 14),
    ),
];

/// Why `version` has no module `name`, which is one of the standard library in other versions.
pub(super) fn why_not(name: &str, version: PyVersion) -> Option<String> {
    let is_named = |names: &[&str]| {
        let is_or_holds = |whole: &&str| {
            name.strip_prefix(*whole).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        names.iter().any(is_or_holds)
    };
    let gone = GONE.iter().find(|(names, since)| version >= *since && is_named(names));
    let came = CAME.iter().find(|(names, since)| version < *since && is_named(names));
    gone.map(|(_, since)| format!("`{name}` is gone from the standard library since {since}"))
        .or_else(|| came.map(|(_, since)| format!("`{name}` is in the standard library from {since} on")))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("distutils", 3, 11, None)]
    #[case("distutils", 3, 12, Some("since 3.12"))]
    #[case("distutils.version", 3, 12, Some("since 3.12"))]
    #[case("distutils_extra", 3, 12, None)]
    #[case("cStringIO", 2, 7, None)]
    #[case("cStringIO", 3, 6, Some("since 3.0"))]
    #[case("dataclasses", 3, 6, Some("from 3.7 on"))]
    #[case("dataclasses", 3, 7, None)]
    #[case("importlib.metadata", 3, 7, Some("from 3.8 on"))]
    #[case("importlib", 3, 7, None)]
    #[case("numpy", 3, 15, None)]
    fn versions(#[case] name: &str, #[case] major: u8, #[case] minor: u8, #[case] expected: Option<&str>) {
        let why = why_not(name, PyVersion::new(major, minor));
        assert_eq!(why.is_some(), expected.is_some(), "{why:?}");
        assert!(why.unwrap_or_default().contains(expected.unwrap_or_default()));
    }
}
