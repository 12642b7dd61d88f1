//! Truth tables: expectations written by hand, row by row, each with its reason.
//!
//! A table replaces what [`soabi_rules::promise()`] says, for authors who know more about their modules than
//! the ABI rules do, and for soabi's own tests, where it holds the rules to account. It is strict: every cell
//! has to be matched by exactly one row.
//!
//! ```toml
//! [[row]]
//! flavor = ["c-single", "c-multi"]   # flavors or their families; for somebody's own files their names
//! built_for = "3.6.."                # versions; left out: any
//! python = "3.6.."                   # versions; left out: any
//! relation = "another-abi"           # one of those of `Relation`; left out: any
//! cells = ["import"]                 # import, import-bare, load
//! expect = "refuse"                  # accept, refuse, luck
//! gate = "name"                      # with refuse: name, platform, symbols, runtime
//! because = "..."
//! ```

use serde::Deserialize;
use soabi_core::{
    AbiTag, Cell, Claim, Expectation, ExpectationKind, FileName, Gate, Promise, PyVersion, Rung, VersionRange,
};

/// Rows of expectations.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TruthTable {
    #[serde(rename = "row")]
    rows: Vec<Row>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    flavor: Vec<String>,
    built_for: Option<VersionRange>,
    python: Option<VersionRange>,
    relation: Option<Relation>,
    cells: Vec<CellKind>,
    expect: ExpectationKind,
    gate: Option<Gate>,
    because: String,
}

/// How the interpreter relates to what the artifact claims. Exactly one of them holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Relation {
    /// The artifact was built for it.
    SameAbi,
    /// It is the debug build of what the artifact was built for, since 3.8 with the same ABI.
    ItsDebugBuild,
    /// The artifact was built for another CPython.
    AnotherAbi,
    /// It is below the floor of the artifact's stable ABI.
    BelowFloor,
    /// It is at or above the floor of the artifact's stable ABI.
    FromFloor,
    /// It has no GIL, and the artifact's stable ABI is that of builds with one.
    WithoutGil,
    /// It is PyPy, and the artifact was built for it.
    SamePypy,
    /// It is CPython, and the artifact was built for PyPy.
    FromPypy,
    /// It is PyPy, and the artifact was built for CPython.
    OnPypy,
    /// It is a PyPy, and the artifact was built for another.
    AnotherPypy,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CellKind {
    Inspect,
    Load,
    Import,
    ImportBare,
}

/// A table cannot be used, or does not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TruthError {
    /// The file is no truth table.
    #[error("not a truth table: {0}")]
    Parse(String),
    /// A row expects a refusal and does not say where, or says where without a refusal.
    #[error("row {row}: `gate` belongs to `expect = \"refuse\"` and to no other")]
    Gate {
        /// The row's number, from 1.
        row: usize,
    },
    /// No row matches.
    #[error("no row of the truth table speaks of `{cell}`")]
    Silent {
        /// The cell's name.
        cell: String,
    },
    /// More than one row matches.
    #[error("rows {first} and {second} of the truth table both speak of `{cell}`")]
    Ambiguous {
        /// The cell's name.
        cell: String,
        /// The first row's number, from 1.
        first: usize,
        /// The second row's number.
        second: usize,
    },
}

/// What a row may look at, beside the cell itself.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// The artifact's flavor and its family, or the name of somebody's own file.
    pub names: [&'a str; 2],
    /// The ABI that it was built for or, for a stable ABI, with.
    pub built_for: AbiTag,
    /// What it claims.
    pub claim: Claim,
}

impl TruthTable {
    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, TruthError> {
        let table: Self = toml::from_str(text).map_err(|error| TruthError::Parse(error.to_string()))?;
        for (at, row) in table.rows.iter().enumerate() {
            if row.gate.is_some() != (row.expect == ExpectationKind::Refuse) {
                return Err(TruthError::Gate { row: at + 1 });
            }
        }
        Ok(table)
    }

    /// What the table says of `cell`.
    pub fn promise(&self, cell: &Cell, about: About<'_>) -> Result<Promise, TruthError> {
        let name = || cell.id().0;
        let mut matching = self.rows.iter().enumerate().filter(|(_, row)| row.matches(cell, about));
        let (first, row) = matching.next().ok_or_else(|| TruthError::Silent { cell: name() })?;
        match matching.next() {
            None => Ok(row.promise()),
            Some((second, _)) => {
                Err(TruthError::Ambiguous { cell: name(), first: first + 1, second: second + 1 })
            }
        }
    }
}

impl Row {
    fn matches(&self, cell: &Cell, about: About<'_>) -> bool {
        let version = version_of(cell.python);
        let in_range = |range: Option<VersionRange>, version: Option<PyVersion>| {
            range.is_none_or(|range| version.is_some_and(|version| range.contains(version)))
        };
        self.flavor.iter().any(|flavor| about.names.contains(&flavor.as_str()))
            && in_range(self.built_for, version_of(about.built_for))
            && in_range(self.python, version)
            && self.relation.is_none_or(|relation| relation == Relation::of(cell.python, about))
            && self.cells.contains(&CellKind::of(cell))
    }

    fn promise(&self) -> Promise {
        let expectation = match (self.expect, self.gate) {
            (ExpectationKind::Accept, _) => Expectation::Accept,
            (ExpectationKind::Refuse, Some(gate)) => Expectation::Refuse(gate),
            (ExpectationKind::Refuse, None) | (ExpectationKind::Luck, _) => Expectation::Luck,
        };
        Promise { expectation, why: self.because.clone(), reference: None }
    }
}

