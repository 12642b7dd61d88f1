//! The wheels: as the auditor reads them, and as an installer lays them out.

use std::path::{Path, PathBuf};
use std::process::Command;

use soabi_rules::resolve::Sources;
use soabi_rules::{NativeFile, Subject, Unread, WheelFacts};
use soabi_wheel::{Inflater, Wheel};

use crate::Result;
use crate::witness::Witness;

/// What the auditor reads of Python sources, in bytes.
const LARGEST_SOURCE: u64 = 4 << 20;
const ALL_SOURCES: u64 = 64 << 20;

/// The wheels of a folder with `part` in their names, by name.
pub(crate) fn wheels(folder: &Path, part: &str) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    let mut wheels: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).collect();
    wheels.retain(|path| path.extension().is_some_and(|end| end == "whl"));
    wheels.retain(|path| path.to_string_lossy().contains(part));
    wheels.sort();
    Ok(wheels)
}

/// Everything native in a wheel.
pub(crate) fn read(path: &Path) -> Result<Subject> {
    let wheel = Wheel::open(path)?;
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    wheel.for_each_native(|member, facts| match facts {
        Ok(slices) => files.extend(slices.into_iter().map(|facts| NativeFile {
            folder: folder(&member.name),
            beside_init: true,
            member: Some(member.name.clone()),
            file_name: member.file_name().to_owned(),
            facts,
            reading: None,
        })),
        Err(error) => {
            unread.push(Unread { member: Some(member.name.clone()), reason: error.kind.to_string() });
        }
    });
    let facts = WheelFacts {
        metadata: wheel.metadata(&mut Inflater::default()).ok(),
        ambiguities: wheel.ambiguities().to_vec(),
        ..WheelFacts::of(wheel.file_name().clone())
    };
    let sources = || {
        let mut sources = Sources::default();
        for text in wheel.sources(LARGEST_SOURCE, ALL_SOURCES, &mut Inflater::default()).texts {
            sources.add(&text.member, &String::from_utf8_lossy(&text.bytes));
        }
        sources
    };
    Ok(Subject::with_sources(Some(facts), files, unread, sources))
}

/// The folder that holds a member.
fn folder(member: &str) -> Option<String> {
    member.rsplit('/').nth(1).map(str::to_owned)
}

/// A wheel with its members beside each other as an installer puts them, in a folder that goes with this value.
pub(crate) struct Installed {
    folder: tempfile::TempDir,
}

impl Installed {
    /// Lays the wheel out with Python's own `zipfile`.
    pub(crate) fn new(wheel: &Path, witnesses: &[Witness]) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let newest = witnesses.last().ok_or("there is no interpreter with a shared library here")?;
        let mut unpack = Command::new(&newest.python.executable);
        let done = unpack.args(["-I", "-m", "zipfile", "-e"]).arg(wheel).arg(folder.path()).status()?;
        if done.success() {
            Ok(Self { folder })
        } else {
            Err(format!("{} cannot be unpacked", wheel.display()).into())
        }
    }

    /// Where it is.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }
}
