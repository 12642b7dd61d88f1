//! `soabi/matrix/v1`: what `soabi matrix` saw.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use soabi_core::{
    AbiTag, ArtifactId, Cell, CellId, ExpectationKind, FileName, Gate, Outcome, OutcomeKind, PredictionKind,
    Promise, PyVersion, PythonId, Rung, Shard, Verdict,
};

use crate::given::{GivenEntry, Import, UnmetEntry, unmet};

/// The value of the report's `schema` field.
pub const SCHEMA: &str = "soabi/matrix/v1";

/// One run of the matrix.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MatrixReport {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the ABI tables that the predictions were made from.
    pub tables: String,
    /// Which part of a run this is; `None` for a whole one and for merged reports.
    pub shard: Option<ShardEntry>,
    /// In a merged report, the parts of runs that are not complete yet.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<ShardEntry>,
    /// The interpreters, found and missing, oldest first.
    pub pythons: Vec<PythonEntry>,
    /// How cells were kept apart and what protected the machine. `None` when nothing was run.
    #[serde(default)]
    pub isolation: Option<IsolationEntry>,
    /// What the user named, and what of its promise was witnessed. Empty where that is nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<GivenEntry>,
    /// The interpreters in which everything that was given has to be witnessed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<PythonId>,
    /// Where it was not. A part of a run does not know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unmet: Vec<UnmetEntry>,
    /// The artifacts, in the order of the picture.
    pub artifacts: Vec<ArtifactEntry>,
    /// The specimens that cannot exist.
    pub not_applicable: Vec<NotApplicable>,
    /// The cells, in the order of the plan.
    pub cells: Vec<CellEntry>,
    /// The cells counted.
    pub summary: Summary,
    /// What soabi could not do, and what a merged report lacks.
    pub errors: Vec<String>,
}

/// What a run has besides its cells and errors.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MatrixHead {
    /// [`SCHEMA`].
    pub schema: String,
    /// The version of soabi.
    pub version: String,
    /// The id of the ABI tables.
    pub tables: String,
    /// Which part of a run this is.
    pub shard: Option<ShardEntry>,
    /// The interpreters.
    pub pythons: Vec<PythonEntry>,
    /// How cells were kept apart.
    pub isolation: Option<IsolationEntry>,
    /// What the user named.
    pub given: Vec<GivenEntry>,
    /// The interpreters in which it has to be witnessed.
    pub required: Vec<PythonId>,
    /// The artifacts.
    pub artifacts: Vec<ArtifactEntry>,
    /// The specimens that cannot exist.
    pub not_applicable: Vec<NotApplicable>,
}

impl MatrixReport {
    /// The report of a run. Everything is put in the one order that reports have, so that equal runs give equal
    /// reports whatever the order in which their cells finished.
    pub fn new(head: MatrixHead, cells: Vec<CellEntry>, errors: Vec<String>) -> Self {
        let MatrixHead { schema, version, tables, shard, pythons, isolation, .. } = head;
        let MatrixHead { given, required, artifacts, not_applicable, .. } = head;
        let unmet = Vec::new();
        let summary = Summary::default();
        let parts = Vec::new();
        let mut report = Self {
            schema,
            version,
            tables,
            shard,
            parts,
            pythons,
            isolation,
            given,
            required,
            unmet,
            artifacts,
            not_applicable,
            cells,
            summary,
            errors,
        };
        report.put_in_order();
        report
    }

    /// Interpreters by id; artifacts by family, in the order that the planner gave it, then by what they were built
    /// for; cells by artifact, interpreter, rung and file name; the rest by its text.
    pub(crate) fn put_in_order(&mut self) {
        self.pythons.sort_by_key(|python| python.id);
        self.artifacts.sort_by(|a, b| a.place().cmp(&b.place()));
        self.not_applicable.sort_by(|a, b| a.place().cmp(&b.place()));
        self.errors.sort();
        self.errors.dedup();
        let row: HashMap<_, _> =
            self.artifacts.iter().enumerate().map(|(at, artifact)| (&artifact.id, at)).collect();
        self.cells.sort_by_key(|cell| {
            let row = row.get(&cell.artifact).copied().unwrap_or(usize::MAX);
            (row, cell.python, cell.rung, cell.file)
        });
        self.summary = Summary::of(&self.cells, self.not_applicable.len());
        self.witness();
    }

