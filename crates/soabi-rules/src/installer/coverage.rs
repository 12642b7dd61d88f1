//! The wheels of a release, and which of them installers choose: on every kind of system from the oldest on that a tag
//! names, in every interpreter.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use soabi_core::AbiTag;
use soabi_wheel::WheelFileName;

use super::preference::Installer;
use super::requires::allows;
use super::system::{Family, System};

/// The systems that every release is looked at for, with a version for those that no tag names.
const COMMON: [(Family, &str, (u16, u16)); 8] = [
    (Family::Glibc, "x86_64", (2, 17)),
    (Family::Glibc, "aarch64", (2, 17)),
    (Family::Musl, "x86_64", (1, 2)),
    (Family::Musl, "aarch64", (1, 2)),
    (Family::Macos, "arm64", (11, 0)),
    (Family::Macos, "x86_64", (10, 13)),
    (Family::Windows, "amd64", (0, 0)),
    (Family::Windows, "arm64", (0, 0)),
];

/// Of more versions of a system, which no release has, only the first are looked at.
const MOST_VERSIONS: usize = 12;

/// A wheel of a release.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    /// Its name.
    pub name: &'a WheelFileName,
    /// Its `Requires-Python`.
    pub requires_python: Option<&'a str>,
}

impl File<'_> {
    /// Whether installers consider it for this interpreter.
    fn is_for(&self, python: AbiTag) -> bool {
        let allowed =
            |text: &str| python.python_version().is_none_or(|version| allows(text, version) != Some(false));
        self.requires_python.is_none_or(allowed)
    }
}

/// What installers choose of a release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// The systems, the common ones first.
    pub rows: Vec<Row>,
}

/// Systems of one kind on which installers choose the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The systems.
    pub systems: Span,
    /// What is chosen, one for each interpreter.
    pub choices: Vec<Choice>,
}

/// Systems of one kind, from a version on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The oldest of them.
    pub oldest: System,
    /// The first version that is no longer one of them. `None` where there is no such.
    pub below: Option<(u16, u16)>,
}

/// `Linux x86_64, glibc 2.17 to 2.27`, `macOS arm64, 11.0 and later`, `Windows amd64`.
impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.oldest.fmt(f)?;
        let last = match (self.oldest.family, self.below) {
            (Family::Windows, _) => return Ok(()),
            (_, None) => return f.write_str(" and later"),
            (Family::Macos, Some((11, 0))) => (10, 16),
            (_, Some((major, 0))) => (major.saturating_sub(1), 0),
            (_, Some((major, minor))) => (major, minor - 1),
        };
        if last > self.oldest.version { write!(f, " to {}.{}", last.0, last.1) } else { Ok(()) }
    }
}

/// What an installer chooses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// For which interpreter.
    pub python: AbiTag,
    /// The wheel, by its place in the release, and its tag that decided.
    pub chosen: Option<(usize, String)>,
    /// Whether `Requires-Python` of every wheel excludes the interpreter.
    pub is_excluded: bool,
}

impl Choice {
    /// Whether the same is chosen, perhaps for another one of its tags.
    fn is_same(&self, other: &Self) -> bool {
        let wheel = |choice: &Self| choice.chosen.as_ref().map(|(place, _)| *place);
        wheel(self) == wheel(other) && self.is_excluded == other.is_excluded
    }

    /// Whether the chosen wheel is for a platform, and not for any.
    pub fn is_native(&self) -> bool {
        self.chosen.as_ref().is_some_and(|(_, tag)| !tag.ends_with("-any"))
    }
}

/// Interpreters that a release has no wheel for, on some systems, where another one had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The systems.
    pub systems: Span,
    /// The interpreters.
    pub pythons: Vec<AbiTag>,
    /// Whether `Requires-Python` says so too.
    pub is_meant: bool,
}

