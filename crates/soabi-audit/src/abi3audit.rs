//! The question of abi3audit, asked of one wheel or native file: what does it take from an interpreter that the stable
//! ABI from its baseline on does not promise?
//!
//! Which files are asked and what their baseline is follows abi3audit 0.0.26; the answer is that of
//! [`StableUse`](soabi_rules::StableUse). This module knows neither the command line nor what is printed.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use soabi_core::{AbiTag, PyVersion};
use soabi_report::abi3audit::{FileEntry, FileResult};
use soabi_rules::claims::{FIRST_ABI3, FIRST_ABI3T, claims_of_wheel};
use soabi_rules::{Object, StableUse, Subject};
use soabi_wheel::WheelFileName;

use crate::inputs::{self, Input};
use crate::memory::Memory;
use crate::read::{self, How};

/// What the user names on abi3audit's command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spec {
    /// A wheel.
    Wheel(PathBuf),
    /// A native file.
    Object(PathBuf),
    /// A project of an index, perhaps with a version: `cryptography==42.0.8`.
    Package(String),
}

/// Why there is no such spec.
#[derive(Debug, thiserror::Error)]
pub enum SpecError {
    /// A native file whose name claims no stable ABI, without a version to hold it to.
    #[error("--assume-minimum-abi3 must be used when extension does not contain '.abi3.' infix")]
    NoMinimum,
    /// A pattern that cannot be read.
    #[error("`{pattern}` is not a pattern of paths: {why}")]
    Pattern {
        /// The pattern.
        pattern: String,
        /// What is wrong with it.
        why: String,
    },
}

/// Why there is no answer for a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unanswered {
    /// Neither a tag, nor its name, nor the user says from which version on the stable ABI is claimed.
    #[error("failed to determine ABI version baseline: not abi3 tagged?")]
    NoBaseline,
    /// The file cannot be read.
    #[error("failed to collect symbols in shared object: {0}")]
    Unreadable(String),
}

/// A native file and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name, without folders.
    pub name: String,
    /// The answer, or why there is none.
    pub answer: Result<FileResult, Unanswered>,
}

impl Asked {
    /// Its entry in the report. `None` without an answer.
    pub fn entry(&self) -> Option<FileEntry> {
        let result = self.answer.clone().ok()?;
        Some(FileEntry { name: self.name.clone(), result })
    }
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wheel(path) | Self::Object(path) => write!(f, "{}", path.display()),
            Self::Package(requirement) => f.write_str(requirement),
        }
    }
}

impl Spec {
    /// What `text` names: a `*` in the path of a wheel is a pattern, because the shells of Windows leave it to programs.
    pub fn parse(text: &str, assumed: Option<PyVersion>) -> Result<Vec<Self>, SpecError> {
        if text.ends_with(".whl") {
            if !text.contains('*') {
                return Ok(vec![Self::Wheel(text.into())]);
            }
            let error = |error: glob::PatternError| SpecError::Pattern {
                pattern: text.to_owned(),
                why: error.msg.to_owned(),
            };
            return Ok(glob::glob(text).map_err(error)?.filter_map(Result::ok).map(Self::Wheel).collect());
        }
        if !is_shared_object(text) {
            return Ok(vec![Self::Package(text.to_owned())]);
        }
        if assumed.is_none() && !text.contains(".abi3.") {
            return Err(SpecError::NoMinimum);
        }
        Ok(vec![Self::Object(text.into())])
    }
}

/// Asks each native file of the wheel or file at `path`. `assumed` is the baseline of those for which nothing else says
/// one. An error where there is no such file or it cannot be read at all.
pub fn ask(path: &Path, assumed: Option<PyVersion>) -> Result<Vec<Asked>, String> {
    if !path.is_file() {
        return Err(format!("not a file: {}", path.display()));
    }
    let input = inputs::find(&[path.to_owned()]).pop().ok_or_else(|| "not a file".to_owned())?;
    let subject = read::read(&input, How { memory: &Memory::default(), in_full: false })?;
    if let Some(unread) = subject.unread.iter().find(|unread| unread.member.is_none()) {
        return Err(format!("{}: {}", path.display(), unread.reason));
    }
    Ok(of_subject(&input, &subject, assumed))
}

/// Whether a wheel of this file name claims a stable ABI: of the wheels of a package, those are asked.
pub fn claims_stable_abi(name: &str) -> bool {
    let abis = name.parse().map(|wheel: WheelFileName| wheel.abis).unwrap_or_default();
    abis.iter().any(|abi| matches!(abi.as_str(), "abi3" | "abi3t"))
}

/// The answers, by the paths of the files.
fn of_subject(input: &Input, subject: &Subject, assumed: Option<PyVersion>) -> Vec<Asked> {
    let wheel = input.wheel_name();
    let own = input.path.to_string_lossy();
    let mut files: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
    for object in subject.objects.iter().filter(|object| is_asked(object)) {
        files.entry(object.member.as_deref().unwrap_or(&own)).or_default().push(object);
    }
    let mut answers: BTreeMap<&str, Result<FileResult, Unanswered>> =
        files.into_iter().map(|(path, slices)| (path, answer(&slices, wheel.as_ref(), assumed))).collect();
    for unread in &subject.unread {
        let error = Unanswered::Unreadable(unread.reason.clone());
        answers.insert(unread.member.as_deref().unwrap_or(&own), Err(error));
    }
    let name = |path: &str| path.rsplit('/').next().unwrap_or(path).to_owned();
    answers.into_iter().map(|(path, answer)| Asked { name: name(path), answer }).collect()
}

