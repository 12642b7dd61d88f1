//! The mirror of Debian that the machine's administrator chose.
//!
//! Formats: `sources.list(5)`, the one-line style and deb822.

use std::fs;
use std::path::Path;

use crate::error::InstallError;

/// Names of suites that only Debian's own archive has.
const SUITES: [&str; 11] = [
    "sid",
    "unstable",
    "testing",
    "stable",
    "oldstable",
    "forky",
    "trixie",
    "bookworm",
    "bullseye",
    "buster",
    "experimental",
];

/// The address of the mirror in the apt sources of `etc`, which is `/etc/apt`.
pub(crate) fn address(etc: &Path) -> Result<String, InstallError> {
    let parts = fs::read_dir(etc.join("sources.list.d")).into_iter().flatten().flatten();
    let mut files: Vec<_> = parts.map(|entry| entry.path()).collect();
    files.sort();
    files.insert(0, etc.join("sources.list"));
    let read = |file: &Path| {
        let text = fs::read_to_string(file).ok()?;
        match file.extension()?.to_str()? {
            "list" => of_lines(&text),
            "sources" => of_stanzas(&text),
            _ => None,
        }
    };
    files.iter().find_map(|file| read(file)).ok_or(InstallError::NoMirror)
}

/// `deb [signed-by=...] http://mirror/debian bookworm main`.
fn of_lines(text: &str) -> Option<String> {
    text.lines().find_map(|line| {
        let rest = line.trim().strip_prefix("deb ")?.trim_start();
        let rest = if rest.starts_with('[') { rest.split_once(']')?.1 } else { rest };
        let mut words = rest.split_whitespace();
        let (address, suite) = (words.next()?, words.next()?);
        is_debian(address, suite).then(|| address.to_owned())
    })
}

/// Stanzas of fields: `Types: deb`, `URIs: http://mirror/debian`, `Suites: bookworm bookworm-updates`.
fn of_stanzas(text: &str) -> Option<String> {
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    lines.split(|line| line.trim().is_empty()).find_map(|stanza| {
        let field = |name: &str| {
            let values = stanza.iter().filter_map(|line| line.split_once(':'));
            values
                .into_iter()
                .find(|(field, _)| field.eq_ignore_ascii_case(name))
                .map(|(_, value)| value.trim())
        };
        if field("Enabled") == Some("no") {
            return None;
        }
        let address = field("URIs")?.split_whitespace().next()?;
        let mut suites = field("Suites")?.split_whitespace();
        suites.any(|suite| is_debian(address, suite)).then(|| address.to_owned())
    })
}

/// A security mirror has suites of its own (`bookworm-security`), and before Debian 11 `buster/updates`.
fn is_debian(address: &str, suite: &str) -> bool {
    SUITES.contains(&suite) && !address.starts_with("cdrom:")
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn check(name: &str, text: &str, expected: Option<&str>) {
        let etc = tempfile::tempdir().unwrap();
        let file = etc.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
        assert_eq!(address(etc.path()).ok().as_deref(), expected);
    }

    #[rstest]
    #[case("deb http://mirror.test/debian bookworm main", Some("http://mirror.test/debian"))]
    #[case(
        "deb [signed-by=/k arch=amd64] https://mirror.test/debian sid main",
        Some("https://mirror.test/debian")
    )]
    #[case("# deb http://mirror.test/debian bookworm main", None)]
    #[case("deb-src http://mirror.test/debian bookworm main", None)]
    #[case("deb http://mirror.test/security bookworm-security main", None)]
    #[case("deb cdrom:[Debian]/ bookworm main", None)]
    #[case(
        "deb http://elsewhere.test/tool stable-x main\ndeb http://mirror.test/d stable main",
        Some("http://mirror.test/d")
    )]
    #[case("", None)]
    fn lines(#[case] text: &str, #[case] expected: Option<&str>) {
        check("sources.list", text, expected);
        check("sources.list.d/a.list", text, expected);
        check("sources.list.d/a.list.disabled", text, None);
    }

    const STANZAS: &str = "\
Types: deb
URIs: http://mirror.test/security
Suites: bookworm-security
Components: main

Types: deb
# a comment
URIs: http://mirror.test/debian
Suites: bookworm bookworm-updates
Components: main
";

    #[rstest]
    #[case(STANZAS.to_owned(), Some("http://mirror.test/debian"))]
    #[case(STANZAS.replace("Suites: bookworm bookworm-updates", "Enabled: no\nSuites: bookworm"), None)]
    #[case(STANZAS.replace("bookworm bookworm-updates", "jammy jammy-updates"), None)]
    #[case(STANZAS.replace("URIs", "uris"), Some("http://mirror.test/debian"))]
    fn stanzas(#[case] text: String, #[case] expected: Option<&str>) {
        check("sources.list.d/debian.sources", &text, expected);
    }
}
