//! Reports made by hand, rendered in every form.

use std::collections::BTreeMap;

use insta::assert_snapshot;
use rstest::{Context, rstest};
use soabi_core::foreign::is_shown;
use soabi_core::{ArtifactId, Cell, Expectation, FileName, Gate, Outcome, OutcomeKind, Promise, Rung};
use soabi_report::given::{GivenEntry, UnmetEntry};
use soabi_report::matrix::{
    ArtifactEntry, CellEntry, IsolationEntry, MatrixHead, MatrixReport, NotApplicable, PythonEntry, SCHEMA,
    Summary,
};

use super::FORMATS;
use super::overview::verdict;
use crate::output::format::Format;
use crate::output::view::View;

fn abi<T: std::str::FromStr<Err: std::fmt::Debug>>(id: &str) -> T {
    id.parse().unwrap()
}

fn artifact(id: &str, flavor: &str) -> ArtifactEntry {
    ArtifactEntry {
        id: ArtifactId(id.to_owned()),
        flavor: flavor.to_owned(),
        built_for: abi("cp311"),
        floor: None,
        family: flavor.trim_end_matches("-py39").to_owned(),
        rank: 0,
        file_name: "spam.so".to_owned(),
        wheel: None,
        member: None,
        module: None,
        path: None,
        commands: Vec::new(),
        not_built: None,
    }
}

fn cell(
    artifact: &str,
    python: &str,
    (rung, file): (Rung, FileName),
    expectation: Expectation,
    outcome: &Outcome,
) -> CellEntry {
    let cell = Cell { artifact: ArtifactId(artifact.to_owned()), python: abi(python), rung, file };
    let promise = Promise { expectation, why: "built for cp311".to_owned(), reference: None };
    CellEntry { agrees: Some(true), ..CellEntry::new(&cell, promise, outcome, 0, 1.5) }
}

fn report(artifacts: Vec<ArtifactEntry>, cells: Vec<CellEntry>) -> MatrixReport {
    let python = |id: &str, found: bool| PythonEntry {
        id: abi(id),
        path: None,
        emulator: Vec::new(),
        version: Some("3.11.7".to_owned()),
        soabi: None,
        found,
        excluded: false,
        help: None,
    };
    let not_applicable = vec![NotApplicable {
        flavor: "pyo3".to_owned(),
        built_for: abi("cp38"),
        because: "PyO3 needs 3.9 or later".to_owned(),
    }];
    MatrixReport {
        schema: SCHEMA.to_owned(),
        version: "0.1.0".to_owned(),
        tables: "0123456789ab".to_owned(),
        shard: None,
        parts: Vec::new(),
        isolation: None,
        given: Vec::new(),
        required: Vec::new(),
        unmet: Vec::new(),
        pythons: vec![
            python("cp38", false),
            python("cp311", true),
            python("cp312", true),
            python("cp313t", true),
        ],
        artifacts,
        summary: Summary::of(&cells, not_applicable.len()),
        not_applicable,
        cells,
        errors: Vec::new(),
    }
}

fn refused(at: Gate, message: &str) -> Outcome {
    Outcome::Refused { at, message: message.to_owned() }
}

const IMPORT: (Rung, FileName) = (Rung::Import, FileName::Tagged);
const RENAMED: (Rung, FileName) = (Rung::Import, FileName::Bare);

/// Builds of one flavor: the first `broken` of them break a promise.
fn specimens(number: usize, broken: usize) -> MatrixReport {
    let (mut artifacts, mut cells) = (Vec::new(), Vec::new());
    for index in 0..number {
        let flavor = if index % 2 == 0 { "c-single" } else { "c-abi3-py39" };
        let id = format!("{flavor}/{index}");
        let outcome =
            if index < broken { refused(Gate::Symbols, "undefined symbol: spam") } else { Outcome::Accepted };
        cells.push(cell(&id, "cp311", IMPORT, Expectation::Accept, &outcome));
        let not_found = refused(Gate::Name, "No module named 'spam'");
        cells.push(cell(&id, "cp312", IMPORT, Expectation::Refuse(Gate::Name), &not_found));
        let crash = Outcome::Crashed { signal: 11, last_words: String::new() };
        cells.push(cell(&id, "cp313t", RENAMED, Expectation::Luck, &crash));
        artifacts.push(artifact(&id, flavor));
    }
    report(artifacts, cells)
}

/// A module that a user named.
fn given(promise: Expectation) -> MatrixReport {
    let id = "_bcrypt.abi3.so";
    let crash = Outcome::Crashed { signal: 11, last_words: String::new() };
    let cells = vec![
        cell(id, "cp311", IMPORT, promise, &Outcome::Accepted),
        cell(id, "cp312", IMPORT, promise, &Outcome::Accepted),
        cell(id, "cp313t", IMPORT, Expectation::Luck, &crash),
        cell(id, "cp311", RENAMED, promise, &Outcome::Accepted),
    ];
    report(vec![artifact(id, "given")], cells)
}

