//! Debian's `symbols` files: which names each library of a package exports, as `name@version since` lines
//! below a line with the library's name. They are those of amd64.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use crate::abilists::{Glibc, letter};

/// A library, a name and its version.
type Row = (String, String, String);

/// What a package says of its libraries.
fn symbols(folder: &Path, package: &str) -> Result<Vec<Row>, Box<dyn Error>> {
    let text = fs::read_to_string(folder.join(format!("debian/{package}/control/symbols")))?;
    let mut library = String::new();
    let mut symbols = Vec::new();
    for line in text.lines() {
        match line.strip_prefix(' ') {
            Some(line) => {
                let (name, _) = line.split_once(' ').ok_or("a symbol without a version")?;
                let (name, version) = name.split_once('@').ok_or("a symbol without `@`")?;
                symbols.push((library.clone(), name.to_owned(), version.to_owned()));
            }
            None if line.starts_with(['|', '*']) => {}
            None => line.split(' ').next().unwrap_or_default().clone_into(&mut library),
        }
    }
    Ok(symbols)
}

/// Adds the libraries of glibc that Zig's list does not have.
pub(crate) fn add_glibc(folder: &Path, glibc: &mut Glibc) -> Result<(), Box<dyn Error>> {
    for (library, name, version) in symbols(folder, "libc6")? {
        let stem = library.strip_prefix("lib").and_then(|name| name.split_once(".so")).map(|(stem, _)| stem);
        let known = stem.filter(|stem| ["nsl", "anl", "mvec", "thread_db", "BrokenLocale"].contains(stem));
        let (Some(letter), Some(version)) = (known.and_then(letter), version.strip_prefix("GLIBC_")) else {
            continue;
        };
        if name != format!("GLIBC_{version}") && version != "PRIVATE" {
            glibc.add_everywhere(&name, letter, version).ok_or("a version of glibc that is no number")?;
        }
    }
    Ok(())
}

/// libstdc++'s names: `GLIBCXX_3.4` is not written, `CXXABI_1.3` is `c1.3`.
pub(crate) fn libstdcxx(folder: &Path) -> Result<String, Box<dyn Error>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (library, name, version) in symbols(folder, "libstdc++6")? {
        let short = match (version.strip_prefix("GLIBCXX_"), version.strip_prefix("CXXABI_")) {
            (Some(version), _) => version.to_owned(),
            (_, Some(version)) => format!("c{version}"),
            _ => continue,
        };
        if library == "libstdc++.so.6" && name != version {
            names.entry(name).or_default().insert(short);
        }
    }
    let rest = |versions: BTreeSet<String>| match versions.into_iter().collect::<Vec<_>>().join(",") {
        first if first == "3.4" => String::new(),
        versions => versions,
    };
    Ok(encode(names, rest))
}

/// The names of small libraries: `libz.so.1 ZLIB_1.2.9`, or the library alone where a name has no version.
pub(crate) fn runtimes(folder: &Path, packages: &[&str]) -> Result<String, Box<dyn Error>> {
    let mut names: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in packages {
        for (library, name, version) in symbols(folder, package)? {
            let version = if version == "Base" { String::new() } else { format!(" {version}") };
            if version.trim_start() != name {
                names.entry(name).or_default().insert(format!("{library}{version}"));
            }
        }
    }
    Ok(encode(names, |libraries| libraries.into_iter().collect::<Vec<_>>().join(" ")))
}

fn encode(names: BTreeMap<String, BTreeSet<String>>, rest: impl Fn(BTreeSet<String>) -> String) -> String {
    let entries = names.into_iter().map(|(name, set)| (name, rest(set))).collect();
    soabi_rules::tables::system::encode(&entries)
}
