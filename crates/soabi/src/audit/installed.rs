//! Installed distributions: which of a folder's files came out of which wheel, and what that wheel was tagged.
//!
//! `<name>-<version>.dist-info` has both: `RECORD` lists the files, and `WHEEL` has the tags (PEP 376, PEP 427).
//! A stable ABI module whose file is installed says nothing of its first version; its wheel's tag does.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use soabi_object::wheel::{WheelFileName, WheelMetadata};

/// What an installer left behind of a wheel.
#[derive(Debug)]
pub(super) struct Distribution {
    /// Its `.dist-info` folder.
    pub(super) path: PathBuf,
    /// Its name and tags, as the wheel's file name had them.
    pub(super) wheel: WheelFileName,
    /// Its native files, as the wheel named them.
    pub(super) files: BTreeMap<String, PathBuf>,
}

impl Distribution {
    /// What is installed by way of the `.dist-info` folder at `path`. Takes its files out of `files`. `None`
    /// when the folder is not one, and when none of the files is in its record.
    pub(super) fn take(path: &Path, files: &mut HashMap<PathBuf, String>) -> Option<Self> {
        let stem = path.file_name()?.to_str()?.strip_suffix(".dist-info")?;
        let wheel = wheel(stem, &fs::read_to_string(path.join("WHEEL")).ok()?)?;
        let record = fs::read_to_string(path.join("RECORD")).ok()?;
        let site = path.parent()?;
        let own = record.lines().map(first_field).filter_map(|member| {
            let file = site.join(&member);
            files.remove(&file).map(|_| (member, file))
        });
        let own: BTreeMap<String, PathBuf> = own.collect();
        (!own.is_empty()).then(|| Self { path: path.to_owned(), wheel, files: own })
    }
}

/// The name that the wheel had, for all that its metadata says. Sets are put together again from the tags that
/// they stood for.
fn wheel(stem: &str, text: &str) -> Option<WheelFileName> {
    let (name, version) = stem.split_once('-')?;
    let mut metadata = WheelMetadata::default();
    metadata.read_wheel(text);
    let tags: Vec<Vec<&str>> = metadata.tags.iter().map(|tag| tag.splitn(3, '-').collect()).collect();
    let set = |part: usize| -> Vec<String> {
        let words = tags.iter().filter_map(|tag| tag.get(part)).flat_map(|words| words.split('.'));
        words.collect::<BTreeSet<_>>().into_iter().map(str::to_owned).collect()
    };
    let (pythons, abis, platforms) = (set(0), set(1), set(2));
    let whole = !pythons.is_empty() && !abis.is_empty() && !platforms.is_empty();
    let (name, version) = (name.to_owned(), version.to_owned());
    whole.then_some(WheelFileName { name, version, build: None, pythons, abis, platforms })
}

/// The first field of a line of CSV.
fn first_field(line: &str) -> String {
    match line.strip_prefix('"') {
        Some(quoted) => {
            let doubled = quoted.replace("\"\"", "\0");
            doubled.split('"').next().unwrap_or_default().replace('\0', "\"")
        }
        None => line.split(',').next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("spam/_spam.abi3.so,sha256=abc,12", "spam/_spam.abi3.so")]
    #[case("spam-1.0.dist-info/RECORD,,", "spam-1.0.dist-info/RECORD")]
    #[case("\"a,b\"\"c\"\".so\",,", "a,b\"c\".so")]
    #[case("", "")]
    fn records(#[case] line: &str, #[case] member: &str) {
        assert_eq!(first_field(line), member);
    }

    #[test]
    fn names() {
        let text =
            "Wheel-Version: 1.0\nTag: cp39-abi3-manylinux_2_17_x86_64\nTag: cp39-abi3-manylinux2014_x86_64\n";
        let wheel = wheel("spam-1.0", text).unwrap();
        assert_eq!((wheel.name.as_str(), wheel.version.as_str()), ("spam", "1.0"));
        assert_eq!(wheel.compressed_tag(), "cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64");
        assert_eq!(super::wheel("spam-1.0", "Wheel-Version: 1.0\n"), None);
    }
}