fn disagreeing() -> MatrixReport {
    let mut report = given(Expectation::Accept);
    report.cells[0].agrees = Some(false);
    report.summary = Summary::of(&report.cells, 1);
    report
}

const LOAD: (Rung, FileName) = (Rung::Load, FileName::Tagged);

/// A wheel of a package and a module, promised from 3.11 on.
fn wheel(in_3_12: &Outcome, load_in_3_13t: &Outcome) -> MatrixReport {
    let name = "spam-1.0-cp311-abi3-manylinux_2_17_x86_64.whl";
    let (package, module) = (format!("{name}:spam"), format!("{name}:spam/_spam.abi3.so"));
    let placed = |id: &str, module: &str, member: Option<&str>| ArtifactEntry {
        wheel: Some(name.to_owned()),
        module: Some(module.to_owned()),
        member: member.map(str::to_owned),
        ..artifact(id, "given")
    };
    let artifacts =
        vec![placed(&package, "spam", None), placed(&module, "spam._spam", Some("spam/_spam.abi3.so"))];
    let mut cells = Vec::new();
    let below = refused(Gate::Symbols, "/x/_spam.abi3.so: undefined symbol: PyType_GetName");
    cells.push(CellEntry { agrees: Some(true), ..cell(&module, "cp38", LOAD, Expectation::Luck, &below) });
    for (python, outcome) in [("cp311", &Outcome::Accepted), ("cp312", in_3_12)] {
        cells.push(cell(&module, python, LOAD, Expectation::Accept, &Outcome::Accepted));
        for artifact in [&package, &module] {
            cells.push(cell(artifact, python, IMPORT, Expectation::Accept, outcome));
        }
    }
    cells.push(cell(&module, "cp313t", LOAD, Expectation::Luck, load_in_3_13t));
    let mut report = report(artifacts, cells);
    report.not_applicable.clear();
    let promised = ["cp311", "cp312", "cp313"].map(abi).to_vec();
    let mut given =
        GivenEntry::new(name.to_owned(), name.to_owned(), "cp311-abi3-x".to_owned(), promised.clone());
    given.predicted = promised;
    let python = PythonEntry { id: abi("cp313"), found: false, ..report.pythons[0].clone() };
    let head = MatrixHead {
        schema: report.schema,
        version: report.version,
        tables: report.tables,
        shard: None,
        pythons: report.pythons.into_iter().chain([python]).collect(),
        isolation: None,
        given: vec![given],
        required: Vec::new(),
        artifacts: report.artifacts,
        not_applicable: report.not_applicable,
    };
    MatrixReport::new(head, report.cells, Vec::new())
}

fn kept_wheel() -> MatrixReport {
    wheel(&Outcome::Accepted, &Outcome::Accepted)
}

/// It crashes where it is promised, and where it is forced.
fn crashing_wheel() -> MatrixReport {
    let crash = Outcome::Crashed { signal: 11, last_words: String::new() };
    wheel(&crash, &crash)
}

fn needy_wheel() -> MatrixReport {
    let why = "needs numpy: ModuleNotFoundError: No module named 'numpy'".to_owned();
    let mut report = wheel(&Outcome::NotRun { why }, &Outcome::Accepted);
    for cell in report.cells.iter_mut().filter(|cell| cell.outcome == OutcomeKind::NotRun) {
        cell.needs = vec!["numpy".to_owned()];
    }
    report
}