impl Coverage {
    /// What installers of `pythons` choose of `files`.
    pub fn of(files: &[File<'_>], pythons: &[AbiTag]) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        let release = Release::new(files, pythons);
        for Kind { family, arch, versions } in systems(files.iter()) {
            let mut of_kind: Vec<Row> = Vec::new();
            for version in versions {
                let oldest = System::new(family, &arch, version);
                let choices = release.choices(&oldest);
                match of_kind.last_mut() {
                    Some(before) if before.choices.iter().zip(&choices).all(|(a, b)| a.is_same(b)) => {}
                    Some(before) => {
                        before.systems.below = Some(version);
                        of_kind.push(Row { systems: Span { oldest, below: None }, choices });
                    }
                    None => of_kind.push(Row { systems: Span { oldest, below: None }, choices }),
                }
            }
            rows.extend(of_kind);
        }
        Self { rows }
    }

    /// The interpreters with the GIL that get no wheel on some systems where others do, although `Requires-Python`
    /// allows them.
    pub fn gaps(&self) -> Vec<(Span, Vec<AbiTag>)> {
        let has_gil =
            |python: AbiTag| matches!(python, AbiTag::Cpython(abi) if !abi.free_threaded && !abi.debug);
        let gap = |row: &Row| {
            let missing = row.choices.iter().filter(|choice| choice.chosen.is_none() && !choice.is_excluded);
            let missing: Vec<AbiTag> =
                missing.map(|choice| choice.python).filter(|python| has_gil(*python)).collect();
            let is_served = row.choices.iter().any(|choice| choice.chosen.is_some());
            (is_served && !missing.is_empty()).then(|| (row.systems.clone(), missing))
        };
        self.rows.iter().filter_map(gap).collect()
    }
}

/// What `now` has no wheel for and `before` had, and what has only a wheel without native code now.
pub fn withdrawn(before: &[File<'_>], now: &[File<'_>], pythons: &[AbiTag]) -> Vec<Withdrawn> {
    let mut all: Vec<Withdrawn> = Vec::new();
    let [old_release, new_release] = [before, now].map(|files| Release::new(files, pythons));
    for Kind { family, arch, versions } in systems(before.iter().chain(now)) {
        let start = all.len();
        let mut later = versions.iter().copied().skip(1);
        for version in &versions {
            let below = later.next();
            let system = System::new(family, &arch, *version);
            let (old, new) = (old_release.choices(&system), new_release.choices(&system));
            let is_lost = |(old, new): &(&Choice, &Choice)| {
                (old.chosen.is_some() && new.chosen.is_none()) || (old.is_native() && !new.is_native())
            };
            let lost: Vec<(&Choice, &Choice)> = old.iter().zip(&new).filter(is_lost).collect();
            for is_meant in [false, true] {
                let pythons = lost.iter().filter(|(_, new)| new.is_excluded == is_meant);
                let pythons: Vec<AbiTag> = pythons.map(|(_, new)| new.python).collect();
                let goes_on = |other: &&mut Withdrawn| {
                    other.systems.below == Some(*version)
                        && (&other.pythons, other.is_meant) == (&pythons, is_meant)
                };
                match all[start..].iter_mut().find(goes_on) {
                    Some(other) => other.systems.below = below,
                    None if pythons.is_empty() => {}
                    None => {
                        let systems = Span { oldest: system.clone(), below };
                        all.push(Withdrawn { systems, pythons, is_meant });
                    }
                }
            }
        }
    }
    all
}

/// The files of a release, and for which interpreters each is by its `Requires-Python`.
struct Release<'a> {
    files: &'a [File<'a>],
    pythons: Vec<(AbiTag, Vec<bool>)>,
}

impl<'a> Release<'a> {
    fn new(files: &'a [File<'a>], pythons: &[AbiTag]) -> Self {
        let allowed = |python: &AbiTag| files.iter().map(|file| file.is_for(*python)).collect();
        Self { files, pythons: pythons.iter().map(|python| (*python, allowed(python))).collect() }
    }

    fn choices(&self, system: &System) -> Vec<Choice> {
        let choice = |(python, allowed): &(AbiTag, Vec<bool>)| {
            let files = self.files.iter().enumerate().filter(|(place, _)| allowed[*place]);
            let names = files.map(|(place, file)| (place, file.name));
            let chosen = Installer::new(*python, system).choose(names);
            let is_excluded = !allowed.is_empty() && !allowed.contains(&true);
            let chosen = chosen.map(|(place, tag)| (place, tag.to_string()));
            Choice { python: *python, chosen, is_excluded }
        };
        self.pythons.iter().map(choice).collect()
    }
}

/// Systems that differ in their versions alone.
struct Kind {
    family: Family,
    arch: String,
    versions: BTreeSet<(u16, u16)>,
}

/// The kinds of systems, and of each the versions that tags name.
fn systems<'a>(files: impl Iterator<Item = &'a File<'a>>) -> Vec<Kind> {
    let mut versions: BTreeMap<(Family, String), BTreeSet<(u16, u16)>> = BTreeMap::new();
    for system in files.flat_map(|file| &file.name.platforms).flat_map(|tag| System::named_by(tag)) {
        let versions = versions.entry((system.family, system.arch)).or_default();
        if versions.len() < MOST_VERSIONS {
            versions.insert(system.version);
        }
    }
    let mut systems = Vec::new();
    for (family, arch, version) in COMMON {
        let key = (family, arch.to_owned());
        let named = versions.remove(&key).unwrap_or_else(|| BTreeSet::from([version]));
        systems.push(Kind { family, arch: key.1, versions: named });
    }
    systems.extend(versions.into_iter().map(|((family, arch), versions)| Kind { family, arch, versions }));
    systems
}

#[cfg(test)]
mod tests {
    use super::*;

    fn abis(text: &str) -> Vec<AbiTag> {
        text.split_whitespace().map(|abi| abi.parse().unwrap()).collect()
    }

    fn names(tags: &str) -> Vec<WheelFileName> {
        tags.split_whitespace().map(|tag| format!("spam-1-{tag}.whl").parse().unwrap()).collect()
    }

    fn files<'a>(names: &'a [WheelFileName], requires_python: Option<&'a str>) -> Vec<File<'a>> {
        names.iter().map(|name| File { name, requires_python }).collect()
    }

