//! Truth tables: expectations written by hand, row by row, each with its reason.
//!
//! A table replaces what [`soabi_rules::promise()`] says, for authors who know more about their modules than
//! the ABI rules do, and for soabi's own tests, where it is compared with the rules. It is strict: every cell
//! is matched by exactly one row. It shares no judgement with the rules: which ABIs belong together stands in the
//! table.
//!
//! ```toml
//! [relation]                         # names for sets of pairs: what a file was built for, and an interpreter
//! same-abi = [                       # a pair belongs to the set when one of the entries matches it
//!     { versions = "same", builds = [["release", "release"], ["debug", "debug"]] },
//!     { abis = [["pypy311_pp73", "pypy311_pp73"]] },
//! ]
//!
//! [[row]]
//! flavor = ["c-single", "c-multi"]   # flavors or their families; for other files their names
//! relation = ["same-abi"]            # one of these sets; left out: any pair
//! pairs = [{ floor = "reached" }]    # and one of these entries; left out: any pair
//! built_for = "3.6.."                # and these versions; left out: any
//! python = "3.6.."                   # and these versions; left out: any
//! cells = ["import"]                 # import, import-bare, load
//! expect = "refuse"                  # accept, refuse, luck
//! gate = "name"                      # with refuse: name, platform, symbols, runtime
//! seen = ["accepted", "crashed"]     # with luck: the outcomes that are not unexpected; left out: any
//! because = "..."
//! ```
//!
//! The keys of an entry, each of them optional:
//!
//! | key | meaning |
//! |---|---|
//! | `built_for`, `python` | a range of versions: `3.9..`, `..3.8`, `3.9..3.12`, `2.7` |
//! | `versions` | the interpreter's version compared with that of `built_for`: `same`, `other`, `older`, `newer` |
//! | `floor` | the first version that the file's stable ABI is good for: `reached` by the interpreter, or `not-reached` |
//! | `floors` | a range of versions for that first version |
//! | `builds` | pairs of kinds of build: `release`, `debug`, `free-threaded`, `free-threaded-debug`, `pypy`, and of several: `gil` (the first two), `no-gil` (the next two), `cpython` (all four) |
//! | `abis` | pairs of ABI tags |
//!
//! `seen` holds for all cells of a row, or is a table with a list for each kind of cell:
//! `seen = { load = ["accepted"], import-bare = ["refused:runtime"] }`. Outcomes are called as in reports, with the
//! gate behind a refusal.

use std::collections::BTreeMap;

use serde::Deserialize;
use soabi_core::{Cell, Expectation, ExpectationKind, FileName, Gate, Promise, Rung, VersionRange};

use crate::outcome_set::OutcomeSet;
use crate::pair::{About, Pair};

/// Rows of expectations.
#[derive(Clone, Debug)]
pub struct TruthTable {
    rows: Vec<Row>,
}

/// What is expected of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// What is promised.
    pub promise: Promise,
    /// Where nothing is promised, the outcomes that are known to be possible. `None` where any is.
    pub seen: Option<OutcomeSet>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TableFile {
    #[serde(default)]
    relation: BTreeMap<String, Vec<Pair>>,
    #[serde(rename = "row")]
    rows: Vec<RowFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RowFile {
    flavor: Vec<String>,
    relation: Option<Names>,
    pairs: Option<Vec<Pair>>,
    built_for: Option<VersionRange>,
    python: Option<VersionRange>,
    cells: Vec<CellKind>,
    expect: ExpectationKind,
    gate: Option<Gate>,
    seen: Option<SeenFile>,
    because: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    One(String),
    Several(Vec<String>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum SeenFile {
    Everywhere(OutcomeSet),
    ByCell(BTreeMap<CellKind, OutcomeSet>),
}

#[derive(Clone, Debug)]
struct Row {
    flavor: Vec<String>,
    /// Of each list, one entry matches.
    pairs: Vec<Vec<Pair>>,
    /// With the outcomes that are possible there, if the row states them.
    cells: BTreeMap<CellKind, Option<OutcomeSet>>,
    expectation: Expectation,
    because: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum CellKind {
    Inspect,
    Load,
    Import,
    ImportBare,
}

/// A table cannot be used, or has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TruthError {
    /// The file is not a truth table.
    #[error("not a truth table: {0}")]
    Parse(String),
    /// A row expects a refusal without a gate, or has a gate without a refusal.
    #[error("row {row}: `gate` belongs to `expect = \"refuse\"` and to no other")]
    Gate {
        /// The row's number, from 1.
        row: usize,
    },
    /// A row names a relation that the table does not define.
    #[error("row {row}: the table defines no relation `{name}`")]
    Relation {
        /// The row's number, from 1.
        row: usize,
        /// The name.
        name: String,
    },
    /// A row lists outcomes where the promise allows only one, or for a cell that it does not match.
    #[error("row {row}: `seen` belongs to `expect = \"luck\"` and to the row's own cells")]
    Seen {
        /// The row's number, from 1.
        row: usize,
    },
    /// No row matches.
    #[error("no row of the truth table matches `{cell}`")]
    Silent {
        /// The cell's name.
        cell: String,
    },
    /// More than one row matches.
    #[error("rows {first} and {second} of the truth table both match `{cell}`")]
    Ambiguous {
        /// The cell's name.
        cell: String,
        /// The first row's number, from 1.
        first: usize,
        /// The second row's number.
        second: usize,
    },
}

impl TruthTable {
    /// Reads a table.
    pub fn parse(text: &str) -> Result<Self, TruthError> {
        let table: TableFile = toml::from_str(text).map_err(|error| TruthError::Parse(error.to_string()))?;
        let row = |(at, row): (usize, RowFile)| Row::read(row, at + 1, &table.relation);
        Ok(Self { rows: table.rows.into_iter().enumerate().map(row).collect::<Result<_, _>>()? })
    }

    /// What the table expects of `cell`.
    pub fn expected(&self, cell: &Cell, about: About<'_>) -> Result<Expected, TruthError> {
        let name = || cell.id().0;
        let answers =
            self.rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.answer(cell, about)?)));
        let mut answers = answers.fuse();
        let (first, expected) = answers.next().ok_or_else(|| TruthError::Silent { cell: name() })?;
        match answers.next() {
            None => Ok(expected),
            Some((second, _)) => {
                Err(TruthError::Ambiguous { cell: name(), first: first + 1, second: second + 1 })
            }
        }
    }
}

