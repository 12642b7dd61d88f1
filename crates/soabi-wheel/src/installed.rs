//! Installed distributions: a wheel by other means.
//!
//! `<name>-<version>.dist-info` has what the wheel had: `WHEEL` its tags, `RECORD` its files (PEP 376, PEP 427). The
//! suffix of an installed stable ABI module says nothing about its first version; its wheel's tag does.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::file_name::WheelFileName;
use crate::metadata::WheelMetadata;
use crate::record::Record;

/// The largest `WHEEL` or `RECORD` that is read, in bytes. The largest seen lists 60,000 files in 6 MB.
const LARGEST: u64 = 16 << 20;

/// What an installer left behind of a wheel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    /// Its `.dist-info` folder.
    pub path: PathBuf,
    /// Its name and tags, as the wheel's file name had them.
    pub wheel: WheelFileName,
    /// Its files, as `RECORD` lists them: relative to the folder that holds the `.dist-info`.
    pub files: Vec<String>,
}

/// Why a `.dist-info` folder could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}", .path.display())]
pub struct InstalledError {
    /// The file in it.
    pub path: PathBuf,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

impl Installed {
    /// Reads the `.dist-info` folder at `path`. `None` when it is not one of a wheel: its name has no version, or
    /// it has no `WHEEL` with tags or no `RECORD`, as other installers leave them.
    pub fn read(path: &Path) -> Result<Option<Self>, InstalledError> {
        let stem = path.file_name().and_then(|name| name.to_str()?.strip_suffix(".dist-info"));
        let Some(stem) = stem else { return Ok(None) };
        let Some(text) = file(&path.join("WHEEL"))? else { return Ok(None) };
        let Some(wheel) = wheel(stem, &String::from_utf8_lossy(&text)) else { return Ok(None) };
        let Some(record) = file(&path.join("RECORD"))? else { return Ok(None) };
        let error = |error| InstalledError { path: path.join("RECORD"), source: io::Error::other(error) };
        let record = Record::parse(&record).map_err(error)?;
        let files = record.rows.into_iter().map(|row| row.path).collect();
        Ok(Some(Self { path: path.to_owned(), wheel, files }))
    }
}

/// The bytes of a regular file, or `None` where there is none. A pipe would wait for a writer.
fn file(path: &Path) -> Result<Option<Vec<u8>>, InstalledError> {
    let error = |source| InstalledError { path: path.to_owned(), source };
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() => Err(error(io::Error::other("it is not a regular file"))),
        Ok(metadata) if metadata.len() > LARGEST => {
            Err(error(io::Error::other(format!("it has more than {LARGEST} bytes"))))
        }
        Ok(_) => {
            let mut bytes = Vec::new();
            let file = fs::File::open(path).map_err(error)?;
            file.take(LARGEST).read_to_end(&mut bytes).map_err(error)?;
            Ok(Some(bytes))
        }
        Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(error(source)),
    }
}

/// The file name of the wheel, as far as its metadata tells: compressed sets are made from the expanded tags.
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
    whole.then_some(WheelFileName { name, version, build: None, pythons, abis, platforms, variant: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let text =
            "Wheel-Version: 1.0\nTag: cp39-abi3-manylinux_2_17_x86_64\nTag: cp39-abi3-manylinux2014_x86_64\n";
        let wheel = wheel("spam-1.0", text).unwrap();
        assert_eq!((wheel.name.as_str(), wheel.version.as_str()), ("spam", "1.0"));
        assert_eq!(wheel.compressed_tag(), "cp39-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64");
        assert_eq!(super::wheel("spam-1.0", "Wheel-Version: 1.0\n"), None);
    }

    fn dist_info(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spam-1.0.dist-info");
        fs::create_dir(&path).unwrap();
        for (name, bytes) in files {
            fs::write(path.join(name), bytes).unwrap();
        }
        (folder, path)
    }

    #[test]
    fn a_record_that_is_not_utf_8_keeps_the_tags() {
        let files: &[(&str, &[u8])] =
            &[("WHEEL", b"Tag: cp39-abi3-linux_x86_64\n"), ("RECORD", b"\xe9.txt,,\nspam.abi3.so,,\n")];
        let (_folder, path) = dist_info(files);
        let installed = Installed::read(&path).unwrap().unwrap();
        assert_eq!(installed.wheel.abis, ["abi3"]);
        assert!(installed.files.contains(&"spam.abi3.so".to_owned()));
    }

    #[test]
    fn without_a_record_it_is_not_a_wheels() {
        let (_folder, path) = dist_info(&[("WHEEL", b"Tag: cp39-abi3-linux_x86_64\n")]);
        assert_eq!(Installed::read(&path).unwrap(), None);
    }

    /// A folder stands for a pipe, which only some systems can make: neither is a regular file.
    #[test]
    fn what_is_not_a_regular_file_is_an_error() {
        let (_folder, path) = dist_info(&[("WHEEL", b"Tag: cp39-abi3-linux_x86_64\n")]);
        fs::create_dir(path.join("RECORD")).unwrap();
        let error = Installed::read(&path).unwrap_err();
        assert_eq!(error.source.to_string(), "it is not a regular file");
    }
}
