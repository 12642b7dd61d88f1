//! The releases among the inputs: the wheels of one version of a project, what installers choose of them, and how that
//! differs from another release.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use soabi_core::AbiTag;
use soabi_core::foreign::from_bytes;
use soabi_report::release::{
    AgainstEntry, ChoiceEntry, GapEntry, ObstacleEntry, ReleaseEntry, SystemEntry, SystemsEntry,
};
use soabi_rules::installer::{Coverage, Family, File, Span, withdrawn};
use soabi_rules::tables::ExportTable;
use soabi_rules::{named_by, upload};
use soabi_wheel::{Inflater, Wheel, WheelFileName};

use crate::inputs::{Content, Input};
use crate::skipped::Skipped;

/// The first version of CPython that a release is looked at for, unless a tag names an older one.
const OLDEST: (u8, u8) = (3, 9);

/// A wheel as installers see it before they download it.
struct Candidate {
    path: String,
    name: WheelFileName,
    requires_python: Option<String>,
}

impl Candidate {
    /// By its name alone; `None` for what is no wheel, or has no name of one.
    fn named(path: &Path) -> Option<(PathBuf, WheelFileName)> {
        Some((path.to_owned(), path.file_name()?.to_string_lossy().parse().ok()?))
    }

    /// With what it requires.
    fn of((path, name): (PathBuf, WheelFileName)) -> Self {
        let metadata = Wheel::open(&path).and_then(|wheel| wheel.metadata(&mut Inflater::default()));
        let requires_python = metadata.ok().and_then(|metadata| metadata.requires_python);
        Self { path: from_bytes(path.as_os_str().as_encoded_bytes()), name, requires_python }
    }

    fn file(&self) -> File<'_> {
        File { name: &self.name, requires_python: self.requires_python.as_deref() }
    }
}

/// The wheels that a release is compared with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Against {
    /// Their paths.
    pub wheels: Vec<PathBuf>,
    /// Whether they were fetched by name.
    pub fetched: bool,
}

/// The releases among `inputs`, by name and version; of a wheel that is alone only what is wrong with it. The paths
/// `fetched` are those of wheels that were fetched by name.
pub fn releases(
    inputs: &[Input],
    skipped: &[Skipped],
    fetched: &[PathBuf],
    against: &Against,
) -> Vec<ReleaseEntry> {
    let wheels = inputs.iter().filter(|input| matches!(input.content, Content::Wheel));
    let mut projects: BTreeMap<(String, String), Vec<(PathBuf, WheelFileName)>> = BTreeMap::new();
    for (path, name) in wheels.filter_map(|input| Candidate::named(&input.path)) {
        projects.entry((name.normalized_name(), name.version.clone())).or_default().push((path, name));
    }
    let others = against.wheels.iter().filter_map(|path| Candidate::named(path));
    let others: Vec<Candidate> = others.map(Candidate::of).collect();
    let release = |((project, version), wheels): ((String, String), Vec<(PathBuf, WheelFileName)>)| {
        let before: Vec<&Candidate> =
            others.iter().filter(|other| other.name.normalized_name() == project).collect();
        let obstacles = obstacles(&wheels);
        let is_alone = wheels.len() == 1 && before.is_empty();
        // Of a wheel that is alone and right there is nothing to say, and it is not opened for that.
        if is_alone && obstacles.is_empty() {
            return None;
        }
        let wheels: Vec<Candidate> = wheels.into_iter().map(Candidate::of).collect();
        let sdists = skipped.iter().filter(|skipped| skipped.is_sdist_of(&project, &version));
        let sdists = sdists.map(|skipped| from_bytes(skipped.path.as_os_str().as_encoded_bytes())).collect();
        let mut entry = if is_alone { ReleaseEntry::default() } else { coverage(&wheels, &before) };
        entry.requires_python = wheels
            .iter()
            .filter_map(|wheel| wheel.requires_python.clone())
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        entry.fetched = wheels.iter().any(|wheel| fetched.iter().any(|path| Path::new(&wheel.path) == path));
        if let Some(entry) = &mut entry.against {
            entry.fetched = against.fetched;
        }
        entry.wheels = wheels.into_iter().map(|wheel| wheel.path).collect();
        Some(ReleaseEntry { project, version, sdists, obstacles, ..entry })
    };
    projects.into_iter().filter_map(release).collect()
}