fn rendered(report: &MatrixReport, view: &View) -> String {
    let mut bytes = Vec::new();
    super::human::Human.render(report, view, &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

fn plain(report: &MatrixReport, view: &View) -> String {
    anstream::adapter::strip_str(&rendered(report, view)).to_string()
}

#[rstest]
#[case::families(specimens(14, 0))]
#[case::broken(specimens(4, 1))]
#[case::given_without_a_promise(given(Expectation::Luck))]
#[case::predicted_otherwise(disagreeing())]
#[case::wheel_kept(kept_wheel())]
#[case::wheel_crashing(crashing_wheel())]
#[case::wheel_needy(needy_wheel())]
fn screens(#[context] context: Context, #[case] report: MatrixReport) {
    let name = context.description.unwrap();
    let mut screens = String::new();
    let mut screen = |title: &str, text: &str| screens += &["=== ", title, "\n", text].concat();
    for width in [80, 160] {
        let text = plain(&report, &View { width, ..View::default() });
        for line in text.lines() {
            assert!(textwrap::core::display_width(line) <= width, "{width}: {line}");
        }
        screen(&format!("{width} columns"), &text);
    }
    let everything = View { verbosity: 2, unicode: false, ..View::default() };
    screen("everything (-vv), without UTF-8", &plain(&report, &everything));
    screen("colors", &rendered(&report, &View::default()).replace('\u{1b}', "^"));
    let snapshots = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/snapshots");
    insta::with_settings!({ snapshot_path => snapshots, prepend_module_to_snapshot => false, omit_expression => true }, {
        assert_snapshot!(format!("screen-matrix-{name}"), screens);
    });
}

fn requiring() -> MatrixReport {
    let mut report = kept_wheel();
    let (name, why) = ("spam".to_owned(), "no such interpreter ran".to_owned());
    report.unmet = vec![UnmetEntry { python: abi("cp313"), name, why }];
    report
}

fn asked() -> MatrixReport {
    let mut report = given(Expectation::Accept);
    report.cells[2].asked = true;
    report
}

fn nothing_ran() -> MatrixReport {
    let why = Outcome::NotRun { why: "no compiler".to_owned() };
    report(vec![artifact("a", "c-single")], vec![cell("a", "cp311", IMPORT, Expectation::Accept, &why)])
}

fn with_an_error(mut report: MatrixReport) -> MatrixReport {
    report.errors.push("no space left on device".to_owned());
    report
}

#[rstest]
#[case::kept(specimens(2, 0), "PASS: all 4 promises were kept; without a promise, 2 crashed.")]
#[case::broken(specimens(2, 1), "FAIL: 1 of 4 promises broken; without a promise, 2 crashed.")]
#[case::nothing_ran(nothing_ran(), "INCOMPLETE: no cell ran.")]
#[case::an_error(with_an_error(specimens(2, 0)), "INCOMPLETE: 1 thing could not be done.")]
#[case::predicted_otherwise(
    disagreeing(),
    "FAIL: 1 cell was predicted otherwise; without a promise, 1 crashed."
)]
#[case::wheel(kept_wheel(), "PASS: 2 of 3 promises kept, and 1 was not witnessed: 3.13.")]
#[case::wheel_crashing(crashing_wheel(), "FAIL: 2 of 6 promises broken; without a promise, 1 crashed.")]
#[case::required(requiring(), "FAIL: 1 requirement not met.")]
#[case::asked(
    asked(),
    "FAIL: it does not survive in 3.13t, which was asked for; without a promise, 1 crashed."
)]
#[case::both(
    with_an_error(specimens(2, 1)),
    "INCOMPLETE: 1 thing could not be done, and 1 of 4 promises broken."
)]
#[case::given(
    given(Expectation::Luck),
    "NO PROMISE: nothing promises that it works in any of these Pythons. The import worked in 3.11 and 3.12. \
     It crashed in 3.13t."
)]
#[case::given_and_promised(
    given(Expectation::Accept),
    "PASS: all 3 promises were kept; without a promise, 1 crashed."
)]
fn verdicts(#[case] report: MatrixReport, #[case] expected: &str) {
    let (_, word, sentence) = verdict(&report);
    assert_eq!(format!("{word}: {sentence}"), expected);
}

/// soabi calls nothing a bug of its own but a prediction that was wrong.
#[test]
fn only_wrong_predictions_are_bugs() {
    assert!(!plain(&specimens(4, 4), &View::default()).contains("bug in soabi"));
    assert!(plain(&disagreeing(), &View { width: 200, ..View::default() }).contains("bug in soabi"));
}

/// A report whose cells had the walls `up`, and lacked the `missing` ones for a reason each.
fn walled(up: &[&str], missing: &[(&str, &str)]) -> MatrixReport {
    let mut report = given(Expectation::Accept);
    let name = |name: &&str| (*name).to_owned();
    report.isolation = Some(IsolationEntry {
        mode: "fork".to_owned(),
        walls: up.iter().map(name).collect(),
        missing: missing.iter().map(|(wall, why)| (name(wall), name(why))).collect(),
    });
    report
}

#[rstest]
#[case::all_up(&["landlock", "limits"], &[], None)]
#[case::one_missing(&["limits"], &[("landlock", "ENOSYS")], Some("landlock (ENOSYS)"))]
#[case::one_reason(&["limits"], &[("ipc", "EPERM"), ("pid", "EPERM")], Some("ipc, pid (EPERM)"))]
#[case::two_reasons(&[], &[("ipc", "EPERM"), ("limits", "ENOSYS")], Some("limits (ENOSYS); ipc (EPERM)"))]
#[case::none(&[], &[("ipc", "not wanted"), ("pid", "not wanted")], Some("all of them (not wanted)"))]
fn missing_walls(#[case] up: &[&str], #[case] missing: &[(&str, &str)], #[case] expected: Option<&str>) {
    let text = plain(&walled(up, missing), &View { width: 200, ..View::default() });
    let line = text.lines().find_map(|line| line.strip_prefix("walls missing: "));
    assert_eq!(line, expected, "{text}");
}

