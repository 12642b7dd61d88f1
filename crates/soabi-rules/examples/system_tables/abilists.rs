//! Zig's list of what every glibc exports: for each name, which machines' which library has it under which
//! versions.
//!
//! The file begins with three lists (libraries; versions of three bytes; machines), each after its count. Then
//! come three sections, functions, data and thread-local data, each after its count of two bytes. An entry is
//! the name, unless the entry before it was not the name's last; a set of machines (ULEB128); for data its size
//! (ULEB128); the library, whose high bit says that it is the name's last entry; versions, of which the last
//! has its high bit set.

use std::collections::{BTreeMap, BTreeSet};

/// The machines of the table, by the letter that it gives them: Zig's name, and the version that everything
/// older was given when the machine's glibc began.
const MACHINES: [(char, &str, &str); 8] = [
    ('x', "x86_64-linux-gnu", "2.2.5"),
    ('i', "x86-linux-gnu", "2.0"),
    ('a', "aarch64-linux-gnu", "2.17"),
    ('r', "arm-linux-gnueabihf", "2.4"),
    ('p', "powerpc64le-linux-gnu", "2.17"),
    ('s', "s390x-linux-gnu", "2.2"),
    ('v', "riscv64-linux-gnu", "2.27"),
    ('l', "loongarch64-linux-gnu", "2.36"),
];

/// The letters of the libraries.
pub(crate) fn letter(library: &str) -> Option<char> {
    Some(match library {
        "c" => 'c',
        "m" => 'm',
        "ld" => 'l',
        "resolv" => 'r',
        "pthread" => 'p',
        "dl" => 'd',
        "rt" => 't',
        "util" => 'u',
        "nsl" => 'n',
        "anl" => 'a',
        "mvec" => 'v',
        "thread_db" => 'h',
        "BrokenLocale" => 'k',
        _ => return None,
    })
}

/// What is known of one name: its libraries, and for each machine its versions.
#[derive(Default)]
struct Name {
    libraries: BTreeSet<char>,
    versions: BTreeMap<char, BTreeSet<[u8; 3]>>,
}

/// The names of glibc.
#[derive(Default)]
pub(crate) struct Glibc {
    names: BTreeMap<String, Name>,
}

impl Glibc {
    /// Adds a version of a name, for all machines, unless the name is known.
    pub(crate) fn add_everywhere(&mut self, name: &str, library: char, version: &str) -> Option<()> {
        let mut parts = version.split('.').map(str::parse);
        let mut part = || parts.next().unwrap_or(Ok(0)).ok();
        let version = [part()?, part()?, part()?];
        let entry = self.names.entry(name.to_owned()).or_default();
        entry.libraries.insert(library);
        for (machine, _, base) in MACHINES {
            let old = version == [2, 2, 5];
            let version = if old { numbers(base) } else { version };
            entry.versions.entry(machine).or_default().insert(version);
        }
        Some(())
    }

    /// The table's text, without its comment.
    pub(crate) fn to_text(&self) -> String {
        let rest = |name: &Name| {
            let set = |machine: char| {
                let base = MACHINES.iter().find(|(letter, ..)| *letter == machine).map(|(_, _, base)| *base);
                words(name.versions.get(&machine), base.unwrap_or_default())
            };
            let sets: Vec<(char, String)> =
                MACHINES.iter().map(|(letter, ..)| (*letter, set(*letter))).collect();
            let count = |wanted: &str| sets.iter().filter(|(_, set)| set == wanted).count();
            let common = sets.iter().map(|(_, set)| set).max_by_key(|set| (count(set), set.as_str() == "b"));
            let common = common.cloned().unwrap_or_default();
            let mut words = Vec::new();
            if name.libraries != BTreeSet::from(['c']) {
                words.push(format!("@{}", name.libraries.iter().collect::<String>()));
            }
            if common != "b" {
                words.push(common.clone());
            }
            words.extend(
                sets.iter().filter(|(_, set)| *set != common).map(|(letter, set)| format!("{letter}={set}")),
            );
            words.join(" ")
        };
        let entries: BTreeMap<String, String> =
            self.names.iter().map(|(name, known)| (name.clone(), rest(known))).collect();
        soabi_rules::tables::system::encode(&entries)
    }
}

fn numbers(version: &str) -> [u8; 3] {
    let mut parts = version.split('.').filter_map(|part| part.parse().ok());
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

fn words(versions: Option<&BTreeSet<[u8; 3]>>, base: &str) -> String {
    let Some(versions) = versions else { return "-".to_owned() };
    let word = |version: &[u8; 3]| match version {
        version if *version == numbers(base) => "b".to_owned(),
        [major, minor, 0] => format!("{major}.{minor}"),
        [major, minor, patch] => format!("{major}.{minor}.{patch}"),
    };
    versions.iter().map(word).collect::<Vec<_>>().join(",")
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Result<u8, &'static str> {
        let (first, rest) = self.0.split_first().ok_or("the list is cut off")?;
        self.0 = rest;
        Ok(*first)
    }

    fn text(&mut self) -> Result<&'a str, &'static str> {
        let end = self.0.iter().position(|&byte| byte == 0).ok_or("a name is cut off")?;
        let text = std::str::from_utf8(&self.0[..end]).map_err(|_| "a name is not UTF-8")?;
        self.0 = &self.0[end + 1..];
        Ok(text)
    }

    fn uleb128(&mut self) -> Result<u64, &'static str> {
        let mut value = 0;
        for shift in (0..u64::BITS).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number is too long")
    }
}

/// Reads the list.
pub(crate) fn read(bytes: &[u8]) -> Result<Glibc, &'static str> {
    let mut reader = Reader(bytes);
    let libraries = (0..reader.byte()?).map(|_| reader.text()).collect::<Result<Vec<_>, _>>()?;
    let version = |reader: &mut Reader<'_>| Ok([reader.byte()?, reader.byte()?, reader.byte()?]);
    let versions = (0..reader.byte()?).map(|_| version(&mut reader)).collect::<Result<Vec<_>, _>>()?;
    let targets = (0..reader.byte()?).map(|_| reader.text()).collect::<Result<Vec<_>, _>>()?;
    let machine =
        |target: &str| MACHINES.iter().find(|(_, name, _)| *name == target).map(|(letter, ..)| *letter);
    let machines: Vec<(usize, char)> =
        (0..).zip(&targets).filter_map(|(bit, target)| Some((bit, machine(target)?))).collect();

    let mut glibc = Glibc::default();
    for sized in [false, true, true] {
        let mut open: Option<&str> = None;
        for _ in 0..u16::from_le_bytes([reader.byte()?, reader.byte()?]) {
            let name = if let Some(name) = open { name } else { reader.text()? };
            let set = reader.uleb128()?;
            if sized {
                reader.uleb128()?;
            }
            let library = reader.byte()?;
            open = (library & 0x80 == 0).then_some(name);
            let library = *libraries.get(usize::from(library & 0x7f)).ok_or("no such library")?;
            let library = letter(library).ok_or("a library that the table has no letter for")?;
            let mut last = false;
            while !last {
                let byte = reader.byte()?;
                last = byte & 0x80 != 0;
                let version = *versions.get(usize::from(byte & 0x7f)).ok_or("no such version")?;
                for (_, machine) in machines.iter().filter(|(bit, _)| set >> bit & 1 == 1) {
                    let known = glibc.names.entry(name.to_owned()).or_default();
                    known.libraries.insert(library);
                    known.versions.entry(*machine).or_default().insert(version);
                }
            }
        }
    }
    if reader.0.is_empty() { Ok(glibc) } else { Err("there is more than three sections") }
}
