//! `soabi/audit/v1`: what `soabi audit` found.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use soabi_core::{AbiTag, Finding, Prediction, PyVersion, Severity};

use crate::definition::{BuiltWith, Definition};
use crate::release::ReleaseEntry;

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/audit/v1";

/// One audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct AuditReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the tables: two reports with the same id were judged by the same facts.
    pub tables: String,
    /// The least severity that makes the audit fail. `None` when no finding does.
    pub fail_on: Option<Severity>,
    /// The interpreters that predictions are made for, oldest first.
    pub pythons: Vec<PythonEntry>,
    /// Those of them that are required to load everything that was audited, oldest first.
    #[serde(default)]
    pub required: Vec<AbiTag>,
    /// What was audited, in the order of the command line; what was found in folders by path.
    pub subjects: Vec<SubjectEntry>,
    /// What was passed over: source distributions and what belongs to other files.
    #[serde(default)]
    pub skipped: Vec<SkippedEntry>,
    /// The releases that the wheels among the subjects are.
    #[serde(default)]
    pub releases: Vec<ReleaseEntry>,
    /// The subjects counted.
    pub summary: Summary,
}

/// A file that was passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SkippedEntry {
    /// Its path.
    pub path: String,
    /// What it is: `source distribution`.
    pub what: String,
}

/// An interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PythonEntry {
    /// Its ABI.
    pub id: AbiTag,
    /// The releases that speak for it: `3.13.0` and `3.13.18`. Empty when nobody looked at any.
    pub releases: Vec<String>,
    /// The executable, for an interpreter whose own exports were read. `None` for one of the tables.
    pub path: Option<String>,
}

/// What a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A wheel.
    Wheel,
    /// A native file by itself.
    Object,
    /// An installed distribution, by the path of its `.dist-info`, with its files as its wheel named them; or
    /// the other native files of a folder.
    Directory,
}

impl SubjectKind {
    /// The kind's name in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Wheel => "wheel",
            Self::Object => "object",
            Self::Directory => "directory",
        }
    }
}

/// A wheel, a file or a folder, and what was found in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SubjectEntry {
    /// Its path, as the user wrote it or the search came upon it.
    pub path: String,
    /// What it is.
    pub kind: SubjectKind,
    /// The tags of a wheel's name, compressed sets as they are written; of an installed one the sorted sets.
    pub tags: Vec<String>,
    /// The interpreters that the tags name, oldest first, whether predictions are made for them or not. Of files that
    /// lie in no wheel, those that their own names promise.
    #[serde(default)]
    pub promised: Vec<AbiTag>,
    /// The lowest platform tag that would be true for the files of a wheel. `None` for what is no wheel, and where there
    /// are no levels: on Windows, Android and iOS.
    #[serde(default)]
    pub platform: Option<PlatformEntry>,
    /// Its native files; of a universal file each slice.
    pub objects: Vec<ObjectEntry>,
    /// What is wrong, the worst first.
    pub findings: Vec<FindingEntry>,
    /// What would be among the findings if the user had not said why it is not.
    pub ignored: Vec<IgnoredEntry>,
    /// What could not be audited.
    pub errors: Vec<ErrorEntry>,
}

/// The lowest platform tag that is true for all files of a wheel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PlatformEntry {
    /// The tag: `manylinux_2_17_x86_64`, `macosx_11_0_arm64`; `linux_x86_64` where no level of manylinux is true.
    pub tag: String,
    /// What keeps the files from the next lower level: 64 at most.
    pub blockers: Vec<BlockerEntry>,
    /// How many blockers are left out.
    #[serde(default)]
    pub more: usize,
}

/// Something that a level of a platform does not allow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockerEntry {
    /// The level that does not allow it: `manylinux_2_12`.
    pub level: String,
    /// The member that needs it.
    pub object: String,
    /// The symbol, the library or the version of the system: `memcpy@GLIBC_2.14`, `libgomp.so.1`, `macOS 11.0`.
    pub needs: String,
}

/// A native file, or a slice of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ObjectEntry {
    /// Its path inside the subject. `None` for a file that is the subject.
    pub member: Option<String>,
    /// The module that its name is for.
    pub module: String,
    /// `elf`, `macho` or `pe`.
    pub format: String,
    /// The machine: `x86_64`.
    pub arch: String,
    /// Whether Python imports it. A plain shared library has no predictions.
    pub extension: bool,
    /// The init symbols that it exports.
    pub init: Vec<String>,
    /// The ABI that its name claims; `none` when it claims none.
    pub abi: AbiTag,
    /// The first version that a stable ABI is claimed for, by its name and its wheel's.
    pub baseline: Option<PyVersion>,
    /// The first version whose stable ABI has all that it imports.
    pub computed: Option<PyVersion>,
    /// The module definitions that its init functions give the interpreter, read out of the code. More than one for an
    /// init function that chooses at run time.
    #[serde(default)]
    pub definitions: Vec<Definition>,
    /// The headers and tools that it was built with. `None` for a file that is no extension module.
    #[serde(default)]
    pub built_with: Option<BuiltWith>,
    /// What each interpreter will do with it, in the order of [`AuditReport::pythons`].
    pub predictions: Vec<Prediction>,
}

