//! Small reports, made by hand.

use std::collections::BTreeMap;

use soabi_core::{AbiTag, Gate, Prediction, PredictionKind, PyVersion, Severity};
use soabi_report::audit::{
    AuditReport, ErrorEntry, FindingEntry, IgnoredEntry, ObjectEntry, PythonEntry, SCHEMA, SkippedEntry,
    SubjectEntry, SubjectKind, Summary,
};
use soabi_report::release::{
    AgainstEntry, ChoiceEntry, GapEntry, ObstacleEntry, ReleaseEntry, SystemEntry, SystemsEntry,
};

/// The interpreters of every report here.
const PYTHONS: &str =
    "cp27mu cp38 cp39 cp310 cp311 cp312 cp313 cp313d cp313t cp314 cp314t cp315 cp315t pypy311_pp73";

pub(super) fn abis(text: &str) -> Vec<AbiTag> {
    text.split_whitespace().map(|abi| abi.parse().unwrap()).collect()
}

/// CPython with the GIL from `first` on.
pub(super) fn from(first: &str) -> Vec<AbiTag> {
    let first: AbiTag = first.parse().unwrap();
    let is_later = |abi: &AbiTag| {
        *abi >= first && matches!(abi, AbiTag::Cpython(abi) if !abi.debug && !abi.free_threaded)
    };
    abis(PYTHONS).into_iter().filter(is_later).collect()
}

pub(super) fn report(subjects: Vec<SubjectEntry>) -> AuditReport {
    let python = |id: AbiTag| PythonEntry { id, releases: vec!["3.0.0".to_owned()], path: None };
    AuditReport {
        schema: SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        tables: "0123456789ab".to_owned(),
        fail_on: Some(Severity::Error),
        pythons: abis(PYTHONS).into_iter().map(python).collect(),
        required: Vec::new(),
        skipped: Vec::new(),
        releases: Vec::new(),
        summary: Summary::of(&subjects),
        subjects,
    }
}

/// The same with a requirement.
pub(super) fn requiring(required: &str, report: AuditReport) -> AuditReport {
    AuditReport { required: abis(required), ..report }
}

/// A wheel that promises itself to `promised`.
pub(super) fn wheel(name: &str, promised: &[AbiTag]) -> SubjectEntry {
    let stem = name.trim_end_matches(".whl");
    SubjectEntry {
        path: format!("dist/{name}"),
        kind: SubjectKind::Wheel,
        tags: vec![stem.splitn(3, '-').nth(2).unwrap_or_default().to_owned()],
        promised: promised.to_vec(),
        platform: None,
        objects: Vec::new(),
        findings: Vec::new(),
        ignored: Vec::new(),
        errors: Vec::new(),
    }
}

/// What interpreters do with a module: these accept it, these lack symbols, the others do not find it.
#[derive(Clone, Copy, Default)]
pub(super) struct Fate<'a> {
    pub(super) accept: &'a [AbiTag],
    pub(super) lack: (&'a [AbiTag], &'a str),
    pub(super) luck: &'a [AbiTag],
    pub(super) unknown: &'a [AbiTag],
}

pub(super) fn module(member: &str, computed: Option<(u8, u8)>, fate: Fate<'_>) -> ObjectEntry {
    let prediction = |python: AbiTag| {
        let (expect, gate, missing, why) = match python {
            _ if fate.accept.contains(&python) => (PredictionKind::Accept, None, None, "promised".to_owned()),
            _ if fate.lack.0.contains(&python) => {
                let why = format!("{python} does not export `{}`", fate.lack.1);
                (PredictionKind::Refuse, Some(Gate::Symbols), Some(fate.lack.1.to_owned()), why)
            }
            _ if fate.luck.contains(&python) => {
                (PredictionKind::Luck, None, None, "nothing says what the file was built for".to_owned())
            }
            _ if fate.unknown.contains(&python) => {
                (PredictionKind::Unknown, None, None, format!("the tables do not know {python}"))
            }
            _ => {
                let why = format!("{python} does not search for `{member}`");
                (PredictionKind::Refuse, Some(Gate::Name), None, why)
            }
        };
        Prediction {
            python,
            expect,
            gate,
            missing: missing.into_iter().collect(),
            missing_more: 0,
            by_path: expect,
            by_path_gate: gate,
            outcome: None,
            by_path_outcome: None,
            gil: None,
            subinterpreters: None,
            why,
        }
    };
    ObjectEntry {
        member: Some(member.to_owned()),
        module: member.rsplit('/').next().unwrap().split('.').next().unwrap().to_owned(),
        format: "elf".to_owned(),
        arch: "x86_64".to_owned(),
        extension: true,
        init: vec!["PyInit_x".to_owned()],
        abi: AbiTag::Abi3,
        baseline: None,
        computed: computed.map(|(major, minor)| PyVersion::new(major, minor)),
        definitions: Vec::new(),
        built_with: None,
        predictions: abis(PYTHONS).into_iter().map(prediction).collect(),
    }
}