impl Row {
    fn read(file: RowFile, row: usize, relations: &BTreeMap<String, Vec<Pair>>) -> Result<Self, TruthError> {
        let expectation = match (file.expect, file.gate) {
            (ExpectationKind::Accept, None) => Expectation::Accept,
            (ExpectationKind::Luck, None) => Expectation::Luck,
            (ExpectationKind::Refuse, Some(gate)) => Expectation::Refuse(gate),
            _ => return Err(TruthError::Gate { row }),
        };
        let mut pairs = vec![vec![Pair::of_versions(file.built_for, file.python)]];
        pairs.extend(file.pairs);
        if let Some(names) = file.relation {
            let names = match names {
                Names::One(name) => vec![name],
                Names::Several(names) => names,
            };
            let sets = names
                .into_iter()
                .map(|name| relations.get(&name).cloned().ok_or(TruthError::Relation { row, name }));
            pairs.push(sets.collect::<Result<Vec<_>, _>>()?.concat());
        }
        let mut cells: BTreeMap<CellKind, Option<OutcomeSet>> =
            file.cells.into_iter().map(|kind| (kind, None)).collect();
        if file.seen.is_some() && expectation != Expectation::Luck {
            return Err(TruthError::Seen { row });
        }
        match file.seen {
            None => {}
            Some(SeenFile::Everywhere(set)) => cells.values_mut().for_each(|seen| *seen = Some(set.clone())),
            Some(SeenFile::ByCell(sets)) => {
                for (kind, set) in sets {
                    *cells.get_mut(&kind).ok_or(TruthError::Seen { row })? = Some(set);
                }
            }
        }
        Ok(Self { flavor: file.flavor, pairs, cells, expectation, because: file.because })
    }

    /// What the row expects of `cell`; `None` when it does not match.
    fn answer(&self, cell: &Cell, about: About<'_>) -> Option<Expected> {
        let seen = self.cells.get(&CellKind::of(cell))?;
        let matches = self.flavor.iter().any(|flavor| about.names.contains(&flavor.as_str()))
            && self.pairs.iter().all(|pairs| pairs.iter().any(|pair| pair.matches(cell.python.abi, about)));
        let because = self.because.clone();
        matches.then(|| Expected {
            promise: Promise { expectation: self.expectation, why: because, reference: None },
            seen: seen.clone(),
        })
    }
}