/// A finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FindingEntry {
    /// The rule's id.
    pub rule: String,
    /// How bad it is.
    pub severity: Severity,
    /// The member of the subject. `None` for a finding about the subject as a whole.
    pub object: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What proves it: lists of names under a word that says what they are, 64 of each at most.
    pub evidence: BTreeMap<String, Vec<String>>,
    /// How many names of a list are left out. Lists that are whole have no entry.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub more: BTreeMap<String, usize>,
    /// What to do about it.
    pub help: Option<String>,
}

impl From<Finding> for FindingEntry {
    fn from(finding: Finding) -> Self {
        let Finding { rule, severity, object, message, evidence, more, help } = finding;
        let evidence = evidence.into_iter().map(|(what, list)| (what.to_owned(), list)).collect();
        let more = more.into_iter().map(|(what, number)| (what.to_owned(), number)).collect();
        Self { rule: rule.to_owned(), severity, object, message, evidence, more, help }
    }
}

/// A finding that the user does not want to hear of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IgnoredEntry {
    /// The finding.
    #[serde(flatten)]
    pub finding: FindingEntry,
    /// Why it is ignored.
    pub reason: String,
}

/// Something that could not be audited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ErrorEntry {
    /// The member of the subject. `None` for the subject as a whole.
    pub object: Option<String>,
    /// Why.
    pub message: String,
    /// The finding of the subject that reports the same, by its index. `None` when no rule reports it.
    #[serde(default)]
    pub finding: Option<usize>,
}

impl SubjectEntry {
    /// The errors that no finding reports.
    pub fn unreported_errors(&self) -> impl Iterator<Item = &ErrorEntry> {
        self.errors.iter().filter(|error| error.finding.is_none())
    }
}

/// The subjects of a report, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// Wheels, files and folders.
    pub subjects: usize,
    /// Native files; of a universal file each slice.
    pub objects: usize,
    /// Those of them that Python imports.
    pub extensions: usize,
    /// Findings that are errors.
    pub errors: usize,
    /// Findings that are warnings.
    pub warnings: usize,
    /// Findings that are notes.
    pub notes: usize,
    /// Findings that are ignored.
    pub ignored: usize,
    /// What could not be audited.
    pub not_audited: usize,
}

impl Summary {
    /// Counts `subjects`.
    pub fn of(subjects: &[SubjectEntry]) -> Self {
        let mut summary = Self { subjects: subjects.len(), ..Self::default() };
        for subject in subjects {
            summary.objects += subject.objects.len();
            summary.extensions += subject.objects.iter().filter(|object| object.extension).count();
            summary.ignored += subject.ignored.len();
            summary.not_audited += subject.errors.len();
            for finding in &subject.findings {
                match finding.severity {
                    Severity::Error => summary.errors += 1,
                    Severity::Warning => summary.warnings += 1,
                    Severity::Note => summary.notes += 1,
                }
            }
        }
        summary
    }
}

impl AuditReport {
    /// Whether a release has no wheel for something that the one it is compared with has one for.
    pub fn has_lost_wheels(&self) -> bool {
        self.releases.iter().any(ReleaseEntry::has_lost)
    }

    /// Whether a finding is as bad as the user said is too bad.
    pub fn fails(&self) -> bool {
        let findings = || self.subjects.iter().flat_map(|subject| &subject.findings);
        self.fail_on.is_some_and(|least| findings().any(|finding| finding.severity >= least))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn report(severity: Severity, fail_on: Option<Severity>) -> AuditReport {
        let finding = Finding {
            rule: "untagged-suffix",
            severity,
            object: None,
            message: "spam".to_owned(),
            evidence: BTreeMap::new(),
            more: BTreeMap::new(),
            help: None,
        };
        let subject = SubjectEntry {
            path: "spam.so".to_owned(),
            kind: SubjectKind::Object,
            tags: Vec::new(),
            promised: Vec::new(),
            platform: None,
            objects: Vec::new(),
            findings: vec![finding.into()],
            ignored: Vec::new(),
            errors: Vec::new(),
        };
        let subjects = vec![subject];
        AuditReport {
            schema: SCHEMA.to_owned(),
            version: "0".to_owned(),
            tables: "0".to_owned(),
            fail_on,
            pythons: Vec::new(),
            required: Vec::new(),
            skipped: Vec::new(),
            releases: Vec::new(),
            summary: Summary::of(&subjects),
            subjects,
        }
    }

    #[rstest]
    #[case(Severity::Error, Some(Severity::Error), true)]
    #[case(Severity::Warning, Some(Severity::Error), false)]
    #[case(Severity::Warning, Some(Severity::Warning), true)]
    #[case(Severity::Note, Some(Severity::Warning), false)]
    #[case(Severity::Note, Some(Severity::Note), true)]
    #[case(Severity::Error, None, false)]
    fn too_bad(#[case] severity: Severity, #[case] fail_on: Option<Severity>, #[case] fails: bool) {
        assert_eq!(report(severity, fail_on).fails(), fails);
    }

    /// An ignored finding is a finding with a reason, field by field.
    #[test]
    fn ignored_findings_are_flat() {
        let finding = report(Severity::Note, None).subjects.remove(0).findings.remove(0);
        let ignored = IgnoredEntry { finding, reason: "on purpose".to_owned() };
        let json = serde_json::to_value(&ignored).unwrap();
        assert_eq!((&json["rule"], &json["reason"]), (&"untagged-suffix".into(), &"on purpose".into()));
        assert_eq!(serde_json::from_value::<IgnoredEntry>(json).unwrap(), ignored);
    }
}
