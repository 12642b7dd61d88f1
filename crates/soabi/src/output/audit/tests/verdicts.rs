//! The last line: a reader who sees nothing else decides rightly.

use rstest::rstest;
use soabi_core::{AbiTag, Severity};
use soabi_report::audit::{AuditReport, SubjectEntry, SubjectKind};

use super::super::overview::Overview;
use super::reports::{
    Fate, abis, broken_abi3, clean, environment, finding, from, glibc_too_new, missing, module, pure,
    release, report, requiring, unread, wheel,
};
use crate::output::page::Tone;
use crate::output::view::View;

fn verdict(report: &AuditReport) -> String {
    Overview::of(report, &View::default()).verdict().sentence
}

fn one(promised: &[AbiTag], fate: Fate<'_>) -> SubjectEntry {
    SubjectEntry {
        objects: vec![module("spam.abi3.so", None, fate)],
        ..wheel("spam-1.0-cp39-abi3-linux_x86_64.whl", promised)
    }
}

fn warned(mut subject: SubjectEntry) -> SubjectEntry {
    subject.findings.push(finding("symbol-capture", Severity::Warning, None, "captures", &[], "rename"));
    subject
}

fn cut(mut subject: SubjectEntry, tags: &[&str]) -> SubjectEntry {
    subject.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
    subject
}

#[rstest]
#[case::good(clean(), "Works in every Python its tags name: CPython 3.9 and later.")]
#[case::warned(
    warned(clean()),
    "Works in every Python its tags name: CPython 3.9 and later. But captures. 1 warning (symbol-capture)."
)]
#[case::broken(
    broken_abi3(),
    "Do not publish: the import fails in 6 of the 8 Pythons that its tags name: CPython 3.8 to 3.13. 1 error."
)]
#[case::another_error(
    glibc_too_new(),
    "Do not publish: `dl.cpython-312-x86_64-linux-gnu.so` needs glibc 2.34, and the wheel promises 2.17. 1 error."
)]
#[case::a_file_was_not_read(
    unread(),
    "Not fully judged: 1 file could not be read: half/broken.so. 1 warning (not-examined), 1 ignored."
)]
#[case::nothing_native(pure(), "Nothing native in it, so there is nothing to check.")]
#[case::missing(missing(), "Not judged: No such file or directory (os error 2).")]
#[case::broken_without_an_error(
    SubjectEntry { findings: Vec::new(), ..broken_abi3() },
    "Check before publishing: the import fails in 6 of the 8 Pythons that its tags name: CPython 3.8 to 3.13."
)]
#[case::luck(
    one(&from("cp313"), Fate { luck: &from("cp313"), ..Fate::default() }),
    "Check before publishing: nothing guarantees that it works in CPython 3.13 and later."
)]
#[case::not_known(
    one(&from("cp314"), Fate { accept: &abis("cp314"), unknown: &abis("cp315"), ..Fate::default() }),
    "It is not known whether it loads in CPython 3.15."
)]
#[case::not_in_the_tables(
    cut(one(&abis("cp315 cp399"), Fate { accept: &abis("cp315"), ..Fate::default() }), &["cp399-cp399-linux_x86_64"]),
    "Not judged for CPython 3.99: soabi's tables do not know it."
)]
#[case::names_no_python(
    one(&[], Fate { luck: &from("cp38"), ..Fate::default() }),
    "Its tags name no Python that could load its modules."
)]
fn of_one(#[case] subject: SubjectEntry, #[case] expected: &str) {
    assert_eq!(verdict(&report(vec![subject])), expected);
}

/// Nothing is called good where an interpreter that is promised was left out.
#[test]
fn of_selected_pythons() {
    let mut report = report(vec![clean()]);
    let keep: Vec<bool> = report.pythons.iter().map(|python| python.id == "cp313".parse().unwrap()).collect();
    let mut kept = keep.iter();
    report.pythons.retain(|_| *kept.next().unwrap());
    let mut kept = keep.iter();
    report.subjects[0].objects[0].predictions.retain(|_| *kept.next().unwrap());
    assert_eq!(
        verdict(&report),
        "Works in CPython 3.13: 1 of the 7 Pythons that its tags name; the others were not selected."
    );
}

#[test]
fn of_pythons_that_no_tag_names() {
    let mut report = report(vec![glibc_too_new()]);
    report.subjects[0].findings.clear();
    report.pythons.truncate(2);
    report.subjects[0].objects[0].predictions.truncate(2);
    assert_eq!(verdict(&report), "Not for the selected Pythons: its tags name CPython 3.12.");
}

