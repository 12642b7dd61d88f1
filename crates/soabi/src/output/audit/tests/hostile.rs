//! Reports full of hostile text, in every format.

use proptest::prelude::*;
use soabi_core::Severity;
use soabi_core::foreign::is_shown;
use soabi_report::audit::{
    AuditReport, BlockerEntry, IgnoredEntry, PlatformEntry, SkippedEntry, SubjectEntry, SubjectKind,
};

use super::reports::{Fate, abis, error, finding, module, release, report, wheel};
use crate::output::audit::FORMATS;
use crate::output::view::{Columns, View};

/// A report with `text` wherever a file, a wheel, or an interpreter could put it.
fn full_of(text: &str, kind: SubjectKind) -> AuditReport {
    let promised = abis("cp312");
    let evil = |severity: Severity| {
        finding(
            "undefined-symbol",
            severity,
            Some(text),
            text,
            &[("symbols", &[text, text]), (text, &[text])],
            text,
        )
    };
    let mut extension = module(text, None, Fate { lack: (&promised, text), ..Fate::default() });
    extension.module = text.to_owned();
    let subject = SubjectEntry {
        path: text.to_owned(),
        kind,
        tags: vec![text.to_owned(), text.to_owned()],
        platform: Some(PlatformEntry {
            tag: text.to_owned(),
            blockers: vec![BlockerEntry {
                level: text.to_owned(),
                object: text.to_owned(),
                needs: text.to_owned(),
            }],
            more: 1,
        }),
        objects: vec![extension],
        findings: vec![evil(Severity::Error), evil(Severity::Warning), evil(Severity::Note)],
        ignored: vec![IgnoredEntry { finding: evil(Severity::Warning), reason: text.to_owned() }],
        errors: vec![error(Some(text), text, None), error(None, text, None)],
        ..wheel("spam-1.0-cp312-cp312-linux_x86_64.whl", &promised)
    };
    let mut report = report(vec![subject.clone(), subject]);
    report.pythons[0].path = Some(text.to_owned());
    report.required = abis("cp313");
    report.skipped = vec![SkippedEntry { path: text.to_owned(), what: text.to_owned() }];
    report.releases = release().releases;
    let release = &mut report.releases[0];
    [&mut release.project, &mut release.version, &mut release.wheels[0], &mut release.sdists[0]]
        .into_iter()
        .chain(&mut release.requires_python)
        .chain(
            release
                .obstacles
                .iter_mut()
                .flat_map(|obstacle| [&mut obstacle.wheel, &mut obstacle.message, &mut obstacle.help]),
        )
        .for_each(|place| text.clone_into(place));
    let against = release.against.iter_mut();
    against
        .flat_map(|against| against.versions.iter_mut().chain(&mut against.wheels))
        .for_each(|place| text.clone_into(place));
    report
}

/// Checks that nothing in `text`, the output of `format`, is harmful. The commands of the format `github` are soabi's
/// own; what is in them is not.
fn check(format: &str, text: &str) {
    for line in anstream::adapter::strip_str(text).to_string().lines() {
        assert!(line.chars().all(is_shown), "{format}: {line:?}");
        let is_json = matches!(format, "json" | "sarif");
        let foreign = match line.strip_prefix("::").filter(|_| format == "github") {
            Some(command) => command.replacen("::", "", 1),
            // Headings of Markdown.
            None => line.trim_start_matches('#').to_owned(),
        };
        assert!(!foreign.contains("##"), "{format}: {line:?}");
        assert!(!foreign.trim_start().starts_with("::"), "{format}: {line:?}");
        assert!(is_json || !foreign.contains("::"), "{format}: {line:?}");
    }
}

fn check_all(text: &str) {
    for kind in [SubjectKind::Wheel, SubjectKind::Directory, SubjectKind::Object] {
        let report = full_of(text, kind);
        for (verbosity, width) in [(0, 80), (2, 200)] {
            let view = View { verbosity, width, columns: Columns::All, ..View::default() };
            for format in FORMATS {
                let mut bytes = Vec::new();
                format.render(&report, &view, &mut bytes).unwrap();
                check(format.name(), &String::from_utf8(bytes).unwrap());
            }
        }
    }
}

/// Text that means something to a terminal or to a CI service.
const EVIL: &[&str] = &[
    "a\n::error file=x,line=1::INJECTED\n",
    "::set-output name=a::b",
    "   ::stop-commands::tok",
    "x ##[error]y",
    "##vso[task.setvariable variable=x]y",
    "##teamcity[buildProblem]",
    "\x1b]0;OWNED\x07\x1b[2J",
    "\u{9b}31m\u{85}\u{7f}",
    "\u{202e}gnp.so\u{2066}\u{200b}\u{2028}\u{feff}",
    "\x1b[0Ksection_start:1:x\r\x1b[0K",
    "`|<script>]]>&amp;--><!--",
    ": ::a:: :",
    "",
];

/// Without scripts a square of the page is a link, and its evidence is where the link leads.
#[test]
fn squares_of_the_page_lead_to_their_evidence() {
    let one = full_of("spam", SubjectKind::Wheel);
    let alone = AuditReport { subjects: one.subjects[..1].to_vec(), ..one.clone() };
    for report in [one, alone] {
        let format = FORMATS.iter().find(|format| format.name() == "html").unwrap();
        let mut bytes = Vec::new();
        format.render(&report, &View::default(), &mut bytes).unwrap();
        let page = String::from_utf8(bytes).unwrap();
        let targets: Vec<&str> =
            page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
        assert!(targets.len() > 8, "{page}");
        for target in targets {
            assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
        }
    }
}

#[test]
fn known_attacks() {
    for text in EVIL {
        check_all(text);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]
    #[test]
    fn any_text(pieces in prop::collection::vec(prop_oneof![prop::sample::select(EVIL).prop_map(str::to_owned), any::<String>(), "[:# \\n\\r]{0,6}"], 0..5)) {
        check_all(&pieces.concat());
    }
}