impl CellKind {
    fn of(cell: &Cell) -> Self {
        match (cell.rung, cell.file) {
            (Rung::Inspect, _) => Self::Inspect,
            (Rung::Load, _) => Self::Load,
            // No specimen has checks of its author's.
            (Rung::Import | Rung::Test, FileName::Tagged) => Self::Import,
            (Rung::Import | Rung::Test, FileName::Bare) => Self::ImportBare,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use soabi_core::{ArtifactId, Claim, Outcome, PyVersion};

    use super::*;

    const TABLE: &str = r#"
        [relation]
        from-floor = [{ floor = "reached" }]

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
        seen = { import = ["accepted", "refused:symbols"] }
        because = "below the floor"
    "#;

    fn cell(python: &str, file: FileName) -> Cell {
        Cell {
            artifact: ArtifactId("c-abi3-py39/cp311".to_owned()),
            python: python.parse().unwrap(),
            rung: Rung::Import,
            file,
        }
    }

    fn ask(table: &str, python: &str, file: FileName) -> Result<Expected, TruthError> {
        let about = About {
            names: ["c-abi3-py39", "c-abi3"],
            built_for: "cp311".parse().unwrap(),
            claim: Claim::abi3(PyVersion::new(3, 9)),
        };
        TruthTable::parse(table)?.expected(&cell(python, file), about)
    }

    #[rstest]
    #[case::at_the_floor("cp39", FileName::Tagged, Expectation::Accept)]
    #[case::renamed("cp313", FileName::Bare, Expectation::Accept)]
    #[case::below("cp38", FileName::Tagged, Expectation::Luck)]
    fn one_row_matches(#[case] python: &str, #[case] file: FileName, #[case] expectation: Expectation) {
        assert_eq!(ask(TABLE, python, file).unwrap().promise.expectation, expectation);
    }

    #[test]
    fn two_matching_rows_are_an_error() {
        let cell = "c-abi3-py39/cp311@cp27mu/import".to_owned();
        let ambiguous = TruthError::Ambiguous { cell, first: 2, second: 3 };
        assert_eq!(ask(TABLE, "cp27mu", FileName::Tagged), Err(ambiguous));
    }

    #[test]
    fn no_matching_row_is_an_error() {
        let table = TABLE.replace("\"reached\"", "\"not-reached\"");
        let cell = "c-abi3-py39/cp311@pypy311_pp73/import-bare".to_owned();
        assert_eq!(ask(&table, "pypy311_pp73", FileName::Bare), Err(TruthError::Silent { cell }));
    }

    #[rstest]
    #[case::listed("[\"accepted\"]", FileName::Tagged, true)]
    #[case::not_listed("[\"crashed\"]", FileName::Tagged, false)]
    #[case::listed_for_this_cell("{ import = [\"accepted\"] }", FileName::Tagged, true)]
    #[case::listed_for_this_cell("{ import = [\"crashed\"] }", FileName::Tagged, false)]
    fn outcomes_of_luck(#[case] seen: &str, #[case] file: FileName, #[case] contained: bool) {
        let table = TABLE.replace("{ import = [\"accepted\", \"refused:symbols\"] }", seen);
        let set = ask(&table, "cp38", file).unwrap().seen.unwrap();
        assert_eq!(set.contains(&Outcome::Accepted), contained);
    }

    #[test]
    fn without_a_list_any_outcome_is_luck() {
        assert_eq!(ask(TABLE, "cp38", FileName::Bare).unwrap().seen, None);
    }

    const GATE: TruthError = TruthError::Gate { row: 1 };
    const SEEN: TruthError = TruthError::Seen { row: 1 };

    #[rstest]
    #[case::no_gate("expect = \"refuse\"", GATE)]
    #[case::a_gate_too_many("expect = \"accept\"\ngate = \"name\"", GATE)]
    #[case::outcomes_of_a_promise("expect = \"accept\"\nseen = [\"accepted\"]", SEEN)]
    #[case::outcomes_of_another_cell("expect = \"luck\"\nseen = { import = [\"accepted\"] }", SEEN)]
    #[case::no_such_relation(
        "expect = \"accept\"\nrelation = \"own\"",
        TruthError::Relation { row: 1, name: "own".to_owned() }
    )]
    fn rows_that_contradict_themselves(#[case] lines: &str, #[case] error: TruthError) {
        let text = format!("[[row]]\nflavor = [\"x\"]\ncells = [\"load\"]\nbecause = \"\"\n{lines}\n");
        assert_eq!(TruthTable::parse(&text).unwrap_err(), error);
    }

    #[rstest]
    #[case::outcome("expect = \"luck\"\nseen = [\"lost\"]")]
    #[case::gate("expect = \"luck\"\nseen = [\"refused:door\"]")]
    #[case::refusal_without_a_gate("expect = \"luck\"\nseen = [\"refused\"]")]
    #[case::gate_without_a_refusal("expect = \"luck\"\nseen = [\"accepted:name\"]")]
    #[case::nothing_is_possible("expect = \"luck\"\nseen = []")]
    #[case::key("expect = \"luck\"\npairs = [{ version = \"same\" }]")]
    #[case::build("expect = \"luck\"\npairs = [{ builds = [[\"release\", \"profiling\"]] }]")]
    fn words_that_mean_nothing(#[case] lines: &str) {
        let text = format!("[[row]]\nflavor = [\"x\"]\ncells = [\"load\"]\nbecause = \"\"\n{lines}\n");
        assert!(matches!(TruthTable::parse(&text), Err(TruthError::Parse(_))));
    }
}
