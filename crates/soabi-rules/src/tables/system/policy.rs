//! `tables/system/policies.txt`: what each level of manylinux and musllinux lets a wheel take from the system.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use soabi_object::Arch;

use super::dotted::Dotted;
use crate::platform::Libc;

const TEXT: &str = include_str!("../../../tables/system/policies.txt");

/// The prefixes of the versions that levels limit. What has another prefix is not limited.
const PREFIXES: [&str; 6] = ["GLIBC", "GLIBCXX", "CXXABI", "GCC", "ZLIB", "LIBATOMIC"];

/// A level: `manylinux_2_17`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Level {
    /// Its name, without the machine.
    pub name: &'static str,
    /// Its older name: `manylinux2014`.
    pub alias: Option<&'static str>,
    /// Whose level it is.
    pub libc: Libc,
    /// The oldest C library that counts for it.
    pub version: Dotted,
    allowed: BTreeSet<&'static str>,
    denied: BTreeMap<&'static str, BTreeSet<&'static str>>,
    versions: BTreeMap<(&'static str, &'static str), BTreeSet<&'static str>>,
}

impl Level {
    /// Whether the level exists for wheels of `machine`.
    pub fn has(&self, machine: Arch) -> bool {
        self.versions.contains_key(&(machine.as_str(), "machine"))
    }

    /// Whether a wheel may need the library `soname` from the system.
    pub fn allows(&self, soname: &str) -> bool {
        let libc = match self.libc {
            Libc::Gnu => soname.starts_with("ld-linux") || soname.starts_with("ld64.so."),
            Libc::Musl => super::musl::is_library(soname),
            // There are no levels of it: what Android has is asked of its API level.
            Libc::Bionic => false,
        };
        libc || self.allowed.contains(soname)
    }

    /// Whether a wheel may need the version `version`, such as `GLIBC_2.17`, from the system's libraries.
    pub fn allows_version(&self, machine: Arch, version: &str) -> bool {
        let Some((prefix, number)) = version.split_once('_').filter(|(prefix, _)| PREFIXES.contains(prefix))
        else {
            return true;
        };
        if prefix == "GLIBC" && number.parse().is_ok_and(|version: Dotted| version <= self.version) {
            return true;
        }
        let known = self.versions.get(&(machine.as_str(), prefix));
        known.is_none_or(|known| known.contains(number))
    }

    /// Whether a wheel must not use the name `symbol` of the library `soname`.
    pub fn denies(&self, soname: &str, symbol: &str) -> bool {
        self.denied.get(soname).is_some_and(|names| names.contains(symbol))
    }

    /// Takes away a set that the level before had: `deny libc.so.6`, `ppc64 GLIBC`.
    fn drop_set(&mut self, first: &'static str, second: &'static str) {
        if first == "deny" {
            self.denied.remove(second);
        } else {
            self.versions.remove(&(first, second));
        }
    }

    /// The libraries of which some names are denied.
    pub fn denied_libraries(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.denied.keys().copied()
    }

    /// The newest version with `prefix` that is allowed: 3.4.19 of `GLIBCXX` in `manylinux_2_17`.
    pub fn newest(&self, machine: Arch, prefix: &str) -> Option<Dotted> {
        let versions =
            self.versions.iter().find(|((known, kind), _)| *known == machine.as_str() && *kind == prefix);
        versions?.1.iter().filter_map(|number| number.parse().ok()).max()
    }
}

/// The levels, those of manylinux first, each family from its oldest.
#[derive(Debug)]
pub struct Policies {
    levels: Vec<Level>,
}

impl Policies {
    /// The table of this build.
    pub fn get() -> &'static Self {
        static TABLE: OnceLock<Policies> = OnceLock::new();
        TABLE.get_or_init(|| Self { levels: parse(TEXT) })
    }

    /// Whether some level promises the library.
    pub fn any_allows(&self, soname: &str) -> bool {
        self.levels.iter().any(|level| level.allows(soname))
    }

    /// The levels of a C library for a machine, from the oldest.
    pub fn levels(&self, libc: Libc, machine: Arch) -> impl Iterator<Item = &Level> {
        self.levels.iter().filter(move |level| level.libc == libc && level.has(machine))
    }

    /// The level that a tag for the C library `libc` of version `version` promises: the newest that is not newer.
    /// For a tag that is older than all, the oldest.
    pub fn promised(&self, libc: Libc, machine: Arch, version: Dotted) -> Option<&Level> {
        let mut levels = self.levels(libc, machine).peekable();
        let oldest = levels.peek().copied();
        levels.filter(|level| level.version <= version).last().or(oldest)
    }
}

/// Reads `level NAME [ALIAS]` blocks, each of which says what it adds to the one before.
fn parse(text: &'static str) -> Vec<Level> {
    let mut levels: Vec<Level> = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut words = line.split(' ');
        let first = words.next().unwrap_or_default();
        if first == "level" {
            let name = words.next().unwrap_or_default();
            levels.push(next_level(levels.last(), name, words.next()));
            continue;
        }
        let Some(level) = levels.last_mut() else { continue };
        match first {
            "allow" => change(&mut level.allowed, words),
            "drop" => level.drop_set(words.next().unwrap_or_default(), words.next().unwrap_or_default()),
            "deny" => {
                let library = words.next().unwrap_or_default();
                change(level.denied.entry(library).or_default(), words);
            }
            machine => {
                let prefix = words.next().unwrap_or_default();
                change(level.versions.entry((machine, prefix)).or_default(), words);
            }
        }
    }
    levels
}