    /// Works out what was witnessed of what the user named.
    fn witness(&mut self) {
        let owner_of =
            |artifact: &ArtifactEntry| artifact.wheel.clone().unwrap_or_else(|| artifact.id.0.clone());
        let owners: HashMap<&ArtifactId, String> =
            self.artifacts.iter().map(|artifact| (&artifact.id, owner_of(artifact))).collect();
        let is_import = |cell: &&CellEntry| (cell.rung, cell.file) == (Rung::Import, FileName::Tagged);
        let import = |cell: &CellEntry| {
            let name = owners.get(&cell.artifact)?;
            Some(Import { name, python: cell.python, outcome: cell.outcome })
        };
        let imports: Vec<_> = self.cells.iter().filter(is_import).filter_map(import).collect();
        self.given.sort_by(|a, b| (&a.name, &a.path).cmp(&(&b.name, &b.path)));
        self.given.dedup_by(|a, b| a.name == b.name);
        self.given.iter_mut().for_each(|entry| entry.witness(&imports));
        self.required.sort();
        self.required.dedup();
        let is_whole = self.shard.is_none() && self.parts.is_empty();
        self.unmet = if is_whole { unmet(&self.required, &self.given, &imports) } else { Vec::new() };
    }
}

/// How the cells of a run were kept apart from each other and from the machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IsolationEntry {
    /// The isolation that was asked for: `fork`, `process`, `strict` or `none`.
    pub mode: String,
    /// The walls that were up around every cell: `user-namespace`, `landlock`, ...
    pub walls: Vec<String>,
    /// The walls that were not, each with the reason.
    pub missing: BTreeMap<String, String>,
}

impl IsolationEntry {
    /// What holds for the cells of both runs: the walls that were up in each.
    fn and(self, other: Self) -> Self {
        let walls = self.walls.into_iter().filter(|wall| other.walls.contains(wall)).collect();
        let mut missing = self.missing;
        for (wall, why) in other.missing {
            let known = missing.entry(wall).or_insert_with(|| why.clone());
            if why < *known {
                *known = why;
            }
        }
        let mut modes: Vec<&str> = self.mode.split(" and ").chain(other.mode.split(" and ")).collect();
        modes.sort_unstable();
        modes.dedup();
        Self { mode: modes.join(" and "), walls, missing }
    }

    /// What holds for the cells of both runs, where each may have run nothing.
    pub(crate) fn of_both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(one.and(other)),
            (one, other) => one.or(other),
        }
    }
}

/// A part of a run.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ShardEntry {
    /// Which one, and of how many.
    pub part: Shard,
    /// A digest of all cells of the run. Parts with the same one fit together.
    pub plan: String,
}

/// An interpreter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PythonEntry {
    /// Its name: the stem of its file in `pythons/`, and its machine where that is not the one soabi runs on.
    pub id: PythonId,
    /// The executable.
    pub path: Option<String>,
    /// What runs it, with its arguments, where it is of another machine.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emulator: Vec<String>,
    /// The version with patch level: `3.11.7`.
    pub version: Option<String>,
    /// `SOABI` as the interpreter gives it: `cpython-311-x86_64-linux-gnu`. 2.7 has none.
    pub soabi: Option<String>,
    /// Whether it is on this machine.
    pub found: bool,
    /// Whether the run was narrowed to other interpreters.
    pub excluded: bool,
    /// How to get it, where it is missing.
    pub help: Option<String>,
}

