//! What a report of a matrix comes to: families of builds counted, and the verdict.

use soabi_core::{ExpectationKind, FileName, OutcomeKind, PythonId, Rung, Verdict};
use soabi_report::given::GivenEntry;
use soabi_report::matrix::{CellEntry, Conclusion, MatrixReport};

use crate::output::columns::span;
use crate::output::page::Tone;
use crate::output::text::count;

/// The flavor of artifacts that the user named.
pub(super) const GIVEN: &str = "given";

/// The cells of a family of builds, counted by what they did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Family {
    /// The flavor without its floor: `c-abi3`.
    pub(super) name: String,
    /// The modules.
    pub(super) builds: usize,
    /// Cells that were promised to work and do.
    pub(super) works: usize,
    /// Cells that were promised to be refused and are.
    pub(super) refused: usize,
    /// Cells that broke a promise.
    pub(super) broken: usize,
    /// Cells without a promise that were accepted.
    pub(super) lucky: usize,
    /// Cells without a promise that were refused.
    pub(super) unlucky: usize,
    /// Cells without a promise that gave wrong results.
    pub(super) wrong: usize,
    /// Cells without a promise that crashed, vanished or gave no answer in time.
    pub(super) crashes: usize,
    /// Cells that did not run.
    pub(super) not_run: usize,
}

/// The families in the order of the report.
pub(super) fn families(report: &MatrixReport) -> Vec<Family> {
    let mut families: Vec<Family> = Vec::new();
    for artifact in &report.artifacts {
        // Reports of older versions have no families.
        let name = if artifact.family.is_empty() { &artifact.flavor } else { &artifact.family };
        let at = families.iter().position(|family| family.name == *name).unwrap_or_else(|| {
            families.push(Family { name: name.clone(), ..Family::default() });
            families.len() - 1
        });
        families[at].builds += 1;
        for cell in report.cells.iter().filter(|cell| cell.artifact == artifact.id) {
            families[at].add(cell);
        }
    }
    families
}

impl Family {
    fn add(&mut self, cell: &CellEntry) {
        *match (cell.verdict, cell.expectation, cell.outcome) {
            (Verdict::NotRun, ..) => &mut self.not_run,
            (Verdict::Unexpected, ..) => &mut self.broken,
            (_, ExpectationKind::Accept, _) => &mut self.works,
            (_, ExpectationKind::Refuse, _) => &mut self.refused,
            (_, ExpectationKind::Luck, OutcomeKind::Accepted) => &mut self.lucky,
            (_, ExpectationKind::Luck, OutcomeKind::Refused) => &mut self.unlucky,
            (_, ExpectationKind::Luck, OutcomeKind::Wrong) => &mut self.wrong,
            (_, ExpectationKind::Luck, _) => &mut self.crashes,
        } += 1;
    }
}

/// The verdict as one word and as a sentence.
pub(super) fn verdict(report: &MatrixReport) -> (Tone, &'static str, String) {
    let summary = &report.summary;
    let promises = summary.as_expected + summary.unexpected;
    let cells = |number: usize| count(number, "cell");
    let dangers = dangers(report);
    match report.conclusion() {
        Conclusion::Incomplete => {
            let mut says = if report.errors.is_empty() {
                "no cell ran".to_owned()
            } else {
                format!("{} could not be done", count(report.errors.len(), "thing"))
            };
            if summary.unexpected > 0 {
                says = format!("{says}, and {} of {promises} promises broken", summary.unexpected);
            }
            (Tone::Bad, "INCOMPLETE", format!("{says}."))
        }
        Conclusion::Broken => (Tone::Bad, "FAIL", format!("{}{dangers}.", failures(report).join(", "))),
        Conclusion::Kept if is_of_wheels(report) => {
            (Tone::Good, "PASS", format!("{}{dangers}.", kept(report)))
        }
        Conclusion::Kept if promises == 0 && summary.cells == 0 => {
            (Tone::Good, "PASS", "nothing to run in this part.".to_owned())
        }
        Conclusion::Kept if nothing_is_to_work(report) => {
            (Tone::Look, "NO PROMISE", without_a_promise(report))
        }
        Conclusion::Kept if promises == 0 => {
            let says =
                format!("nothing was promised, so nothing is proven: {}{dangers}.", cells(summary.luck));
            (Tone::Look, "NO PROMISE", says)
        }
        Conclusion::Kept => {
            let not_run = match summary.not_run {
                0 => String::new(),
                number => format!("; {} did not run", cells(number)),
            };
            (Tone::Good, "PASS", format!("{} kept{not_run}{dangers}.", all_were(promises)))
        }
    }
}

/// Whether all that the user named came in wheels, whose tags promise something.
fn is_of_wheels(report: &MatrixReport) -> bool {
    !report.given.is_empty()
        && report.given.iter().all(|entry| !entry.tags.is_empty())
        && report.given.iter().any(|entry| !entry.witnessed.is_empty())
}

