//! The format for people at several widths, with and without colors and UTF-8.

use insta::assert_snapshot;
use rstest::{Context, rstest};
use soabi_report::audit::{AuditReport, SubjectEntry};

use super::reports::{
    broken_abi3, clean, environment, glibc_too_new, missing, pure, release, report, requiring, unread,
};
use crate::output::format::Format;
use crate::output::view::View;

fn rendered(report: &AuditReport, view: &View) -> String {
    let mut bytes = Vec::new();
    super::super::human::Human.render(report, view, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plain(report: &AuditReport, view: &View) -> String {
    anstream::adapter::strip_str(&rendered(report, view)).to_string()
}

/// Whether `text` has these words, however it is wrapped.
fn has(text: &str, words: &str) -> bool {
    text.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
}

#[rstest]
#[case::clean("", vec![clean()])]
#[case::broken_abi3("", vec![broken_abi3()])]
#[case::glibc_too_new("", vec![glibc_too_new()])]
#[case::unread("", vec![unread()])]
#[case::pure("", vec![pure()])]
#[case::wheels("", vec![clean(), broken_abi3(), glibc_too_new(), unread(), pure(), missing()])]
#[case::environment("", environment())]
#[case::ready("cp313", vec![clean()])]
#[case::not_ready("cp313 cp313t", vec![clean()])]
#[case::environment_not_ready("cp313", environment())]
fn screens(#[context] context: Context, #[case] required: &str, #[case] subjects: Vec<SubjectEntry>) {
    let name = context.description.unwrap();
    check(name, &requiring(required, report(subjects)));
}

#[test]
fn screens_of_a_release() {
    check("release", &release());
}

fn check(name: &str, report: &AuditReport) {
    let mut screens = String::new();
    let mut screen = |title: &str, text: &str| screens += &["=== ", title, "\n", text].concat();
    for width in [80, 100, 160] {
        let view = View { width, ..View::default() };
        let text = plain(report, &view);
        for line in text.lines() {
            assert!(textwrap::core::display_width(line) <= width, "{width}: {line}");
        }
        screen(&format!("{width} columns"), &text);
    }
    screen("without UTF-8", &plain(report, &View { unicode: false, ..View::default() }));
    screen("everything (-vv)", &plain(report, &View { verbosity: 2, ..View::default() }));
    screen("colors", &rendered(report, &View::default()).replace('\u{1b}', "^"));
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/snapshots");
    insta::with_settings!({ snapshot_path => snapshots, prepend_module_to_snapshot => false, omit_expression => true }, {
        assert_snapshot!(format!("screen-audit-{name}"), screens);
    });
}

/// A line for each finding, in this order: rules, what is required, what was not read, releases.
#[test]
fn concise() {
    let text = |report: &AuditReport| {
        let mut bytes = Vec::new();
        super::super::concise::Concise.render(report, &View::default(), &mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    let report = requiring("cp313", report(vec![broken_abi3(), unread(), missing(), clean()]));
    let expected = [
        "dist/newsym-1.0-cp38-abi3-manylinux_2_36_x86_64.whl: error[abi3-version-too-low] newsym/inl.abi3.so: claims abi3 \
         from 3.8 on, but imports names that joined it later, up to 3.14; missing in cp38 to cp313",
        "dist/newsym-1.0-cp38-abi3-manylinux_2_36_x86_64.whl: error[cannot-load] newsym 1.0: must be rebuilt for CPython \
         3.13: 3.13: undefined symbol: PyType_Freeze",
        "dist/half-2.1-cp312-cp312-manylinux_2_17_x86_64.whl: warning[not-examined] half/broken.so: not examined: ELF \
         header at offset 0x0: Invalid ELF header size or alignment",
        "dist/half-2.1-cp312-cp312-manylinux_2_17_x86_64.whl: error[cannot-load] half 2.1: must be rebuilt for CPython \
         3.13: 3.13: does not look for a file named _half.cpython-312-x86_64-linux-gnu.so",
        "dist/missing.whl: error[cannot-load] dist/missing.whl: not known to be ready for CPython 3.13",
        "dist/missing.whl: error[not-audited] No such file or directory (os error 2)",
    ];
    assert_eq!(text(&report).lines().collect::<Vec<_>>(), expected);
    let expected = [
        "dist/spam-1.0-cp39-abi3-manylinux_2_17_x86_64.whl: error[lost-wheel] no wheel for CPython 3.11 on Windows amd64, \
         which spam 0.9 had",
        "dist/spam-1.0-cp312-cp312-win_amd64.whl: warning[upload-obstacle] the version `1.0` is made up for this test; \
         choose another one",
    ];
    assert_eq!(text(&release()).lines().collect::<Vec<_>>(), expected);
}

/// Without colors, and without UTF-8, the same is said.
#[test]
fn marks_do_not_need_colors() {
    let text = plain(&report(vec![broken_abi3()]), &View { unicode: false, ..View::default() });
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("X promised, but fails to load"), "{text}");
}

/// Long evidence is counted, and -v prints more of it.
#[test]
fn evidence_is_bounded() {
    let mut subject = broken_abi3();
    let names: Vec<String> = (0..200_000).map(|number| format!("Py_name_{number}")).collect();
    subject.findings[0].evidence.insert("symbols".to_owned(), names);
    let report = report(vec![subject]);
    let text = plain(&report, &View::default());
    assert!(text.len() < 4_000 && has(&text, "and 199994 more"), "{} bytes", text.len());
    let verbose = plain(&report, &View { verbosity: 1, ..View::default() });
    assert!(verbose.len() < 10_000 && has(&verbose, "and 199900 more"), "{} bytes", verbose.len());
}

/// A name that is longer than a screen is cut, and -v prints it.
#[test]
fn long_names_are_cut() {
    let mut subject = broken_abi3();
    subject.findings[0].message = format!("imports `{}`", "x".repeat(60_000));
    let report = report(vec![subject]);
    assert!(plain(&report, &View::default()).len() < 8_000);
    assert!(plain(&report, &View { verbosity: 1, ..View::default() }).len() > 60_000);
}