/// An artifact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ArtifactEntry {
    /// Its name.
    pub id: ArtifactId,
    /// The specimen's flavor; `given` for somebody else's file.
    pub flavor: String,
    /// The ABI it was built for or, for a stable ABI, with.
    pub built_for: AbiTag,
    /// For a stable ABI, the first version it is good for.
    pub floor: Option<PyVersion>,
    /// The flavor without its floor, `c-abi3`; for somebody else's file its name.
    #[serde(default)]
    pub family: String,
    /// The position of its family among the families: artifacts are listed in this order.
    #[serde(default)]
    pub rank: u32,
    /// Its real file name.
    pub file_name: String,
    /// What it lies in: the file name of a wheel, or the path of something that is installed. `None` for a file by
    /// itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wheel: Option<String>,
    /// Its path in that. `None` for a package that is imported for itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The dotted name that it is imported by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Where it is, or the wheel that it is in; `None` when it could not be built.
    pub path: Option<String>,
    /// The commands that built it, one string each, as a shell takes them. Empty for somebody else's file.
    pub commands: Vec<String>,
    /// Why it could not be built.
    pub not_built: Option<String>,
}

impl ArtifactEntry {
    /// What its position in a report depends on.
    fn place(&self) -> (u32, &str, AbiTag, Option<PyVersion>, &ArtifactId) {
        (self.rank, &self.family, self.built_for, self.floor, &self.id)
    }
}

/// A specimen that cannot exist, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct NotApplicable {
    /// The flavor.
    pub flavor: String,
    /// The interpreter it would have been built for.
    pub built_for: AbiTag,
    /// Why there is no such thing.
    pub because: String,
}

impl NotApplicable {
    fn place(&self) -> (&str, AbiTag, &str) {
        (&self.flavor, self.built_for, &self.because)
    }
}

/// What the auditor predicted of a cell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PredictedEntry {
    /// What the interpreter will do.
    pub expect: PredictionKind,
    /// The gate that refuses.
    pub gate: Option<Gate>,
    /// How it ends; `None` where that is not known.
    #[serde(default)]
    pub outcome: Option<OutcomeKind>,
    /// Why an import under the file's own name ends so.
    pub why: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !value
}

/// A cell: what was promised, what was seen, and the two compared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CellEntry {
    /// The cell's name.
    pub id: CellId,
    /// The artifact.
    pub artifact: ArtifactId,
    /// The interpreter.
    pub python: PythonId,
    /// The rung.
    pub rung: Rung,
    /// Under which file name.
    pub file: FileName,
    /// What was seen.
    pub outcome: OutcomeKind,
    /// The gate of the refusal that was seen.
    pub gate: Option<Gate>,
    /// The message of a refusal, or what went wrong.
    pub message: Option<String>,
    /// The signal that killed the process.
    pub signal: Option<i32>,
    /// What was promised.
    pub expectation: ExpectationKind,
    /// The gate of the refusal that was promised.
    pub expected_gate: Option<Gate>,
    /// The rule behind the expectation.
    pub why: String,
    /// The two compared.
    pub verdict: Verdict,
    /// Whether the auditor's prediction and the outcome agree; `None` where it made none.
    pub agrees: Option<bool>,
    /// What the auditor predicted. It is told of modules that lie in distributions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub predicted: Option<PredictedEntry>,
    /// What was missing, where that is why it did not run: `numpy`, `libpulse.so.0`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<String>,
    /// Whether the user asked for this interpreter by name. Then it may not crash there, whatever was promised.
    #[serde(default, skip_serializing_if = "is_false")]
    pub asked: bool,
    /// The walls that were up around it: `user-namespace`, `landlock`, ... It is told of modules that lie in
    /// distributions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub isolation: Vec<String>,
    /// How many probes ran and were right.
    pub probes: u32,
    /// The cell in which the same bytes passed all probes in the same interpreter, where that made the first
    /// few enough in this one.
    pub probed_in: Option<CellId>,
    /// What was seen beside the outcome, by the name of the question, where everything was asked: `gil` (`on`,
    /// `off`), `end` (where the interpreter does not end well with the module in it), `import-again`, `left-by-imports`, `legacy-subinterpreter`, `isolated-subinterpreter`, `warnings`; and
    /// `left-by-calls`, what `--call` left.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, String>,
    /// The end of what the author's own checks wrote, where they failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// What the module left behind when its process had ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaks: Vec<String>,
    /// What it tried to do to something that is not its own, each once: `write /etc/passwd`, `connect to 192.0.2.1:80`,
    /// `call ptrace`. Where walls are up; whether it is told is the wall `watched-calls`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attempts: Vec<String>,
    /// What the cell cost, in milliseconds of wall time.
    pub ms: f64,
}