pub(super) fn finding(
    rule: &str,
    severity: Severity,
    object: Option<&str>,
    message: &str,
    evidence: &[(&str, &[&str])],
    help: &str,
) -> FindingEntry {
    let list = |list: &[&str]| list.iter().map(|&name| name.to_owned()).collect();
    FindingEntry {
        rule: rule.to_owned(),
        severity,
        object: object.map(str::to_owned),
        message: message.to_owned(),
        evidence: evidence
            .iter()
            .map(|(what, names)| ((*what).to_owned(), list(names)))
            .collect::<BTreeMap<_, _>>(),
        more: BTreeMap::new(),
        help: Some(help.to_owned()),
    }
}

pub(super) fn error(object: Option<&str>, message: &str, finding: Option<usize>) -> ErrorEntry {
    ErrorEntry { object: object.map(str::to_owned), message: message.to_owned(), finding }
}

/// A good wheel.
pub(super) fn clean() -> SubjectEntry {
    let promised = from("cp39");
    let fate = Fate { accept: &promised, ..Fate::default() };
    SubjectEntry {
        objects: vec![module("bcrypt/_bcrypt.abi3.so", Some((3, 9)), fate)],
        ..wheel("bcrypt-5.0.0-cp39-abi3-manylinux_2_28_x86_64.whl", &promised)
    }
}

/// A wheel whose module needs a newer Python than the tags name.
pub(super) fn broken_abi3() -> SubjectEntry {
    let promised = from("cp38");
    let (old, new) = (abis("cp38 cp39 cp310 cp311 cp312 cp313"), from("cp314"));
    let fate = Fate { accept: &new, lack: (&old, "PyType_Freeze"), ..Fate::default() };
    let lacking = ["cp38", "cp39", "cp310", "cp311", "cp312", "cp313"];
    SubjectEntry {
        objects: vec![module("newsym/inl.abi3.so", Some((3, 14)), fate)],
        findings: vec![finding(
            "abi3-version-too-low",
            Severity::Error,
            Some("newsym/inl.abi3.so"),
            "claims abi3 from 3.8 on, but imports names that joined it later, up to 3.14; missing in cp38 to cp313",
            &[("symbols", &["PyType_Freeze (3.14)"]), ("pythons", &lacking)],
            "compile with -DPy_LIMITED_API=0x03080000 to find the uses, or tag the wheel cp314-abi3",
        )],
        ..wheel("newsym-1.0-cp38-abi3-manylinux_2_36_x86_64.whl", &promised)
    }
}

/// A wheel that every Python of its tags loads, where the system's glibc is new enough.
pub(super) fn glibc_too_new() -> SubjectEntry {
    let promised = abis("cp312");
    let fate = Fate { accept: &promised, ..Fate::default() };
    let member = "dl/dl.cpython-312-x86_64-linux-gnu.so";
    SubjectEntry {
        objects: vec![module(member, None, fate)],
        findings: vec![finding(
            "glibc-too-new",
            Severity::Error,
            Some(member),
            "needs glibc 2.34, and the wheel promises 2.17",
            &[("symbols", &["dlopen@GLIBC_2.34"])],
            "build in a manylinux image for glibc 2.17, or let auditwheel choose the tag",
        )],
        ..wheel("dl-1.0-cp312-cp312-manylinux_2_17_x86_64.whl", &promised)
    }
}

/// A wheel with a file that could not be read, a note, and an ignored finding.
pub(super) fn unread() -> SubjectEntry {
    let promised = abis("cp312");
    let fate = Fate { accept: &promised, ..Fate::default() };
    let reason = "ELF header at offset 0x0: Invalid ELF header size or alignment";
    let not_examined = finding(
        "not-examined",
        Severity::Warning,
        Some("half/broken.so"),
        &format!("not examined: {reason}"),
        &[],
        "rebuild or remove the file",
    );
    let ignored =
        finding("untagged-suffix", Severity::Warning, Some("half/x.so"), "`.so` has no tag", &[], "add one");
    SubjectEntry {
        objects: vec![module("half/_half.cpython-312-x86_64-linux-gnu.so", None, fate)],
        findings: vec![
            not_examined,
            finding("private-import", Severity::Note, None, "uses a private function", &[], "do not"),
        ],
        ignored: vec![IgnoredEntry { finding: ignored, reason: "opened with ctypes".to_owned() }],
        errors: vec![error(Some("half/broken.so"), reason, Some(0))],
        ..wheel("half-2.1-cp312-cp312-manylinux_2_17_x86_64.whl", &promised)
    }
}