impl Relation {
    /// The name in truth tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SameAbi => "same-abi",
            Self::ItsDebugBuild => "its-debug-build",
            Self::AnotherAbi => "another-abi",
            Self::BelowFloor => "below-floor",
            Self::FromFloor => "from-floor",
            Self::WithoutGil => "without-gil",
            Self::SamePypy => "same-pypy",
            Self::FromPypy => "from-pypy",
            Self::OnPypy => "on-pypy",
            Self::AnotherPypy => "another-pypy",
        }
    }

    /// How the interpreter `python` relates to an artifact.
    pub fn of(python: AbiTag, about: About<'_>) -> Self {
        match (about.built_for, python) {
            (AbiTag::Pypy { .. }, _) if about.built_for == python => Self::SamePypy,
            (AbiTag::Pypy { .. }, AbiTag::Pypy { .. }) => Self::AnotherPypy,
            (AbiTag::Pypy { .. }, _) => Self::FromPypy,
            (_, AbiTag::Pypy { .. }) => Self::OnPypy,
            (built_for, python) => match (about.claim.floor, built_for, python) {
                (Some(floor), ..) if version_of(python).is_none_or(|version| version < floor) => {
                    Self::BelowFloor
                }
                (Some(_), _, AbiTag::Cpython(abi))
                    if abi.free_threaded && about.claim.abi == AbiTag::Abi3 =>
                {
                    Self::WithoutGil
                }
                (Some(_), ..) => Self::FromFloor,
                (None, ..) if built_for == python => Self::SameAbi,
                (None, AbiTag::Cpython(built_for), AbiTag::Cpython(run_on)) if built_for.serves(run_on) => {
                    Self::ItsDebugBuild
                }
                (None, ..) => Self::AnotherAbi,
            },
        }
    }
}

impl CellKind {
    fn of(cell: &Cell) -> Self {
        match (cell.rung, cell.file) {
            (Rung::Inspect, _) => Self::Inspect,
            (Rung::Load, _) => Self::Load,
            (Rung::Import, FileName::Tagged) => Self::Import,
            (Rung::Import, FileName::Bare) => Self::ImportBare,
        }
    }
}

fn version_of(abi: AbiTag) -> Option<PyVersion> {
    match abi {
        AbiTag::Cpython(abi) => Some(abi.version),
        AbiTag::Pypy { python, .. } => Some(python),
        AbiTag::Abi3 | AbiTag::Abi3t | AbiTag::None => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::ArtifactId;

    use super::*;

    const TABLE: &str = r#"
        [[row]]
        flavor = ["c-abi3"]
        python = "3.6.."
        relation = "from-floor"
        cells = ["import", "import-bare"]
        expect = "accept"
        because = "at or above the floor"

        [[row]]
        flavor = ["c-abi3"]
        python = "2.7"
        cells = ["import"]
        expect = "refuse"
        gate = "name"
        because = "2.7 does not search for `.abi3.so`"

        [[row]]
        flavor = ["c-abi3-py39"]
        python = "..3.8"
        cells = ["import", "import-bare"]
        expect = "luck"
        because = "below the floor"
    "#;

    fn ask(python: &str, file: FileName) -> Result<Expectation, TruthError> {
        let cell = Cell {
            artifact: ArtifactId("c-abi3-py39/cp311".to_owned()),
            python: python.parse().unwrap(),
            rung: Rung::Import,
            file,
        };
        let about = About {
            names: ["c-abi3-py39", "c-abi3"],
            built_for: "cp311".parse().unwrap(),
            claim: Claim::abi3(PyVersion::new(3, 9)),
        };
        TruthTable::parse(TABLE)?.promise(&cell, about).map(|promise| promise.expectation)
    }

    #[rstest]
    #[case::at_the_floor("cp39", FileName::Tagged, Expectation::Accept)]
    #[case::renamed("cp313", FileName::Bare, Expectation::Accept)]
    #[case::below("cp38", FileName::Tagged, Expectation::Luck)]
    fn one_row_speaks(#[case] python: &str, #[case] file: FileName, #[case] expected: Expectation) {
        assert_eq!(ask(python, file), Ok(expected));
    }

    #[test]
    fn two_rows_are_one_too_many() {
        let cell = "c-abi3-py39/cp311@cp27mu/import".to_owned();
        assert_eq!(ask("cp27mu", FileName::Tagged), Err(TruthError::Ambiguous { cell, first: 2, second: 3 }));
    }

    #[test]
    fn silence_is_not_consent() {
        let cell = "c-abi3-py39/cp311@pypy311_pp73/import-bare".to_owned();
        let table = TABLE.replace("relation = \"from-floor\"", "relation = \"same-abi\"");
        let table = TruthTable::parse(&table).unwrap();
        let asked = Cell {
            artifact: ArtifactId("c-abi3-py39/cp311".to_owned()),
            python: "pypy311_pp73".parse().unwrap(),
            rung: Rung::Import,
            file: FileName::Bare,
        };
        let built_for = "cp311".parse().unwrap();
        let about = About { names: ["c-abi3-py39", "c-abi3"], built_for, claim: Claim::exactly(built_for) };
        assert_eq!(table.promise(&asked, about), Err(TruthError::Silent { cell }));
    }

    #[rstest]
    #[case::no_gate("expect = \"refuse\"")]
    #[case::a_gate_too_many("expect = \"accept\"\ngate = \"name\"")]
    fn a_gate_belongs_to_a_refusal(#[case] lines: &str) {
        let text = format!("[[row]]\nflavor = [\"x\"]\ncells = [\"load\"]\nbecause = \"\"\n{lines}\n");
        assert_eq!(TruthTable::parse(&text).unwrap_err(), TruthError::Gate { row: 1 });
    }
}