/// What installers choose, and how that differs from the release `before`, if there is one.
fn coverage(wheels: &[Candidate], before: &[&Candidate]) -> ReleaseEntry {
    let files: Vec<File<'_>> = wheels.iter().map(Candidate::file).collect();
    let others: Vec<File<'_>> = before.iter().map(|other| other.file()).collect();
    let pythons = pythons(files.iter().chain(&others).map(|file| file.name));
    let coverage = Coverage::of(&files, &pythons);
    let gaps = coverage.gaps().into_iter();
    let gaps = gaps.map(|(systems, pythons)| GapEntry { systems: entry(&systems), pythons }).collect();
    let against = (!others.is_empty()).then(|| {
        let (dropped, lost) =
            withdrawn(&others, &files, &pythons).into_iter().partition(|lost| lost.is_meant);
        let gaps = |list: Vec<soabi_rules::installer::Withdrawn>| {
            list.into_iter()
                .map(|lost| GapEntry { systems: entry(&lost.systems), pythons: lost.pythons })
                .collect()
        };
        let versions: BTreeSet<String> = before.iter().map(|other| other.name.version.clone()).collect();
        AgainstEntry {
            fetched: false,
            versions: versions.into_iter().collect(),
            wheels: before.iter().map(|other| other.name.to_string()).collect(),
            lost: gaps(lost),
            dropped: gaps(dropped),
        }
    });
    let rows = coverage.rows.into_iter().map(|row| {
        let choices = row.choices.into_iter().map(|choice| {
            let (wheel, tag) = choice.chosen.map(|(place, tag)| (wheels[place].path.clone(), tag)).unzip();
            ChoiceEntry { python: choice.python, wheel, tag, excluded: choice.is_excluded }
        });
        SystemEntry { systems: entry(&row.systems), choices: choices.collect() }
    });
    ReleaseEntry { systems: rows.collect(), gaps, against, ..ReleaseEntry::default() }
}

/// The releases of CPython since 3.9, with the GIL and without, and what else the tags name; no debug builds.
fn pythons<'a>(files: impl Iterator<Item = &'a WheelFileName>) -> Vec<AbiTag> {
    // `py3-none-any` names every Python, and no release is about 3.6 for that.
    let native = files.filter(|name| name.abis.iter().any(|abi| abi != "none"));
    let named: BTreeSet<AbiTag> = native.flat_map(named_by).collect();
    let is_common = |python: &AbiTag| {
        matches!(python, AbiTag::Cpython(abi)
            if !abi.debug && (abi.version.major, abi.version.minor) >= OLDEST)
    };
    let is_debug = |python: &AbiTag| matches!(python, AbiTag::Cpython(abi) if abi.debug);
    let common = ExportTable::get().abis().into_iter().filter(is_common);
    let named = named.into_iter().filter(|python| !is_debug(python));
    common.chain(named).collect::<BTreeSet<_>>().into_iter().collect()
}

fn obstacles(wheels: &[(PathBuf, WheelFileName)]) -> Vec<ObstacleEntry> {
    let of = |(path, name): &(PathBuf, WheelFileName)| {
        let obstacles = upload::obstacles(name).into_iter();
        let path = from_bytes(path.as_os_str().as_encoded_bytes());
        obstacles.map(move |obstacle| ObstacleEntry {
            wheel: path.clone(),
            message: obstacle.message,
            help: obstacle.help,
        })
    };
    wheels.iter().flat_map(of).collect()
}

fn entry(span: &Span) -> SystemsEntry {
    let version = |(major, minor): (u16, u16)| format!("{major}.{minor}");
    let is_windows = span.oldest.family == Family::Windows;
    SystemsEntry {
        family: span.oldest.family.as_str().to_owned(),
        arch: span.oldest.arch.clone(),
        since: (!is_windows).then(|| version(span.oldest.version)),
        below: span.below.map(version),
        words: span.to_string(),
    }
}