/// A bare file.
#[test]
fn of_a_file() {
    let bare = |fate: Fate<'_>, promised: Vec<AbiTag>, computed| SubjectEntry {
        path: "_bcrypt.abi3.so".to_owned(),
        kind: SubjectKind::Object,
        tags: Vec::new(),
        objects: vec![module("_bcrypt.abi3.so", computed, fate)],
        promised,
        ..clean()
    };
    let stable = bare(Fate { luck: &from("cp38"), ..Fate::default() }, Vec::new(), Some((3, 9)));
    assert_eq!(
        verdict(&report(vec![stable])),
        "Nothing names the Pythons that it is for. By its symbols it needs Python 3.9 or later."
    );
    let refused = bare(Fate::default(), abis("cp312"), None);
    assert_eq!(
        verdict(&report(vec![refused])),
        "Check it: the import fails in every Python that its file name promises: CPython 3.12."
    );
}

#[test]
fn of_several() {
    let all = vec![clean(), broken_abi3(), glibc_too_new(), unread(), pure(), missing()];
    assert_eq!(
        verdict(&report(all)),
        "Do not publish 2 of 6 wheels: newsym 1.0, dl 1.0. Not fully judged: half 2.1, dist/missing.whl. \
         1 works in every Python that the tags name. 2 errors, 1 warning, 1 ignored."
    );
    assert_eq!(
        verdict(&report(environment())),
        "1 of 3 installed distributions does not work everywhere it is promised: dl 1.0. \
         1 works in every Python that the tags name. 1 error."
    );
    assert_eq!(
        verdict(&report(vec![clean(), clean()])),
        "All 2 wheels work in every Python that their tags name."
    );
    assert_eq!(
        verdict(&report(vec![
            clean(),
            warned(SubjectEntry { path: "eggs-2.0-cp39-abi3-linux_x86_64.whl".to_owned(), ..clean() }),
            pure()
        ])),
        "All 2 with extension modules work in every Python that their tags name; 1 has nothing that Python imports. \
         With warnings: eggs 2.0. 1 warning."
    );
    assert_eq!(
        verdict(&report(vec![pure(), pure()])),
        "Nothing native in 2 wheels, so there is nothing to check."
    );
}

/// The sentence says why the exit status is 1.
#[test]
fn findings_below_errors_can_fail_an_audit() {
    let mut report = report(vec![warned(clean())]);
    report.fail_on = Some(Severity::Warning);
    assert_eq!(
        verdict(&report),
        "Works in every Python its tags name: CPython 3.9 and later. But captures. 1 warning (symbol-capture). \
         Findings at the level `warning` fail this audit."
    );
}

/// A cross means that the exit status is not 0, and a tick that nothing is to be looked at.
#[rstest]
#[case::good(clean(), Tone::Good)]
#[case::warned(warned(clean()), Tone::Look)]
#[case::nothing_native(pure(), Tone::Good)]
#[case::nothing_native_and_warned(warned(pure()), Tone::Look)]
#[case::broken(broken_abi3(), Tone::Bad)]
#[case::not_read(unread(), Tone::Bad)]
#[case::not_known(
    one(&from("cp314"), Fate { accept: &abis("cp314"), unknown: &abis("cp315"), ..Fate::default() }),
    Tone::Look
)]
#[case::not_in_the_tables(
    one(&abis("cp315 cp399"), Fate { accept: &abis("cp315"), ..Fate::default() }),
    Tone::Look
)]
fn the_mark_goes_with_the_exit_status(#[case] subject: SubjectEntry, #[case] tone: Tone) {
    let report = report(vec![subject]);
    let verdict = Overview::of(&report, &View::default()).verdict();
    assert_eq!(verdict.kind.tone(), tone, "{}", verdict.sentence);
    assert_eq!(tone == Tone::Bad, report.fails() || report.summary.not_audited > 0);
}

/// What a release has lost, and what an index refuses, stands behind the verdict.
#[test]
fn of_a_release() {
    let mut report = release();
    let verdict = Overview::of(&report, &View::default()).verdict();
    assert_eq!(
        verdict.sentence,
        "spam 1.0 has lost wheels that spam 0.9 had: for CPython 3.11 on Windows amd64. All 2 wheels work in every Python \
         that their tags name. An index such as PyPI refuses 1 wheel: the version `1.0` is made up for this test."
    );
    assert_eq!(verdict.kind.tone(), Tone::Bad);
    report.releases[0].against = None;
    assert_eq!(Overview::of(&report, &View::default()).verdict().kind.tone(), Tone::Look);
}