/// A wheel without native files.
pub(super) fn pure() -> SubjectEntry {
    wheel("requests-2.32.5-py3-none-any.whl", &from("cp38"))
}

/// An input that is missing.
pub(super) fn missing() -> SubjectEntry {
    SubjectEntry {
        errors: vec![error(None, "No such file or directory (os error 2)", None)],
        tags: Vec::new(),
        promised: Vec::new(),
        ..wheel("missing.whl", &[])
    }
}

/// Two wheels and a source distribution of one release, compared with an earlier one.
pub(super) fn release() -> AuditReport {
    let (abi3, own) = (from("cp39"), abis("cp312"));
    let [first, second] = [
        ("spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl", &abi3),
        ("spam-1.0-cp312-cp312-win_amd64.whl", &own),
    ]
    .map(|(name, promised)| {
        let fate = Fate { accept: promised, ..Fate::default() };
        SubjectEntry { objects: vec![module("spam.abi3.so", None, fate)], ..wheel(name, promised) }
    });
    let pythons = abis("cp39 cp310 cp311 cp312 cp313 cp314 cp315 cp313t cp314t cp315t");
    let system = |family: &str, words: &str, wheel: &SubjectEntry, tag: &str| SystemEntry {
        systems: systems(family, words),
        choices: pythons
            .iter()
            .map(|python| {
                let takes = wheel.promised.contains(python);
                ChoiceEntry {
                    python: *python,
                    wheel: takes.then(|| wheel.path.clone()),
                    tag: takes.then(|| tag.to_owned()),
                    excluded: python.to_string() == "cp39",
                }
            })
            .collect(),
    };
    let entry = ReleaseEntry {
        project: "spam".to_owned(),
        version: "1.0".to_owned(),
        wheels: vec![first.path.clone(), second.path.clone()],
        fetched: false,
        sdists: vec!["dist/spam-1.0.tar.gz".to_owned()],
        requires_python: vec![">=3.10".to_owned()],
        systems: vec![
            system("glibc", "Linux x86_64, glibc 2.17 and later", &first, "cp39-abi3-manylinux_2_17_x86_64"),
            system("windows", "Windows amd64", &second, "cp312-cp312-win_amd64"),
        ],
        gaps: vec![GapEntry {
            systems: systems("windows", "Windows amd64"),
            pythons: abis("cp310 cp311 cp313 cp314 cp315"),
        }],
        obstacles: vec![ObstacleEntry {
            wheel: second.path.clone(),
            message: "the version `1.0` is made up for this test".to_owned(),
            help: "choose another one".to_owned(),
        }],
        against: Some(AgainstEntry {
            fetched: false,
            versions: vec!["0.9".to_owned()],
            wheels: vec!["spam-0.9-cp311-cp311-win_amd64.whl".to_owned()],
            lost: vec![GapEntry { systems: systems("windows", "Windows amd64"), pythons: abis("cp311") }],
            dropped: Vec::new(),
        }),
    };
    let skipped =
        SkippedEntry { path: "dist/spam-1.0.tar.gz".to_owned(), what: "source distribution".to_owned() };
    AuditReport { releases: vec![entry], skipped: vec![skipped], ..report(vec![first, second]) }
}

fn systems(family: &str, words: &str) -> SystemsEntry {
    SystemsEntry {
        family: family.to_owned(),
        arch: "x86_64".to_owned(),
        since: None,
        below: None,
        words: words.to_owned(),
    }
}

/// The distributions of an environment of Python 3.12.
pub(super) fn environment() -> Vec<SubjectEntry> {
    let installed = |entry: SubjectEntry, name: &str| SubjectEntry {
        path: format!(".venv/lib/python3.12/site-packages/{name}.dist-info"),
        kind: SubjectKind::Directory,
        ..entry
    };
    vec![
        installed(clean(), "bcrypt-5.0.0"),
        installed(glibc_too_new(), "dl-1.0"),
        installed(pure(), "requests-2.32.5"),
    ]
}