impl CellEntry {
    /// Whether an import ended badly in an interpreter that the user asked for by name: it crashed, hung, left, or gave
    /// wrong results.
    pub fn is_asked_and_dangerous(&self) -> bool {
        let is_harmless =
            matches!(self.outcome, OutcomeKind::Accepted | OutcomeKind::Refused | OutcomeKind::NotRun);
        self.asked && !is_harmless
    }

    /// Brings together what was promised and what was seen.
    pub fn new(cell: &Cell, promise: Promise, outcome: &Outcome, probes: u32, ms: f64) -> Self {
        Self {
            id: cell.id(),
            artifact: cell.artifact.clone(),
            python: cell.python,
            rung: cell.rung,
            file: cell.file,
            outcome: outcome.kind(),
            gate: outcome.gate(),
            message: outcome.message(),
            signal: if let Outcome::Crashed { signal, .. } = outcome { Some(*signal) } else { None },
            expectation: promise.expectation.kind(),
            expected_gate: promise.expectation.gate(),
            why: promise.why,
            verdict: Verdict::of(promise.expectation, outcome),
            agrees: None,
            predicted: None,
            needs: Vec::new(),
            asked: false,
            isolation: Vec::new(),
            probes,
            probed_in: None,
            evidence: BTreeMap::new(),
            output: None,
            leaks: Vec::new(),
            attempts: Vec::new(),
            ms,
        }
    }
}

/// What a run comes to. It decides the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// Every promise was kept.
    Kept,
    /// A promise was broken.
    Broken,
    /// Something could not be done, or nothing ran.
    Incomplete,
}

impl MatrixReport {
    /// What the run comes to. A cell that did not run breaks no promise; a matrix of which nothing ran is not a
    /// matrix, unless it is a part that there is nothing left for.
    ///
    /// What the auditor predicts has to come true, what is required has to be witnessed, and where an interpreter was
    /// asked for by name, nothing may crash there.
    pub fn conclusion(&self) -> Conclusion {
        let is_left_over = self.shard.is_some() && self.summary.cells == 0;
        let nothing_ran = self.summary.not_run == self.summary.cells && !is_left_over;
        if !self.errors.is_empty() || nothing_ran {
            Conclusion::Incomplete
        } else if self.summary.unexpected + self.summary.disagreements + self.unmet.len() > 0
            || self.cells.iter().any(CellEntry::is_asked_and_dangerous)
        {
            Conclusion::Broken
        } else {
            Conclusion::Kept
        }
    }
}

/// The cells of a report, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Summary {
    /// All cells.
    pub cells: usize,
    /// Cells that kept a promise.
    pub as_expected: usize,
    /// Cells that broke a promise.
    pub unexpected: usize,
    /// Cells of which nothing was promised, whatever they did.
    pub luck: usize,
    /// Cells that did not run.
    pub not_run: usize,
    /// Specimens that cannot exist.
    pub not_applicable: usize,
    /// Cells for which the auditor made a prediction.
    pub predicted: usize,
    /// Cells that did otherwise.
    pub disagreements: usize,
}

impl Summary {
    /// Counts `cells`; every cell is counted once.
    pub fn of(cells: &[CellEntry], not_applicable: usize) -> Self {
        let mut summary = Self { cells: cells.len(), not_applicable, ..Self::default() };
        for cell in cells {
            summary.predicted += usize::from(cell.agrees.is_some());
            summary.disagreements += usize::from(cell.agrees == Some(false));
            match cell.verdict {
                Verdict::NotRun => summary.not_run += 1,
                Verdict::Unexpected => summary.unexpected += 1,
                Verdict::AsExpected if cell.expectation == ExpectationKind::Luck => summary.luck += 1,
                Verdict::AsExpected => summary.as_expected += 1,
            }
        }
        summary
    }
}