/// Whether abi3audit asks it, by its name; or it needs an interpreter, whatever it is called.
fn is_asked(object: &Object) -> bool {
    is_shared_object(&object.file_name) || !object.imports.is_empty()
}

fn is_shared_object(name: &str) -> bool {
    name.ends_with(".so") || name.ends_with(".pyd")
}

/// The answer for a file, from its slices.
fn answer(
    slices: &[&Object],
    wheel: Option<&WheelFileName>,
    assumed: Option<PyVersion>,
) -> Result<FileResult, Unanswered> {
    let named = slices.first().map_or(AbiTag::None, |object| object.named_abi());
    let baseline = baseline(named, wheel, assumed).ok_or(Unanswered::NoBaseline)?;
    let used = slices.iter().map(|object| StableUse::of(object, baseline));
    let used = used.fold(StableUse::default(), StableUse::and);
    Ok(FileResult {
        is_abi3: used.outside.is_empty(),
        is_abi3_baseline_compatible: used.later.is_empty(),
        baseline,
        computed: used.computed(baseline),
        non_abi3_symbols: used.outside.into_iter().collect(),
        future_abi3_objects: used.later,
    })
}

/// From which version on the stable ABI is claimed: by the wheel, which promises itself to the oldest of several versions
/// that it names; by the file's name, which says no version; by the user.
fn baseline(named: AbiTag, wheel: Option<&WheelFileName>, assumed: Option<PyVersion>) -> Option<PyVersion> {
    let claims = wheel.map(claims_of_wheel).unwrap_or_default();
    let floor = |abi| claims.iter().filter(|claim| claim.abi == abi).filter_map(|claim| claim.floor).min();
    floor(AbiTag::Abi3).or_else(|| floor(AbiTag::Abi3t)).or(match named {
        AbiTag::Abi3 => Some(assumed.unwrap_or(FIRST_ABI3)),
        AbiTag::Abi3t => Some(assumed.map_or(FIRST_ABI3T, |assumed| assumed.max(FIRST_ABI3T))),
        _ => assumed,
    })
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn version(text: &str) -> Option<PyVersion> {
        (!text.is_empty()).then(|| text.parse().unwrap())
    }

    #[rstest]
    #[case::wheel("cp39-abi3-win_amd64", AbiTag::None, "", "3.9")]
    #[case::the_wheel_before_the_user("cp39-abi3-win_amd64", AbiTag::None, "3.11", "3.9")]
    #[case::the_oldest("cp35.cp36.cp37-abi3-win_amd64", AbiTag::Abi3, "", "3.5")]
    #[case::universal("cp313-abi3.abi3t-win_amd64", AbiTag::None, "", "3.13")]
    #[case::free_threaded_alone("cp315-abi3t-win_amd64", AbiTag::Abi3t, "", "3.15")]
    #[case::another_tag("cp39-cp39-win_amd64", AbiTag::None, "", "")]
    #[case::another_tag_and_the_user("cp39-cp39-win_amd64", AbiTag::None, "3.9", "3.9")]
    #[case::another_tag_and_the_file_s("cp39-cp39-win_amd64", AbiTag::Abi3, "", "3.2")]
    fn baselines_in_wheels(
        #[case] tag: &str,
        #[case] named: AbiTag,
        #[case] assumed: &str,
        #[case] expected: &str,
    ) {
        let wheel: WheelFileName = format!("spam-1.0-{tag}.whl").parse().unwrap();
        assert_eq!(baseline(named, Some(&wheel), version(assumed)), version(expected));
    }

    #[rstest]
    #[case("spam-1.0-cp39-abi3-win_amd64.whl", true)]
    #[case("spam-1.0-cp315-abi3.abi3t-win_amd64.whl", true)]
    #[case("spam-1.0-cp39-cp39-win_amd64.whl", false)]
    #[case("spam-1.0-py3-none-any.whl", false)]
    #[case("spam-1.0-cp39.abi3.whl", false)]
    fn wheels_of_a_package(#[case] name: &str, #[case] is_asked: bool) {
        assert_eq!(claims_stable_abi(name), is_asked);
    }

    #[rstest]
    #[case(AbiTag::Abi3, "", "3.2")]
    #[case(AbiTag::Abi3, "3.9", "3.9")]
    #[case(AbiTag::Abi3t, "", "3.15")]
    #[case(AbiTag::Abi3t, "3.9", "3.15")]
    #[case(AbiTag::None, "3.9", "3.9")]
    #[case(AbiTag::None, "", "")]
    fn baselines_of_files(#[case] named: AbiTag, #[case] assumed: &str, #[case] expected: &str) {
        assert_eq!(baseline(named, None, version(assumed)), version(expected));
    }

    /// abi3audit's own test cases (`test_extract.py`), but for the pattern.
    #[rstest]
    #[case("foo.whl", "", "Wheel(\"foo.whl\")")]
    #[case("foo.abi3.so", "", "Object(\"foo.abi3.so\")")]
    #[case("foo.so", "3.2", "Object(\"foo.so\")")]
    #[case("foo.pyd", "3.2", "Object(\"foo.pyd\")")]
    #[case("foo", "", "Package(\"foo\")")]
    fn specs(#[case] text: &str, #[case] assumed: &str, #[case] expected: &str) {
        let specs = Spec::parse(text, version(assumed)).unwrap();
        assert_eq!(format!("{specs:?}"), format!("[{expected}]"));
    }

    #[test]
    fn a_file_without_a_version_is_refused() {
        assert!(matches!(Spec::parse("foo.so", None), Err(SpecError::NoMinimum)));
    }
}