/// What was kept of the promises of wheels: one for each interpreter that the tags of one name.
fn kept(report: &MatrixReport) -> String {
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let is_kept = |entry: &GivenEntry, python: &PythonId| entry.witnessed.contains(python);
    let kept: usize = report
        .given
        .iter()
        .map(|entry| entry.promised.iter().filter(|python| is_kept(entry, python)).count())
        .sum();
    let mut unwitnessed: Vec<PythonId> =
        report.given.iter().flat_map(|entry| entry.unwitnessed.clone()).collect();
    unwitnessed.sort();
    unwitnessed.dedup();
    let open: usize = report.given.iter().map(|entry| entry.unwitnessed.len()).sum();
    let is_silent = |cell: &&CellEntry| cell.rung == Rung::Test && cell.outcome == OutcomeKind::NotRun;
    let silent: Vec<PythonId> = report.cells.iter().filter(is_silent).map(|cell| cell.python).collect();
    let checks = match silent[..] {
        [] => String::new(),
        _ => format!("; the checks did not run in {}", span(&silent, &all, false)),
    };
    let promises = match open {
        0 => format!("{} kept", all_were(kept)),
        open => {
            let verb = if open == 1 { "was" } else { "were" };
            format!(
                "{} of {} kept, and {open} {verb} not witnessed: {}",
                kept,
                count(kept + open, "promise"),
                span(&unwitnessed, &all, false)
            )
        }
    };
    promises + &checks
}

/// What broke.
fn failures(report: &MatrixReport) -> Vec<String> {
    let summary = &report.summary;
    let promises = summary.as_expected + summary.unexpected;
    let asked = report
        .cells
        .iter()
        .filter(|cell| cell.is_asked_and_dangerous() && cell.verdict != Verdict::Unexpected);
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let asked: Vec<PythonId> = asked.map(|cell| cell.python).collect();
    let disagreements = summary.disagreements;
    let verb = if disagreements == 1 { "was" } else { "were" };
    let failures = [
        (disagreements > 0).then(|| format!("{} {verb} predicted otherwise", count(disagreements, "cell"))),
        (summary.unexpected > 0)
            .then(|| format!("{} of {} broken", summary.unexpected, count(promises, "promise"))),
        (!report.unmet.is_empty()).then(|| format!("{} not met", count(report.unmet.len(), "requirement"))),
        (!asked.is_empty())
            .then(|| format!("it does not survive in {}, which was asked for", span(&asked, &all, false))),
    ];
    failures.into_iter().flatten().collect()
}

/// Whether the user named the modules, and nothing promises that any of them works anywhere.
fn nothing_is_to_work(report: &MatrixReport) -> bool {
    report.artifacts.iter().all(|artifact| artifact.flavor == GIVEN)
        && report.cells.iter().all(|cell| cell.expectation != ExpectationKind::Accept)
}

/// What an ordinary import did, or the next best that was run.
fn without_a_promise(report: &MatrixReport) -> String {
    let is_import = |cell: &&CellEntry| (cell.rung, cell.file) == (Rung::Import, FileName::Tagged);
    let imports: Vec<&CellEntry> = report.cells.iter().filter(is_import).collect();
    let (what, cells) = if imports.is_empty() {
        ("It was accepted", report.cells.iter().collect())
    } else {
        ("The import worked", imports)
    };
    let all: Vec<PythonId> = report.pythons.iter().map(|python| python.id).collect();
    let pythons = |outcome: OutcomeKind| -> Vec<PythonId> {
        cells.iter().filter(|cell| cell.outcome == outcome).map(|cell| cell.python).collect()
    };
    let mut says = "nothing promises that it works in any of these Pythons.".to_owned();
    for (words, outcome) in [
        (what, OutcomeKind::Accepted),
        ("It was refused", OutcomeKind::Refused),
        ("It crashed", OutcomeKind::Crashed),
        ("It gave wrong results", OutcomeKind::Wrong),
    ] {
        let pythons = pythons(outcome);
        if !pythons.is_empty() {
            says = format!("{says} {words} in {}.", span(&pythons, &all, false));
        }
    }
    says
}

/// `1 promise was`, `12 promises were`.
fn were(promises: usize) -> String {
    let verb = if promises == 1 { "was" } else { "were" };
    format!("{} {verb}", count(promises, "promise"))
}

/// `the only promise was`, `all 12 promises were`.
fn all_were(promises: usize) -> String {
    if promises == 1 { "the only promise was".to_owned() } else { format!("all {}", were(promises)) }
}

/// What happened where nothing was promised, if it was bad.
fn dangers(report: &MatrixReport) -> String {
    let of = |outcome: OutcomeKind| {
        let is_luck =
            |cell: &&CellEntry| cell.expectation == ExpectationKind::Luck && cell.outcome == outcome;
        report.cells.iter().filter(is_luck).count()
    };
    let (crashed, wrong) = (of(OutcomeKind::Crashed), of(OutcomeKind::Wrong));
    match (crashed, wrong) {
        (0, 0) => String::new(),
        (crashed, 0) => format!("; without a promise, {crashed} crashed"),
        (0, wrong) => format!("; without a promise, {wrong} gave wrong results"),
        (crashed, wrong) => format!("; without a promise, {crashed} crashed and {wrong} gave wrong results"),
    }
}