    /// The rows in which something is chosen: the systems, and the place of the wheel of each interpreter, `-` for none
    /// and `x` for excluded ones.
    fn rows(tags: &str, requires_python: Option<&str>, pythons: &str) -> Vec<String> {
        let names = names(tags);
        let coverage = Coverage::of(&files(&names, requires_python), &abis(pythons));
        let row = |row: &Row| {
            let square = |choice: &Choice| match &choice.chosen {
                Some((place, _)) => place.to_string(),
                None if choice.is_excluded => "x".to_owned(),
                None => "-".to_owned(),
            };
            format!("{}: {}", row.systems, row.choices.iter().map(square).collect::<Vec<_>>().join(" "))
        };
        let chosen = |row: &&Row| row.choices.iter().any(|choice| choice.chosen.is_some());
        coverage.rows.iter().filter(chosen).map(row).collect()
    }

    #[test]
    fn versions_of_a_system_are_rows_where_choices_differ() {
        let tags = "cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64 cp312-cp312-manylinux_2_28_x86_64 \
                    cp39-abi3-manylinux_2_34_x86_64";
        let expected = [
            "Linux x86_64, glibc 2.17 to 2.27: - 0 - -",
            "Linux x86_64, glibc 2.28 to 2.33: - 0 1 -",
            "Linux x86_64, glibc 2.34 and later: 2 0 1 -",
        ];
        assert_eq!(rows(tags, None, "cp310 cp311 cp312 cp313t"), expected);
    }

    /// auditwheel writes two tags into one name.
    #[test]
    fn two_tags_of_one_wheel_are_one_row() {
        let rows = rows("cp312-cp312-manylinux_2_27_x86_64.manylinux_2_28_x86_64", None, "cp312");
        assert_eq!(rows, ["Linux x86_64, glibc 2.27 and later: 0"]);
    }

    #[test]
    fn requires_python_excludes() {
        let rows = rows("cp39-abi3-win_amd64", Some(">=3.11"), "cp310 cp311 cp312");
        assert_eq!(rows, ["Windows amd64: x 0 0"]);
    }

    #[test]
    fn two_machines_in_one_file() {
        let rows = rows("cp39-abi3-macosx_10_9_universal2", None, "cp312");
        assert_eq!(rows, ["macOS arm64, 11.0 and later: 0", "macOS x86_64, 10.9 and later: 0"]);
    }

    #[test]
    fn a_wheel_for_any_linux_is_for_both_libcs() {
        let rows = rows("cp312-cp312-linux_x86_64", None, "cp312");
        assert_eq!(rows, ["Linux x86_64, glibc 2.17 and later: 0", "Linux x86_64, musl 1.2 and later: 0"]);
    }

    #[test]
    fn gaps_are_where_others_are_served() {
        let tags = "cp311-cp311-win_amd64 cp313-cp313-win_amd64 cp313-cp313-macosx_11_0_arm64";
        let names = names(tags);
        let pythons = abis("cp310 cp311 cp312 cp313 cp313t");
        let gaps = |requires_python| {
            let gaps = Coverage::of(&files(&names, requires_python), &pythons).gaps();
            let gap = |(systems, pythons): &(Span, Vec<AbiTag>)| {
                let pythons: Vec<String> = pythons.iter().map(ToString::to_string).collect();
                format!("{systems}: {}", pythons.join(" "))
            };
            gaps.iter().map(gap).collect::<Vec<_>>()
        };
        let expected = ["macOS arm64, 11.0 and later: cp311 cp312", "Windows amd64: cp312"];
        assert_eq!(gaps(Some(">=3.11")), expected);
        assert_eq!(gaps(Some(">=3.13")), Vec::<String>::new());
    }

    #[test]
    fn what_is_withdrawn() {
        let before = names(
            "cp310-cp310-manylinux_2_17_x86_64 cp311-cp311-manylinux_2_17_x86_64 cp311-cp311-win_amd64",
        );
        let now = names("cp311-cp311-manylinux_2_28_x86_64 py3-none-any");
        let lost = withdrawn(&files(&before, None), &files(&now, Some(">=3.11")), &abis("cp310 cp311 cp312"));
        let words = |lost: &Withdrawn| {
            let pythons: Vec<String> = lost.pythons.iter().map(ToString::to_string).collect();
            format!("{}: {}{}", lost.systems, pythons.join(" "), if lost.is_meant { " (meant)" } else { "" })
        };
        let expected = [
            "Linux x86_64, glibc 2.17 to 2.27: cp311",
            "Linux x86_64, glibc 2.17 and later: cp310 (meant)",
            "Windows amd64: cp311",
        ];
        assert_eq!(lost.iter().map(words).collect::<Vec<_>>(), expected);
        assert_eq!(withdrawn(&files(&before, None), &files(&before, None), &abis("cp310 cp311")), []);
    }

    #[test]
    fn numbers_of_systems_are_bounded() {
        let tags: Vec<String> =
            (5..90).map(|minor| format!("cp39-abi3-manylinux_2_{minor}_x86_64")).collect();
        assert!(rows(&tags.join(" "), None, "cp312").len() <= MOST_VERSIONS);
    }
}