/// What is required is answered first. What may load and what was not judged is not ready.
#[rstest]
#[case::ready(
    "cp313",
    vec![clean()],
    "bcrypt 5.0.0 is ready for CPython 3.13. Works in every Python its tags name: CPython 3.9 and later."
)]
#[case::below_the_floor(
    "cp38 cp39",
    vec![clean()],
    "bcrypt 5.0.0 is not ready for CPython 3.8: it must be rebuilt. \
     Works in every Python its tags name: CPython 3.9 and later."
)]
#[case::may_load(
    "cp313t",
    vec![one(&from("cp39"), Fate { accept: &from("cp39"), luck: &abis("cp313t"), ..Fate::default() })],
    "It is not known whether spam 1.0 is ready for CPython 3.13t. \
     Works in every Python its tags name: CPython 3.9 and later."
)]
#[case::not_known(
    "cp315",
    vec![one(&from("cp314"), Fate { accept: &abis("cp314"), unknown: &abis("cp315"), ..Fate::default() })],
    "It is not known whether spam 1.0 is ready for CPython 3.15. \
     It is not known whether it loads in CPython 3.15."
)]
#[case::an_error_of_another_python(
    "cp314",
    vec![broken_abi3()],
    "newsym 1.0 is ready for CPython 3.14. \
     Do not publish: the import fails in 6 of the 8 Pythons that its tags name: CPython 3.8 to 3.13. 1 error."
)]
#[case::an_error_of_every_python(
    "cp312",
    vec![glibc_too_new()],
    "dl 1.0 is not ready for CPython 3.12: it must be rebuilt. \
     Do not publish: `dl.cpython-312-x86_64-linux-gnu.so` needs glibc 2.34, and the wheel promises 2.17. 1 error."
)]
#[case::unread(
    "cp312",
    vec![unread()],
    "It is not known whether half 2.1 is ready for CPython 3.12. \
     Not fully judged: 1 file could not be read: half/broken.so. 1 warning (not-examined), 1 ignored."
)]
#[case::a_file(
    "cp313",
    vec![SubjectEntry {
        path: "/usr/lib/spam.so".to_owned(),
        kind: SubjectKind::Object,
        tags: Vec::new(),
        ..one(&abis("cp312"), Fate { accept: &abis("cp312"), ..Fate::default() })
    }],
    "spam.so is not ready for CPython 3.13: it must be rebuilt. \
     Works in every Python that its file name promises: CPython 3.12."
)]
#[case::nothing_native("cp313", vec![pure()], "Nothing native in it, so there is nothing to check.")]
#[case::several(
    "cp313",
    vec![clean(), SubjectEntry { findings: Vec::new(), ..glibc_too_new() }, pure()],
    "Not ready for CPython 3.13: 1 of 3 wheels must be rebuilt: dl 1.0. Ready: bcrypt 5.0.0. \
     1 has nothing that Python imports."
)]
#[case::several_ready(
    "cp312",
    vec![clean(), SubjectEntry { findings: Vec::new(), ..glibc_too_new() }],
    "Ready for CPython 3.12: bcrypt 5.0.0, dl 1.0."
)]
#[case::several_of_which_one_is_missing(
    "cp312",
    vec![clean(), missing()],
    "Not ready for CPython 3.12: Not known: dist/missing.whl. Ready: bcrypt 5.0.0. \
     Not fully judged: dist/missing.whl. 1 works in every Python that the tags name."
)]
fn of_a_requirement(#[case] required: &str, #[case] subjects: Vec<SubjectEntry>, #[case] expected: &str) {
    let report = requiring(required, report(subjects));
    assert_eq!(verdict(&report), expected);
}

/// Tags without a module behind them add no columns.
#[test]
fn pure_wheels_have_no_columns() {
    let pypy = "pypy311_pp73".parse().unwrap();
    let pure = |promised: &[AbiTag]| SubjectEntry { promised: [promised, &[pypy]].concat(), ..pure() };
    let columns = |subjects: Vec<SubjectEntry>| -> Vec<String> {
        let report = report(subjects);
        let overview = Overview::of(&report, &View::default());
        overview.columns.iter().map(|&column| report.pythons[column].id.to_string()).collect()
    };
    let relevant =
        ["cp39", "cp310", "cp311", "cp312", "cp313", "cp313t", "cp314", "cp314t", "cp315", "cp315t"];
    assert_eq!(columns(vec![clean(), pure(&from("cp38"))]), relevant);
    let for_pypy = SubjectEntry { promised: vec![pypy], ..clean() };
    assert_eq!(columns(vec![clean(), for_pypy]), [&relevant[..], &["pypy311_pp73"]].concat());
}