/// A level that so far says what the one before it in its family says.
fn next_level(before: Option<&Level>, name: &'static str, alias: Option<&'static str>) -> Level {
    let libc = if name.starts_with("musllinux") { Libc::Musl } else { Libc::Gnu };
    let number = name.split_once('_').map_or("", |(_, number)| number).replace('_', ".");
    let version = number.parse().unwrap_or_default();
    match before.filter(|before| before.libc == libc) {
        Some(before) => Level { name, alias, version, ..before.clone() },
        None => Level {
            name,
            alias,
            libc,
            version,
            allowed: BTreeSet::new(),
            denied: BTreeMap::new(),
            versions: BTreeMap::new(),
        },
    }
}

fn change(set: &mut BTreeSet<&'static str>, words: impl Iterator<Item = &'static str>) {
    for word in words {
        match word.strip_prefix('-') {
            Some(gone) => set.remove(gone),
            None => set.insert(word),
        };
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn promised(libc: Libc, version: (u16, u16)) -> &'static Level {
        Policies::get().promised(libc, Arch::X86_64, version.into()).unwrap()
    }

    /// PEP 513, 571, 599 and 600.
    #[rstest]
    #[case((2, 5), "manylinux_2_5", Some("manylinux1"))]
    #[case((2, 12), "manylinux_2_12", Some("manylinux2010"))]
    #[case((2, 17), "manylinux_2_17", Some("manylinux2014"))]
    #[case((2, 27), "manylinux_2_27", None)]
    #[case::between((2, 33), "manylinux_2_31", None)]
    #[case::before_all((2, 3), "manylinux_2_5", Some("manylinux1"))]
    fn levels(#[case] glibc: (u16, u16), #[case] name: &str, #[case] alias: Option<&str>) {
        let level = promised(Libc::Gnu, glibc);
        assert_eq!((level.name, level.alias), (name, alias));
    }

    #[rstest]
    #[case((2, 5), "GLIBC_2.5", true)]
    #[case((2, 5), "GLIBC_2.6", false)]
    #[case((2, 17), "GLIBC_2.17", true)]
    #[case((2, 17), "GLIBC_2.18", false)]
    #[case((2, 17), "GLIBC_PRIVATE", false)]
    #[case((2, 17), "GLIBCXX_3.4.19", true)]
    #[case((2, 17), "GLIBCXX_3.4.20", false)]
    #[case((2, 28), "GLIBCXX_3.4.24", true)]
    #[case((2, 28), "GLIBCXX_3.4.25", false)]
    #[case((2, 5), "CXXABI_1.3.1", true)]
    #[case((2, 5), "CXXABI_1.3.2", false)]
    #[case((2, 35), "GLIBC_ABI_DT_RELR", false)]
    #[case((2, 36), "GLIBC_ABI_DT_RELR", true)]
    #[case::not_limited((2, 5), "OPENSSL_1_1_0", true)]
    fn versions(#[case] glibc: (u16, u16), #[case] version: &str, #[case] allowed: bool) {
        assert_eq!(promised(Libc::Gnu, glibc).allows_version(Arch::X86_64, version), allowed);
    }

    #[rstest]
    #[case(Libc::Gnu, "libc.so.6", true)]
    #[case(Libc::Gnu, "ld-linux-x86-64.so.2", true)]
    #[case(Libc::Gnu, "libX11.so.6", true)]
    #[case(Libc::Gnu, "libpython3.11.so.1.0", false)]
    #[case(Libc::Gnu, "libgomp.so.1", false)]
    #[case(Libc::Gnu, "libcrypt.so.1", false)]
    #[case(Libc::Musl, "libc.musl-x86_64.so.1", true)]
    #[case(Libc::Musl, "libstdc++.so.6", false)]
    fn libraries(#[case] libc: Libc, #[case] soname: &str, #[case] allowed: bool) {
        assert_eq!(promised(libc, (2, 17)).allows(soname), allowed);
    }

    #[test]
    fn private_names_of_zlib_are_denied() {
        assert!(promised(Libc::Gnu, (2, 17)).denies("libz.so.1", "inflate_fast"));
        assert!(!promised(Libc::Gnu, (2, 17)).denies("libz.so.1", "inflate"));
        assert!(promised(Libc::Gnu, (2, 17)).denies("libc.so.6", "__cxa_thread_atexit_impl"));
        assert!(!promised(Libc::Gnu, (2, 24)).denies("libc.so.6", "__cxa_thread_atexit_impl"));
    }

    /// Big-endian 64-bit PowerPC has one level.
    #[test]
    fn ppc64_ends_early() {
        let levels: Vec<&str> =
            Policies::get().levels(Libc::Gnu, Arch::Ppc64).map(|level| level.name).collect();
        assert_eq!(levels, ["manylinux_2_17"]);
    }

    #[test]
    fn riscv_begins_late() {
        let mut levels = Policies::get().levels(Libc::Gnu, Arch::Riscv64);
        assert_eq!(levels.next().map(|level| level.name), Some("manylinux_2_31"));
    }
}