#[test]
fn leaks_are_listed_by_cell() {
    let mut report = given(Expectation::Accept);
    let view = View { width: 200, ..View::default() };
    assert!(!plain(&report, &view).contains("left behind"));
    report.cells[1].leaks = vec!["a process was still running".to_owned(), "2 files were left".to_owned()];
    let text = plain(&report, &view);
    let expected =
        "\nleft behind\n  _bcrypt.abi3.so@cp312/import: a process was still running, 2 files were left\n";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn attempts_are_listed_by_cell() {
    let mut report = given(Expectation::Accept);
    let view = View { width: 200, ..View::default() };
    assert!(!plain(&report, &view).contains("tried"));
    report.cells[1].attempts = vec!["write /etc/passwd".to_owned(), "call ptrace".to_owned()];
    let text = plain(&report, &view);
    let expected = "\ntried\n  This is what the walls are there for: where all of them are up, nothing outside was reached.\n  \
                    _bcrypt.abi3.so@cp312/import: write /etc/passwd, call ptrace\n";
    assert!(text.contains(expected), "{text}");
}

fn formatted(name: &str, report: &MatrixReport) -> String {
    let format = FORMATS.iter().find(|format| format.name() == name).unwrap();
    let mut bytes = Vec::new();
    format.render(report, &View::default(), &mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Without scripts a square is a link, and its evidence is where the link leads.
#[rstest]
#[case(specimens(14, 3))]
#[case(given(Expectation::Luck))]
#[case(nothing_ran())]
fn squares_of_the_page_lead_to_their_evidence(#[case] report: MatrixReport) {
    let page = formatted("html", &report);
    let targets: Vec<&str> =
        page.split("href=\"#").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(targets.len() >= report.cells.len());
    for target in targets {
        assert_eq!(page.matches(&format!(" id=\"{target}\"")).count(), 1, "{target}");
    }
}

#[test]
fn names_are_no_markup_in_pages_and_pictures() {
    let mut report = given(Expectation::Accept);
    report.artifacts[0].id = ArtifactId("<b onclick='x'>&\"".to_owned());
    for cell in &mut report.cells {
        cell.artifact = report.artifacts[0].id.clone();
        cell.message = Some("</details><script>alert(1)</script>".to_owned());
    }
    for format in ["html", "svg"] {
        let text = formatted(format, &report);
        assert!(!text.contains("<b ") && !text.contains("alert(1)</script>"), "{text}");
        assert!(text.contains("&lt;b onclick='x'&gt;&amp;&quot;"), "{text}");
    }
}

/// Broken promises are red, crashes and wrong results without a promise are what a reader should look at, and the rest
/// of what nobody promised is not colored.
#[test]
fn the_picture_has_one_color_for_each_meaning() {
    let svg = formatted("svg", &specimens(2, 1));
    let squares = |class: &str| svg.matches(&format!("<rect class=\"{class}\"")).count();
    // Each meaning once more in the legend.
    assert_eq!([squares("broken"), squares("kept"), squares("look"), squares("off")], [2, 2, 3, 3]);
}

#[rstest]
fn hostile_text(
    #[values("a\n::error::x", "x ##[error]y", "\x1b[2J\u{9b}31m", "\u{202e}a\u{2028}", ": ::a:: :", "]]>&<")]
    text: &str,
) {
    let mut report = given(Expectation::Accept);
    report.errors.push(text.to_owned());
    report.isolation = walled(&[], &[("landlock", text)]).isolation;
    report.artifacts[0].id = ArtifactId(text.to_owned());
    report.artifacts[0].not_built = Some(text.to_owned());
    for cell in &mut report.cells {
        cell.artifact = ArtifactId(text.to_owned());
        cell.message = Some(text.to_owned());
        cell.why = text.to_owned();
        cell.leaks = vec![text.to_owned()];
        cell.attempts = vec![text.to_owned()];
        cell.agrees = Some(false);
        cell.evidence = BTreeMap::from([(text.to_owned(), text.to_owned())]);
    }
    report.cells.extend(
        specimens(2, 2).cells.into_iter().map(|cell| CellEntry { message: Some(text.to_owned()), ..cell }),
    );
    for format in FORMATS {
        let mut bytes = Vec::new();
        format.render(&report, &View { verbosity: 2, ..View::default() }, &mut bytes).unwrap();
        let output = anstream::adapter::strip_str(&String::from_utf8(bytes).unwrap()).to_string();
        for line in output.lines() {
            assert!(line.chars().all(is_shown), "{}: {line:?}", format.name());
            assert!(!line.contains("##"), "{}: {line:?}", format.name());
            assert!(format.name() == "json" || !line.contains("::"), "{}: {line:?}", format.name());
        }
    }
}
